import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from storage.drafts import KeptDraft, keep_draft
from storage.errors import RecordReadOnly

NOW = datetime(2026, 11, 21, 1, 50, tzinfo=UTC)


def read(path: Path) -> KeptDraft:
    """What was kept."""
    return msgspec.json.decode(path.read_bytes(), type=KeptDraft)


def test_words_are_kept_with_where_they_belong(tmp_path: Path) -> None:
    """The next start can offer them again: for which incident, when, what."""
    path = keep_draft(tmp_path / "drafts", "an-id", "precious\nwords", NOW)
    assert read(path) == KeptDraft("an-id", "2026-11-21T01:50:00.000Z", "precious\nwords")
    assert path.suffix == ".json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_one_never_takes_the_place_of_another(tmp_path: Path) -> None:
    """Each text has its own file, with an incident and without."""
    paths = [keep_draft(tmp_path, name, name or "x", NOW) for name in ("a", "a", None, None)]
    assert len(set(paths)) == 4
    assert [read(path).text for path in paths] == ["a", "a", "x", "x"]


def test_more_of_the_same_text(tmp_path: Path) -> None:
    """What grows stays in one file."""
    path = keep_draft(tmp_path, "a", "one", NOW)
    assert keep_draft(tmp_path, "a", "one\ntwo", NOW, path) == path
    assert [read(found).text for found in tmp_path.iterdir()] == ["one\ntwo"]


def test_a_disk_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in the words of storage, so that every caller handles it."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("storage.disk.replace_file", refuse)
    with pytest.raises(RecordReadOnly):
        keep_draft(tmp_path, "a", "x", NOW)
