"""The editor for one part of the starter: what people wrote there, and room for more."""

import asyncio
from contextlib import suppress
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from capture.errors import CaptureError
from capture.text import clean, for_terminal
from storage.errors import StorageError
from storage.record import Record
from tui.keeper import Keeper
from tui.screens.entry_acts import SAVING
from tui.screens.modal import PushedScreen
from tui.starter.answering import Editing, delete_answer, save_answer
from tui.starter.parts import Answer, Part
from tui.starter.unsaved import NEW, Unsaved
from tui.widgets.notices import Notices

SAVE_AFTER_S = 0.25
"""Text that is typed is on the disk at most so much later."""

_KEYS_TEXT = "ctrl+s save   Escape back, the text is kept"
_KEYS_MORE = "   shift+Tab to what was written"
_KEYS_LIST = "Enter edit   x delete   Tab to the text   Escape back"


class SectionEditor(PushedScreen[str | None]):
    """Dismissed with a sentence about what was done; None when there is nothing to tell."""

    CSS_PATH = "section_editor.tcss"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", show=False, priority=True),
        Binding("escape", "leave", "back", show=False, priority=True),
        Binding("x,delete", "delete", "delete", show=False),
        Binding("f4", "leave", "back", show=False, priority=True),
        Binding("f2,f3", "not_from_here", "back first", show=False, priority=True),
    ]

    def __init__(
        self, keeper: Keeper, unsaved: Unsaved, part: Part, answers: tuple[Answer, ...]
    ) -> None:
        """Open a part.

        Args:
            keeper: the incident.
            unsaved: what was typed earlier and not saved.
            part: what is asked.
            answers: what people wrote there so far.
        """
        super().__init__()
        self._keeper = keeper
        self._unsaved = unsaved
        self._part = part
        self._answers = answers
        self._entry = self._opens_with()
        self._base: dict[str, str] = {}
        self._area = TextArea(id="text", tab_behavior="focus", show_line_numbers=False)
        self._loaded = ""
        self._busy = False
        self._is_recorded = False
        self._timer: Timer | None = None

    def _opens_with(self) -> str:
        """The answer whose change was left unsaved, else a new one."""
        left = self._unsaved.of(self._part.name)
        changed = [answer.entry for answer in self._answers if answer.entry in left]
        return NEW if NEW in left or not changed else changed[0]

    def compose(self) -> ComposeResult:
        """The question, what was written, and the text."""
        yield Static(self._part.asks, id="question", markup=False)
        if self._part.blanks:
            blanks = "; ".join(self._part.blanks)
            yield Static(f"Tell: {blanks}.", id="blanks", markup=False)
        yield OptionList(id="answers", markup=False)
        yield Static("", id="which", markup=False)
        yield self._area
        yield Notices()
        yield Static(_KEYS_TEXT, id="keys", markup=False)

    def on_mount(self) -> None:
        """Go on where it was left."""
        self._list_answers()
        if self._load(self._entry):
            self.query_one(Notices).done("This was typed before and not saved yet.")

    # The text

    def _load(self, entry: str) -> bool:
        """Put an answer's words into the text, or what was typed in their place.

        Returns:
            Whether they were typed earlier and not saved.
        """
        self._entry = entry
        record = self._keeper.record
        self._base = record.base(entry, ["text"]) if entry else {}
        typed = self._unsaved.get(self._part.name, entry)
        # Words of the record: a control character in them would act on the terminal.
        self._area.text = clean(self._words_of(entry))
        self._loaded = self._area.text
        if typed:
            self._area.text = clean(typed)
        self._area.move_cursor(self._area.document.end)
        credit = next((a.credit for a in self._answers if a.entry == entry), "")
        which = f"Changing what {for_terminal(credit)} wrote:" if entry else "A new answer:"
        self.query_one("#which", Static).update(Content(which))
        return bool(typed)

    def _words_of(self, entry: str) -> str:
        return self._keeper.record.entry(entry).text if entry else ""

    def on_text_area_changed(self) -> None:
        """Keep what is typed, soon."""
        if self._take_text() and self._timer is None:
            self._timer = self.set_timer(SAVE_AFTER_S, self._keep)

    def _take_text(self) -> bool:
        """Take over what stands in the text; says whether that is something else than before."""
        if self._is_recorded:
            return False
        text = self._area.text
        wanted = "" if text == self._loaded or not text.strip() else text
        before = self._unsaved.get(self._part.name, self._entry)
        self._unsaved.put(self._part.name, self._entry, wanted)
        return wanted != before

    def farewell(self) -> str | None:
        """Save at once what is typed, for a process that is about to end; on whatever thread.

        Returns:
            The sentence to leave the person with; None when nothing was typed.
        """
        self._take_text()
        if lost := self._unsaved.farewell():
            return lost
        if self._is_recorded or not self._unsaved.of(self._part.name):
            return None
        return f"What you had typed under “{self._part.title}” is kept for when you open it again."

    def on_unmount(self) -> None:
        """Whatever ends the screen, what is typed is on the disk."""
        self._take_text()
        # One that refuses was told of, or is when the process ends: the text is still in memory.
        with suppress(StorageError):
            self._unsaved.save()

    def _keep(self) -> None:
        self._timer = None
        self._write_unsaved()

    @work(exit_on_error=False, group="keep")
    async def _write_unsaved(self) -> None:
        try:
            await asyncio.to_thread(self._unsaved.save)
        except StorageError as error:
            self.query_one(Notices).wrong(f"What you type is not safe yet. {error}")

    # What was written

    def _list_answers(self) -> None:
        shown = self.query_one("#answers", OptionList)
        shown.clear_options()
        left = self._unsaved.of(self._part.name)
        for answer in self._answers:
            change = "  (a change is not saved)" if answer.entry in left else ""
            line = f"{for_terminal(answer.credit)}: {for_terminal(answer.text)}{change}"
            shown.add_option(Option(Content(line), id=answer.entry))
        if self._answers:
            shown.add_option(Option(Content("a new answer"), id="new"))
        shown.display = bool(self._answers)
        self._show_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Change this answer, or write another one; what was typed for the last one is kept."""
        event.stop()
        if self._busy:
            return
        self._take_text()
        chosen = event.option.id or ""
        typed_before = self._load(NEW if chosen == "new" else chosen)
        if typed_before:
            self.query_one(Notices).done("This was typed before and not saved yet.")
        self._list_answers()
        self._area.focus()

    def on_descendant_focus(self) -> None:
        """The keys are those of what has the focus."""
        self._show_keys()

    def _show_keys(self) -> None:
        in_list = self.query_one("#answers").has_focus
        in_text = _KEYS_TEXT + (_KEYS_MORE if self._answers else "")
        self.query_one("#keys", Static).update(Content(_KEYS_LIST if in_list else in_text))

    # Acts

    def action_save(self) -> None:
        """Record the text."""
        if not self._busy:
            self._take_text()
            self._begin()
            self._save(self._area.text)

    def _begin(self) -> None:
        """What is typed while something is saved would be in neither."""
        self._busy = True
        self._area.read_only = True

    def _end(self) -> None:
        self._busy = False
        self._area.read_only = False

    @work(exit_on_error=False, group=SAVING)
    async def _save(self, text: str) -> None:
        part, by, entry = self._part, self._keeper.author, self._entry
        editing = Editing(entry, self._base) if entry else None

        def change(record: Record) -> str:
            said = save_answer(record, part, text, by, editing)
            self._is_recorded = True
            self._unsaved.put(part.name, entry, "")
            return said

        try:
            said = await self._keeper.act(change)
        except (StorageError, CaptureError) as error:
            self._refuse(str(error))
            return
        try:
            await asyncio.to_thread(self._unsaved.save)
        except StorageError as error:
            said = f"{said} {error}"
        self.leave_with(said)

    def action_delete(self) -> None:
        """Delete the selected answer; only in the list, since in the text an x is an x."""
        shown = self.query_one("#answers", OptionList)
        if self._busy or not shown.has_focus or shown.highlighted is None:
            return
        entry = shown.get_option_at_index(shown.highlighted).id or ""
        if entry != "new":
            self._begin()
            self._delete(entry)

    @work(exit_on_error=False, group=SAVING)
    async def _delete(self, entry: str) -> None:
        part, by = self._part, self._keeper.author
        try:
            said = await self._keeper.act(lambda r: delete_answer(r, part, entry, by))
        except (StorageError, CaptureError) as error:
            self._refuse(str(error))
            return
        self._end()
        self._answers = tuple(answer for answer in self._answers if answer.entry != entry)
        if self._entry == entry:
            self._load(NEW)
        self._list_answers()
        self.query_one("#answers" if self._answers else "#text").focus()
        self.query_one(Notices).done(said)

    def action_leave(self) -> None:
        """Go back; what is typed waits here."""
        if self._busy:
            return
        self._take_text()
        self._begin()
        self._go()

    @work(exit_on_error=False, group=SAVING)
    async def _go(self) -> None:
        again = f"here when you open “{self._part.title}” again"
        said = f"Not saved: your text is kept, and {again}."
        try:
            await asyncio.to_thread(self._unsaved.save)
        except StorageError as error:
            said = f"Not saved, and not safe: your text is {again}, until hotwash ends. {error}"
        kept = self._unsaved.get(self._part.name, self._entry)
        self.leave_with(said if kept else None)

    def action_not_from_here(self) -> None:
        """Say how to get to the other screens."""
        said = "Escape, Escape goes back first, and your text is kept; then that key works."
        self.query_one(Notices).done(said)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A defect is told; the text stays."""
        if event.state is WorkerState.ERROR:
            self._refuse(f"That did not work, by a fault of hotwash: {event.worker.error!r}.")

    def _refuse(self, why: str) -> None:
        self._end()
        self.query_one(Notices).wrong(why)
