"""Text from outside is recorded as it was said, and printed so that it can't lie."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.text import clean, decode, for_terminal

# Includes lone surrogates, which st.text() leaves out.
ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("said", "recorded"),
    [
        ("naïve — 東京 🚒 עברית", "naïve — 東京 🚒 עברית"),
        ("family 👨‍👩‍👧, override \u202ekept", "family 👨‍👩‍👧, override \u202ekept"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\tb", "a\tb"),
        ("nul \0 bell \a esc \x1b[31m del \x7f", "nul ␀ bell ␇ esc ␛[31m del ␡"),
        ("csi \x9b31m", "csi ⟦U+009B⟧31m"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\ufffd"),
        ("\ud83d\ude92 and \ude92", "🚒 and \ufffd"),
    ],
)
def test_what_is_recorded(said: str, recorded: str) -> None:
    """The record gets valid text in which nothing is hidden and nothing is lost."""
    assert clean(said) == recorded


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [
        ("one\ntwo\n\n  three", "one ⏎ two ⏎ three"),
        ("red \x1b[31m\x9b1m", "red ␛[31m⟦U+009B⟧1m"),
        ("pay \u202e001\u202c", "pay ⟦U+202E⟧001⟦U+202C⟧"),
        ("a\u2028b", "a ⏎ b"),
        ("hid\u200bden \U000e0041", "hid⟦U+200B⟧den ⟦U+E0041⟧"),
        ("a\tb", "a b"),
        ("family 👨‍👩‍👧 עברית", "family 👨‍👩‍👧 עברית"),
    ],
)
def test_what_is_printed(recorded: str, printed: str) -> None:
    """A note from somebody else can neither move the cursor nor fake a line of output."""
    assert for_terminal(recorded) == printed


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("naïve 🚒".encode(), "naïve 🚒"),
        (b"caf\xe9 \xff", "caf\ufffd \ufffd"),
        (b"\xef\xbb\xbfnote", "note"),
        ("Größe".encode("utf-16"), "Größe"),
        (b"\xfe\xff" + "Größe".encode("utf-16-be"), "Größe"),
        (b"", ""),
    ],
)
def test_what_is_read(data: bytes, text: str) -> None:
    """Bytes that are not UTF-8 never stop a recording; byte order marks are no text."""
    assert decode(data) == text


@given(st.binary())
def test_any_bytes_can_be_recorded(data: bytes) -> None:
    """Whatever is piped in, the result can be written as JSON in UTF-8 and read again."""
    text = clean(decode(data))
    assert json.loads(json.dumps(text, ensure_ascii=False).encode()) == text


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """An imported record, cleaned again, does not change."""
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_no_control_character_is_recorded(text: str) -> None:
    """Only tab and line feed are left of all control characters, and no lone surrogate."""
    categories = {unicodedata.category(c) for c in clean(text) if c not in "\t\n"}
    assert not categories & {"Cc", "Cs"}


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_what_was_said_is_kept(text: str) -> None:
    """Text without control characters is recorded unchanged, in any writing."""
    assert clean(text) == text


@given(ANY_TEXT)
def test_what_is_printed_is_one_harmless_line(text: str) -> None:
    """No text can break a line, start an escape sequence or turn the order round."""
    printed = for_terminal(text)
    assert len(printed.splitlines()) <= 1
    assert not {unicodedata.category(c) for c in printed} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in printed} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF"),
        *("LRI", "RLI", "FSI", "PDI"),
    }
    assert for_terminal(printed) == printed
