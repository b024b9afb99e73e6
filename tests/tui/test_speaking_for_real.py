"""Press, speak, let go: the real app, a real sound server and a real model make entries.

A synthetic voice speaks into a microphone without hardware. It is asked for key terms, not for every
word: how well a model hears is measured elsewhere.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture.voice.clips import Clips, ClipState
from storage.model import Entry, Kind
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken
from tests.capture.voice.virtual_mic import VirtualMic, mic, own_mic, sound_server
from tests.tui.terminal.pseudo_terminal import PseudoTerminal, eventually
from tests.tui.terminal_screen import HOTWASH, TerminalScreen, needs_tmux
from tui.services import Services, Start

__all__ = ["mic", "own_mic", "sound_server"]

pytestmark = pytest.mark.slow

DICTATION = (
    "Database connection pool exhaustion on the primary replica. "
    "Symptoms: 503 errors on all API endpoints starting at 2:47 AM. "
    "Fix: increased max connections from 100 to 200 and restarted the application servers. "
    "Root cause: the new feature flag service was opening connections but not releasing them."
)
# As people say it: nobody speaks a colon.
_SPOKEN = (
    DICTATION.replace(":", ",", 1).replace("Fix:", "Fix,").replace("Root cause:", "Root cause,")
)

F9_DOWN, F9_UP = b"\x1b[20~", b"\x1b[20;1:3~"
_KNOWS_RELEASES = b"\x1b[?27u"


class Incident:
    """An incident in the home of this test, read afresh each time."""

    def __init__(self) -> None:
        """It begins now."""
        self.services = Services(Start())
        self.slug = "checkout-503s"
        self.services.library.create("checkout 503s", "UTC").close()

    @property
    def entries(self) -> list[Entry]:
        """What is on the disk."""
        record = Services(Start()).library.open(self.services.library.find(self.slug))
        try:
            return list(record.entries)
        finally:
            record.close()

    @property
    def clips(self) -> Clips:
        """Its recordings."""
        record = self.services.library.open(self.services.library.find(self.slug))
        return Clips(self.services.home.audio / record.incident.id, record.incident.id)


@pytest.fixture
def incident(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Incident:
    """One in a home where talking is on and a model is installed."""
    model = real_model()
    monkeypatch.delenv("HOTWASH_VOICE")
    home = Path(Start().environment["HOTWASH_HOME"])
    home.mkdir(parents=True)
    (home / "settings.toml").write_text(f'name = "dana"\nvoice_model = "{model.path}"\n', "utf-8")
    return Incident()


def kinds(entries: list[Entry]) -> list[str]:
    """What sort of entries they are."""
    return [entry.kind for entry in entries]


@pytest.fixture
def app(incident: Incident) -> Iterator[PseudoTerminal]:
    """The app on it, in a terminal that tells when a key is let go."""
    with PseudoTerminal("-m", "tui", incident.slug) as terminal:
        terminal.wait_for(b"\x1b[?u")
        terminal.type(_KNOWS_RELEASES)
        terminal.wait_for(b"TALK")
        yield terminal


def test_hold_speak_let_go(mic: VirtualMic, incident: Incident, app: PseudoTerminal) -> None:
    """One breath becomes a note, a symptom with its time, an action and a root cause."""
    before = datetime.now(UTC)
    app.type(F9_DOWN)
    app.wait_for(b"REC")
    mic.say(spoken(_SPOKEN))
    app.type(F9_UP)
    eventually(lambda: len(incident.entries) >= 4, "four entries", lambda: incident.entries)
    entries = sorted(incident.entries, key=lambda entry: entry.id)
    assert kinds(entries) == [Kind.NOTE, Kind.SYMPTOM, Kind.ACTION, Kind.CAUSE]
    note, symptom, action, cause = entries
    assert "503" in symptom.text
    at = symptom.at.utc
    assert at is not None
    assert (at.hour, at.minute) == (2, 47)
    assert before - timedelta(days=1) <= at
    assert re.search(r"max connections .*100 .*200", action.text)
    assert "feature flag" in cause.text.lower()
    assert "pool" in note.text
    pressed = note.at.utc
    assert pressed is not None
    assert before - timedelta(milliseconds=1) <= pressed <= before + timedelta(seconds=20)
    assert {entry.source for entry in entries} == {"voice"}
    (clip,) = incident.clips.all()
    assert {entry.utterance for entry in entries} == {clip.id}
    eventually(lambda: incident.clips.all()[0].state is ClipState.DONE, "its end")
    assert note.clip is not None
    assert note.clip.seconds > 10


def test_killed_while_somebody_speaks(
    mic: VirtualMic, incident: Incident, app: PseudoTerminal
) -> None:
    """What was said until then becomes entries at the next start."""
    app.type(F9_DOWN)
    app.wait_for(b"REC")
    mic.say(spoken("Restarted the application servers."))
    app.process.kill()
    app.process.wait()
    assert incident.entries == []
    with PseudoTerminal("-m", "tui", incident.slug) as second:
        eventually(lambda: bool(incident.entries), "an entry", lambda: second.drawn[-500:])
    (entry,) = incident.entries
    assert "restarted" in entry.text.lower()


def test_the_next_while_the_last_is_transcribed(
    mic: VirtualMic, incident: Incident, app: PseudoTerminal
) -> None:
    """Two breaths, one after the other, become two entries in the order in which they were said."""
    for sentence in ("Rolled back the canary deployment.", "The payment queue is empty."):
        app.drawn = b""
        app.type(F9_DOWN)
        app.wait_for(b"REC")
        mic.say(spoken(sentence))
        app.type(F9_UP)
    eventually(lambda: len(incident.entries) == 2, "two entries", lambda: incident.entries)
    first, second = (entry.text.lower() for entry in incident.entries)
    assert "canary" in first
    assert "payment" in second


def test_silence_is_no_entry(mic: VirtualMic, incident: Incident, app: PseudoTerminal) -> None:
    """Nobody said anything, so nothing is recorded, and the screen says so."""
    app.type(F9_DOWN)
    app.wait_for(b"REC")
    eventually(lambda: bool(incident.clips.all()), "a recording")
    time.sleep(1)
    app.type(F9_UP)
    app.wait_for(b"no sound")
    assert incident.entries == []


def test_a_sound_server_that_dies_loses_nothing(
    own_mic: VirtualMic, incident: Incident, app: PseudoTerminal
) -> None:
    """What was said until then becomes an entry, and typing goes on."""
    app.type(F9_DOWN)
    app.wait_for(b"REC")
    own_mic.say(spoken("Restarted the application servers."))
    own_mic.stop()
    eventually(lambda: bool(incident.entries), "an entry", lambda: app.drawn[-800:])
    app.type(F9_UP)
    app.type(b"typing goes on\r")
    eventually(lambda: len(incident.entries) == 2, "another", lambda: app.drawn[-800:])


@needs_tmux
def test_tap_speak_tap_in_tmux(mic: VirtualMic, incident: Incident) -> None:
    """Where no terminal tells when a key is let go, a tap begins and the next one ends it."""
    with TerminalScreen(*HOTWASH, incident.slug, columns=80, rows=24) as app:
        app.wait_for("TALK")
        app.press("F9")
        app.wait_for("REC")
        mic.say(spoken("Decision: we are rolling back the deployment."))
        app.press("F9")
        app.wait_for("DECISION")
        app.wait_gone("REC")
    (entry,) = incident.entries
    assert "rolling back" in entry.text.lower()


@needs_tmux
def test_no_microphone_is_told_and_typing_goes_on(
    incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SSH, or without a sound card: the key says why, and the line is typed instead."""
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    with TerminalScreen(*HOTWASH, incident.slug) as app:
        app.wait_for("checkout 503s", "investigating")
        app.press("F9")
        app.wait_for("no microphone")
        app.type("typed instead")
        app.press("Enter")
        app.wait_for("NOTE", "typed instead")
    assert [entry.text for entry in incident.entries] == ["typed instead"]
