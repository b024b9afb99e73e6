import pytest

from tui.starter.tables import Table
from tui.starter.wrapping import Row, Tone, cells_of, text_of


def row_of(*texts: str) -> tuple[Row, ...]:
    """Cells that say this."""
    return tuple(((text, Tone.PLAIN),) if text else () for text in texts)


def table_of(names: tuple[str, ...], *rows: tuple[str, ...]) -> Table:
    """A table with these rows."""
    table = Table(row_of(*names))
    for row in rows:
        table.take(row_of(*row))
    return table


LONG = "restarted the app servers one after the other and watched the graphs for a while"
NAMES = ("Time", "Who", "What")


def test_with_room_every_cell_is_on_one_row() -> None:
    """A table that fits looks like a table."""
    row = ("02:47", "dana", LONG)
    table = table_of(NAMES, row)
    assert [text_of(line) for line in table.lines(row_of(*row), 120)] == [f"02:47  dana  {LONG}"]
    assert text_of(table.head(120)[0]).split() == ["Time", "Who", "What"]


def test_the_widest_column_gives_way_first() -> None:
    """Times and names stay whole while the sentence is broken."""
    row = ("02:47", "dana", LONG)
    lines = table_of(NAMES, row).lines(row_of(*row), 50)
    assert text_of(lines[0]).startswith("02:47  dana  restarted")
    assert all(text_of(line).startswith(" " * 13) for line in lines[1:])


@pytest.mark.parametrize("width", [5, 9, 14, 20])
def test_without_room_cells_follow_each_other_behind_their_names(width: int) -> None:
    """In a narrow terminal nothing is squeezed into columns of three letters, and nothing is lost."""
    names = tuple(f"Column{n}" for n in range(9))
    row = tuple(f"cell{n}" for n in range(9))
    table = table_of(names, row)
    lines = table.lines(row_of(*row), width)
    told = "".join(text_of(line) for line in lines).replace(" ", "")
    assert told == "cell0" + "·".join(f"Column{n}:cell{n}" for n in range(1, 9))
    assert table.head(width) == []


def test_an_empty_cell_is_not_told_below_another() -> None:
    """A column that says nothing takes no room where there is none."""
    names = tuple(f"Column{n}" for n in range(9))
    row = ("first", *[""] * 7, "last")
    lines = table_of(names, row).lines(row_of(*row), 24)
    assert [text_of(line).strip() for line in lines] == ["first", "Column8: last"]


@pytest.mark.parametrize("width", range(8, 130, 7))
def test_no_row_is_wider_than_the_screen(width: int) -> None:
    """At every width each row ends before the edge."""
    rows = [("02:47", "dana", LONG), ("2026-11-21 02:47", "日本語の名前", "短い")]
    table = table_of(NAMES, *rows)
    lines = [
        *table.head(width),
        *(line for row in rows for line in table.lines(row_of(*row), width)),
    ]
    assert max(map(cells_of, lines)) <= width
