"""Pasted text: one entry, literal, unless the person splits it or makes it a line of their own."""

import pytest

from tests.tui.composing.host import Host, burst, paste, write
from tui.composing.origin import TYPED, Origin
from tui.widgets.composer import Composer

LOG = "02:47 503s start\n02:51 /a restarted >lee"


@pytest.mark.parametrize(
    "text", [LOG, f"{LOG}\n", "one\n\n  two", "/a restarted >lee", "Symptom: 503s", "/s x\n"]
)
async def test_a_paste_is_one_literal_text(text: str) -> None:
    """However many rows and marks: nothing is submitted by itself, and Enter keeps every word."""
    host = Host()
    async with host.run_test() as pilot:
        await paste(pilot, text)
        assert host.told == []
        await pilot.press("enter")
        assert host.told == [Composer.Submitted(text.rstrip("\n"), True, None)]


async def test_splitting() -> None:
    """One key splits pasted rows, in their order, and only when that was offered."""
    host = Host()
    async with host.run_test() as pilot:
        await paste(pilot, "one\ntwo")
        await pilot.press("alt+s")
        assert host.told == []
        host.composer.text = ""
        await paste(pilot, LOG)
        assert "alt+s" in host.composer.preview.remarks[0]
        await pilot.press("alt+s")
        assert host.told == [Composer.SplitSubmitted(tuple(LOG.split("\n")))]
        assert host.composer.text == ""
        await pilot.press("alt+up")
        assert host.composer.text == "02:51 /a restarted >lee"


@pytest.mark.parametrize(
    ("before", "pasted", "names", "literal"),
    [
        # A paste into a line that was begun by typing: the person's own line.
        ("/a ran ", "kubectl rollout undo", [], False),
        ("/a ran this: ", "one\ntwo", [], False),
        # Blanks are no beginning.
        ("  ", "/a x", [], True),
        # One pasted row is the person's own as soon as they type.
        ("", "/a restarted", [" ", ">", "l", "e", "e"], False),
        ("", "/a restarted", ["ctrl+j"], False),
        # Several stay pasted while they are corrected or gone on with …
        ("", LOG, ["!", "ctrl+j", "x"], True),
        ("", LOG, ["home", "x"], True),
        # … unless something is typed before them.
        ("", LOG, ["ctrl+a", "up", "ctrl+a", "/", "a", " "], False),
        # Deleting changes nothing.
        ("", "/a restarted it", ["ctrl+w", "backspace"], True),
        ("", LOG, ["ctrl+u", "backspace"], True),
        # The person can ask for the marks, and take that back.
        ("", "/a restarted", ["alt+m"], False),
        ("", "/a restarted", ["alt+m", "alt+m"], True),
        # What is emptied is forgotten.
        ("", "x", ["backspace", "/", "a", " ", "y"], False),
    ],
)
async def test_whose_line_it_is(before: str, pasted: str, names: list[str], literal: bool) -> None:
    """Whether marks are read follows from who began the line, and from what was typed since."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, before)
        await paste(pilot, pasted)
        await burst(pilot, *names)
        await pilot.press("enter")
        (told,) = host.told
        assert isinstance(told, Composer.Submitted)
        assert told.literal is literal


async def test_a_literal_line_comes_back_literal() -> None:
    """Called back from the history, pasted text is still nobody's marks."""
    host = Host()
    async with host.run_test() as pilot:
        await paste(pilot, LOG)
        await pilot.press("enter", "alt+up", "enter")
        assert host.told == [Composer.Submitted(LOG, True, None)] * 2


async def test_paste_at_the_cursor() -> None:
    """A paste goes where the cursor is and takes the place of what is selected."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "one three")
        await burst(pilot, "ctrl+shift+left")
        await paste(pilot, "two")
        assert host.composer.text == "one two"


async def test_control_characters_become_visible() -> None:
    """An escape sequence in a paste is recorded as signs and never reaches the terminal."""
    host = Host()
    async with host.run_test() as pilot:
        await paste(pilot, "\x1b[31mred\x07 \udcff \u2028 next")
        assert host.composer.text == "␛[31mred␇ � \n next"


async def test_a_paste_that_arrived_elsewhere() -> None:
    """The screen can hand over a paste and a key that came while an entry was selected."""
    host = Host()
    async with host.run_test() as pilot:
        host.composer.insert("x")
        host.composer.paste("y\n")
        await pilot.pause()
        assert host.composer.text == "xy"


def test_a_second_paste() -> None:
    """A paste after a paste is still pasted; after typing it is not."""
    first = TYPED.after_paste("a", into_blank=True)
    assert first == Origin(pasted=True)
    assert first.after_paste("b\nc", into_blank=False) == Origin(pasted=True, several=True)
    assert first.after_paste("b", into_blank=False) == first
    assert TYPED.after_paste("b\nc", into_blank=False) == TYPED
