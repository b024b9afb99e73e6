"""A five-line app around one screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from storage.record import Record
from tests.storage.builders import Clock
from tests.tui.instruments.scenes import kept
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.screens.handover import CopyBrief, HandoverScreen
from tui.screens.update import UpdateScreen

T = TypeVar("T")


class Host(App[None], Generic[T]):
    """Opens screens, and remembers what they ended with."""

    def __init__(self, keeper: Keeper) -> None:
        """Work on an incident."""
        super().__init__()
        self.keeper = keeper
        self.open = Watch(keeper.record)
        self.ended: list[T | None] = []
        self.copied: list[str] = []
        self.left: dict[str, str] = {}

    def show(self, screen: Screen[T | None]) -> None:
        """Open a screen."""
        self.push_screen(screen, self.ended.append)

    def on_copy_brief(self, message: CopyBrief) -> None:
        """Remember what was to be copied."""
        self.copied.append(message.text)


class Stage(Generic[T]):
    """A host app with its pilot."""

    def __init__(self, app: Host[T], pilot: Pilot[None]) -> None:
        """Drive this app."""
        self.app = app
        self.pilot = pilot

    @property
    def ended(self) -> list[T | None]:
        """What the screens ended with."""
        return self.app.ended

    async def press(self, *keys: str) -> None:
        """Press keys and wait until all that they began is done."""
        await self.pilot.press(*keys)
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type words."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    def told(self, selector: str) -> str:
        """What a line of the screen says."""
        return str(self.app.screen.query_one(selector, Static).content)

    async def show(self, screen: Screen[T | None]) -> None:
        """Open a screen and wait until it stands."""
        self.app.show(screen)
        await self.pilot.pause()

    async def update(self) -> UpdateScreen:
        """Open the status update."""
        screen = UpdateScreen(self.app.keeper, self.app.open, self.app.left)
        await self.show(screen)  # type: ignore[arg-type]
        return screen

    async def handover(self) -> HandoverScreen:
        """Open the hand-over."""
        screen = HandoverScreen(self.app.keeper, self.app.open)
        await self.show(screen)  # type: ignore[arg-type]
        return screen


@asynccontextmanager
async def stage(
    record: Record,
    clock: Clock,
    author: str = "dana",
    size: tuple[int, int] = (120, 40),
    *,
    follows: bool = True,
) -> AsyncIterator[Stage[object]]:
    """An app in which `author` works on a record; `follows`: whether the app hears of changes."""
    async with kept(record, clock, author) as keeper:
        app: Host[object] = Host(keeper)
        async with app.run_test(size=size) as pilot:
            if follows:
                keeper.listen(app.open.apply)
            yield Stage(app, pilot)
