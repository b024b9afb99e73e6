import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from capture.errors import MicrophoneError
from capture.voice.microphone import advice, choose, open_microphone, probe
from capture.voice.portaudio import OpenStream, PortAudio, _started, portaudio
from tests.capture.voice.machines import Machine, device
from tests.capture.voice.virtual_mic import VirtualMic, has_sound_cards, why_not

LAPTOP, USB, SPEAKER = device("Laptop Mic"), device("USB Mic", 1), device("Speaker", 2, inputs=0)


def nothing(*_: object) -> None:
    """For callbacks that nobody calls."""


def opened(machine: Machine, wanted: str | None = None) -> OpenStream:
    """Begin to record on a machine."""
    audio = PortAudio(machine)
    return open_microphone(wanted, nothing, nothing, lambda: audio)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [(None, "Laptop Mic"), ("usb mic", "USB Mic"), ("USB", "USB Mic"), ("laptop", "Laptop Mic")],
)
def test_the_one_that_is_meant(wanted: str | None, chosen: str) -> None:
    """The system's choice without a name; with one, it or part of it, in any case."""
    assert choose(PortAudio(Machine(LAPTOP, USB, SPEAKER)), wanted).name == chosen


def test_a_name_that_none_has() -> None:
    """The sentence lists what there is, and no loudspeaker."""
    with pytest.raises(MicrophoneError) as refused:
        choose(PortAudio(Machine(LAPTOP, USB, SPEAKER)), "headset")
    assert "no microphone 'headset'. There are: 'Laptop Mic', 'USB Mic'." in str(refused.value)


def test_a_name_that_several_have() -> None:
    """Which one is meant is asked, not guessed."""
    with pytest.raises(MicrophoneError, match="fits several microphones: 'Laptop Mic', 'USB Mic'"):
        choose(PortAudio(Machine(LAPTOP, USB)), "mic")


def test_one_microphone_of_several_sound_systems() -> None:
    """Windows lists each several times; that of the usual sound system is taken."""
    again = device("USB Microphone with its whole name", 5, api=1)
    chosen = choose(PortAudio(Machine(LAPTOP, USB, again)), "usb")
    assert chosen.index == USB["index"]
    assert choose(PortAudio(Machine(LAPTOP, again)), "usb").index == 5


def test_the_rate_that_models_take() -> None:
    """The microphone is asked for it, without a fixed block and with room for a busy machine."""
    machine = Machine(LAPTOP)
    assert opened(machine).rate == 16_000
    options = dict(machine.streams[0].options)
    del options["callback"], options["finished_callback"]
    assert options == {
        "samplerate": 16_000,
        "device": 0,
        "channels": 1,
        "dtype": "int16",
        "blocksize": 0,
        "latency": "high",
    }


def test_a_microphone_with_a_rate_of_its_own() -> None:
    """One that knows no other is recorded at its own rate."""
    machine = Machine(LAPTOP)
    machine.rates = {48_000}
    assert opened(machine).rate == 48_000


def test_plugged_in_since_the_list_was_made() -> None:
    """PortAudio reads the list once; it is started anew when the microphone is not in it."""
    machine = Machine(SPEAKER)
    machine.plugged_in = [LAPTOP, SPEAKER]
    assert opened(machine).rate == 16_000
    assert machine.restarts == 1


def test_started_anew_only_when_nothing_is_open() -> None:
    """It would end every recording."""
    machine = Machine(LAPTOP)
    audio = PortAudio(machine)
    stream = audio.record(choose(audio, None), nothing, nothing)
    assert not audio.refresh()
    assert stream.close(30)
    assert audio.refresh()
    assert machine.streams[0].acts == ["start", "abort", "close"]


def test_one_that_another_program_has() -> None:
    """It is named, with what the system said, and nothing stays open."""
    machine = Machine(LAPTOP)
    machine.refuses_to_start = True
    with pytest.raises(MicrophoneError, match="'Laptop Mic' can't be opened: Device unavailable"):
        opened(machine)
    assert [stream.acts for stream in machine.streams] == [["abort", "close"], ["abort", "close"]]


def test_what_would_be_recorded_from() -> None:
    """Looking opens nothing, looks anew, and tells what the setting could name."""
    machine = Machine(SPEAKER)
    machine.plugged_in = [LAPTOP, USB, SPEAKER]
    found = probe("usb", lambda: PortAudio(machine))
    assert (found.chosen, found.names, found.why) == ("USB Mic", ("Laptop Mic", "USB Mic"), "")
    assert machine.streams == []
    missing = probe("headset", lambda: PortAudio(machine))
    assert (missing.chosen, missing.names) == (None, ("Laptop Mic", "USB Mic"))
    assert "'headset'" in missing.why


@pytest.mark.parametrize(
    ("environment", "release", "words"),
    [
        ({"SSH_CONNECTION": "x"}, "6.1.0-generic", "Over SSH"),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, "6.1.0-generic", "WSLg"),
        ({}, "5.15.90.1-microsoft-standard-WSL2", "libasound2-plugins"),
        ({"container": "podman"}, "6.1.0-generic", "PULSE_SERVER"),
        ({}, "6.1.0-generic", "Plug one in"),
    ],
)
def test_advice_for_the_place(environment: dict[str, str], release: str, words: str) -> None:
    """Where no microphone can be, plugging one in is no advice; typing always is."""
    sentence = advice(environment, release, ())
    assert words in sentence
    assert "type" in sentence


def test_a_container_is_known_by_its_mark(tmp_path: Path) -> None:
    """Docker leaves a file, and no variable."""
    (tmp_path / ".dockerenv").touch()
    assert "container" in advice({}, "6.1.0-generic", (tmp_path / ".dockerenv",))


def test_without_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it here is in the sentence."""
    # As at the first call: this process may have it already.
    monkeypatch.setattr("capture.voice.portaudio._started", _started.__wrapped__)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda tool: tool if tool == "apt-get" else None)
    assert "sudo apt-get install libportaudio2" in probe().why


def test_one_to_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that ask at once, as at the start of the app, share one: it counts what is open."""
    meeting = threading.Barrier(2)

    @cache
    def started() -> PortAudio:
        # Two that are here at once meet; one alone gives up.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)
        return PortAudio(Machine(LAPTOP))

    monkeypatch.setattr("capture.voice.portaudio._started", started)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(portaudio) for _ in range(2)]
    assert asked[0].result() is asked[1].result()


def elsewhere(*arguments: str, environment: dict[str, str]) -> dict[str, object]:
    """What a process of its own would record from."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "capture.voice.microphone", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.skipif(has_sound_cards(), reason="this machine has a microphone of its own")
def test_no_sound_server(tmp_path: Path) -> None:
    """A machine without a microphone says so, for real."""
    nowhere = {"PULSE_SERVER": f"unix:{tmp_path}/nowhere", "SSH_TTY": "/dev/pts/1"}
    found = elsewhere(environment=nowhere)
    assert (found["chosen"], found["names"]) == (None, [])
    assert "There is no microphone here. Over SSH" in str(found["why"])


def test_a_sound_server(mic: VirtualMic) -> None:
    """What ALSA and PulseAudio offer is found by a process of its own, and by this one."""
    found = elsewhere(environment=mic.environment)
    assert found["chosen"] == "default"
    assert probe("pul").chosen == "pulse"


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs signals of threads")
def test_the_sound_system_changes_no_signals(mic: VirtualMic) -> None:
    """Programs that are started later are told as ever that nobody reads what they write."""
    script = """
    import signal
    from capture.voice.microphone import open_microphone, probe
    assert probe().chosen
    open_microphone(None, lambda *_: None, lambda: None).close(1)
    print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(script)], capture_output=True, check=True
    )
    assert done.stdout == b"set()\n"
