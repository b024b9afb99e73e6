import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.starter.wrapping import Row, Tone, cells_of, text_of, wrap

WORDS = st.text(st.sampled_from("ab  日本é🙂-"), max_size=40)
ROWS = st.lists(st.tuples(WORDS, st.sampled_from(Tone)), max_size=4).map(tuple)


@given(ROWS, st.integers(2, 30))
def test_every_row_fits_and_nothing_is_lost(row: Row, width: int) -> None:
    """Whatever somebody wrote is all there, in order, and no row is cut off at the edge."""
    rows = wrap(row, width)
    assert all(cells_of(part) <= width for part in rows)
    assert "".join(map(text_of, rows)).replace(" ", "") == text_of(row).replace(" ", "")


@given(ROWS, st.integers(2, 30))
def test_tones_stay_with_their_words(row: Row, width: int) -> None:
    """A bold word that is moved to the next row is bold there."""

    def signs(rows: list[Row]) -> list[tuple[str, Tone]]:
        return [(s, tone) for part in rows for text, tone in part for s in text if s != " "]

    assert signs(wrap(row, width)) == signs([row])


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 5, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("one two", 7, ["one two"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("日本語", 4, ["日本", "語"]),
        ("日", 1, ["日"]),
        ("trailing   ", 8, ["trailing"]),
    ],
)
def test_words_stay_whole_where_they_fit(text: str, width: int, expected: list[str]) -> None:
    """A row ends between words; only a word longer than a row is broken."""
    assert [text_of(row) for row in wrap(((text, Tone.PLAIN),), width)] == expected
