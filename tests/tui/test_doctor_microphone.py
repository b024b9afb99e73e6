import subprocess
from collections.abc import Callable

import pytest

from capture.voice.microphone import SILENT_SYSTEM, Found
from tests.capture.voice.virtual_mic import VirtualMic, mic, sound_server
from tui.checks import State, microphone

__all__ = ["mic", "sound_server"]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Found | None], None]:
    """A function that says what the sound system of this machine answers."""
    monkeypatch.setattr("ctypes.util.find_library", lambda _: "libportaudio.so.2")

    def answer(found: Found | None) -> None:
        silent = Found(None, (), SILENT_SYSTEM)
        monkeypatch.setattr("tui.checks.probe_elsewhere", lambda _: found or silent)

    return answer


def test_what_would_be_recorded_from(mic: VirtualMic) -> None:
    """A microphone that works is named, found for real by a process of its own."""
    check = microphone()
    assert (check.state, check.fix) == (State.OK, None)
    assert check.detail == "default. To try it: hotwash voice test"
    assert microphone("pulse").detail.startswith("pulse.")


def test_one_that_is_not_plugged_in(mic: VirtualMic) -> None:
    """The name in the settings is looked for; the sentence lists what there is."""
    check = microphone("headset")
    assert check.state is State.MISSING
    assert "There are: 'pulse', 'default'" in check.detail


def test_no_microphone(answers: Callable[[Found | None], None]) -> None:
    """The reason is what fits this place, and no command is made up that would mend it."""
    answers(Found(None, (), "There is no microphone here. Plug one in."))
    check = microphone()
    assert (check.state, check.fix) == (State.MISSING, None)
    assert check.detail == "There is no microphone here. Plug one in."


@pytest.mark.parametrize(
    "ends",
    [
        subprocess.CalledProcessError(-6, "python"),
        subprocess.TimeoutExpired("python", 15),
        OSError(8, "Exec format error"),
    ],
    ids=["crashes", "hangs", "does not start"],
)
def test_a_sound_system_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, ends: Exception
) -> None:
    """Looking for a microphone never takes doctor with it."""

    def run(*_: object, **__: object) -> None:
        raise ends

    monkeypatch.setattr("ctypes.util.find_library", lambda _: "libportaudio.so.2")
    monkeypatch.setattr("subprocess.run", run)
    check = microphone()
    assert check.state is State.BROKEN
    assert check.fix == "restart the sound server of this system"


def test_without_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it here is given; nothing is started to find that out."""
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: object() if name == "sounddevice" else None
    )
    monkeypatch.setattr("shutil.which", lambda name: name if name == "dnf" else None)
    assert microphone().fix == "sudo dnf install portaudio"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert microphone().state is State.BROKEN
