"""The editor for one part of the starter: what people wrote there, and room for more."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from capture.errors import CaptureError
from capture.text import for_terminal
from storage.errors import StorageError
from tui.keeper import Keeper
from tui.starter.answering import Editing, delete_answer, save_answer
from tui.starter.parts import Answer, Part
from tui.starter.unsaved import NEW, Unsaved
from tui.widgets.notices import Notices

SAVE_AFTER_S = 0.25
"""Text that is typed is on the disk at most so much later."""

_KEYS_TEXT = "ctrl+s save   Escape back, the text is kept"
_KEYS_MORE = "   shift+Tab to what was written"
_KEYS_LIST = "Enter edit   x delete   Tab to the text   Escape back"


class SectionEditor(Screen[str | None]):
    """Dismissed with a sentence about what was done; None when there is nothing to tell."""

    CSS_PATH = "section_editor.tcss"
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", show=False, priority=True),
        Binding("escape", "leave", "back", show=False, priority=True),
        Binding("x,delete", "delete", "delete", show=False),
        Binding("f4", "leave", "back", show=False, priority=True),
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
        self._busy = False
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
        yield TextArea(id="text", tab_behavior="focus", show_line_numbers=False)
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
        text = self.query_one("#text", TextArea)
        text.text = typed or self._words_of(entry)
        text.move_cursor(text.document.end)
        credit = next((a.credit for a in self._answers if a.entry == entry), "")
        which = f"Changing what {for_terminal(credit)} wrote:" if entry else "A new answer:"
        self.query_one("#which", Static).update(Content(which))
        return bool(typed)

    def _words_of(self, entry: str) -> str:
        return self._keeper.record.entry(entry).text if entry else ""

    def on_text_area_changed(self) -> None:
        """Keep what is typed, soon."""
        text = self.query_one("#text", TextArea).text
        unchanged = text == self._words_of(self._entry)
        if unchanged and not self._unsaved.get(self._part.name, self._entry):
            return
        self._unsaved.put(self._part.name, self._entry, "" if unchanged else text)
        if self._timer is None:
            self._timer = self.set_timer(SAVE_AFTER_S, self._keep)

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
        chosen = event.option.id or ""
        typed_before = self._load(NEW if chosen == "new" else chosen)
        if typed_before:
            self.query_one(Notices).done("This was typed before and not saved yet.")
        self._list_answers()
        self.query_one("#text", TextArea).focus()

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
            self._busy = True
            self._save(self.query_one("#text", TextArea).text)

    @work(exit_on_error=False)
    async def _save(self, text: str) -> None:
        part, by = self._part, self._keeper.author
        editing = Editing(self._entry, self._base) if self._entry else None
        try:
            said = await self._keeper.act(lambda r: save_answer(r, part, text, by, editing))
        except (StorageError, CaptureError) as error:
            self._refuse(str(error))
            return
        self._unsaved.put(part.name, self._entry, "")
        await self._leave(said)

    def action_delete(self) -> None:
        """Delete the selected answer; only in the list, since in the text an x is an x."""
        shown = self.query_one("#answers", OptionList)
        if self._busy or not shown.has_focus or shown.highlighted is None:
            return
        entry = shown.get_option_at_index(shown.highlighted).id or ""
        if entry != "new":
            self._busy = True
            self._delete(entry)

    @work(exit_on_error=False)
    async def _delete(self, entry: str) -> None:
        part, by = self._part, self._keeper.author
        try:
            said = await self._keeper.act(lambda r: delete_answer(r, part, entry, by))
        except (StorageError, CaptureError) as error:
            self._refuse(str(error))
            return
        self._busy = False
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
        self._busy = True
        kept = self._unsaved.get(self._part.name, self._entry)
        said = f"Not saved: your text is kept, and here when you open “{self._part.title}” again."
        self._go(said if kept else None)

    @work(exit_on_error=False)
    async def _go(self, said: str | None) -> None:
        await self._leave(said)

    async def _leave(self, said: str | None) -> None:
        try:
            await asyncio.to_thread(self._unsaved.save)
        except StorageError as error:
            said = f"{said or ''} {error}".strip()
        self.dismiss(said)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A defect is told; the text stays."""
        if event.state is WorkerState.ERROR:
            self._refuse(f"That did not work, by a fault of hotwash: {event.worker.error!r}.")

    def _refuse(self, why: str) -> None:
        self._busy = False
        self.query_one(Notices).wrong(why)
