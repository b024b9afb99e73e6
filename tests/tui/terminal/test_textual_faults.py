"""Faults of Textual that hotwash works around; each test fails when its workaround can go."""

import gc
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from unittest import mock

from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Footer, Input

import tui
from tests.tui.terminal.pseudo_terminal import eventually
from tui.commands import COMMANDS
from tui.terminal.driver import TerminalDriver
from tui.terminal.parser import TerminalParser
from tui.widgets.key_bar import KeyBar

MENDED = "Textual has mended this: remove the workaround in {}"
MANY = 200
COMPOSED = "復旧しました、監視を継続"


def typed(parser: XTermParser, data: str) -> str:
    """The characters that a parser makes of what a terminal sent."""
    events = [*parser.feed(data), *parser.tick()]
    return "".join(event.character or "" for event in events if isinstance(event, Key))


def composed(text: str) -> str:
    """What a terminal sends when an input method hands over a text."""
    return f"\x1b[0;;{':'.join(str(ord(character)) for character in text)}u"


def test_stock_long_composed_texts_come_out_as_numbers() -> None:
    """The fault that TerminalParser works around is still there."""
    assert typed(XTermParser(), composed(COMPOSED)) != COMPOSED, MENDED.format(
        "tui/terminal/parser.py"
    )


def test_long_composed_texts_arrive() -> None:
    """Who writes Chinese or Japanese can write."""
    assert typed(TerminalParser(), composed(COMPOSED)) == COMPOSED


class Reading:
    """The part of a driver that reads, at the end of a pipe whose other end is closed.

    Attributes:
        reads: how often it was read from.
    """

    def __init__(self, driver: type[LinuxDriver]) -> None:
        self.reads = 0
        self.driver = driver.__new__(driver)
        self.driver.exit_event = threading.Event()
        self.driver._debug = False
        self.driver._app = mock.Mock()
        self.driver.fileno, other_end = os.pipe()
        os.close(other_end)
        self._read = os.read

    @contextmanager
    def going_on(self) -> Iterator[threading.Thread]:
        """Read in a thread, in the `with` block."""
        with mock.patch.object(os, "read", self._counted):
            thread = threading.Thread(target=self.driver.run_input_thread)
            thread.start()
            try:
                yield thread
            finally:
                self.driver.exit_event.set()
                thread.join()
                os.close(self.driver.fileno)

    def _counted(self, descriptor: int, most: int) -> bytes:
        self.reads += descriptor == self.driver.fileno
        return self._read(descriptor, most)


def test_stock_reads_from_a_terminal_that_is_gone_for_ever() -> None:
    """The fault that TerminalDriver works around is still there."""
    reading = Reading(LinuxDriver)
    with reading.going_on() as thread:
        eventually(lambda: reading.reads > MANY or not thread.is_alive(), "reads, or the end")
        assert thread.is_alive(), MENDED.format("tui/terminal/driver.py")


def test_a_terminal_that_is_gone_is_read_from_once() -> None:
    """No core is kept busy, and the app hears of it as of any other hang-up."""
    reading = Reading(TerminalDriver)
    with mock.patch("tui.terminal.driver.report_hangup") as reported, reading.going_on() as thread:
        eventually(lambda: not thread.is_alive(), "the end of reading")
    assert reading.reads == 1
    reported.assert_called_once_with()


class Keys(App[None]):
    """Three keys, in Textual's footer or in hotwash's own bar."""

    BINDINGS: ClassVar[list[BindingType]] = [("f1", "a", "a"), ("f2", "b", "b"), ("f3", "c", "c")]

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self._is_own = is_own

    def compose(self) -> ComposeResult:
        """An input, and the keys."""
        yield Input()
        yield KeyBar(COMMANDS[:3]) if self._is_own else Footer()


def widgets() -> int:
    """How many widgets are in memory."""
    gc.collect()
    return sum(isinstance(thing, Widget) for thing in gc.get_objects())


async def growth(app: Keys) -> int:
    """How many widgets more are in memory after the keys were drawn anew thirty times."""
    async with app.run_test() as pilot:
        await pilot.pause()
        before = widgets()
        for _ in range(30):
            app.screen.refresh_bindings()
            await pilot.pause()
        return widgets() - before


async def test_stock_footer_keeps_every_key_it_ever_drew() -> None:
    """The fault that hotwash's own key bar works around is still there."""
    assert await growth(Keys(is_own=False)) > 30, MENDED.format("tui/widgets/key_bar.py")


async def test_own_key_bar_keeps_nothing() -> None:
    """A night of changing focus does not fill the memory."""
    assert await growth(Keys(is_own=True)) == 0


def test_nothing_uses_textuals_footer() -> None:
    """It would bring the fault back."""
    users = [
        path.name
        for path in Path(tui.__path__[0]).rglob("*.py")
        if "import Footer" in path.read_text("utf-8")
    ]
    assert users == []
