"""When splitting of pasted text is offered."""

import pytest

from capture.pasting import split_pasted


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("02:47 503s\n02:51 restarted", ("02:47 503s", "02:51 restarted")),
        ("02:47 503s\n  on checkout\r\n\n2:51 AM ok", ("02:47 503s\n  on checkout", "2:51 AM ok")),
        ("Symptom: 503s\nRoot cause: leak", ("Symptom: 503s", "Root cause: leak")),
        ("From chat\n/s 503s\n/a restarted", ("From chat", "/s 503s", "/a restarted")),
        ("2026-11-20 23:10 a\n2026-11-20T23:11Z b", ("2026-11-20 23:10 a", "2026-11-20T23:11Z b")),
        ("02:47\n503s\n\n02:51\nok", ("02:47\n503s", "02:51\nok")),
        ("@02:47 a\nTODO b", ("@02:47 a", "TODO b")),
    ],
)
def test_rows_that_begin_with_a_time_or_a_kind(text: str, lines: tuple[str, ...]) -> None:
    """Two such rows make an offer; the rows between them stay with the row before."""
    assert split_pasted(text) == lines


@pytest.mark.parametrize(
    "text",
    ["", "02:47 503s", "one\ntwo\nthree", "Traceback:\n  File x\n02:47 503s", "1:30 a\n1:40 b"],
)
def test_other_text_stays_one_entry(text: str) -> None:
    """Anything else is one entry."""
    assert split_pasted(text) is None
