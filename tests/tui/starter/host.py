"""A host for the starter screen: an incident on disk, its keeper, and a clipboard that remembers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from storage.model import Draft
from storage.record import Record
from tests.storage.builders import Clock, Ids
from tui.keeper import Keeper
from tui.screens.starter import StarterScreen
from tui.screens.starter_page import StarterPage
from tui.services import Services, Start
from tui.starter.wrapping import text_of
from tui.widgets.notices import Notices

WIDE = (120, 40)
NARROW = (80, 24)
_PATIENCE_S = 20.0


class Host(App[None]):
    """Shows the starter of one incident.

    Attributes:
        services: dana's.
        keeper: the incident's.
        copied: what was handed to the clipboard, and the file it was written to.
        undone: how often the app's own undo was asked for.
    """

    BINDINGS = [("ctrl+z", "undo", "undo")]  # noqa: RUF012 -- as Textual declares it

    def __init__(self, folder: Path, *drafts: Draft, title: str = "checkout 503s") -> None:
        """Make the incident, with what was recorded in it."""
        super().__init__()
        clock = Clock()
        start = Start(home=str(folder / "home"), now=clock, new_id=Ids("host"))
        self.services = Services(start)
        self.services.library.author = "dana"
        record = self.services.library.create(title, "UTC")
        if drafts:
            record.add(drafts, "dana")
        self.path = record.path
        self.keeper = Keeper(record, "dana", now=clock, people=["lee", "Kim", "leonie"])
        self.copied: list[tuple[str, Path | None]] = []
        self.undone = 0

    def on_mount(self) -> None:
        """Open the starter."""
        self.keeper.start()
        self.open_starter()

    def open_starter(self) -> None:
        """Open it, once more."""
        self.push_screen(StarterScreen(self.keeper, self.services, self.copy_out))

    async def copy_out(self, text: str, path: Path | None) -> str:
        """Remember what was to be copied."""
        self.copied.append((text, path))
        return f"Copied, and written to {path}."

    async def action_undo(self) -> None:
        """What the app's own undo does."""
        self.undone += 1
        await self.keeper.act(lambda record: record.undo("dana"))


class Session:
    """The running app, and what one sees of it."""

    def __init__(self, app: Host, pilot: Pilot[None]) -> None:
        """Look at this app."""
        self.app = app
        self.pilot = pilot

    @property
    def starter(self) -> StarterScreen:
        """The starter, whatever lies over it."""
        return next(s for s in self.app.screen_stack if isinstance(s, StarterScreen))

    @property
    def document(self) -> StarterPage:
        """The document on it."""
        return self.starter.query_one(StarterPage)

    @property
    def shown(self) -> str:
        """All rows of the document."""
        page = self.document.page
        return "\n".join(text_of(page.row(y)) for y in range(page.height))

    @property
    def said(self) -> str:
        """Sentences on the screen in front."""
        return "\n".join(self.app.screen.query_one(Notices).sentences)

    def static(self, selector: str) -> str:
        """What a text on the screen in front says."""
        return str(self.app.screen.query_one(selector, Static).content)

    @property
    def listed(self) -> dict[str, str]:
        """The list of what waits for people: name -> what is shown."""
        from textual.widgets import OptionList

        shown = self.starter.query_one("#parts", OptionList)
        return {str(option.id): str(option.prompt) for option in shown.options}

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they start come to an end."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        names = {" ": "space", "\n": "enter"}
        await self.press(*[names.get(sign, sign) for sign in text])

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(_PATIENCE_S):
            while not condition():
                await self.pilot.pause(0.01)

    async def settled(self) -> None:
        """Wait until the document stands."""
        await self.until(
            lambda: (
                self.document.page.height > 0
                and "assembling" not in self.head
                and not self.starter._assembling
            )
        )

    @property
    def head(self) -> str:
        """The first row."""
        return str(self.starter.query_one("#head", Static).content)

    def record(self) -> Record:
        """The record as it stands on the disk, as another process opens it."""
        return Record.open(self.app.path, "lee", "other", Clock(), Ids("other"))


@asynccontextmanager
async def starter_of(
    folder: Path, *drafts: Draft, size: tuple[int, int] = WIDE, title: str = "checkout 503s"
) -> AsyncIterator[Session]:
    """The starter screen of an incident, open and settled."""
    app = Host(folder, *drafts, title=title)
    async with app.run_test(size=size) as pilot:
        session = Session(app, pilot)
        await session.settled()
        yield session
        await app.keeper.close()
