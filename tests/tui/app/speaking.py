"""The app with a microphone and a speech process that do as they are told."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from capture.errors import TranscriptionFailed
from capture.voice.heard import Heard, HeardWord, Outcome
from capture.voice.microphone import Found
from capture.voice.vocabulary import Vocabulary
from tests.storage.builders import Clock
from tests.tui.app.running import SEED, Running, running, seeded, services_of
from tests.tui.talk.microphone import Microphone
from tui.app import HotwashApp
from tui.talk.incident_voice import IncidentVoice


class Ear:
    """Hears what it was told to hear, in the place of a model.

    Attributes:
        heard: what is heard next; None: it can't be heard.
        vocabularies: what it was told to expect.
        is_slow: whether it goes on hearing until it is closed.
    """

    state = "ready"
    why = ""

    def __init__(self) -> None:
        """It hears a sentence."""
        self.heard: Heard | None = heard("restarted the app servers")
        self.vocabularies: list[Vocabulary] = []
        self.is_slow = False
        self._closed = asyncio.Event()

    async def transcribe(self, _audio: Path, vocabulary: Vocabulary) -> Heard:
        """What is heard."""
        self.vocabularies.append(vocabulary)
        if self.is_slow:
            await self._closed.wait()
            raise asyncio.CancelledError
        if self.heard is None:
            raise TranscriptionFailed("The speech process was killed twice.")
        return self.heard

    async def close(self) -> None:
        """Whoever waits is told so, as by the real one."""
        self._closed.set()


def heard(text: str, *unsure: str, confidence: float = 0.95) -> Heard:
    """Speech, with words that were heard unclearly."""
    words = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        words.append(HeardWord(start, at, 0.2 if word in unsure else 0.99))
    return Heard(
        outcome=Outcome.SPEECH,
        raw=text,
        text=text,
        confidence=confidence,
        words=tuple(words),
        seconds=3.0,
        speech_seconds=2.5,
        model="base",
    )


class Speaking:
    """The app, and what it hears with.

    Attributes:
        app: the running app.
        microphone: its microphone.
        ear: what stands for the model.
    """

    def __init__(self, app: Running, spoken: IncidentVoice) -> None:
        """Use these from now on."""
        self.app = app
        self.spoken = spoken
        self.microphone = Microphone()
        self.ear = Ear()
        spoken.talking.record = self.microphone.record
        spoken.voice.transcriber = self.ear  # type: ignore[assignment]

    async def say(self, what: Heard | None) -> None:
        """Press, say something, press, and wait for what becomes of it."""
        self.ear.heard = what
        await self.app.press("f9")
        await self.app.until(self.microphone.records)
        # Not so soon after the first that it could be a repeat of a key that is held.
        self.spoken.talking.keys.reports_release = True
        self.spoken.talking.release(self.spoken.talking.clock())
        await self.app.press("enter")
        await self.settled()

    async def settled(self) -> None:
        """Wait until everything that was said has become what it becomes."""
        await self.app.until(lambda: not self.spoken.talking.is_busy)
        await self.spoken.transcripts.settled()
        await self.app.settled()


@asynccontextmanager
async def speaking(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: Iterable[str] = SEED,
    settings: str = "",
    no_microphone: str = "",
) -> AsyncIterator[Speaking]:
    """The app on an incident in which somebody can speak."""
    found = Found(None if no_microphone else "desk microphone", (), no_microphone)
    monkeypatch.setattr("tui.talk.voice.probe_elsewhere", lambda _wanted: found)
    monkeypatch.setattr("tui.talk.voice._load_library", lambda: None)
    services = services_of(folder / "home", Clock(), settings=settings)
    record = seeded(services, lines)
    async with running(HotwashApp(services, record, with_voice=True)) as app:
        spoken = app.app.get_spoken()
        assert spoken is not None
        yield Speaking(app, spoken)
