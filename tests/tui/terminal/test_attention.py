"""A person who looks elsewhere is called, once, and their window is left as it was."""

from pathlib import Path

import pytest

from tests.tui.terminal.small_app import SmallApp
from tui.terminal.attention import Attention


@pytest.fixture
def sent() -> list[str]:
    """What the terminal was sent."""
    return []


@pytest.fixture
def attention(sent: list[str]) -> Attention:
    """Calls for attention at that terminal."""
    return Attention(sent.append)


def test_the_bell_rings_once_for_each_thing(attention: Attention, sent: list[str]) -> None:
    """A bell that rings every second is a bell that is turned off."""
    for overdue in ({"update"}, {"update"}, {"update", "7f3a"}, {"7f3a"}, set(), {"update"}):
        attention.ring_for(frozenset(overdue))
    assert sent == ["\a"] * 3


def test_the_title_is_given_back(attention: Attention, sent: list[str]) -> None:
    """The window's own title is kept by the terminal while ours is shown."""
    attention.title("2 over time")
    attention.title("2 over time")
    attention.title("3 over time")
    attention.title(None)
    attention.restore()
    assert sent == [
        "\x1b[22;2t\x1b]2;2 over time\a",
        "\x1b]2;3 over time\a",
        "\x1b]2;\a\x1b[23;2t",
    ]


def test_a_title_steers_nothing(attention: Attention, sent: list[str]) -> None:
    """Text of other people's records ends in no escape sequence, however it is written."""
    attention.title("a\x1b]52;c;aGk=\a\x9c\n\u202eb" + "x" * 1000)
    (sequence,) = sent
    title = sequence.removeprefix("\x1b[22;2t\x1b]2;").removesuffix("\a")
    assert title.isprintable()
    assert len(title) == 120


async def test_nothing_is_sent_without_a_terminal(tmp_path: Path) -> None:
    """An app that draws nowhere neither rings nor fails."""
    app = SmallApp(tmp_path)
    async with app.run_test():
        app.attention.ring_for(frozenset({"x"}))
        app.attention.title("x")
