"""The whole app in a throw-away home: what tests press, and what is then on the screen and the disk."""

import gc
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList

from capture.context import LineContext
from capture.note_line import read_line
from capture.recording import record_reading
from storage.drafts import find_drafts
from storage.model import Entry, Incident, Moment
from storage.record import Record
from tests.storage.builders import Clock, Ids
from tests.tui.waiting import until
from tui.app import HotwashApp
from tui.keeper import Keeper
from tui.screens.home import HomeScreen
from tui.screens.timeline import TimelineScreen
from tui.services import Services, Start
from tui.widgets.notices import Notices

WIDE = (120, 40)
NARROW = (80, 24)
TITLE = "checkout 503s"

SEED = (
    "/s 503 errors on all API endpoints @02:31",
    "/a increased max connections 100 -> 200 @02:35 >lee",
    "/r flag service leaks connections @02:38",
    "/q who deployed last? @02:40",
    "dashboards are slow @02:42",
)
"""One entry of each kind that acts differ for, the newest a plain note."""

_processes = itertools.count()
_KEYS = {"\n": "ctrl+j"}


class Running:
    """The running app, and what one sees of it.

    Attributes:
        app: the app.
        pilot: presses keys.
        home: the person's folder.
        clock: what the app reads the time from.
    """

    def __init__(self, app: HotwashApp, pilot: Pilot[None], home: Path, clock: Clock) -> None:
        """Look at this app."""
        self.app = app
        self.pilot = pilot
        self.home = home
        self.clock = clock

    # What a person does

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they start come to an end."""
        await self.pilot.press(*keys)
        await self.settled()

    async def write(self, text: str) -> None:
        """Type a text letter by letter, without sending it, faster than anybody can."""
        for sign in text:
            self.post(sign)
        await self.pilot.pause()

    async def type_at_home(self, text: str) -> None:
        """Type into the input of the home screen."""
        await self.write(text)
        await self.settled()

    def post(self, sign: str) -> None:
        """Send a key or a character, and wait for nothing."""
        if len(sign) > 1 or sign in _KEYS:
            self.app.post_message(events.Key(_KEYS.get(sign, sign), None))
        else:
            self.app.post_message(events.Key(_character_to_key(sign), sign))

    async def type_line(self, text: str, key: str = "enter") -> None:
        """Type a text, and send it with a key."""
        await self.write(text)
        await self.press(key)

    async def paste(self, text: str) -> None:
        """Paste a text, as the terminal hands it over."""
        self.app.post_message(events.Paste(text))
        await self.settled()

    async def select(self, words: str, *more: str) -> None:
        """Go up from the input to the entry that holds these words, and to others besides it."""
        await self.press("up")
        for number, wanted in enumerate((words, *more)):
            if more and number:
                await self.press("space")
            await self._go_to(wanted)
        if more:
            await self.press("space")

    async def _go_to(self, words: str) -> None:
        for _ in range(100):
            cursor = self.timeline.timeline.cursor_entry
            assert cursor is not None, "something is selected"
            if words in self.keeper.record.entry(cursor).wording:
                return
            await self.press("up")
        raise LookupError(words)

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self.pilot.resize_terminal(width, height)
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that was asked for is done and shown."""
        # What one round ends may start something that the next one waits for.
        for _ in range(4):
            await self.pilot.pause(0)
            await self.app.workers.wait_for_complete()
            if self.app.keeper is not None:
                await self.app.keeper.act(lambda _record: None)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to become true."""
        await until(condition)
        await self.pilot.pause()

    # What is on the screen

    @property
    def keeper(self) -> Keeper:
        """The open incident."""
        assert self.app.keeper is not None, "an incident is open"
        return self.app.keeper

    @property
    def timeline(self) -> TimelineScreen:
        """The main screen, whatever lies over it."""
        return next(s for s in self.app.screen_stack if isinstance(s, TimelineScreen))

    def shows(self, screen: type[Screen[Any]]) -> bool:
        """Whether a screen of this kind is in front."""
        return isinstance(self.app.screen, screen)

    @property
    def text(self) -> str:
        """What stands in the input."""
        return self.timeline.composer.text

    @property
    def typing(self) -> bool:
        """Whether the next letter goes to the input."""
        focused = self.app.focused
        return focused is not None and self.timeline.composer in focused.ancestors

    @property
    def name(self) -> Input:
        """The input of the home screen."""
        return self.app.screen.query_one("#name", Input)

    @property
    def listed(self) -> list[str]:
        """The rows of the home screen."""
        rows = self.app.screen.query_one("#incidents", OptionList)
        return [str(row.prompt) for row in rows.options]

    @property
    def at_home(self) -> bool:
        """Whether the home screen is in front, with its list read."""
        return isinstance(self.app.screen, HomeScreen) and bool(self.listed)

    @property
    def notices(self) -> str:
        """Every sentence that is shown now, one a line."""
        for screen in reversed(self.app.screen_stack):
            for found in screen.query(Notices):
                return "\n".join(found.sentences)
        return ""

    @property
    def rows(self) -> list[str]:
        """The screen in front as painted, row by row."""
        return [
            "".join(segment.text for segment in strip)
            for strip in self.app.screen._compositor.render_strips()
        ]

    @property
    def painted(self) -> str:
        """The same as one text."""
        return "\n".join(self.rows)

    # What is on the disk

    def saved(self) -> Record:
        """The record as another process reads it: never the one in the app's memory."""
        return saved_at(self.keeper.record.path)

    @property
    def incident(self) -> Incident:
        """The incident itself, on disk."""
        return self.saved().incident

    @property
    def entries(self) -> list[Entry]:
        """The entries on disk, in screen order."""
        return list(self.saved().entries)

    @property
    def texts(self) -> list[str]:
        """What they say."""
        return [entry.text for entry in self.entries]

    def entry(self, words: str) -> Entry:
        """The one entry on disk that holds these words, deleted or not."""
        [found] = [entry for entry in self.saved().all_entries if words in entry.wording]
        return found

    @property
    def drafts(self) -> list[str]:
        """Texts that were left behind for the next start."""
        return [found.draft.text for found in find_drafts(self.home / "drafts")[0]]


def saved_at(path: Path) -> Record:
    """A record as another process reads it."""
    return Record.open(path, "lee", "elsewhere", Clock(), Ids("elsewhere"))


def services_of(home: Path, clock: Clock, author: str = "dana", settings: str = "") -> Services:
    """What the app works with in a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'name = "{author}"\n{settings}', "utf-8")
    environment = {"HOTWASH_HOME": str(home), "XDG_CACHE_HOME": str(home.parent / "cache")}
    # Another process makes other ids.
    new_id = Ids(f"process {next(_processes)}")
    return Services(Start(home=str(home), now=clock, new_id=new_id, environment=environment))


def seeded(services: Services, lines: Iterable[str] = SEED, title: str = TITLE) -> Record:
    """The record of an incident in which these lines were typed."""
    record = services.library.create(title, "UTC")
    by = services.author
    for line in lines:
        context = LineContext(
            now=services.now(), zone="UTC", author=by, people=frozenset({"lee", "kim"})
        )
        now = Moment(utc=services.now(), zone="UTC")
        record_reading(record, read_line(line, context), by, now)
    # Opened anew, as by an app that starts: what was done before can't be undone in it.
    return services.library.open(record.path)


@asynccontextmanager
async def running(app: HotwashApp, size: tuple[int, int] = WIDE) -> AsyncIterator[Running]:
    """The app, as long as a test looks at it."""
    start = app.services.start
    assert isinstance(start.now, Clock), "tests bring a clock that stands still"
    assert start.home is not None, "tests bring a home"
    try:
        async with app.run_test(size=size) as pilot:
            session = Running(app, pilot, Path(start.home), start.now)
            await until(lambda: isinstance(app.screen, TimelineScreen | HomeScreen))
            await session.settled()
            yield session
    finally:
        await app.let_go()
        # The app keeps what it started with from being looked at for garbage; tests end.
        gc.unfreeze()


@asynccontextmanager
async def on_incident(
    folder: Path,
    lines: Iterable[str] = SEED,
    size: tuple[int, int] = WIDE,
    title: str = TITLE,
    settings: str = "",
) -> AsyncIterator[Running]:
    """The app, open on an incident with these lines."""
    services = services_of(folder / "home", Clock(), settings=settings)
    record = seeded(services, lines, title)
    async with running(HotwashApp(services, record), size) as session:
        yield session


@asynccontextmanager
async def at_home(folder: Path, size: tuple[int, int] = WIDE) -> AsyncIterator[Running]:
    """The app on its home screen, with the incidents of the home in `folder` listed."""
    services = services_of(folder / "home", Clock())
    async with running(HotwashApp(services), size) as session:
        await session.until(lambda: session.at_home)
        yield session
