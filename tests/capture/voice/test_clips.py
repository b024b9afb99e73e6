import hashlib
import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from capture.voice.clips import Clips, ClipState, HeldClip
from capture.voice.retention import sweep_all
from capture.voice.wav import WavWriter
from storage.errors import BadValue, RecordReadOnly
from tests.capture.voice.tones import RATE, read_wav, tone, write_wav
from tests.storage.builders import INCIDENT, OTHER, Ids

NOW = datetime(2026, 11, 21, 1, 50, 12, 345_000, UTC)

_HOLD = """
import sys
from pathlib import Path
from capture.voice.clips import Clips
held = Clips(Path(sys.argv[1]), "x").claim(sys.argv[2])
print("held" if held else "refused", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def clips(tmp_path: Path) -> Clips:
    """The recordings of an incident that has none."""
    return Clips(tmp_path / INCIDENT, INCIDENT)


@pytest.fixture
def new_id() -> Ids:
    """Makes ids."""
    return Ids()


def spoken(held: HeldClip, seconds: float = 0.5) -> HeldClip:
    """Somebody speaks, and nobody ends the recording."""
    writer = WavWriter(held.part, RATE)
    writer.write(tone(seconds))
    writer.close()
    return held


def settled(clips: Clips, clip_id: str, state: ClipState, pressed_at: datetime = NOW) -> None:
    """A whole recording in a state, which nobody holds."""
    held = spoken(clips.begin(clip_id, pressed_at, "UTC", "kim"))
    held.make_whole()
    held.change(state=state)
    held.release()


def test_a_note_is_there_before_any_sound(clips: Clips, new_id: Ids, tmp_path: Path) -> None:
    """A crash at any moment afterwards keeps when the key went down, for whom and by whom."""
    clip_id = new_id()
    pressed_at = NOW.astimezone(timezone(timedelta(hours=1)))
    clips.begin(clip_id, pressed_at, "Europe/Copenhagen", "kim")
    path = tmp_path / INCIDENT / f"{clip_id}.json"
    assert json.loads(path.read_bytes()) == {
        "id": clip_id,
        "incident": INCIDENT,
        "pressed_at": "2026-11-21T01:50:12.345000Z",
        "zone": "Europe/Copenhagen",
        "author": "kim",
        "state": "recording",
        "why": "",
        "seconds": 0.0,
        "outcome": "",
        "model": "",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_one_recording_from_begin_to_end(clips: Clips, new_id: Ids) -> None:
    """It grows under one name, has another once it is whole, and its note says what became of it."""
    clip_id = new_id()
    held = clips.begin(clip_id, NOW, "UTC", "kim")
    assert clips.audio(clip_id) is None
    spoken(held)
    assert held.audio.name.endswith(".wav.part")
    assert held.make_whole() == 0.5
    held.change(state=ClipState.DONE, outcome="speech", model="base", seconds=0.5)
    assert held.audio == clips.audio(clip_id)
    assert read_wav(held.audio) == (RATE, tone(0.5))
    assert held.sha256() == hashlib.sha256(held.audio.read_bytes()).hexdigest()
    assert clips.note(clip_id) == held.note
    assert (held.note.state, held.note.model) == (ClipState.DONE, "base")


def test_oldest_first(clips: Clips, new_id: Ids) -> None:
    """They are listed in the order in which they were spoken, whatever their ids say."""
    first, second = new_id(), new_id()
    clips.begin(second, NOW, "UTC", "kim")
    clips.begin(first, NOW + timedelta(seconds=1), "UTC", "kim")
    assert [note.id for note in clips.all()] == [second, first]


def test_a_recording_is_somebodys(clips: Clips, new_id: Ids) -> None:
    """Who began it has it, until it is let go of; then another may."""
    clip_id = new_id()
    held = spoken(clips.begin(clip_id, NOW, "UTC", "kim"))
    assert clips.claim(clip_id) is None
    assert clips.left_over() == []
    held.release()
    again = clips.claim(clip_id)
    assert again is not None
    assert clips.claim(clip_id) is None


def test_two_processes(clips: Clips, new_id: Ids, tmp_path: Path) -> None:
    """What another tab works on is not touched here; once it is killed it is found."""
    clip_id = new_id()
    spoken(clips.begin(clip_id, NOW, "UTC", "kim")).release()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path / INCIDENT), clip_id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert clips.left_over() == []
        assert clips.claim(clip_id) is None
        other.kill()
        other.wait()
    assert [held.note.id for held in clips.left_over()] == [clip_id]


def test_what_a_killed_process_left(clips: Clips, new_id: Ids) -> None:
    """What was said until then is a whole file that waits to be transcribed, and says why."""
    held = spoken(clips.begin(new_id(), NOW, "UTC", "kim"))
    with held.part.open("ab") as file:
        file.write(b"\x01")
    held.release()
    (found,) = clips.left_over()
    assert read_wav(found.audio) == (RATE, tone(0.5))
    assert (found.note.state, found.note.seconds) == (ClipState.WAITING, 0.5)
    assert "while this was being said" in found.note.why
    assert found.note.pressed_at == NOW
    assert clips.note(found.note.id) == found.note


def test_whole_but_not_yet_transcribed(clips: Clips, new_id: Ids) -> None:
    """A crash between the end of a recording and its entries loses neither, and repairs nothing."""
    settled(clips, new_id(), ClipState.WAITING)
    (found,) = clips.left_over()
    assert (found.note.state, found.note.why) == (ClipState.WAITING, "")


def test_only_what_is_open_is_left_over(clips: Clips, new_id: Ids) -> None:
    """What is an entry, was kept or failed is not transcribed again by itself."""
    for state in set(ClipState) - {ClipState.RECORDING, ClipState.WAITING}:
        settled(clips, new_id(), state)
    assert clips.left_over() == []
    assert len(clips.all()) == 4


def test_killed_before_the_first_sound(clips: Clips, new_id: Ids, tmp_path: Path) -> None:
    """There is nothing to transcribe, with an empty file or with none, and it is not asked again."""
    without, empty = new_id(), new_id()
    clips.begin(without, NOW, "UTC", "kim").release()
    spoken(clips.begin(empty, NOW, "UTC", "kim"), 0).release()
    assert clips.left_over() == []
    assert [note.state for note in clips.all()] == [ClipState.SILENT, ClipState.SILENT]
    assert not list((tmp_path / INCIDENT).glob(".*"))


def test_somebody_removed_the_sound(clips: Clips, new_id: Ids) -> None:
    """A recording that waits and has no sound any more says so, and waits no more."""
    clip_id = new_id()
    settled(clips, clip_id, ClipState.WAITING)
    audio = clips.audio(clip_id)
    assert audio is not None
    audio.unlink()
    assert clips.left_over() == []
    note = clips.note(clip_id)
    assert note is not None
    assert note.state is ClipState.FAILED
    assert "no longer" in note.why


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b'{"id":"x"}', None], ids=repr)
@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_note(
    clips: Clips, new_id: Ids, tmp_path: Path, damage: bytes | None, whole: bool
) -> None:
    """The sound is found all the same; its time is that of the file, and that is said."""
    clip_id = new_id()
    held = spoken(clips.begin(clip_id, NOW - timedelta(days=1), "UTC", "kim"))
    if whole:
        held.make_whole()
    held.release()
    os.utime(held.audio, (NOW.timestamp(), NOW.timestamp()))
    path = tmp_path / INCIDENT / f"{clip_id}.json"
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    (found,) = clips.left_over()
    assert found.note.pressed_at == NOW - timedelta(seconds=0.5)
    assert (found.note.id, found.note.incident) == (clip_id, INCIDENT)
    assert found.note.state is ClipState.WAITING
    assert "time is that of the file" in found.note.why
    assert clips.note(clip_id) == found.note
    kept = [file.read_bytes() for file in path.parent.glob("*.damaged-1")]
    assert kept == ([] if damage is None else [damage])


@pytest.mark.parametrize("clip_id", ["", "..", "../../settings", "a/b", INCIDENT.upper()])
def test_names_that_are_no_ids(clips: Clips, clip_id: str) -> None:
    """A record that somebody sent can't name a file that is no recording."""
    assert clips.note(clip_id) is None
    assert clips.audio(clip_id) is None
    assert clips.claim(clip_id) is None
    with pytest.raises(BadValue):
        clips.begin(clip_id, NOW, "UTC", "kim")


def test_an_id_is_used_once(clips: Clips, new_id: Ids) -> None:
    """A second recording never takes the place of the first."""
    clip_id = new_id()
    settled(clips, clip_id, ClipState.WAITING)
    with pytest.raises(BadValue):
        clips.begin(clip_id, NOW, "UTC", "kim")


def test_a_disk_that_refuses_from_the_start(
    clips: Clips, new_id: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, and nobody holds anything afterwards."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    clip_id = new_id()
    with monkeypatch.context() as patch:
        patch.setattr("storage.disk.replace_file", refuse)
        with pytest.raises(RecordReadOnly):
            clips.begin(clip_id, NOW, "UTC", "kim")
    assert clips.begin(clip_id, NOW, "UTC", "kim").note.id == clip_id


def test_a_disk_that_refuses_to_recover(
    clips: Clips, new_id: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits goes on waiting, that is said once, and it is found when the disk is well again."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    spoken(clips.begin(new_id(), NOW, "UTC", "kim")).release()
    with monkeypatch.context() as patch:
        patch.setattr("storage.disk.sync", refuse)
        assert clips.left_over() == []
        assert clips.left_over() == []
    (notice,) = clips.notices
    assert "2026-11-21 01:50 UTC waits: No room left" in notice
    assert len(clips.left_over()) == 1


def test_removed_for_good(clips: Clips, new_id: Ids, tmp_path: Path) -> None:
    """What nobody wants leaves nothing behind, half recorded or whole."""
    spoken(clips.begin(new_id(), NOW, "UTC", "kim")).remove()
    held = spoken(clips.begin(new_id(), NOW, "UTC", "kim"))
    held.make_whole()
    held.remove()
    assert list((tmp_path / INCIDENT).iterdir()) == []
    assert clips.all() == []


def test_an_incident_without_recordings(clips: Clips) -> None:
    """There need be no folder to ask."""
    assert (clips.all(), clips.left_over(), clips.sweep(NOW, 0)) == ([], [], 0)


def test_only_what_is_settled_is_swept(clips: Clips, new_id: Ids) -> None:
    """Sound that is not an entry yet is never deleted, however old; every note stays."""
    ids = {state: new_id() for state in ClipState}
    for state, clip_id in ids.items():
        settled(clips, clip_id, state, NOW - timedelta(days=4_000))
    assert clips.sweep(NOW, 30) == 3
    kept = {state for state, clip_id in ids.items() if clips.audio(clip_id)}
    assert kept == {ClipState.RECORDING, ClipState.WAITING, ClipState.FAILED}
    assert len(clips.all()) == len(ClipState)
    assert clips.sweep(NOW, 30) == 0


def test_sound_is_kept_for_as_long_as_is_wanted(clips: Clips, new_id: Ids) -> None:
    """To the day, from when it was recorded; no days is at once."""
    clip_id = new_id()
    settled(clips, clip_id, ClipState.DONE, NOW - timedelta(days=30))
    assert clips.sweep(NOW - timedelta(seconds=1), 30) == 0
    assert clips.sweep(NOW - timedelta(seconds=1), 31) == 0
    assert clips.audio(clip_id)
    assert clips.sweep(NOW, 30) == 1
    settled(clips, new_id(), ClipState.DONE, NOW)
    assert clips.sweep(NOW, 0) == 1


def test_a_damaged_note_keeps_its_sound(clips: Clips, new_id: Ids, tmp_path: Path) -> None:
    """Whether it is an entry is not known, so it is not deleted."""
    clip_id = new_id()
    settled(clips, clip_id, ClipState.DONE, NOW - timedelta(days=4_000))
    (tmp_path / INCIDENT / f"{clip_id}.json").write_bytes(b"{")
    assert clips.sweep(NOW, 0) == 0
    assert clips.audio(clip_id)


def test_what_somebody_works_on_is_not_swept(clips: Clips, new_id: Ids) -> None:
    """A tab that transcribes a recording anew keeps its sound."""
    clip_id = new_id()
    settled(clips, clip_id, ClipState.DONE, NOW - timedelta(days=99))
    held = clips.claim(clip_id)
    assert held is not None
    assert clips.sweep(NOW, 30) == 0
    held.release()
    assert clips.sweep(NOW, 30) == 1


def test_every_incident_is_swept(tmp_path: Path, new_id: Ids) -> None:
    """What else lies in the folder of recordings is left alone."""
    for incident in (INCIDENT, OTHER):
        settled(Clips(tmp_path / incident, incident), new_id(), ClipState.DONE)
    mine = tmp_path / "mine"
    mine.mkdir()
    write_wav(mine / "holiday.wav", tone(0.1))
    assert sweep_all(tmp_path, NOW, 0) == 2
    assert sweep_all(tmp_path / "nowhere", NOW, 0) == 0
    assert (mine / "holiday.wav").exists()
