"""A record, a timeline on a screen of its own, and what a person reads there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from storage.fields import stored
from storage.model import Draft, Entry, Moment
from storage.record import Record
from tests.storage.builders import START, new_record
from tui.widgets.timeline import Timeline


def record_of(folder: Path, count: int, words: str = "pages are slow", zone: str = "UTC") -> Record:
    """A record of `count` entries, a minute apart: ``0 pages are slow``, ``1 pages are slow``."""
    folder.mkdir(exist_ok=True)
    record = new_record(folder, zone=zone)
    drafts = [Draft(text=f"{number} {words}", at=minute(number)) for number in range(count)]
    record.add(drafts, "dana")
    record.drain()
    return record


def minute(number: float, **fields: object) -> Moment:
    """So many minutes after the record's first."""
    return Moment(utc=START + timedelta(minutes=number), **fields)  # type: ignore[arg-type]


class Host(App[None]):
    """A screen with nothing but a timeline; keeps the messages that it sends."""

    CSS = "Timeline { height: 100%; }"

    def __init__(self, record: Record) -> None:
        """Show this record."""
        super().__init__()
        self.record = record
        self.timeline = Timeline(now=lambda: START)
        self.messages: list[Message] = []
        self.followed: list[bool] = []
        self.unbound: list[str] = []

    def compose(self) -> ComposeResult:
        """Only the timeline."""
        yield self.timeline

    def on_mount(self) -> None:
        """Show the record."""
        self.timeline.show(self.record)
        self.timeline.focus()
        self.watch(self.timeline, "following", self._followed, init=False)

    def _followed(self, following: bool) -> None:
        """Keep whether the newest entry is followed."""
        self.followed.append(following)

    def on_timeline_selection_changed(self, message: Timeline.SelectionChanged) -> None:
        """Keep the message."""
        self.messages.append(message)

    def on_timeline_left(self, message: Timeline.Left) -> None:
        """Keep the message."""
        self.messages.append(message)

    def on_timeline_entry_opened(self, message: Timeline.EntryOpened) -> None:
        """Keep the message."""
        self.messages.append(message)

    def key_x(self) -> None:
        """Notice that a letter came through."""
        self.unbound.append("x")


class Scene:
    """A timeline on a screen."""

    def __init__(self, host: Host, pilot: Pilot[None]) -> None:
        """Drive this app."""
        self.host = host
        self.pilot = pilot
        self.timeline = host.timeline
        self.record = host.record

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, without blanks at the ends of lines."""
        height = self.timeline.scrollable_content_region.height
        return [self.timeline.render_line(y).text.rstrip() for y in range(height)]

    @property
    def screen(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def at_end(self) -> bool:
        """Whether the last row is in view."""
        return self.timeline.scroll_offset.y == self.timeline.max_scroll_y

    def chosen(self) -> tuple[str, ...]:
        """The ids of the entries that are selected."""
        return self.timeline.selected

    def follows(self) -> bool:
        """Whether the timeline stays at the newest entry."""
        return self.timeline.following

    def row_of(self, words: str) -> int | None:
        """The first line on the screen that holds some words."""
        return next((row for row, line in enumerate(self.lines) if words in line), None)

    def id_of(self, words: str) -> str:
        """The id of the first entry that holds some words."""
        return next(entry.id for entry in self.record.entries if words in entry.text)

    async def press(self, *keys: str) -> None:
        """Press keys, and let the screen settle."""
        await self.pilot.press(*keys)
        await self.settle()

    async def add(self, text: str, at: Moment | None = None, **fields: object) -> Entry:
        """Record an entry and tell the timeline."""
        at = at or minute(10_000 + len(self.record.entries))
        draft = Draft(text=text, at=at, **fields)  # type: ignore[arg-type]
        entry = self.record.add([draft], "dana")[0]
        await self.tell()
        return entry

    async def edit(self, entry_id: str, **changes: object) -> None:
        """Change an entry and tell the timeline."""
        values = {name: stored(value) for name, value in changes.items()}
        self.record.edit(entry_id, values, "dana")
        await self.tell()

    async def tell(self) -> None:
        """Let the timeline take in what changed in the record."""
        self.timeline.apply(self.record.drain())
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self.host.workers.wait_for_complete()
        await self.pilot.pause()


@asynccontextmanager
async def showing(record: Record, size: tuple[int, int] = (120, 20)) -> AsyncIterator[Scene]:
    """Show a record's timeline on a screen of this size."""
    host = Host(record)
    async with host.run_test(size=size) as pilot:
        scene = Scene(host, pilot)
        await scene.settle()
        yield scene
