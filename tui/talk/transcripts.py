"""From recordings of an incident to its entries, in the order in which they were spoken."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from capture.errors import CaptureError, TranscriptionFailed
from capture.voice.clips import Clips, ClipState, HeldClip
from capture.voice.entries import spoken_drafts
from capture.voice.glossary import read_glossary
from capture.voice.heard import Heard, Outcome
from capture.voice.vocabulary import Vocabulary, vocabulary_of
from storage.errors import StorageError
from storage.model import Clip, Draft, Entry, Kind, Moment
from storage.record import Record
from tui.keeper import Keeper
from tui.talk.voice import Voice

_SILENCE = {
    Outcome.TOO_SHORT: "That was too short to hear anything: hold the key while you speak.",
    Outcome.MUTED: "The microphone gave no sound; is it muted? The recording is kept.",
    Outcome.NO_SPEECH: "No speech was heard, so nothing is recorded. The sound is kept.",
}


class Told(msgspec.Struct, frozen=True):
    """What became of a recording.

    Attributes:
        entries: what it became.
        sentence: for the person.
        went_wrong: whether the person has to do something about it.
        outcome: what it held; None when nobody could tell.
    """

    entries: tuple[Entry, ...] = ()
    sentence: str = ""
    went_wrong: bool = False
    outcome: Outcome | None = None


class Transcripts:
    """See the module.

    Attributes:
        keeper: the incident.
        under_way: recordings that are waiting to be heard, or being heard, the oldest first.
        unheard: how many could not be heard.
    """

    def __init__(
        self,
        keeper: Keeper,
        clips: Clips,
        voice: Voice,
        glossary: Path,
        tell: Callable[[Told], None],
    ) -> None:
        """Nothing is under way.

        Args:
            keeper: the incident.
            clips: its recordings.
            voice: hears them.
            glossary: the person's, a file.
            tell: hears what became of each, and that one is under way when it has no sentence.
        """
        self.under_way: list[HeldClip] = []
        self.unheard = 0
        self.keeper = keeper
        self._clips = clips
        self._voice = voice
        self._glossary = glossary
        self._tell = tell
        self._is_free = asyncio.Lock()
        self._is_closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, held: HeldClip) -> None:
        """Let a whole recording become entries, after those before it."""
        self.under_way.append(held)
        self._tell(Told())
        task = asyncio.get_running_loop().create_task(self._in_turn(held), name="hear a recording")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish_left_over(self) -> None:
        """Take up what a process that ended had not finished, and drop what was kept long enough."""
        for held in await asyncio.to_thread(self._clips.left_over):
            self.add(held)
        for notice in self._clips.notices:
            self._tell(Told(sentence=notice, went_wrong=True))
        self._clips.notices.clear()
        await self._count_unheard()
        await self._sweep()

    async def _count_unheard(self) -> None:
        notes = await asyncio.to_thread(self._clips.all)
        busy = {held.note.id for held in self.under_way}
        states = {ClipState.FAILED, ClipState.WAITING}
        self.unheard = sum(note.state in states and note.id not in busy for note in notes)
        self._tell(Told())

    async def retry(self) -> int:
        """Take up what could not be heard; returns how many recordings that are."""
        wanted = await asyncio.to_thread(self._not_heard)
        self.unheard = 0
        for held in wanted:
            self.add(held)
        return len(wanted)

    def _not_heard(self) -> list[HeldClip]:
        """What could not be heard, and what a process that ended, or a full disk, left behind."""
        found = self._clips.left_over()
        for note in self._clips.all():
            if note.state is ClipState.FAILED and (held := self._clips.claim(note.id)) is not None:
                found.append(held)
        return found

    async def settled(self) -> None:
        """Wait until nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Let go of what is under way; it is taken up when the incident is opened again."""
        self._is_closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for held in self.under_way:
            held.release()
        self.under_way.clear()

    def pending(self) -> list[Draft]:
        """What is under way, as rows of a timeline."""
        return [_pending(held) for held in self.under_way]

    # Inside

    async def _in_turn(self, held: HeldClip) -> None:
        # Why it failed before is no news once it works.
        trouble = "" if held.note.state is ClipState.FAILED else held.note.why
        try:
            async with self._is_free:
                told = await self._become_entries(held)
        except Exception as error:  # noqa: BLE001  the edge of a task: somebody has to hear of it
            # The recording must not stay taken for it.
            self.under_way.remove(held)
            held.release()
            self.keeper.on_defect(error)
            return
        if trouble:
            # What went wrong while it was recorded says more than that nothing was heard then.
            said = trouble if told.outcome is not None else f"{trouble} {told.sentence}"
            told = msgspec.structs.replace(told, sentence=said, went_wrong=True)
        self.under_way.remove(held)
        held.release()
        self.unheard += told.went_wrong and told.outcome is None
        self._tell(told)
        await self._sweep()

    async def _sweep(self) -> None:
        now, days = self.keeper.now(), self._voice.keep_audio_days
        await asyncio.to_thread(self._clips.sweep, now, days)

    async def _become_entries(self, held: HeldClip) -> Told:
        try:
            if held.note.state is not ClipState.WAITING:
                await asyncio.to_thread(held.change, state=ClipState.WAITING, why="")
            heard = await self.hear(held.audio)
            if heard.outcome is not Outcome.SPEECH or not heard.text.strip():
                return await self._silent(held, heard)
            entries = await self._record(held, heard)
        except (CaptureError, StorageError) as error:
            return await self._failed(held, error)
        return Told(entries, outcome=Outcome.SPEECH)

    async def hear(self, audio: Path) -> Heard:
        """What is said in a file.

        Raises:
            TranscriptionFailed: it can't be told.
        """
        vocabulary = await self._vocabulary()
        while True:
            if self._voice.transcriber is None:
                await self._voice.load()
            transcriber = self._voice.transcriber
            if transcriber is None:
                raise TranscriptionFailed(self._voice.no_model)
            try:
                return await transcriber.transcribe(audio, vocabulary)
            except asyncio.CancelledError:
                # It was closed because another model was chosen, which is asked then.
                if self._is_closed or transcriber is self._voice.transcriber:
                    raise

    async def _vocabulary(self) -> Vocabulary:
        context = self.keeper.line_context()
        glossary, _ = await asyncio.to_thread(read_glossary, self._glossary)
        return vocabulary_of(self.keeper.record, context.people, context.services, glossary)

    async def _record(self, held: HeldClip, heard: Heard) -> tuple[Entry, ...]:
        note = held.note
        context = msgspec.structs.replace(
            self.keeper.line_context(), now=note.pressed_at, zone=note.zone
        )
        sha256 = await asyncio.to_thread(held.sha256)
        clip = Clip(file=held.audio.name, sha256=sha256, seconds=round(heard.seconds, 1))
        drafts = spoken_drafts(heard, context, note.id, clip)
        entries = await self.keeper.act(partial(_add_once, drafts=drafts, by=note.author))
        await asyncio.to_thread(
            held.change, state=ClipState.DONE, model=heard.model, outcome=str(heard.outcome)
        )
        return entries

    async def _silent(self, held: HeldClip, heard: Heard) -> Told:
        outcome = Outcome.NO_SPEECH if heard.outcome is Outcome.SPEECH else heard.outcome
        await asyncio.to_thread(
            held.change, state=ClipState.SILENT, model=heard.model, outcome=str(outcome)
        )
        return Told(sentence=_SILENCE[outcome], went_wrong=True, outcome=outcome)

    async def _failed(self, held: HeldClip, error: Exception) -> Told:
        has_model = self._voice.transcriber is not None
        state = ClipState.FAILED if has_model else ClipState.WAITING
        # It waits on disk as it is; that this was tried is no loss.
        with suppress(StorageError):
            why = str(error) if has_model else held.note.why
            await asyncio.to_thread(held.change, state=state, why=why)
        how = "/retry hears it again" if has_model else "with a model, /retry makes entries of it"
        why = str(error) if str(error).endswith((".", "!", "?")) else f"{error}."
        return Told(sentence=f"{why} The recording is kept: {how}.", went_wrong=True)


def _add_once(record: Record, drafts: Sequence[Draft], by: str) -> tuple[Entry, ...]:
    """Record what was dictated, unless an earlier process got as far as that before it ended."""
    utterance = drafts[0].utterance
    known = [
        entry_id
        for _, _, entry_id in record.order()
        if record.values(entry_id, ("utterance",)) == (utterance,)
    ]
    if known:
        return tuple(record.entry(entry_id) for entry_id in known)
    return tuple(record.add(drafts, by))


def _pending(held: HeldClip) -> Draft:
    note = held.note
    return Draft(
        kind=Kind.NOTE,
        text=f"{note.seconds:.0f} s of speech, being transcribed …",
        at=Moment(utc=note.pressed_at, zone=note.zone),
        source="voice",
        utterance=note.id,
    )
