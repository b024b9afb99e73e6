import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capture.errors import MicrophoneError
from capture.voice.clips import Clips, ClipState, HeldClip
from capture.voice.level import MUTED_DB, SILENCE_DB
from capture.voice.recorder import TAIL_S, Recorder
from tests.capture.voice.tones import RATE, loud_seconds, read_wav, tone, write_wav
from tests.capture.voice.virtual_mic import VirtualMic
from tests.storage.builders import INCIDENT, Ids

NOW = datetime(2026, 11, 21, 1, 50, 12, tzinfo=UTC)
PATIENCE_S = 30.0


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so that a thread or another process brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def clips(tmp_path: Path) -> Clips:
    """The recordings of an incident that has none."""
    return Clips(tmp_path / INCIDENT, INCIDENT)


@pytest.fixture
def held(clips: Clips) -> HeldClip:
    """A recording that begins."""
    return clips.begin(Ids()(), NOW, "UTC", "kim")


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """A second of sound."""
    return write_wav(tmp_path / "spoken.wav", tone(1.0))


@contextmanager
def recording(recorder: Recorder) -> Iterator[Recorder]:
    """Record, and leave nothing open."""
    recorder.open()
    try:
        until(lambda: recorder.hears)
        yield recorder
    finally:
        recorder.finish()


class Clock:
    """Seconds that pass when a test says so, on top of those that pass."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """The time."""
        return time.monotonic() + self.ahead


def test_what_is_said_is_in_the_file(mic: VirtualMic, held: HeldClip, spoken: Path) -> None:
    """From the first sound to the last, at the rate that models take, whole and on the disk."""
    with recording(Recorder(held)) as recorder:
        mic.say(spoken)
        until(lambda: recorder.level == 0)
        ended = recorder.finish()
    rate, samples = read_wav(held.audio)
    assert rate == RATE
    assert loud_seconds(samples) == pytest.approx(1.0, abs=0.15)
    assert ended.seconds == len(samples) / 2 / RATE
    assert (ended.overflows, ended.trouble) == (0, "")
    assert ended.peak_db == pytest.approx(-6, abs=2)
    assert held.audio.suffix == ".wav"
    assert not held.part.exists()
    assert held.sha256() == hashlib.sha256(held.audio.read_bytes()).hexdigest()


def test_the_meter_moves_while_somebody_speaks(
    mic: VirtualMic, held: HeldClip, spoken: Path
) -> None:
    """It is the proof that one is heard, so it is not before sound comes and not after the end."""
    recorder = Recorder(held)
    assert (recorder.hears, recorder.level, recorder.peak_db) == (False, 0, SILENCE_DB)
    with recording(recorder):
        with mic.saying(spoken) as saying:
            until(lambda: recorder.level > 0.8)
            saying.wait(PATIENCE_S)
        assert recorder.trouble == ""
    assert recorder.level == 0
    assert recorder.peak_db > MUTED_DB


def test_the_last_word(mic: VirtualMic, held: HeldClip) -> None:
    """What is said in the quarter of a second after the key was let go is recorded too."""
    with recording(Recorder(held)) as recorder:
        until(lambda: recorder.seconds >= 0.2)
        had = recorder.seconds
        assert recorder.finish().seconds >= had + TAIL_S - 0.15


def test_cut_where_the_key_was_let_go(mic: VirtualMic, held: HeldClip) -> None:
    """What was recorded only because nobody knew yet that the key was up goes, but for the tail."""
    with recording(Recorder(held)) as recorder:
        until(lambda: recorder.seconds >= 0.8)
        assert recorder.began_at is not None
        assert recorder.finish(cut_after=0.4).seconds == pytest.approx(0.4 + TAIL_S)
    assert len(read_wav(held.audio)[1]) // 2 == int((0.4 + TAIL_S) * RATE)


def test_an_end_that_was_asked_for_twice(mic: VirtualMic, held: HeldClip) -> None:
    """The second gives what the first gave, and farewell after it changes nothing."""
    with recording(Recorder(held)) as recorder:
        first = recorder.finish()
        before = held.audio.read_bytes()
        assert recorder.finish(cut_after=0.0) == first
        recorder.farewell()
        assert held.audio.read_bytes() == before


def test_farewell(mic: VirtualMic, clips: Clips, held: HeldClip) -> None:
    """What was said is on the disk, to be found by the next start; it may be said again."""
    recorder = Recorder(held)
    recorder.open()
    until(lambda: recorder.seconds >= 0.3)
    recorder.farewell()
    said = recorder.seconds
    recorder.farewell()
    assert held.part.exists()
    held.release()
    (found,) = clips.left_over()
    assert found.note.seconds == said >= 0.3


def test_a_muted_microphone(mic: VirtualMic, held: HeldClip) -> None:
    """It gives zeros like any other sound; after two seconds of them that is said."""
    mic.control("set-source-mute", "mic", "1")
    with recording(Recorder(held)) as recorder:
        until(lambda: recorder.seconds >= 0.5)
        assert recorder.trouble == ""
        until(lambda: "muted?" in recorder.trouble)
        assert recorder.peak_db == SILENCE_DB
        assert "muted?" in recorder.finish().trouble


def test_a_microphone_that_stops(mic: VirtualMic, held: HeldClip) -> None:
    """A suspended one says nothing of it: that is noticed, and neither the end nor the sound waits."""
    clock = Clock()
    with recording(Recorder(held, monotonic=clock)) as recorder:
        until(lambda: recorder.seconds >= 0.3)
        mic.control("suspend-source", "mic", "1")
        assert recorder.trouble == ""
        clock.ahead = 60
        assert "no sound has come for 6" in recorder.trouble
        assert recorder.level == 0
        assert recorder.finish().seconds >= 0.3


def test_a_microphone_that_never_answers(mic: VirtualMic, held: HeldClip) -> None:
    """It is said after two seconds, not before; what comes of it is an empty file."""
    mic.control("suspend-source", "mic", "1")
    clock = Clock()
    recorder = Recorder(held, monotonic=clock)
    recorder.open()
    assert (recorder.hears, recorder.trouble) == (False, "")
    clock.ahead = 2.5
    assert recorder.trouble.startswith("The microphone does not answer")
    ended = recorder.finish()
    assert ended.seconds == 0
    assert ended.trouble.startswith("The microphone does not answer")
    assert read_wav(held.audio) == (RATE, b"")


def test_over_before_it_was_open(mic: VirtualMic, held: HeldClip) -> None:
    """A key that was only touched leaves no stream open and no file, whichever comes first."""
    recorder = Recorder(held)
    ended = recorder.finish()
    recorder.open()
    assert (ended.seconds, recorder.hears) == (0, False)
    assert not held.audio.exists()


def test_no_microphone_of_that_name(mic: VirtualMic, held: HeldClip) -> None:
    """The sentence lists what there is; nothing was begun."""
    with pytest.raises(MicrophoneError, match=r"no microphone 'headset'\. There are: 'pulse'"):
        Recorder(held, "headset").open()
    assert not held.audio.exists()


def test_a_disk_that_refuses_from_the_start(mic: VirtualMic, held: HeldClip) -> None:
    """Nothing is recorded that could not be kept, and the microphone is let go of."""
    held.part.mkdir()
    with pytest.raises(MicrophoneError, match=r"\.wav\.part could not be saved"):
        Recorder(held).open()


def test_a_sound_server_that_ends(own_mic: VirtualMic, clips: Clips, held: HeldClip) -> None:
    """What was said before is kept, whoever waits is told, and the next recording works again."""
    over = threading.Event()
    recorder = Recorder(held, on_end=over.set)
    recorder.open()
    until(lambda: recorder.seconds >= 0.3)
    own_mic.stop()
    assert over.wait(PATIENCE_S)
    assert "ended by itself" in recorder.trouble
    ended = recorder.finish()
    assert ended.seconds >= 0.3
    assert "What was said before that is kept" in ended.trouble
    assert len(read_wav(held.audio)[1]) / 2 / RATE == ended.seconds
    again = clips.begin(Ids("again")(), NOW, "UTC", "kim")
    with pytest.raises(MicrophoneError, match="There is no microphone here"):
        Recorder(again).open()
    own_mic.start()
    with recording(Recorder(again)) as second:
        until(lambda: second.seconds >= 0.1)


@pytest.mark.slow
def test_a_sound_server_that_hangs(own_mic: VirtualMic, tmp_path: Path) -> None:
    """Neither the end of the recording nor that of the process waits for it."""
    with recording_process(tmp_path, own_mic) as running:
        assert line_of(running) == "recording"
        own_mic.freeze()
        ended, name = json.loads(ask(running, "finish"))
        assert ended["seconds"] >= 0.5
        assert name.endswith(".wav")
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(PATIENCE_S) == 0


@contextmanager
def recording_process(
    folder: Path, mic: VirtualMic, *size: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that records."""
    module = "tests.capture.voice.recording_process"
    with subprocess.Popen(
        [sys.executable, "-m", module, str(folder / INCIDENT), INCIDENT, Ids()(), *size],
        env={**mic.inherited(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def line_of(running: "subprocess.Popen[bytes]") -> str:
    """What it prints next."""
    assert running.stdout is not None
    return running.stdout.readline().decode().strip()


def ask(running: "subprocess.Popen[bytes]", what: str) -> str:
    """Tell it to do something; what it answers."""
    assert running.stdin is not None
    running.stdin.write(f"{what}\n".encode())
    running.stdin.flush()
    return line_of(running)


def test_a_process_that_is_killed(mic: VirtualMic, clips: Clips, tmp_path: Path) -> None:
    """Half a second before SIGKILL is in a whole file afterwards, with when the key went down."""
    with recording_process(tmp_path, mic) as running:
        assert line_of(running) == "recording"
        assert clips.left_over() == []
        running.kill()
        running.wait()
    (found,) = clips.left_over()
    assert found.note.state is ClipState.WAITING
    assert found.note.seconds >= 0.5
    assert len(read_wav(found.audio)[1]) / 2 / RATE == found.note.seconds


def test_a_process_that_ends_while_it_records(mic: VirtualMic, tmp_path: Path) -> None:
    """A stream that nobody closed neither crashes the interpreter on its way out nor holds it up."""
    with recording_process(tmp_path, mic) as running:
        assert line_of(running) == "recording"
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(PATIENCE_S) == 0


def test_a_full_disk(mic: VirtualMic, clips: Clips, tmp_path: Path) -> None:
    """The recording ends by itself, says why, and what fitted is a whole file."""
    with recording_process(tmp_path, mic, "20001") as running:
        assert line_of(running) == "ended"
        ended, name = json.loads(ask(running, "finish"))
    assert "No room left on the disk" in ended["trouble"]
    (note,) = clips.all()
    audio = clips.audio(note.id)
    assert audio is not None
    assert audio.name == name
    assert len(read_wav(audio)[1]) == 20_001 - 44 - 1
