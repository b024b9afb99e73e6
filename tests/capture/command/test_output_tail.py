"""Of any amount of output the last lines are kept, whole, readable and without secrets."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.command.output_tail import OutputTail


def kept(*printed: bytes, lines: int = 50, size: int = 16_384) -> tuple[str, bool]:
    """Feed the chunks and return the text and whether something is missing before it."""
    tail = OutputTail(lines, size)
    for chunk in printed:
        tail.feed(chunk)
    result = tail.kept()
    return result.text, result.cut


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (b"", ("", False)),
        (b"one\ntwo\n", ("one\ntwo", False)),
        (b"\n\none\n\n", ("one", False)),
        (b"a\nb\nc\nd\n", ("b\nc\nd", True)),
        (b"caf\xe9\n", ("caf\ufffd", False)),
        (b"nul \0\n", ("nul ␀", False)),
        (b"10%\r20%\r100%\r\n", ("100%", False)),
    ],
)
def test_the_last_lines_are_kept(printed: bytes, expected: tuple[str, bool]) -> None:
    """The text is the end of the output as a person saw it, and says whether there was more."""
    assert kept(printed, lines=3) == expected


def test_fifty_thousand_lines_leave_the_last_fifty() -> None:
    """However much is printed, the last lines are the ones kept, each whole."""
    printed = [b"".join(b"line %d\n" % (n + k) for k in range(100)) for n in range(0, 50_000, 100)]
    text, cut = kept(*printed)
    assert text.split("\n") == [f"line {n}" for n in range(49_950, 50_000)]
    assert cut


def test_lines_too_long_to_keep_are_cut_between_words() -> None:
    """One endless line is kept from the start of a word: half a word could be half a secret."""
    text, cut = kept(b"word " * 10_000, size=1000)
    assert set(text.split(" ")) == {"word"}
    assert 900 < len(text) <= 1000
    assert cut


def test_a_long_progress_bar_does_not_push_out_what_came_before() -> None:
    """A line that was overwritten a thousand times counts once."""
    progress = [b"\r\x1b[K%4d of 1000 files, a line of text that moves" % n for n in range(1001)]
    text, cut = kept(b"started\n", *progress, b"\ndone\n")
    assert text == "started\n1000 of 1000 files, a line of text that moves\ndone"
    assert not cut


def test_secrets_are_gone_also_if_their_label_is_above() -> None:
    """What a label above the kept lines gives away is cut out of the kept lines as well."""
    tail = OutputTail(2, 1000)
    tail.feed(b"password=hunter2secret\nconnecting\nlogin hunter2secret\nok\n")
    assert tail.kept().text == "login [redacted: labelled secret]\nok"
    assert tail.kept().secrets == 2


def test_a_secret_with_colours_inside_is_found() -> None:
    """`grep --color password` paints the label, which must not hide the value."""
    text, _ = kept(b"\x1b[01;31m\x1b[Kpassword\x1b[m\x1b[K=hunter2secret\n")
    assert "hunter2secret" not in text


def test_memory_stays_bounded() -> None:
    """A hundred megabytes of output need no more than a megabyte here."""
    tail = OutputTail(50, 16_384)
    chunk = b"x" * 65_535 + b"\n"
    tracemalloc.start()
    for _ in range(1600):
        tail.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


@given(st.lists(st.binary(max_size=300)), st.integers(1, 5), st.integers(8, 200))
def test_no_output_is_too_odd(chunks: list[bytes], lines: int, size: int) -> None:
    """Any bytes in any portions give valid text within the limits."""
    text, _ = kept(*chunks, lines=lines, size=size)
    assert len(text.encode()) <= size
    assert text.count("\n") < lines
