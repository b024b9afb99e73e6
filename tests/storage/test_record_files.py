"""The files of a record, damaged, cut off, swapped or gone: what any of them holds comes back."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from tinydb import TinyDB

from storage import disk, reading
from storage.errors import NotFound, OutputExists, RecordReadOnly, RecordUnreadable
from storage.journal import Journal
from storage.ops import Op
from storage.reading import beside
from storage.record import Record
from tests.storage.damages import DAMAGES, Damage, put_back_the_first
from tests.storage.histories import (
    INCIDENT,
    NAME,
    NoSync,
    add,
    copy_of,
    half_a_life,
    look_at_everything,
    lost,
    reopen,
    start,
    texts,
)

RECORD, COPY, WAL, OLDER_WAL = (NAME, f"{NAME}.bak", f"{NAME}.wal", f"{NAME}.wal.bak")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write without waiting for the disk, and read without waiting for others."""
    monkeypatch.setattr(disk, "os", NoSync())
    monkeypatch.setattr(reading, "_PAUSE_S", 0)


class Life:
    """A record with all its files, to be damaged again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "life"
        self.ops = half_a_life(self.folder)
        self.files = {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def with_file(self, name: str, data: bytes | None) -> Path:
        """A folder in which one file is other, or gone."""
        folder = self.root / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for known, content in (self.files | {name: data}).items():
            if content is not None:
                (folder / known).write_bytes(content)
        return folder


@pytest.fixture
def life(quick_path: Path) -> Life:
    """A record with all its files."""
    return Life(quick_path)


def mended(folder: Path, ops: list[Op]) -> Record:
    """A record that has all these changes, whatever happened to its files, and goes on."""
    record = reopen(folder)
    assert not lost(record, ops)
    look_at_everything(record)
    add(record, "afterwards")
    assert texts(reopen(folder)) == texts(record)
    return record


# Cut off, and rubbish


def test_a_record_cut_anywhere_comes_back(life: Life) -> None:
    """A program that wrote it in place was cut off: the copy and the journals make up for it."""
    data = life.files[RECORD]
    for size in range(0, len(data), 7):
        folder = life.with_file(RECORD, data[:size])
        record = mended(folder, life.ops)
        aside = folder / f"{NAME}.damaged-1"
        assert aside.read_bytes() == data[:size]
        assert any("set aside" in notice for notice in record.take_notices())


def test_a_journal_cut_anywhere_keeps_what_stood_before(life: Life) -> None:
    """Whichever byte was the last to reach the disk, whole lines are there, and the rest is kept."""
    data = life.files[WAL]
    lines = Journal(life.folder / WAL).open()
    held = [op for op in life.ops if op not in [line.op for line in lines]]
    for size in range(len(data) + 1):
        folder = life.with_file(WAL, data[:size])
        whole = max(0, data[: size + 1].count(b"\n") - 1)
        mended(folder, [*held, *(line.op for line in lines[:whole])])
        rest = data[:size].rpartition(b"\n")[2]
        assert any(rest in path.read_bytes() for path in folder.iterdir()), size


@pytest.mark.parametrize("name", [RECORD, COPY, WAL, OLDER_WAL])
def test_flipped_bits_cost_nothing_that_another_file_holds(name: str, life: Life) -> None:
    """Bad memory or a bad cable changed some bits: no traceback, and every other file counts."""
    random = Random(5)
    data = life.files[name]
    lines = Journal(life.folder / WAL).open() if name == WAL else []
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(random.randint(1, 3)):
            damaged[random.randrange(len(data))] ^= 1 << random.randrange(8)
        folder = life.with_file(name, bytes(damaged))
        # Only the journal holds what its lines hold.
        gone = [line.op for line in lines if _line_of(data, line.n) not in damaged]
        mended(folder, [op for op in life.ops if op not in gone])


def _line_of(data: bytes, n: int) -> bytes:
    return next(line for line in data.splitlines() if line.startswith(b'{"n":%d,' % n))


@pytest.mark.parametrize("name", [RECORD, WAL])
def test_rubbish_is_set_aside_and_never_overwritten(name: str, life: Life) -> None:
    """What can't be read is kept for somebody who perhaps can."""
    rubbish = bytes(Random(3).randbytes(3000))
    folder = life.with_file(name, rubbish)
    reopen(folder)
    assert any(path.read_bytes() == rubbish for path in folder.iterdir())


def test_a_record_that_was_only_just_started_comes_back(quick_path: Path) -> None:
    """From the first moment there is a copy that no program reaches through the record."""
    record = start(quick_path)
    add(record, "first")
    (quick_path / NAME).write_bytes(b"rubbish")
    mended(quick_path, record.ops())


def test_without_a_copy_an_unreadable_record_is_left_alone(life: Life) -> None:
    """Nothing is guessed, nothing written, and a sentence says so."""
    (life.folder / COPY).unlink()
    (life.folder / RECORD).write_bytes(b"rubbish")
    before = {path.name: path.read_bytes() for path in life.folder.iterdir()}
    with pytest.raises(RecordUnreadable, match="left as it is"):
        reopen(life.folder)
    assert {path.name: path.read_bytes() for path in life.folder.iterdir()} == before


def test_a_record_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A name with a typing error must not start an incident."""
    with pytest.raises(NotFound):
        reopen(tmp_path)
    assert not list(tmp_path.iterdir())


# Swapped and gone


@pytest.mark.parametrize("name", [RECORD, COPY, OLDER_WAL])
def test_a_file_that_is_gone_costs_nothing(name: str, life: Life) -> None:
    """Any one of them but the newest journal can be done without."""
    mended(life.with_file(name, None), life.ops)


def test_without_the_journal_the_record_is_what_there_is(life: Life) -> None:
    """What only the journal held is gone with it; all else is there, and recording goes on."""
    only_there = [line.op for line in Journal(life.folder / WAL).open()]
    mended(life.with_file(WAL, None), [op for op in life.ops if op not in only_there])


def test_a_journal_removed_from_under_an_open_record_costs_nothing(tmp_path: Path) -> None:
    """`git clean` took it away: the process that had written the lines still has them."""
    record = start(tmp_path)
    add(record, "first", "second")
    ops = record.ops()
    (tmp_path / WAL).unlink()
    add(record, "third")
    assert not lost(record, ops)
    assert texts(mended(tmp_path, ops)) == ["first", "second", "third", "afterwards"]


def versions(folder: Path) -> Iterator[bytes]:
    """The record's file as it was written by one checkpoint after another."""
    record = start(folder)
    yield (folder / RECORD).read_bytes()
    for number in range(4):
        add(record, f"line {number}")
        record.checkpoint()
        yield (folder / RECORD).read_bytes()
    add(record, "not folded yet")


@pytest.mark.parametrize("second", DAMAGES)
@pytest.mark.parametrize("first", DAMAGES)
def test_one_mishap_after_another_loses_nothing(
    first: Damage, second: Damage, quick_path: Path
) -> None:
    """After a repair the copies are as good as before it: the next mishap is made up for as well."""
    ops = half_a_life(quick_path)
    for damage in (first, second):
        damage(quick_path / NAME)
        mended(quick_path, ops)


@pytest.mark.parametrize(
    "copy",
    ['{"entries": {"1": {"text": "no id"}}}', '{"incident": {"1": {"id": 1}}}', "rubbish", ""],
)
def test_a_copy_that_is_no_good_is_no_help_and_no_harm(copy: str, quick_path: Path) -> None:
    """Two mishaps at once: what is left is opened without a traceback."""
    ops = half_a_life(quick_path)
    in_the_journals = [
        line.op for name in (OLDER_WAL, WAL) for line in Journal(quick_path / name).open()
    ]
    (quick_path / COPY).write_text(copy)
    put_back_the_first(quick_path / NAME)
    mended(quick_path, [op for op in ops if op in in_the_journals])


def test_words_changed_in_the_copy_do_not_enter_the_record(quick_path: Path) -> None:
    """The copy is no place to edit: a value that its seal does not cover is nobody's."""
    half_a_life(quick_path)
    copy = quick_path / COPY
    copy.write_text(copy.read_text().replace("first line, edited", "never said by anybody"))
    put_back_the_first(quick_path / NAME)
    assert "never said by anybody" not in texts(reopen(quick_path))


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
@pytest.mark.parametrize("version", range(5))
def test_an_older_version_put_back_loses_nothing(
    version: int, is_open: bool, quick_path: Path
) -> None:
    """An editor saved an old buffer, or git checked out an old commit: the newer changes come back."""
    all_versions = list(versions(quick_path))
    opened = reopen(quick_path)
    ops = opened.ops()
    (quick_path / RECORD).write_bytes(all_versions[version])
    if is_open:
        opened.checkpoint()
        assert opened.ops() == ops
    mended(quick_path, ops)


def test_another_version_put_in_loses_neither(quick_path: Path) -> None:
    """A colleague's copy of the record came by mail, and was saved over one's own."""
    start(quick_path / "mine")
    copy_of(quick_path / "mine", quick_path / "theirs")
    for whose in ("mine", "theirs"):
        with reopen(quick_path / whose, f"{whose}1") as record:
            add(record, f"{whose} folded")
    add(reopen(quick_path / "mine", "mine1"), "mine not folded")
    ops = [op for whose in ("mine", "theirs") for op in reopen(quick_path / whose).ops()]
    shutil.copy(quick_path / "theirs" / RECORD, quick_path / "mine" / RECORD)
    mended(quick_path / "mine", ops)


@pytest.mark.parametrize("mine", [[], ["mine"]], ids=["just started", "not new"])
def test_a_foreign_journal_is_set_aside(mine: list[str], quick_path: Path) -> None:
    """Another incident's changes must never enter this one, nor be destroyed."""
    with start(quick_path) as record:
        for text in mine:
            add(record, text)
    other = Journal(quick_path / WAL, INCIDENT.replace("0001", "0002"))
    other.create(0)
    other.append([Op("0" * 16 + "-x1", "e", "mallory", {"text": "theirs"})])
    theirs = other.path.read_bytes()
    assert texts(mended(quick_path, record.ops())) == [*mine, "afterwards"]
    assert (quick_path / f"{WAL}.foreign-1").read_bytes() == theirs


def test_a_foreign_record_does_not_swallow_the_journal_of_this_one(quick_path: Path) -> None:
    """Another incident was saved under this one's name: nothing of either is destroyed."""
    ops = half_a_life(quick_path / "mine")
    with start(quick_path / "other") as other:
        other.edit_incident({"title": "Other"}, "dana")
    text = (quick_path / "other" / RECORD).read_text().replace(INCIDENT, INCIDENT[:-1] + "9")
    (quick_path / "mine" / RECORD).write_text(text)
    reopen(quick_path / "mine")
    kept = b"".join(path.read_bytes() for path in (quick_path / "mine").iterdir())
    assert all(op.id.encode() in kept for op in ops)


@pytest.mark.parametrize("content", ["{}", '{"meta": {}, "entries": {}}', '{"_default": {}}'])
def test_a_database_that_was_emptied_is_filled_again(content: str, life: Life) -> None:
    """Only a purge takes anything out of a record; deleting has a field of its own."""
    record = mended(life.with_file(RECORD, content.encode()), life.ops)
    assert any("put back" in notice for notice in record.take_notices())


def test_a_document_removed_by_hand_comes_back(life: Life) -> None:
    """A line deleted in an editor is no deletion: it says neither who nor why."""
    with TinyDB(life.folder / RECORD) as plain:
        plain.table("entries").remove(doc_ids=[1])
    mended(life.folder, life.ops)


def test_what_was_changed_by_hand_is_taken_in_once(quick_path: Path, life: Life) -> None:
    """However often the record is opened, and whatever fails in between."""
    tables = json.loads((life.folder / RECORD).read_text())
    tables["entries"]["99"] = {"text": "by hand"}
    (life.folder / RECORD).write_text(json.dumps(tables))
    for _ in range(3):
        assert texts(reopen(life.folder)).count("by hand") == 1
    assert texts(mended(life.folder, life.ops)).count("by hand") == 1


def scrambled(change: Callable[[dict[str, object]], None], life: Life) -> Path:
    """The record with its `meta` document changed by somebody."""
    tables = json.loads(life.files[RECORD])
    change(tables["meta"]["1"])
    return life.with_file(RECORD, json.dumps(tables).encode())


@pytest.mark.parametrize(
    "meta",
    [
        {"applied": 10**6},
        {"applied": 2**63 - 1},
        {"applied": 2**64 - 1},
        {"applied": 10**30},
        {"applied": -5},
        {"applied": "many"},
        {"applied": None},
        {"newest": "zzzz"},
        {"newest": "f" * 16 + "-x1"},
        {"newest": 3},
        {"incident": "another"},
        {"incident": None},
        {"schema": -1},
        {"schema": 0},
        {"schema": "one"},
        {"after": 7},
    ],
    ids=str,
)
def test_a_scrambled_head_costs_nothing(meta: dict[str, object], life: Life) -> None:
    """What stands in the first line is checked before it is believed."""
    mended(scrambled(lambda document: document.update(meta), life), life.ops)


def test_a_newer_record_is_read_and_not_written(life: Life) -> None:
    """A colleague's newer hotwash wrote it: this one shows it, and keeps its hands off."""
    folder = scrambled(lambda document: document.update(schema=99), life)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    record = reopen(folder)
    assert record.read_only
    assert not lost(record, life.ops)
    with pytest.raises(RecordReadOnly, match="newer hotwash"):
        add(record, "not here")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# Names


def test_two_names_of_one_record_share_its_journal(tmp_path: Path) -> None:
    """Opened through a link or not, it is one record: two journals would overwrite each other."""
    record = start(tmp_path / "real")
    (tmp_path / "link.json").symlink_to(tmp_path / "real" / NAME)
    linked = Record.open(tmp_path / "link.json", "lee", "lee1")
    add(linked, "through the link")
    linked.checkpoint()
    add(record, "directly")
    assert linked.follow()
    assert texts(linked) == texts(record) == ["through the link", "directly"]
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link.json"}


def test_a_record_is_not_started_over_another(tmp_path: Path) -> None:
    """Two tabs start the standing change log at the same moment: the second must not win."""
    ops = half_a_life(tmp_path)
    with pytest.raises(OutputExists):
        start(tmp_path)
    mended(tmp_path, ops)


def test_what_a_removed_record_left_is_kept(tmp_path: Path) -> None:
    """Only the record was removed; a new one of its name begins without it, and destroys nothing."""
    half_a_life(tmp_path)
    before = {path.read_bytes() for path in tmp_path.iterdir() if path.name != NAME}
    (tmp_path / NAME).unlink()
    assert texts(start(tmp_path)) == []
    assert before <= {path.read_bytes() for path in tmp_path.iterdir()}
    assert beside(tmp_path / NAME, "wal.old-1").exists()
