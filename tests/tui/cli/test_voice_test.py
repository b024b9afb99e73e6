import re
from pathlib import Path

import pytest

from capture.voice.models import Model, Unusable
from capture.voice.recorder import Recording
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken
from tests.capture.voice.tones import tone, write_wav
from tests.capture.voice.virtual_mic import VirtualMic, mic, sound_server
from tests.tui.session import Session
from tui.cli.voice.test import verdict

pytestmark = pytest.mark.slow

__all__ = ["mic", "sound_server"]

ASKED = ("voice", "test", "--seconds", "1")


def has_model(monkeypatch: pytest.MonkeyPatch, found: Model | Unusable) -> None:
    """Give the machine a model, or none."""
    monkeypatch.setattr("capture.voice.models.look_for_model", lambda *_: found)


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a model."""
    has_model(monkeypatch, Unusable("There is no speech model", "hotwash voice install"))


@pytest.mark.usefixtures("no_model")
def test_how_loud_it_was(mic: VirtualMic, kim: Session, tmp_path: Path) -> None:
    """Without a model it still tells whether the microphone works, and keeps nothing."""
    loud = write_wav(tmp_path / "loud.wav", tone(5.0))
    with mic.saying(loud) as saying:
        result = kim.ok(*ASKED, "--play")
        saying.kill()
    assert result.lines[0] == "Speak now, for 1 s."
    assert re.fullmatch(r"Heard 1\.\d s, at the loudest -[567] dB: good\.", result.lines[1])
    assert "To mend it: hotwash voice install" in result.lines[2]
    assert not (kim.home / "audio").exists()


def test_nothing_to_be_heard(mic: VirtualMic, kim: Session) -> None:
    """A muted microphone is a finding, so a script sees it; nothing is transcribed."""
    result = kim.run(*ASKED)
    assert (result.code, len(result.lines)) == (1, 2)
    assert "muted?" in result.lines[1]


def test_no_such_microphone(mic: VirtualMic, kim: Session) -> None:
    """The one asked for wins over the one in the settings, and the sentence lists what there is."""
    (kim.home / "settings.toml").write_text('microphone = "desk"\n', "utf-8")
    asked = kim.run(*ASKED, "--microphone", "headset")
    assert (asked.code, asked.out) == (2, "")
    assert "no microphone 'headset'" in asked.err
    assert "no microphone 'desk'" in kim.run(*ASKED).err


@pytest.mark.slow
def test_what_was_heard(mic: VirtualMic, kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a model the words that were spoken are printed: microphone, recording and model work."""
    has_model(monkeypatch, real_model())
    speech = spoken(*["The connections are back to normal."] * 3)
    with mic.saying(speech) as saying:
        result = kim.ok("voice", "test", "--seconds", "4")
        saying.kill()
    assert "It heard: " in result.out
    assert "normal" in result.out


@pytest.mark.parametrize(
    ("peak_db", "gaps", "words"),
    [
        (-12.0, 0, "at the loudest -12 dB: good."),
        (-40.0, 0, "faint"),
        (0.0, 0, "too loud"),
        (-60.0, 0, "muted?"),
        (-12.0, 2, "2 gaps because this machine was too busy"),
    ],
)
def test_what_to_do(peak_db: float, gaps: int, words: str) -> None:
    """Each loudness has its advice, and what is missing is said."""
    assert words in verdict(Recording(3.0, peak_db, gaps, ""))


def test_trouble_comes_first() -> None:
    """What went wrong is said in place of a loudness that means nothing."""
    assert verdict(Recording(0.0, -100.0, 0, "It is unplugged.")) == "It is unplugged."
