import hashlib
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from storage.model import Entry
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken
from tests.tui.session import Session
from tui.cli.voice.transcribe import _tell_progress

pytestmark = pytest.mark.slow

DICTATED = (
    "Impact: about 12 percent of logins fail.",
    "Action: restarted the connection pooler.",
)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A home of its own."""
    return Session(tmp_path / "home")


@pytest.fixture
def model() -> tuple[str, str]:
    """The option that names a real model, which a throw-away home has not."""
    return "--model", str(real_model().path)


def in_format(wav: Path, suffix: str, codec: str, folder: Path) -> Path:
    """The same sound in another format."""
    path = folder / f"said{suffix}"
    with av.open(str(wav)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=48_000 if codec == "libopus" else 22_050)
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(stream.format, stream.layout, stream.rate)
        for frame in source.decode(audio=0):
            for piece in resampler.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return path


def test_a_dictation_is_shown_as_the_entries_that_it_would_become(
    session: Session, model: tuple[str, str]
) -> None:
    """Somebody can try a recording before anything is recorded of it."""
    session.now = datetime(2026, 11, 21, 2, 47, tzinfo=UTC)
    shown = session.ok("voice", "transcribe", *model, str(spoken(*DICTATED)))
    times, kinds = zip(*(line.split()[:2] for line in shown.lines), strict=True)
    assert kinds == ("impact", "action")
    assert set(times) == {"02:47"}
    assert not (session.home / "incidents").exists()


def test_json_has_every_field_and_no_id(session: Session, model: tuple[str, str]) -> None:
    """What is not recorded has no id; all else is as scripts know it from other commands."""
    wav = spoken(*DICTATED)
    for line in session.ok("voice", "transcribe", "--json", *model, str(wav)).lines:
        entry = json.loads(line)
        assert set(entry) == set(Entry.__struct_fields__)
        assert entry["id"] is None
        assert entry["ref"] is None
        assert entry["incident"] is None
        assert entry["recorded_at"] is None
        assert entry["source"] == "voice"
        assert entry["clip"]["sha256"] == hashlib.sha256(wav.read_bytes()).hexdigest()


def test_with_an_incident_the_entries_are_recorded(
    session: Session, model: tuple[str, str]
) -> None:
    """They are spoken entries like those of the app: one utterance, its words, its recording."""
    session.ok("new", "logins fail")
    wav = spoken(*DICTATED)
    printed = session.ok(
        "voice", "transcribe", "-i", "logins-fail", "--at", "-5m", *model, str(wav)
    )
    entries = session.entries()
    assert [line.split()[1] for line in printed.lines] == ["impact", "action"]
    assert [entry["kind"] for entry in entries] == ["impact", "action"]
    assert {entry["source"] for entry in entries} == {"voice"}
    assert len({entry["utterance"] for entry in entries}) == 1
    assert {entry["clip"]["file"] for entry in entries} == {wav.name}
    assert all(entry["heard"] and 0 < entry["confidence"] <= 1 for entry in entries)
    said = datetime.fromisoformat(entries[0]["at"]["utc"])
    assert (session.now - said).total_seconds() == 300


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".flac", "flac"), (".mp3", "libmp3lame"), (".ogg", "libopus")]
)
def test_other_formats_are_heard(
    session: Session, model: tuple[str, str], tmp_path: Path, suffix: str, codec: str
) -> None:
    """Phones and chat programs record in what they like."""
    file = in_format(spoken(*DICTATED), suffix, codec, tmp_path)
    assert "pooler" in session.ok("voice", "transcribe", *model, str(file)).out


def test_the_glossary_counts(session: Session, model: tuple[str, str]) -> None:
    """What a person wrote down is used here as in the app, and slips in it are said."""
    text = 'slip = 1\n[spoken]\n"connection pooler" = "PgBouncer"\n'
    (session.home / "glossary.toml").write_text(text, "utf-8")
    result = session.ok("voice", "transcribe", *model, str(spoken(*DICTATED)))
    assert "restarted the PgBouncer" in result.out
    assert "'slip' is not known" in result.err


def test_a_recording_without_speech_is_no_entry(session: Session, tmp_path: Path) -> None:
    """Nothing is invented, and the exit code says so."""
    session.ok("new", "quiet")
    silent = tmp_path / "silent.wav"
    silent.write_bytes(spoken(*DICTATED).read_bytes()[:44] + bytes(88_200))
    model = str(real_model().path)
    result = session.run("voice", "transcribe", "-i", "quiet", "--model", model, str(silent))
    assert result.code == 1
    assert "silent.wav is silent" in result.err
    assert session.entries() == []


@pytest.mark.parametrize("name", ["gone.wav", "notes.txt", "folder"])
def test_a_file_that_can_not_be_heard_is_unreadable_input(
    session: Session, model: tuple[str, str], tmp_path: Path, name: str
) -> None:
    """The sentence names the file."""
    (tmp_path / "notes.txt").write_text("no sound", "utf-8")
    (tmp_path / "folder").mkdir()
    result = session.run("voice", "transcribe", *model, str(tmp_path / name))
    assert result.code == 2
    assert f"{name} can't be read" in result.err
    assert result.out == ""


def test_without_a_model_it_says_how_to_get_one(session: Session) -> None:
    """The sentence ends with the command that mends it."""
    result = session.run("voice", "transcribe", str(spoken(*DICTATED)))
    assert result.code == 3
    assert "hotwash voice install" in result.err


def test_a_model_that_can_not_be_loaded_is_no_fault_of_the_file(
    session: Session, tmp_path: Path
) -> None:
    """Exit 2 would say that the recording is bad."""
    folder = tmp_path / "mine"
    shutil.copytree(real_model().path, folder, ignore=shutil.ignore_patterns("*.bin", "hotwash*"))
    (folder / "model.bin").write_bytes(b"no model")
    result = session.run("voice", "transcribe", "--model", str(folder), str(spoken(*DICTATED)))
    assert result.code == 1
    assert "can't be loaded" in result.err


def test_progress_leaves_no_line_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed once a long recording is heard stands on a line of its own."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    _tell_progress(0.5)
    assert terminal.getvalue().rpartition("\r")[2].startswith(" 50% heard")
    _tell_progress(0.0)
    assert terminal.getvalue().rpartition("\r")[2] == "\x1b[K"
