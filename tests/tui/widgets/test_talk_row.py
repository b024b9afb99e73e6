"""The row and the button to talk with, on a screen of the smallest usual size."""

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.events import MouseDown, MouseUp
from textual.screen import ModalScreen
from textual.widgets import Input

from tests.tui.waiting import until
from tui.commands import Where, bar
from tui.talk.shown import Shown, TalkState
from tui.themes import THEMES
from tui.widgets.key_bar import KeyBar
from tui.widgets.talk_button import TalkButton
from tui.widgets.talk_row import TalkRow

REC = Shown(state=TalkState.LISTENING, level=0.5, seconds=7, keys="F9")


class Host(App[None]):
    """Both, around an input, as on the timeline's screen."""

    CSS = "Horizontal { height: 1; } KeyBar { width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.times: list[float] = []
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "dark"

    def compose(self) -> ComposeResult:
        """The row, the input, the keys and the button."""
        yield TalkRow()
        yield Input()
        with Horizontal():
            yield KeyBar(bar(Where.ANYWHERE))
            yield TalkButton()

    def on_talk_button_held(self, event: TalkButton.Held) -> None:
        """Take it down."""
        self.done.append("held")
        self.times.append(event.at)

    def on_talk_button_let_go(self, event: TalkButton.LetGo) -> None:
        """Take it down."""
        self.done.append("let go")
        self.times.append(event.at)


def painted(widget: TalkRow | TalkButton) -> str:
    """What stands on the screen."""
    return "".join(segment.text for segment in widget.render_line(0))


async def test_a_row_that_takes_no_room() -> None:
    """While nobody talks the input is where it always is; then the row is over it."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        row = app.query_one(TalkRow)
        assert app.query_one(Input).region.y == 0
        row.show(REC)
        await pilot.pause()
        assert (row.region.y, row.region.height, app.query_one(Input).region.y) == (0, 1, 1)
        assert painted(row).rstrip() == " REC  ▮▮▮▯▯▯ 00:07  release F9 to stop"
        row.show(None)
        await pilot.pause()
        assert app.query_one(Input).region.y == 0


@pytest.mark.parametrize("theme", list(THEMES))
async def test_it_is_loud(theme: str) -> None:
    """The word REC stands out in every theme, also where there are no colours."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        app.query_one(TalkRow).show(REC)
        await pilot.pause()
        style = next(iter(app.query_one(TalkRow).render_line(0))).style
        assert style is not None
        assert style.bold
        assert style.reverse


async def test_only_a_row_that_reads_otherwise_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times a second somebody says how loud it is; silence costs nothing."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        row = app.query_one(TalkRow)
        row.show(REC)
        await pilot.pause()
        painted(row)
        refreshed: list[bool] = []
        monkeypatch.setattr(row, "refresh", lambda: refreshed.append(True))
        row.show(Shown(state=TalkState.LISTENING, level=0.51, seconds=7.4, keys="F9"))
        assert refreshed == []
        row.show(Shown(state=TalkState.LISTENING, level=0.9, seconds=7.4, keys="F9"))
        assert refreshed == [True]


async def test_the_button_is_there_only_where_there_is_a_microphone() -> None:
    """Without one the key bar has the whole row; with one it still ends with a whole word."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        button, keys = app.query_one(TalkButton), app.query_one(KeyBar)
        assert (button.display, keys.size.width) == (False, 80)
        button.show(is_there=True)
        await pilot.pause()
        assert (button.region.right, keys.size.width) == (80, 74)
        assert painted(button) == " TALK "
        button.show(is_there=True, is_recording=True)
        assert painted(button) == " STOP "


async def test_holding_the_button() -> None:
    """Down and up are told with their times, wherever the mouse is by then; typing goes on."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        button = app.query_one(TalkButton)
        button.show(is_there=True)
        await pilot.pause()
        app.query_one(Input).focus()
        await pilot.mouse_down(TalkButton)
        await until(lambda: app.done == ["held"])
        await pilot.hover(Input)
        await pilot.mouse_up(Input)
        await until(lambda: app.done == ["held", "let go"])
        assert app.times == sorted(app.times)
        assert app.mouse_captured is None
        await pilot.press("x")
        assert app.query_one(Input).value == "x"


async def test_a_click_is_told_once() -> None:
    """A tap with the mouse is one press and one release."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(TalkButton).show(is_there=True)
        await pilot.pause()
        await pilot.click(TalkButton)
        await pilot.pause()
        assert app.done == ["held", "let go"]


async def test_a_question_that_comes_up_while_it_is_held() -> None:
    """It takes the mouse, so the button counts as let go: nobody is recorded by oversight."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(TalkButton).show(is_there=True)
        await pilot.pause()
        await pilot.mouse_down(TalkButton)
        await until(lambda: app.done == ["held"])
        await app.push_screen(ModalScreen())
        await until(lambda: app.done == ["held", "let go"])


async def test_other_mouse_buttons_do_nothing() -> None:
    """The right one brings up menus elsewhere."""
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        button = app.query_one(TalkButton)
        button.show(is_there=True)
        await pilot.pause()
        for kind in (MouseDown, MouseUp):
            button.post_message(kind(button, 1, 0, 0, 0, 3, False, False, False))
        await pilot.pause()
        assert app.done == []
