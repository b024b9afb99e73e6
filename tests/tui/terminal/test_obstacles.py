"""The app says in a sentence why it can't draw, instead of drawing into nothing."""

import io

import pytest

from tui.terminal.obstacles import why_not


class Terminal(io.StringIO):
    """A stream that is one."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def closed() -> Terminal:
    """A stream that can't be asked any more."""

    class Closed(Terminal):
        def isatty(self) -> bool:
            """It is closed."""
            raise ValueError("I/O operation on closed file")

    return Closed()


@pytest.mark.parametrize("name", ["xterm-256color", "linux", "screen", "vt100"])
def test_a_terminal_that_draws(name: str) -> None:
    """Nothing is in the way."""
    assert why_not({"TERM": name}, Terminal(), Terminal()) is None


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"TERM": "dumb"}, "TERM is dumb"),
        ({"TERM": "unknown"}, "TERM is unknown"),
        ({"TERM": ""}, "TERM is not set"),
        ({}, "TERM is not set"),
    ],
)
def test_a_terminal_that_draws_nothing(environment: dict[str, str], why: str) -> None:
    """An editor's shell, a job without a terminal: the sentence names the commands that work."""
    sentence = why_not(environment, Terminal(), Terminal())
    assert sentence is not None
    assert why in sentence
    assert "hotwash note" in sentence


def test_windows_needs_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console there has no TERM."""
    monkeypatch.setattr("sys.platform", "win32")
    assert why_not({}, Terminal(), Terminal()) is None


@pytest.mark.parametrize(
    ("stdin", "stdout"),
    [
        (None, Terminal()),
        (Terminal(), None),
        (io.StringIO(), Terminal()),
        (Terminal(), io.StringIO()),
        (closed(), Terminal()),
    ],
)
def test_no_terminal(stdin: io.StringIO | None, stdout: io.StringIO | None) -> None:
    """A pipe, a file, or nothing at all."""
    sentence = why_not({"TERM": "xterm"}, stdin, stdout)
    assert sentence is not None
    assert sentence.startswith("hotwash needs a terminal.")
