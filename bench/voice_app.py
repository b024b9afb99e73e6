"""What transcribing costs the app: how late its event loop runs, and the memory of both processes.

The loop is asked every five milliseconds to run something, and how late it does is the lag: while the
app is idle, while the speech process loads its model, while it transcribes half a minute of speech,
and, to compare, while the same is transcribed with the library's defaults in a thread of the app.

Run: ``.venv/bin/python bench/voice_app.py`` or ``make bench``. Budget: p99 under 20 ms while decoding.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Awaitable
from pathlib import Path

from bench._incident import slug, write_incident
from bench._support import p50, p99
from bench._voice import model_folder, plain_model, plainly
from capture.voice.glossary import Glossary
from capture.voice.transcriber import Transcriber, WorkerState
from capture.voice.vocabulary import vocabulary_of
from tui.app import HotwashApp
from tui.services import Services, Start

_EVERY_S = 0.005
_IDLE_S = 3.0
_ENTRIES = 1_000
_TIMES = 4
_SPEAK = """
import shutil, sys
from bench._voice import TALKS, voices
shutil.copy(voices()["piper"](TALKS[30]), sys.argv[1])
"""


class Lag:
    """How late the event loop runs what is due."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def during(self, work: Awaitable[object]) -> "Lag":
        """Measure while something is done."""
        watch = asyncio.ensure_future(self._watch())
        try:
            await work
        finally:
            watch.cancel()
        return self

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            self.late_ms.append((loop.time() - due) * 1000)

    def __str__(self) -> str:
        late = self.late_ms
        return f"p50 {p50(late):.1f} ms, p99 {p99(late):.1f} ms, worst {max(late):.1f} ms"


async def main() -> None:
    """Measure and print."""
    model = model_folder()
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder, "speech.wav")
        # Elsewhere: the voice takes more memory than the app, whose memory is told below.
        speak = [sys.executable, "-c", _SPEAK, str(audio)]
        await asyncio.to_thread(subprocess.run, speak, check=True)
        write_incident(Path(folder), _ENTRIES)
        services = Services(Start(home=folder))
        record = services.library.open(services.library.find(slug(_ENTRIES)))
        app = HotwashApp(services, record)
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            await app.workers.wait_for_complete()
            print(f"event loop of the app, {_ENTRIES:,} entries; lag:")
            idle = await Lag().during(asyncio.sleep(_IDLE_S))
            print(f"  idle                                       {idle}")
            await _with_process(model, Path(folder), audio, idle)
            await _with_thread(model, audio, idle)
        await app.let_go()


async def _with_process(model: Path, folder: Path, audio: Path, idle: Lag) -> None:
    transcriber = Transcriber(model, folder / "voice.log")
    vocabulary = vocabulary_of(None, (), (), Glossary())

    async def load() -> None:
        await transcriber.start()
        while transcriber.state is WorkerState.LOADING:  # noqa: ASYNC110  it is what is measured
            await asyncio.sleep(_EVERY_S)

    async def transcribe() -> None:
        for _ in range(_TIMES):
            await transcriber.transcribe(audio, vocabulary)

    try:
        print(f"  the speech process loads its model         {await Lag().during(load())}")
        busy = await Lag().during(transcribe())
        ratio = p99(busy.late_ms) / p99(idle.late_ms)
        print(f"  the speech process transcribes             {busy}, p99 {ratio:.1f}x of idle")
        if sys.platform.startswith("linux"):
            print(f"memory: the app {_peak_mb('self'):.0f} MB at most, the speech process "
                  f"{_peak_mb(transcriber.pid):.0f} MB")  # fmt: skip
    finally:
        await transcriber.close()


async def _with_thread(model: Path, audio: Path, idle: Lag) -> None:
    plain = await asyncio.to_thread(plain_model, model)

    async def transcribe() -> None:
        for _ in range(_TIMES):
            await asyncio.to_thread(plainly, plain, str(audio))

    busy = await Lag().during(transcribe())
    ratio = p99(busy.late_ms) / p99(idle.late_ms)
    print(f"  the library's defaults in a thread instead {busy}, p99 {ratio:.1f}x of idle")


def _peak_mb(pid: int | str | None) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    asyncio.run(main())
