"""Recordings to text, one after the other, in a process that may die without anybody noticing.

Used from one event loop, which is never held up: the model, and everything that is slow about it,
lives in the speech process.
"""

import asyncio
import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from capture.errors import TranscriptionFailed
from capture.voice import wire
from capture.voice.heard import Heard
from capture.voice.manifests import MANIFESTS
from capture.voice.speech_process import Ended, SpeechProcess, speech_command
from capture.voice.vocabulary import Vocabulary


class WorkerState(StrEnum):
    """What the speech process is doing."""

    STOPPED = "stopped"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    BROKEN = "broken"
    """It can't be used, see `Transcriber.why`; the next `start` or recording tries again."""


class Patience(msgspec.Struct, frozen=True):
    """Seconds after which a process that says nothing hangs.

    It speaks before each piece of a recording, and no piece is longer than half a minute: a
    recording of ten minutes may take twenty times as long.

    Attributes:
        loading: until the model is there; a large one comes from a slow disk in a minute.
        piece: until a piece is done; the largest models take some ten seconds on two cores.
    """

    loading: float = 180.0
    piece: float = 180.0


_OTHER = "Name another one: voice_model in settings.toml."
_NO_WORDS = Vocabulary()
_PATIENT = Patience()


class Transcriber:
    """Turns recordings into text.

    Attributes:
        state: what the speech process is doing.
        why: a sentence, when it is broken.
        progress: how much of the recording in hand is done, 0 to 1.
    """

    def __init__(
        self,
        model: Path,
        log: Path,
        *,
        name: str = "",
        on_state: Callable[[], None] = lambda: None,
        patience: Patience = _PATIENT,
    ) -> None:
        """Nothing is started yet.

        Args:
            model: the folder of the model.
            log: the file that what the process prints goes to.
            name: what people call the model; the folder's name.
            on_state: called, on the event loop, when `state` or `progress` has changed.
            patience: when a silent process hangs.
        """
        self.state = WorkerState.STOPPED
        self.why = ""
        self.progress = 0.0
        self._model = model
        self._name = name or model.name
        self._log = log
        self._on_state = on_state
        self._patience = patience
        self._turn = asyncio.Lock()
        self._process: SpeechProcess | None = None
        self._loading: asyncio.Task[SpeechProcess | None] | None = None
        self._waiting: set[asyncio.Task[Heard]] = set()
        self._jobs = 0
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The number of the speech process; None while there is none."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """See to it that the model is there or is being loaded; returns at once."""
        if not self._is_closed:
            self._load()

    async def transcribe(self, audio: Path, vocabulary: Vocabulary = _NO_WORDS) -> Heard:
        """Turn a recording into text, after those that were asked for before.

        If the process dies over it, a new one tries once more.

        Args:
            audio: the file.
            vocabulary: what is likely to be said in it.

        Raises:
            TranscriptionFailed: it can't be done; the sentence says why.
            CancelledError: `close` was called; the recording is as it was.
        """
        if self._is_closed:
            raise asyncio.CancelledError
        task = asyncio.ensure_future(self._in_turn(audio, vocabulary))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return await task

    async def close(self) -> None:
        """End the process, whatever it is doing, and everything that waits for it."""
        self._is_closed = True
        tasks = [*self._waiting, *([self._loading] if self._loading else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._end()
        self._become(WorkerState.STOPPED)

    # One recording

    async def _in_turn(self, audio: Path, vocabulary: Vocabulary) -> Heard:
        async with self._turn:
            self._jobs += 1
            request = wire.Listen(
                self._jobs, os.fsencode(audio), vocabulary.terms, vocabulary.aliases
            )
            try:
                return await self._heard(request)
            except Ended:
                # That somebody killed it, or the system ran out of memory, is no reason to give
                # the words up.
                await self._end()
            try:
                return await self._heard(request)
            except Ended as error:
                await self._end()
                self._become(WorkerState.STOPPED)
                raise TranscriptionFailed(str(error)) from error

    async def _heard(self, request: wire.Listen) -> Heard:
        """What a loaded process makes of a recording.

        Raises:
            Ended: it died over it.
            TranscriptionFailed: it can't be done.
        """
        process = await self._loaded()
        self._become(WorkerState.BUSY)
        try:
            return await self._answer(process, request)
        except asyncio.CancelledError:
            if not self._is_closed:
                # It still works on what nobody waits for; whoever comes next waits for that.
                self._become(WorkerState.STOPPED if process.is_over else WorkerState.READY)
            raise

    async def _answer(self, process: SpeechProcess, request: wire.Listen) -> Heard:
        """What a process says to a request; raises as `_heard` does."""
        await process.send(request)
        while True:
            match await process.receive(self._patience.piece):
                # Of a recording that nobody waits for any more there may still be news.
                case wire.Progress(job, done, total) if job == request.job:
                    self._become(WorkerState.BUSY, done / total if total else 0.0)
                case wire.Result(job, heard) if job == request.job:
                    self._become(WorkerState.READY)
                    return heard
                case wire.Failure(job, why) if job == request.job:
                    self._become(WorkerState.READY)
                    raise TranscriptionFailed(why)

    # The process

    async def _loaded(self) -> SpeechProcess:
        """The process with its model.

        Raises:
            TranscriptionFailed: it can't be had.
        """
        # Whoever stops waiting does not stop what the next one waits for.
        process = await asyncio.shield(self._load())
        if process is None:
            raise TranscriptionFailed(self.why)
        return process

    def _load(self) -> "asyncio.Task[SpeechProcess | None]":
        """Load the model, unless it is there or on its way."""
        task = self._loading
        if task is None or (task.done() and (self._process is None or self._process.is_over)):
            self._become(WorkerState.LOADING)
            task = self._loading = asyncio.ensure_future(self._new_process())
        return task

    async def _new_process(self) -> SpeechProcess | None:
        """A process with its model; None when there is none to be had, and `why` says why."""
        try:
            try:
                return await self._started()
            except Ended:
                return await self._started()
        except Ended as error:
            await self._end()
            self._become(WorkerState.BROKEN, why=str(error))
            return None

    async def _started(self) -> SpeechProcess | None:
        await self._end()
        command = speech_command(self._model, self._name)
        process = self._process = await SpeechProcess.start(command, self._log, self._fell_silent)
        match await process.receive(self._patience.loading):
            case wire.Unusable(why):
                await self._end()
                self._become(WorkerState.BROKEN, why=self._broken(why))
                return None
            case _:
                self._become(WorkerState.READY)
                return process

    def _broken(self, why: str) -> str:
        is_ours = self._name in MANIFESTS
        advice = f"Install it again: hotwash voice install {self._name}" if is_ours else _OTHER
        return f"The speech model in {self._model} can't be loaded: {why} {advice}"

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    def _fell_silent(self) -> None:
        """A process that dies while nobody waits for it is missed only when it is needed."""
        if self.state is WorkerState.READY:
            self._become(WorkerState.STOPPED)

    def _become(self, state: WorkerState, progress: float = 0.0, why: str = "") -> None:
        if (state, progress, why) != (self.state, self.progress, self.why):
            self.state, self.progress, self.why = state, progress, why
            self._on_state()
