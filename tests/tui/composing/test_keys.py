"""Every key of the input."""

import pytest

from tests.tui.composing.host import APP_KEYS, OWNER, Host, burst, paste, write
from tui.widgets.composer import Composer, Prompt


async def test_enter_submits_once() -> None:
    """Enter hands the line over as typed, reads it for marks, and leaves an empty input."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "/a restarted app @-2m >lee")
        await pilot.press("enter")
        assert host.told == [Composer.Submitted("/a restarted app @-2m >lee", False, None)]
        assert host.composer.text == ""


@pytest.mark.parametrize("text", ["", "   "])
async def test_nothing_is_submitted_of_nothing(text: str) -> None:
    """A tired Enter in an empty input records no blank entry."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, text)
        await pilot.press("enter", "ctrl+r")
        assert host.told == []
        assert host.composer.text == text


@pytest.mark.parametrize("name", ["alt+enter", "ctrl+j", "shift+enter"])
async def test_new_row(name: str) -> None:
    """A note of several rows can be typed, and its rows are kept."""
    host = Host()
    async with host.run_test() as pilot:
        await burst(pilot, "a", name, "b")
        assert host.field.size.height == 2
        await pilot.press("enter")
        assert host.told == [Composer.Submitted("a\nb", False, None)]


async def test_record_exactly_as_typed() -> None:
    """ctrl+r is the way out when a mark is read that was none."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "/s is a path")
        await pilot.press("ctrl+r")
        assert host.told == [Composer.Submitted("/s is a path", True, None)]


async def test_a_burst_keeps_its_order() -> None:
    """Keys that arrive at once, over a slow line, act in the order in which they were pressed."""
    host = Host()
    async with host.run_test() as pilot:
        await burst(pilot, "a", "b", "backspace", "c", "enter", "d", "left", "e", "ctrl+u", "f")
        assert host.told == [Composer.Submitted("ac", False, None)]
        assert host.composer.text == "fd"


@pytest.mark.parametrize("name", APP_KEYS)
async def test_keys_of_the_app_reach_it(name: str) -> None:
    """Undo, filter, palette, talk and the function keys work while somebody types."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "a note")
        await pilot.press(name)
        assert host.heard == [name] or name == "ctrl+q"
        assert host.composer.text == "a note"


@pytest.mark.parametrize(
    ("names", "left"),
    [
        (["ctrl+a", "X"], "Xone two three"),
        (["ctrl+a", "ctrl+e", "X"], "one two threeX"),
        (["home", "X", "end", "Y"], "Xone two threeY"),
        (["left", "left", "right", "X"], "one two threXe"),
        (["ctrl+left", "X"], "one two Xthree"),
        (["alt+left", "alt+left", "alt+right", "X"], "one twoX three"),
        (["ctrl+w"], "one two "),
        (["alt+backspace", "ctrl+backspace"], "one "),
        (["home", "alt+d"], " two three"),
        (["home", "alt+delete", "ctrl+delete"], " three"),
        (["ctrl+u"], ""),
        (["ctrl+left", "ctrl+u"], "three"),
        (["ctrl+left", "ctrl+k"], "one two "),
        (["home", "delete", "ctrl+d"], "e two three"),
        (["backspace", "ctrl+h", "shift+backspace"], "one two th"),
        (["shift+left", "shift+left", "X"], "one two thrX"),
        (["shift+home", "X"], "X"),
        (["ctrl+left", "shift+end", "ctrl+x", "X", "ctrl+v"], "one two Xthree"),
        (["ctrl+shift+left", "ctrl+k"], "one two "),
        (["ctrl+j", "X", "ctrl+a", "ctrl+u"], "one two threeX"),
        (["ctrl+j", "X", "up", "ctrl+e", "ctrl+k"], "one two threeX"),
        (["ctrl+x"], "one two three"),
    ],
)
async def test_editing(names: list[str], left: str) -> None:
    """The keys that a shell has do in the input what they do there."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "one two three")
        await burst(pilot, *names)
        assert host.composer.text == left


async def test_up_in_the_first_row() -> None:
    """Up selects an entry only from the first row on screen; before, it moves in the text."""
    host = Host()
    async with host.run_test(size=(40, 20)) as pilot:
        await write(pilot, "word " * 12)
        assert host.field.size.height == 2
        await pilot.press("up")
        assert host.told == []
        await pilot.press("up")
        assert host.told == [Composer.UpPressed()]
        assert host.composer.text == "word " * 12


async def test_escape_never_clears_a_note() -> None:
    """Escape is for the selection; what is typed stays."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "half a note")
        await pilot.press("escape", "escape")
        assert host.told == [Composer.EscapePressed()] * 2
        assert host.composer.text == "half a note"


async def test_tab_never_leaves_the_input() -> None:
    """Tab with nothing to complete says so and does nothing else."""
    host = Host()
    async with host.run_test() as pilot:
        await pilot.press("tab")
        assert "Tab completes" in host.composer.preview.hints[0]
        await write(pilot, "xyzzy")
        await pilot.press("tab", "shift+tab")
        assert host.field.has_focus
        assert host.composer.text == "xyzzy"


async def test_tab_completes_and_goes_round() -> None:
    """The only name is taken with a blank; of several the common start, then one after the other."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "/a x >le")
        await pilot.press("tab")
        assert host.composer.text == "/a x >lee "
        await write(pilot, "/x ")
        host.composer.text = "/"
        await pilot.press("tab")
        assert host.composer.preview.badge.startswith("TAB ")
        await pilot.press("tab", "tab")
        assert host.composer.text == "/a"
        assert "[/a action]" in host.composer.preview.text
        await pilot.press("shift+tab")
        assert host.composer.text == "/s"
        await write(pilot, " x")
        assert host.composer.preview.badge == "SYMPTOM"


async def test_tab_offers_refs() -> None:
    """What can be closed is offered by its ref."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "/done 9")
        await pilot.press("tab")
        assert host.composer.text == "/done 9c21 "


async def test_history() -> None:
    """Submitted lines come back, and so does what was typed before looking for them."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "first")
        await pilot.press("enter")
        await write(pilot, "second")
        await pilot.press("enter")
        await write(pilot, "typed")
        await pilot.press("alt+up")
        assert host.composer.text == "second"
        await pilot.press("ctrl+up")
        assert host.composer.text == "first"
        assert "typed" in host.composer.unsent()
        await pilot.press("down")
        assert host.composer.text == "second"
        await pilot.press("alt+down", "ctrl+down")
        assert host.composer.text == "typed"
        await pilot.press("alt+up", "enter")
        assert host.told[-1] == Composer.Submitted("second", False, None)
        assert host.composer.text == "typed"


async def test_a_line_deleted_by_one_key_comes_back() -> None:
    """ctrl+z belongs to the record, so what ctrl+u took is kept where Alt+Up finds it."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "a long note, gone by mistake")
        await pilot.press("ctrl+u", "alt+up")
        assert host.composer.text == "a long note, gone by mistake"


async def test_the_offered_time() -> None:
    """One key gives the entry the time that its text mentions."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "503s since 02:47 ")
        assert host.composer.preview.hints == ("ctrl+o: 02:47 instead",)
        await pilot.press("ctrl+o")
        assert host.composer.text == "503s since 02:47 @02:47"
        assert [chip.label for chip in host.composer.preview.chips] == ["[02:47]"]
        await pilot.press("ctrl+o")
        assert host.composer.text == "503s since 02:47 @02:47"
        await pilot.press("enter")
        assert host.told == [Composer.Submitted("503s since 02:47 @02:47", False, None)]


async def test_an_answer_goes_with_its_purpose() -> None:
    """What an act asks for never becomes a note, and the note comes back after it."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "half a note")
        host.composer.ask(OWNER)
        await pilot.pause()
        asked = host.composer.asking
        assert asked == OWNER
        assert host.rows()[0].startswith(" owner of 7f3a>")
        assert "who?" in host.rows()[1]
        await write(pilot, "da")
        await pilot.press("tab", "tab", "up", "enter")
        assert host.told == [Composer.Submitted("dana", False, "owner")]
        assert host.composer.asking is None
        assert host.composer.text == "half a note"
        assert host.rows()[0] == " > half a note"


async def test_escape_gives_up_the_answer_only() -> None:
    """Escape in a question loses the answer and nothing else."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "half a note")
        host.composer.ask(Prompt(purpose="edit", label="text of 7f3a>", initial="503s"))
        await write(pilot, " again")
        assert host.composer.text == "503s again"
        await pilot.press("escape")
        assert host.told == [Composer.Cancelled("edit")]
        assert host.composer.text == "half a note"


async def test_blank_answers() -> None:
    """A blank answer does nothing, unless nothing is an answer."""
    host = Host()
    async with host.run_test() as pilot:
        host.composer.ask(OWNER)
        await pilot.press("enter")
        assert host.told == []
        assert "Escape" in host.composer.preview.hints[0]
        await pilot.press("escape")
        host.composer.ask(Prompt(purpose="owner", label="owner>", may_be_blank=True))
        await pilot.press("enter")
        assert host.told[-1] == Composer.Submitted("", False, "owner")


async def test_a_question_that_is_a_note_line() -> None:
    """A text asked for as a note line is previewed and completed like one."""
    host = Host()
    async with host.run_test() as pilot:
        host.composer.ask(Prompt(purpose="edit", label="7f3a>", initial="/a x >le", note_line=True))
        await pilot.pause()
        assert host.composer.preview.badge == "ACTION"
        await pilot.press("tab")
        assert host.composer.text == "/a x >lee "


async def test_what_could_not_be_saved_comes_back() -> None:
    """It goes into an empty input; otherwise what is typed waits until it is sent."""
    host = Host()
    async with host.run_test() as pilot:
        host.composer.put_back("not saved")
        assert host.composer.text == "not saved"
        host.composer.text = "typed since"
        host.composer.put_back("not saved", literal=True)
        assert host.composer.text == "not saved"
        assert host.composer.unsent() == "typed since\nnot saved"
        await pilot.press("enter")
        assert host.told == [Composer.Submitted("not saved", True, None)]
        assert host.composer.text == "typed since"


async def test_drafts_are_put_back_before_there_is_a_screen() -> None:
    """A draft of the last session can be handed over before the composer is shown."""
    host = Host()
    host.composer.put_back("draft")
    async with host.run_test():
        assert host.rows()[0] == " > draft"
        assert host.field.cursor_index == len("draft")


async def test_the_mouse_places_the_cursor() -> None:
    """A click puts the cursor where it points to, and a click beside keeps the focus."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "one three")
        await pilot.click(host.field, offset=(4, 0))
        await write(pilot, "two ")
        assert host.composer.text == "one two three"
        await pilot.click(host.composer, offset=(5, 1))
        assert host.field.has_focus


async def test_pasting_while_a_question_is_asked() -> None:
    """A paste goes into the answer, as text."""
    host = Host()
    async with host.run_test() as pilot:
        host.composer.ask(OWNER)
        await paste(pilot, "dana\n")
        await pilot.press("enter")
        assert host.told == [Composer.Submitted("dana", True, "owner")]
