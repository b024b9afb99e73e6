"""The last line that tells an untouched export from one that a person has edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.postmortem.digest import is_untouched, seal

TEXT = "# Checkout 503s\n\nBody.\n"


@given(st.text())
def test_what_was_sealed_is_untouched(text: str) -> None:
    """Any document can be recognised again."""
    assert is_untouched(seal(text))


def test_the_last_line_is_the_contract() -> None:
    """Other tools look for this comment."""
    last = seal(TEXT).rstrip("\n").splitlines()[-1]
    assert last.startswith("<!-- hotwash export sha256:")
    assert last.endswith(" -->")
    assert seal(TEXT).startswith(TEXT)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("Body", "Our words"),
        lambda text: text.replace("Body.\n", "Body. \n"),
        lambda text: text + "Our words\n",
        lambda text: "Our words\n" + text,
        lambda text: text.replace("sha256:", "sha256:0"),
        lambda text: text.replace("\n<!--", "\nOur words\n<!--"),
        lambda text: "\n".join(text.splitlines()[:-1]),
        lambda text: "",
    ],
)
def test_any_edit_shows(change: object) -> None:
    """Nobody's work is overwritten."""
    assert callable(change)
    assert not is_untouched(change(seal(TEXT)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
    ],
)
def test_what_git_and_editors_do_alone_is_no_edit(change: object) -> None:
    """CRLF, a byte order mark and the end of the file change without anybody's work."""
    assert callable(change)
    assert is_untouched(change(seal(TEXT)))


def test_a_quoted_last_line_does_not_count() -> None:
    """A document that quotes an older export's last line is judged by its own."""
    assert is_untouched(seal(f"{TEXT}\n{seal('older')}\nmore"))
