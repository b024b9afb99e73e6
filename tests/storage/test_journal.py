"""The journal: what was appended is read, whoever reads it when, and whatever happened to the file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.journal import Journal, JournalChanged, Line, encode_line, read_line
from storage.ops import Op

texts = st.text(max_size=40) | st.sampled_from(['{"n":1,"op":', ',"crc":"00000000"}', "\n", '\\"'])


def op(number: int, text: str = "") -> Op:
    """A change."""
    return Op(f"{number:016x}-dana1", "entry", "dana", {"text": text or f"line {number}"})


def begun(folder: Path, *changes: Op, base: int = 0, after: str = "") -> Journal:
    """A journal with some changes in it."""
    journal = Journal(folder / "record.json.wal", "incident")
    journal.create(base, after)
    if changes:
        journal.append(list(changes))
    return journal


def opened(folder: Path) -> tuple[Journal, list[Line]]:
    """The journal as a process that starts now sees it, and what it holds."""
    journal = Journal(folder / "record.json.wal")
    return journal, journal.open()


def ops(lines: list[Line]) -> list[Op]:
    """The changes of these lines."""
    return [line.op for line in lines]


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    """Changes come back in their order, numbered from where the record ends."""
    begun(tmp_path, op(1), op(2), base=7, after="of 7")
    journal, lines = opened(tmp_path)
    assert [(line.n, line.op) for line in lines] == [(8, op(1)), (9, op(2))]
    assert (journal.incident, journal.base, journal.n) == ("incident", 7, 9)
    assert not journal.torn
    assert not journal.damaged


def test_every_line_is_valid_json(tmp_path: Path) -> None:
    """Anybody can read a journal with the tools at hand."""
    begun(tmp_path, op(1, "“quoted”\n"), op(2))
    lines = [json.loads(line) for line in (tmp_path / "record.json.wal").read_text().splitlines()]
    assert [line.get("n") for line in lines] == [None, 1, 2]


@given(texts, st.integers(0, 2**40))
def test_a_line_holds_any_change(text: str, number: int) -> None:
    """No text can end a line, or pass for the check of one."""
    line = encode_line(number, op(1, text))
    assert line.count(b"\n") == 1
    read = read_line(line[:-1])
    assert read is not None
    assert (read.n, read.op) == (number, op(1, text))


@given(st.lists(texts, max_size=4), st.data())
def test_a_damaged_line_is_never_misread(written: list[str], data: st.DataObject) -> None:
    """With any bit of it changed, a line is a damaged one, not another one."""
    line = bytearray(encode_line(5, op(1, "".join(written)))[:-1])
    position = data.draw(st.integers(0, len(line) - 1))
    line[position] ^= 1 << data.draw(st.integers(0, 7))
    assert read_line(bytes(line)) is None


def test_a_journal_cut_anywhere_keeps_its_whole_lines(tmp_path: Path) -> None:
    """Whichever byte is the last that reached the disk, all lines before it are there."""
    begun(tmp_path, op(1), op(2), op(3))
    path = tmp_path / "record.json.wal"
    data = path.read_bytes()
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        journal, lines = opened(tmp_path)
        # A line is whole without its line break: that may be all that is missing.
        whole = max(0, data[:size].count(b"\n") - 1, data[: size + 1].count(b"\n") - 1)
        assert ops(lines) == [op(number) for number in range(1, whole + 1)], size
        assert journal.damaged or journal.torn or data[:size].endswith(b"\n") or not size


def test_a_line_is_found_behind_damage(tmp_path: Path) -> None:
    """One bad byte costs one line, not those behind it; a lost line break costs none."""
    begun(tmp_path, op(1), op(2), op(3), op(4))
    path = tmp_path / "record.json.wal"
    data = path.read_bytes()
    ends = [place for place, byte in enumerate(data) if byte == ord("\n")]
    for position in range(len(data)):
        path.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        journal, lines = opened(tmp_path)
        hit = sum(end < position for end in ends)
        lost = 0 if position in ends else hit
        assert ops(lines) == [op(number) for number in range(1, 5) if number != lost], position
        assert journal.damaged or lost == 4, position
        journal.follow()
        assert not (journal.damaged and journal.torn)


def test_a_missing_line_is_damage(tmp_path: Path) -> None:
    """Somebody took a line out: those behind it count, and the journal is no longer gone on with."""
    begun(tmp_path, op(1), op(2), op(3))
    path = tmp_path / "record.json.wal"
    header, first, _, third = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(header + first + third)
    journal, lines = opened(tmp_path)
    assert ops(lines) == [op(1), op(3)]
    assert journal.damaged
    journal.create(3)
    assert not journal.damaged


def test_followers_see_what_others_append(tmp_path: Path) -> None:
    """Each change is seen once, a half-written line only when it is whole."""
    writer = begun(tmp_path)
    reader, _ = opened(tmp_path)
    assert reader.follow() == []
    writer.append([op(1), op(2)])
    assert ops(reader.follow()) == [op(1), op(2)]
    line = encode_line(3, op(3))
    with writer.path.open("ab") as file:
        file.write(line[:20])
        file.flush()
        assert (reader.follow(), reader.torn) == ([], True)
        file.write(line[20:])
    assert (ops(reader.follow()), reader.torn) == ([op(3)], False)


def test_a_follower_goes_on_after_a_checkpoint(tmp_path: Path) -> None:
    """A new journal that continues the old one is no reason to read the record again."""
    writer = begun(tmp_path, op(1))
    reader, _ = opened(tmp_path)
    writer.create(writer.n, writer.crc)
    writer.append([op(2)])
    assert ops(reader.follow()) == [op(2)]
    assert reader.follow() == []


@pytest.mark.parametrize(("base", "after"), [(1, "another"), (2, ""), (0, "")])
def test_a_follower_notices_another_journal(base: int, after: str, tmp_path: Path) -> None:
    """One that does not continue what was read means that the record must be read again."""
    writer = begun(tmp_path, op(1))
    reader, _ = opened(tmp_path)
    writer.create(base, after)
    with pytest.raises(JournalChanged):
        reader.follow()


def test_a_follower_notices_that_there_is_none_any_more(tmp_path: Path) -> None:
    """A journal that somebody removed means that the record must be read again."""
    begun(tmp_path, op(1)).path.unlink()
    reader = begun(tmp_path, op(1))
    reader.path.unlink()
    with pytest.raises(JournalChanged):
        reader.follow()


def test_no_journal_yet_is_nothing_to_follow(tmp_path: Path) -> None:
    """In a folder that can't be written there may never be one."""
    assert Journal(tmp_path / "record.json.wal").follow() == []


@pytest.mark.parametrize("others", [[], ["line X"], ["line XYZ"], ["line X", "line Y"]])
def test_a_follower_notices_that_a_line_was_taken_back(others: list[str], tmp_path: Path) -> None:
    """A line whose sync failed was seen for a moment; what stands there now is what counts."""
    begun(tmp_path, op(1))
    path = tmp_path / "record.json.wal"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(encode_line(2, op(2, "line 2")))
    reader, lines = opened(tmp_path)
    assert ops(lines) == [op(1), op(2)]
    with path.open("r+b") as file:
        file.truncate(size)
    writer, _ = opened(tmp_path)
    for number, text in enumerate(others, 3):
        writer.append([op(number, text)])
    with pytest.raises(JournalChanged):
        reader.follow()


def test_a_torn_tail_can_be_cut_off(tmp_path: Path) -> None:
    """What a killed writer left makes room for the next line."""
    begun(tmp_path, op(1))
    with (tmp_path / "record.json.wal").open("ab") as file:
        file.write(b'{"n":2,"op"')
    journal, _ = opened(tmp_path)
    assert journal.torn
    assert journal.torn_tail() == b'{"n":2,"op"'
    journal.cut_tail()
    journal.append([op(2)])
    journal, lines = opened(tmp_path)
    assert (ops(lines), journal.torn) == ([op(1), op(2)], False)


def test_it_says_whether_a_record_fits(tmp_path: Path) -> None:
    """A record belongs to a journal when its last change is one that the journal begins or goes on with."""
    begun(tmp_path, op(1), op(2), base=3, after="of 3")
    journal, lines = opened(tmp_path)
    crc = [line.crc for line in lines]
    fitting = [(3, "of 3"), (4, crc[0]), (5, crc[1])]
    others = [(3, "other"), (3, None), (4, crc[1]), (6, crc[1]), (2, "of 3"), (0, "")]
    assert all(journal.continues(*record, lines) for record in fitting)
    assert not any(journal.continues(*record, lines) for record in others)


def test_a_journal_of_an_older_kind_of_header_keeps_its_changes(tmp_path: Path) -> None:
    """Lines are worth more than the line above them."""
    path = tmp_path / "record.json.wal"
    path.write_bytes(b'{"journal": 1}\n' + encode_line(1, op(1)) + encode_line(2, op(2)))
    journal, lines = opened(tmp_path)
    assert journal.damaged
    assert ops(lines) == [op(1), op(2)]
