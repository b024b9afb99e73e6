"""Everything about one entry, or about the incident itself: history, and versions in conflict."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from capture.errors import CaptureError
from capture.text import for_terminal
from storage.changes import Changes
from storage.clock import time_of
from storage.errors import StorageError
from storage.model import JsonValue
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record import Record
from tui.keeper import Keeper
from tui.screens.entry_acts import SAVING
from tui.screens.modal import Modal

_KEPT_APART = {"text", "body", "as_written", "device", "recorded_at"}


class DetailsScreen(Modal[str | None]):
    """Shows an entry whole; a number settles a conflict. Dismissed with what was done, or None.

    Its fields and its history are those of the record's document of that id.
    """

    DEFAULT_CSS = """
    DetailsScreen {
        align: center middle;
        #page {
            width: 100%; max-width: 110; height: 100%;
            background: $surface; padding: 0 1; scrollbar-gutter: stable;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,h", "leave", "back", show=False),
    ]

    def __init__(self, keeper: Keeper, entry_id: str) -> None:
        """Show this entry."""
        super().__init__()
        self._keeper = keeper
        self._entry = entry_id
        self._versions: list[tuple[str, JsonValue]] = []
        self._is_settling = False
        self._stop_listening: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static(Content("\n").join(self._lines()), id="details", markup=False)

    def on_mount(self) -> None:
        """Arrows scroll at once; versions that come in meanwhile are among those to choose from."""
        self.query_one("#page").focus()
        self._stop_listening = self._keeper.listen(self._record_changed)

    def on_unmount(self) -> None:
        """Listen no more."""
        self._stop_listening()

    def _record_changed(self, changes: Changes) -> None:
        if self._is_settling or not (changes.everything or self._is_in(changes)):
            return
        for shown in self.query("#details"):
            assert isinstance(shown, Static)
            shown.update(Content("\n").join(self._lines()))

    def _is_in(self, changes: Changes) -> bool:
        """Whether what is shown changed."""
        return self._entry in changes.entries

    def _lines(self) -> Iterator[Content]:
        record = self._keeper.record
        face = ClockFace(zone_of(record.incident.zone) or UTC, words=True)
        yield from self._head(face)
        yield from self._conflicts()
        yield Content("")
        yield _bold("Fields")
        values = record.fields_of(self._entry)
        for name in sorted(values.keys() - _KEPT_APART):
            if values[name] not in (None, "", [], False):
                yield _plain(f"  {name}: {_shown(values[name])}")
        yield from self._output()
        yield Content("")
        yield _bold("History, oldest first")
        for op in record.history(self._entry):
            when = f"{face.local(time_of(op.id)):%Y-%m-%d %H:%M:%S}"
            what = "removed the words for good" if op.purge else _changed(op.set)
            yield _plain(f"  {when}  {op.by}  {what}")

    def _head(self, face: ClockFace) -> Iterator[Content]:
        """What it is, and its words."""
        entry = self._keeper.record.entry(self._entry)
        yield _bold(f"{entry.ref}  {entry.known_kind.label}  {face.full(entry.at, seconds=True)}")
        yield _plain(f"{entry.credit}, recorded {face.local(entry.recorded_at):%Y-%m-%d %H:%M:%S}")
        yield Content("")
        yield from _rows(entry.wording)

    def _output(self) -> Iterator[Content]:
        """What a command wrote."""
        if body := self._keeper.record.entry(self._entry).body:
            yield Content("")
            yield _bold("Output")
            yield from _rows(body)

    def _conflicts(self) -> Iterator[Content]:
        record = self._keeper.record
        found = record.conflicts(self._entry)
        self._versions = []
        if not found:
            return
        yield Content("")
        yield Content.styled(
            "In conflict: people changed this at once. A number picks.", "bold reverse"
        )
        for name, lost in found.items():
            current = record.fields_of(self._entry).get(name)
            rows = [(current, "shown now"), *((other.value, f"by {other.by}") for other in lost)]
            for value, whose in rows:
                self._versions.append((name, value))
                number = len(self._versions)
                yield _plain(f"  {number}  {name}: {_shown(value)}   ({whose})")

    async def take_key(self, event: events.Key) -> None:
        """Settle a conflict with a version's number."""
        if event.character is None or not event.character.isdigit():
            return
        number = int(event.character)
        if not 1 <= number <= len(self._versions):
            return
        event.stop()
        if not self._is_settling:
            self._is_settling = True
            self._settle(number)

    @work(group=SAVING)
    async def _settle(self, number: int) -> None:
        name, value = self._versions[number - 1]
        keeper = self._keeper
        try:
            await keeper.act(lambda record: self._pick(record, name, value))
        except (StorageError, CaptureError) as error:
            self._is_settling = False
            self.notify(for_terminal(str(error)), severity="error", markup=False)
            return
        self.leave_with(f"The {name} of {self._called()} is settled")

    def _pick(self, record: Record, name: str, value: JsonValue) -> None:
        """Settle a field with a value."""
        record.settle(self._entry, name, value, self._keeper.author)

    def _called(self) -> str:
        """What it is called in a sentence."""
        return self._keeper.record.entry(self._entry).ref

    def action_leave(self) -> None:
        """Back to where one was."""
        if not self._is_settling:
            self.leave_with(None)


class IncidentDetailsScreen(DetailsScreen):
    """The same for the incident's own fields, its title before all."""

    def __init__(self, keeper: Keeper) -> None:
        """Show the open incident."""
        super().__init__(keeper, keeper.record.incident.id)

    def _is_in(self, changes: Changes) -> bool:
        return changes.incident

    def _head(self, face: ClockFace) -> Iterator[Content]:
        incident = self._keeper.record.incident
        yield _bold("The incident itself")
        yield _plain(f"declared {face.full(incident.declared_at, seconds=True)}")
        yield Content("")
        yield from _rows(incident.title)

    def _output(self) -> Iterator[Content]:
        return iter(())

    def _pick(self, record: Record, name: str, value: JsonValue) -> None:
        record.settle_incident(name, value, self._keeper.author)

    def _called(self) -> str:
        return "the incident"


def _changed(fields: Mapping[str, JsonValue]) -> str:
    """What one change set, the words of a new entry before all else."""
    told = ("kind", "text") if "recorded_at" in fields else sorted(fields.keys())
    return "; ".join(f"{name}: {_shown(fields[name])}" for name in told if name in fields)


def _shown(value: JsonValue) -> str:
    """A value of the record on one line."""
    if isinstance(value, dict) and "file" in value:
        return f"{value['file']}, {value.get('seconds')} s"
    if isinstance(value, dict):
        return str(value.get("as_given") or value.get("utc") or "unknown")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    return str(value)


def _rows(text: str) -> Iterator[Content]:
    return (_plain(row) for row in text.split("\n"))


def _plain(text: str) -> Content:
    return Content(for_terminal(text))


def _bold(text: str) -> Content:
    return Content.styled(for_terminal(text), "bold")
