import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from capture.errors import VoiceError
from capture.voice.playback import Playback
from capture.voice.portaudio import PortAudio
from tests.capture.voice.machines import Machine, Stop, device
from tests.capture.voice.tones import RATE, loud_seconds, tone, write_wav
from tests.capture.voice.virtual_mic import VirtualMic

PATIENCE_S = 30.0
SPEAKER = device("Speaker", inputs=0)


def played(machine: Machine) -> bytes:
    """What a machine's loudspeaker gets to play, until it is told that there is no more."""
    fill = machine.streams[-1].options["callback"]
    assert callable(fill)
    sound = b""
    for _ in range(10_000):
        room = bytearray(200)
        try:
            fill(room, 100, None, None)
        except Stop:
            return sound + room
        sound += room
    raise AssertionError("it never ends")


def is_playing(playback: Playback) -> bool:
    """Whether it plays now, which changes by itself."""
    return playback.playing


def player(machine: Machine, on_end: Callable[[], None] = lambda: None) -> Playback:
    """Plays on a machine."""
    audio = PortAudio(machine)
    return Playback(on_end, lambda: audio)


def test_a_recording_is_heard(mic: VirtualMic, tmp_path: Path) -> None:
    """To its last sample: a sound server drops what it has when a stream ends too soon."""
    ended = threading.Event()
    playback = Playback(ended.set)
    heard = bytearray()
    with mic.listening() as listening:
        assert listening.stdout is not None
        listening.stdout.read(2)
        playback.play(write_wav(tmp_path / "a.wav", tone(1.0)))
        assert is_playing(playback)
        while not ended.is_set():
            heard += listening.stdout.read(3_200)
        listening.kill()
    assert not is_playing(playback)
    assert loud_seconds(bytes(heard)) == pytest.approx(1.0, abs=0.1)


def test_stopped_in_the_middle(mic: VirtualMic, tmp_path: Path) -> None:
    """Nobody has to hear the rest; stopping twice is no error, and another can be played."""
    ended = threading.Event()
    playback = Playback(ended.set)
    long = write_wav(tmp_path / "long.wav", bytes(int(4 * PATIENCE_S) * RATE * 2))
    playback.play(long)
    playback.stop()
    playback.stop()
    assert ended.wait(PATIENCE_S)
    assert not is_playing(playback)
    playback.play(long)
    assert is_playing(playback)
    playback.stop()


def test_samples_and_then_silence(tmp_path: Path) -> None:
    """Every sample is handed over once, in order, before PortAudio is told of the end."""
    machine = Machine(SPEAKER)
    player(machine).play(write_wav(tmp_path / "a.wav", tone(0.1)))
    sound = played(machine)
    assert sound.startswith(tone(0.1))
    assert not any(sound[len(tone(0.1)) :])
    assert machine.streams[0].options["samplerate"] == RATE


def test_a_loudspeaker_with_a_rate_of_its_own(tmp_path: Path) -> None:
    """One that knows no other gets the same sound at its rate, not a faster one."""
    machine = Machine(SPEAKER)
    machine.rates = {48_000}
    player(machine).play(write_wav(tmp_path / "a.wav", tone(0.1)))
    assert loud_seconds(played(machine), 48_000) == pytest.approx(0.1, abs=0.005)


def test_one_at_a_time(tmp_path: Path) -> None:
    """A second recording takes the place of the first."""
    machine = Machine(SPEAKER)
    ended: list[str] = []
    playback = player(machine, lambda: ended.append("ended"))
    path = write_wav(tmp_path / "a.wav", tone(0.1))
    playback.play(path)
    playback.play(path)
    assert machine.streams[0].acts == ["start", "abort", "close"]
    assert machine.streams[1].acts == ["start"]
    assert is_playing(playback)


def test_an_empty_recording(tmp_path: Path) -> None:
    """It ends like any other."""
    machine = Machine(SPEAKER)
    machine.rates = {48_000}
    player(machine).play(write_wav(tmp_path / "a.wav", b""))
    assert not any(played(machine))


def test_no_loudspeaker(tmp_path: Path) -> None:
    """It is said in a sentence, after looking once more whether there is one now."""
    machine = Machine(device("Laptop Mic"))
    with pytest.raises(VoiceError, match="no loudspeaker"):
        player(machine).play(write_wav(tmp_path / "a.wav", tone(0.1)))
    assert machine.restarts == 1


def test_a_loudspeaker_that_refuses(tmp_path: Path) -> None:
    """It is named, with what the system said."""
    machine = Machine(SPEAKER)
    machine.refuses_to_start = True
    with pytest.raises(VoiceError, match="'Speaker' can't be opened: Device unavailable"):
        player(machine).play(write_wav(tmp_path / "a.wav", tone(0.1)))


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no longer kept"), (b"", "can't be played"), (b"RIFF1234WAVEjunk", "can't be played")],
)
def test_what_is_no_recording(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A file that is gone, or is something else, is no defect of this program."""
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VoiceError, match=words):
        player(Machine(SPEAKER)).play(path)
