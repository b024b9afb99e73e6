"""The status update: composed of quotations, edited by a person, recorded and copied."""

from collections.abc import MutableMapping
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from capture.errors import CaptureError
from capture.text import clean
from storage.errors import StorageError
from storage.model import Draft, Entry, Kind
from storage.record import Record
from tui.briefs.lines import Pen
from tui.briefs.update import next_due, status_update
from tui.drafting import DraftKeeper
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.screens.entry_acts import SAVING
from tui.screens.modal import PushedScreen

_KEYS = "ctrl+s or F2 record and copy   ctrl+r compose anew   Escape back, the text is kept"


class UpdateDone(msgspec.Struct, frozen=True):
    """An update that is on disk.

    Attributes:
        entry: as it was recorded.
        text: what to copy.
    """

    entry: Entry
    text: str


class UpdateScreen(PushedScreen[UpdateDone | None]):
    """Ends with what was recorded, or None when the person left; see the module."""

    CSS_PATH = "update.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "record", "Record and copy", priority=True),
        Binding("ctrl+r", "compose_anew", "Compose anew", priority=True),
        Binding("escape", "leave", "Back", priority=True),
        Binding("f3,f4", "not_from_here", "Back first", show=False, priority=True),
    ]

    def __init__(
        self,
        keeper: Keeper,
        watch: Watch,
        left: MutableMapping[str, str] | None = None,
        drafts: DraftKeeper | None = None,
    ) -> None:
        """Compose an update.

        Args:
            keeper: has the record, the clock and the person.
            watch: knows what is open.
            left: incident -> text that was edited and not recorded; kept up to date here at every
                change, for when the screen opens again. None: `drafts` has it.
            drafts: keeps the same text on disk as long as it is not recorded; it outlives the
                screen. None: a crash costs the text.
        """
        super().__init__()
        self._left = {} if left is None else left
        self._drafts = drafts
        self._keeper = keeper
        self._watched = watch
        self._incident = keeper.record.incident.id
        self._composed = self._compose_text()
        self._found = clean(self._left.get(self._incident, drafts.text if drafts else ""))
        self._area = TextArea(self._found or self._composed, id="update-text")
        self._saving = False
        self._is_recorded = False

    @property
    def _pen(self) -> Pen:
        return Pen(self._keeper.now(), self._keeper.record.incident.zone)

    def _compose_text(self) -> str:
        return status_update(self._watched, self._pen).text

    # What is shown

    def compose(self) -> ComposeResult:
        """The text, and what can be done with it."""
        yield Static(self._heading(), id="update-heading")
        yield self._area
        yield Static(id="update-said")
        yield Static(_KEYS, id="update-keys", markup=False)

    def on_mount(self) -> None:
        """Let the person edit at once."""
        self.text_area.focus()
        if self._found:
            self._say("This is the text that you left. ctrl+r composes a new one.")

    @property
    def text_area(self) -> TextArea:
        """Where the text is edited."""
        return self._area

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
        if self._is_recorded:
            return
        text = self._edited()
        if text:
            self._left[self._incident] = text
        else:
            self._left.pop(self._incident, None)
        if self._drafts is not None and self._drafts.text != text:
            self._drafts.changed(text)

    def _edited(self) -> str:
        """What only stands here; empty when it is blank or can be composed again."""
        text = self._area.text
        return "" if text == self._composed or not text.strip() else text

    def farewell(self) -> str | None:
        """Save at once what is typed, for a process that is about to end; on whatever thread.

        Returns:
            The sentence to leave the person with; None when nothing was typed.
        """
        if self._drafts is None:
            return None
        if not self._is_recorded:
            self._drafts.text = self._edited()
        return self._drafts.farewell()

    def on_unmount(self) -> None:
        """Whatever ends the screen, its text waits for the next time."""
        self._keep()

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
            self.leave_with(None)

    def action_not_from_here(self) -> None:
        """Say how to get to the other screens."""
        self._say("Escape goes back first, and your text is kept; then that key works.")

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
        self.run_worker(self._record(text), name="record the update", group=SAVING)

    async def _record(self, text: str) -> None:
        draft = Draft(kind=Kind.UPDATE, text=text, as_written=text, links=self._quoted_in(text))

        def change(record: Record) -> list[Entry]:
            entries = record.add([draft], self._keeper.author)
            self._forget()
            return entries

        try:
            entries = await self._keeper.act(change)
        except (StorageError, CaptureError) as error:
            self._say(f"Not recorded. {error} The text is still here.")
            self.text_area.read_only = False
            self._saving = False
            return
        self.leave_with(UpdateDone(entries[0], text))

    def _forget(self) -> None:
        """Keep the text no longer, now that it is in the record; on the record's thread."""
        self._is_recorded = True
        self._left.pop(self._incident, None)
        if self._drafts is not None:
            self._drafts.text = ""
            self._drafts.flush()

    def _quoted_in(self, text: str) -> tuple[str, ...]:
        """Ids of the entries whose refs the text still names."""
        record = self._keeper.record
        entries = status_update(self._watched, self._pen).entries
        return tuple(i for i in entries if f"[{record.entry(i).ref}]" in text)
