"""The status update: composed of quotations, edited by a person, recorded and copied."""

from collections.abc import MutableMapping
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static, TextArea

from capture.errors import CaptureError
from capture.text import clean
from storage.errors import StorageError
from storage.model import Draft, Entry, Kind
from tui.briefs.lines import Pen
from tui.briefs.update import next_due, status_update
from tui.instruments.watch import Watch
from tui.keeper import Keeper

_KEYS = "ctrl+s or F2 record and copy   ctrl+r compose anew   Escape back, the text is kept"


class UpdateDone(msgspec.Struct, frozen=True):
    """An update that is on disk.

    Attributes:
        entry: as it was recorded.
        text: what to copy.
    """

    entry: Entry
    text: str


class UpdateScreen(Screen[UpdateDone | None]):
    """Ends with what was recorded, or None when the person left; see the module."""

    CSS_PATH = "update.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "record", "Record and copy", priority=True),
        Binding("ctrl+r", "compose_anew", "Compose anew", priority=True),
        Binding("escape", "leave", "Back", priority=True),
    ]

    _left_anywhere: ClassVar[dict[str, str]] = {}

    def __init__(
        self, keeper: Keeper, watch: Watch, left: MutableMapping[str, str] | None = None
    ) -> None:
        """Compose an update.

        Args:
            keeper: has the record, the clock and the person.
            watch: knows what is open.
            left: incident -> text that was edited and not recorded; kept up to date here at every
                change, for when the screen opens again. None: where all such screens keep it.
        """
        super().__init__()
        self._left = self._left_anywhere if left is None else left
        self._keeper = keeper
        self._watched = watch
        self._incident = keeper.record.incident.id
        self._composed = self._compose_text()
        self._saving = False

    @property
    def _pen(self) -> Pen:
        return Pen(self._keeper.now(), self._keeper.record.incident.zone)

    def _compose_text(self) -> str:
        return status_update(self._watched, self._pen).text

    # What is shown

    def compose(self) -> ComposeResult:
        """The text, and what can be done with it."""
        yield Static(self._heading(), id="update-heading")
        yield TextArea(self._left.get(self._incident, self._composed), id="update-text")
        yield Static(id="update-said")
        yield Static(_KEYS, id="update-keys", markup=False)

    def on_mount(self) -> None:
        """Let the person edit at once."""
        self.text_area.focus()
        if self._incident in self._left:
            self._say("This is the text that you left. ctrl+r composes a new one.")

    @property
    def text_area(self) -> TextArea:
        """Where the text is edited."""
        return self.query_one("#update-text", TextArea)

    def _heading(self) -> Content:
        due = next_due(self._watched, self._pen)
        told = f"   next update {due}" if due else ""
        return Content(f"Status update{told}")

    def _say(self, sentence: str) -> None:
        self.query_one("#update-said", Static).update(Content(sentence))

    # What the person does

    @on(TextArea.Changed)
    def _keep(self) -> None:
        """Keep what was edited at every change, so that no way of leaving loses it."""
        text = self.text_area.text
        if text == self._composed or not text.strip():
            self._left.pop(self._incident, None)
        elif not self._saving:
            self._left[self._incident] = text

    def action_compose_anew(self) -> None:
        """Replace the text by what the record says now; the editor's undo brings it back."""
        if self._saving:
            return
        self._composed = self._compose_text()
        area = self.text_area
        area.replace(self._composed, (0, 0), area.document.end)
        self.query_one("#update-heading", Static).update(self._heading())
        self._say("Composed anew. ctrl+z brings the old text back.")

    def action_leave(self) -> None:
        """Go back; the edited text waits for the next time."""
        if not self._saving:
            self.dismiss(None)

    def action_record(self) -> None:
        """Record the update."""
        text = clean(self.text_area.text).strip()
        if self._saving:
            return
        if not text:
            self._say("The update is empty. Write it, or press ctrl+r to compose it anew.")
            return
        self._saving = True
        self.text_area.read_only = True
        self._say("Saving …")
        self.run_worker(self._record(text), name="record the update")

    async def _record(self, text: str) -> None:
        draft = Draft(kind=Kind.UPDATE, text=text, as_written=text, links=self._quoted_in(text))
        try:
            entries = await self._keeper.act(
                lambda record: record.add([draft], self._keeper.author)
            )
        except (StorageError, CaptureError) as error:
            self._say(f"Not recorded. {error} The text is still here.")
            self.text_area.read_only = False
            self._saving = False
            return
        self._left.pop(self._incident, None)
        self.dismiss(UpdateDone(entries[0], text))

    def _quoted_in(self, text: str) -> tuple[str, ...]:
        """Ids of the entries whose refs the text still names."""
        record = self._keeper.record
        entries = status_update(self._watched, self._pen).entries
        return tuple(i for i in entries if f"[{record.entry(i).ref}]" in text)
