import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from storage.drafts import KeptDraft, claim, claim_new, find_drafts, keep_draft, remove_draft
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


def found(folder: Path) -> list[str]:
    """The texts that nobody works on."""
    return [one.draft.text for one in find_drafts(folder)[0]]


def test_texts_are_found_oldest_first(tmp_path: Path) -> None:
    """They are offered in the order in which they were written, whatever their files are called."""
    for minute, text in ((2, "two"), (1, "one"), (3, "three")):
        keep_draft(tmp_path, "a", text, NOW.replace(minute=minute))
    assert found(tmp_path) == ["one", "two", "three"]


def test_a_claimed_text_is_nobody_elses(tmp_path: Path) -> None:
    """It is neither found nor claimed again, in this process or another, until it is let go of."""
    path = keep_draft(tmp_path, "a", "mine", NOW)
    held = claim(path)
    assert held is not None
    assert claim(path) is None
    assert found(tmp_path) == []
    held.release()
    held.release()
    assert found(tmp_path) == ["mine"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_name_is_claimed_before_anything_is_written(tmp_path: Path) -> None:
    """Two parts of one process, or two containers with the same numbers, never share a file."""
    held = [claim_new(tmp_path / "drafts", "a") for _ in range(3)]
    assert len({one.path for one in held}) == 3
    for one in held:
        one.release()
    assert list((tmp_path / "drafts").iterdir()) == []


def test_a_text_is_removed_with_its_lock(tmp_path: Path) -> None:
    """Nothing is left in the folder of a night that went well."""
    held = claim_new(tmp_path, "a")
    keep_draft(tmp_path, "a", "x", NOW, held.path)
    remove_draft(held)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_leaves_is_swept(tmp_path: Path) -> None:
    """A lock without a text, and a file that was only half written."""
    path = keep_draft(tmp_path, "a", "x", NOW)
    (tmp_path / ".b.1-1.json.lock").touch()
    path.with_name(f".{path.name}.1.tmp").write_bytes(b"{")
    assert found(tmp_path) == ["x"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"text":"x"}', b"\xff", b"[]"])
def test_files_that_are_no_drafts(tmp_path: Path, damage: bytes) -> None:
    """They are named, left as they are, and cost none of the others."""
    keep_draft(tmp_path, "a", "x", NOW)
    (tmp_path / "z.json").write_bytes(damage)
    assert find_drafts(tmp_path)[1] == [tmp_path / "z.json"]
    assert found(tmp_path) == ["x"]
    assert (tmp_path / "z.json").read_bytes() == damage


@pytest.mark.parametrize("error", [OSError(30, "Read-only file system"), NotImplementedError()])
def test_a_disk_without_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Texts are found and claimed all the same: the words matter more."""
    path = keep_draft(tmp_path, "a", "x", NOW)

    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    assert found(tmp_path) == ["x"]
    held = claim(path)
    assert held is not None
    remove_draft(held)
    assert list(tmp_path.iterdir()) == []
