"""The app's end of the pipes to the speech process: start it, talk to it, and be rid of it.

Not by multiprocessing, which would share the terminal's standard error and import the app again.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from capture.voice import wire
from storage import disk

LARGEST_LOG = 1_000_000
"""Bytes of log that are kept when the next process starts."""

_ENDING_S = 5.0


class Ended(Exception):
    """The speech process is gone, hangs, or is not to be understood; the message says which."""


class SpeechProcess:
    """A process that was started, see `capture.voice.worker`."""

    def __init__(
        self, process: asyncio.subprocess.Process, log: Path, on_end: Callable[[], None]
    ) -> None:
        """Made by `start`."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._log = log
        self._on_end = on_end
        self._said: asyncio.Queue[wire.FromWorker | None] = asyncio.Queue()
        self._why_ended = ""
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(
        cls, command: Sequence[str], log: Path, on_end: Callable[[], None] = lambda: None
    ) -> "SpeechProcess":
        """Start it, see `speech_command`.

        Args:
            command: what to start.
            log: the file that what it prints is added to.
            on_end: called once, on the event loop, when it says nothing more.

        Raises:
            Ended: it can't be started.
        """
        try:
            stderr = await asyncio.to_thread(_opened, log)
        except OSError as error:
            message = f"{log} can't be written: {error.strerror}."
            raise Ended(message) from error
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                creationflags=_creation_flags(),
            )
        except OSError as error:
            message = f"The speech process can't be started: {error.strerror or error}."
            raise Ended(message) from error
        finally:
            stderr.close()
        return cls(process, log, on_end)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_over(self) -> bool:
        """Whether it says nothing more."""
        return self._reading.done()

    async def send(self, request: wire.Listen) -> None:
        """Ask it for something.

        Raises:
            Ended: it is gone.
        """
        try:
            self._stdin.write(wire.frame(request))
            await self._stdin.drain()
        except (OSError, RuntimeError) as error:
            raise Ended(await self._how()) from error

    async def receive(self, patience: float) -> wire.FromWorker:
        """The next thing that it says.

        Args:
            patience: seconds after which it hangs.

        Raises:
            Ended: it is gone, hangs, or says what nobody understands.
        """
        try:
            async with asyncio.timeout(patience):
                answer = await self._said.get()
        except TimeoutError as error:
            message = f"The speech process said nothing for {patience:.0f} s."
            raise Ended(message) from error
        if answer is None:
            # Whoever asks next hears the same.
            self._said.put_nowait(None)
            raise Ended(self._why_ended or await self._how())
        return answer

    async def end(self) -> None:
        """Be rid of it, whatever it is doing: it has nothing to save."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._stdin.close()
        await self._process.wait()
        await self._reading
        with suppress(OSError):
            await self._stdin.wait_closed()

    async def _read(self) -> None:
        """Take in what it says, in a task of its own: nobody who stops waiting tears a message."""
        try:
            while (answer := await wire.read_answer(self._stdout)) is not None:
                self._said.put_nowait(answer)
        except wire.Garbled as error:
            self._why_ended = f"The speech process said {error}; see {self._log}."
        self._said.put_nowait(None)
        self._on_end()

    async def _how(self) -> str:
        """How it ended, in a sentence."""
        try:
            async with asyncio.timeout(_ENDING_S):
                code = await self._process.wait()
        except TimeoutError:
            return f"The speech process fell silent; see {self._log}."
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"The speech process {how}; see {self._log}."


def speech_command(model: Path, name: str) -> list[str]:
    """The command that starts the speech process with the model in a folder, called so.

    `-P` keeps what lies in the current folder from being imported.
    """
    return [sys.executable, "-P", "-m", "capture.voice.worker", str(model), name]


def _opened(log: Path) -> IO[bytes]:
    """The log, to be added to; one that has grown large begins again."""
    disk.make_folder(log.parent)
    grown = log.exists() and log.stat().st_size > LARGEST_LOG
    file = log.open("wb" if grown else "ab")
    log.chmod(disk.FILE_MODE)
    return file


def _creation_flags() -> int:
    """On Windows: out of reach of Ctrl+C, behind other work, and without a window of its own."""
    if sys.platform == "win32":
        return (
            subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.BELOW_NORMAL_PRIORITY_CLASS
            | subprocess.CREATE_NO_WINDOW
        )
    return 0
