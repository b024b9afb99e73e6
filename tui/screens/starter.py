"""The starter screen: the document as it would be saved, and what in it waits for people."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeAlias

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from capture.errors import CaptureError
from capture.text import for_terminal
from storage.changes import Changes
from storage.errors import StorageError
from tui.keeper import Keeper
from tui.screens.modal import PushedScreen
from tui.screens.section_editor import SectionEditor
from tui.screens.starter_asking import ask_file, ask_owner
from tui.screens.starter_page import StarterPage
from tui.services import Services
from tui.starter import files
from tui.starter.assembling import Assembled, assemble
from tui.starter.blocks import Block
from tui.starter.page import Page
from tui.starter.parts import OWNER, Part, owned, parts, written
from tui.starter.reading import as_it_is, read_document
from tui.starter.unsaved import Unsaved
from tui.widgets.notices import Notices

Copy: TypeAlias = Callable[[str, Path | None], Awaitable[str]]
"""Takes a text and the file it was written to; returns the sentence to show."""

WIDE = 100
"""Cells from which the list stands beside the document."""

PAUSE_S = 0.25
"""The document is assembled again at most so soon after the last time, or as long as that took."""

_NOTHING_YET = (
    "Nothing is recorded yet. Escape goes back to the input: type what happened, line by line, "
    "and this document writes itself."
)


class StarterScreen(PushedScreen[None]):
    """See the module."""

    CSS_PATH = "starter.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "write", show=False),
        Binding("o", "owner", "owner", show=False),
        Binding("c", "copy", "copy", show=False),
        Binding("s", "save", "save", show=False),
        Binding("l", "log", "full log", show=False),
        Binding("tab,shift+tab", "switch", "list or document", show=False, priority=True),
        Binding("pageup", "scroll('page_up')", "up", show=False, priority=True),
        Binding("pagedown,space", "scroll('page_down')", "down", show=False, priority=True),
        Binding("home", "scroll('home')", "start", show=False, priority=True),
        Binding("end", "scroll('end')", "end", show=False, priority=True),
        Binding("escape,f4", "leave", "back", show=False),
        Binding("f2", "update", "update", show=False),
        Binding("f3", "hand_over", "hand over", show=False),
    ]

    def __init__(self, keeper: Keeper, services: Services, copy: Copy) -> None:
        """Show the document of an incident.

        Args:
            keeper: the incident.
            services: where changes before it are recorded, and where files go.
            copy: hands a text to the clipboard.
        """
        super().__init__()
        self._keeper = keeper
        self._services = services
        self._copy = copy
        self._parts: tuple[Part, ...] = parts()
        self._assembled: Assembled | None = None
        self._blocks: list[Block] = []
        self._with_log = False
        self._unsaved = Unsaved.of_incident(services.home, keeper.record.incident.id)
        self._assembling = False
        self._asked_again = False
        self._rested_at = 0.0
        self._left = False
        self._stop_listening: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """What it is, the list and the document beside each other, what was done, the keys."""
        yield Static("", id="head", markup=False)
        yield Static(_NOTHING_YET, id="hint", classes="-nothing", markup=False)
        with Horizontal(id="both"):
            rows = [Option(row, id=name) for name, row in self._rows()]
            yield OptionList(*rows, id="parts", markup=False)
            yield StarterPage(id="document")
        yield Notices()
        yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Assemble the document, now and whenever the record changes."""
        self._fit(self.app.size.width)
        self.query_one("#document" if self._is_narrow else "#parts").focus()
        self._stop_listening = self._keeper.listen(self._record_changed)
        self._read_unsaved()
        self._show_state()
        self.refresh_document()

    def on_unmount(self) -> None:
        """Let go of the record, and let threads end."""
        self._left = True
        self._stop_listening()

    # The document

    def _record_changed(self, _: Changes) -> None:
        # The record's thread calls from outside the app's context, which timers need.
        self.call_later(self.refresh_document)

    def refresh_document(self) -> None:
        """Assemble the document again; soon, when it was assembled just now."""
        if self._assembling:
            self._asked_again = True
            return
        self._assembling = True
        rest = self._rested_at - time.monotonic()
        if rest > 0:
            self.set_timer(rest, self._assemble)
        else:
            self._assemble()

    @work(exit_on_error=False, group="assemble", name="assemble")
    async def _assemble(self) -> None:
        begun = time.monotonic()
        self._asked_again = False
        try:
            assembled = await self._now()
            self._take(assembled)
            self._blocks = await asyncio.to_thread(read_document, assembled.text, self._is_closed)
            await self._lay_out_now()
        except (StorageError, CaptureError) as error:
            self._wrong(str(error))
        finally:
            now = time.monotonic()
            self._rested_at = now + max(PAUSE_S, now - begun)
            self._assembling = False
            self._show_state()
            if self._asked_again and not self._left:
                self.refresh_document()

    async def _now(self) -> Assembled:
        """The document as it stands at this moment."""
        library, with_log = self._services.library, self._with_log
        return await self._keeper.act(lambda record: assemble(record, library, with_log=with_log))

    def _take(self, assembled: Assembled) -> None:
        self._assembled = assembled
        self._parts = parts(any_followups=assembled.any_followups)
        shown = self.query_one("#parts", OptionList)
        for name, row in self._rows():
            shown.replace_option_prompt(name, row)
        self.query_one("#hint").set_class(assembled.anything, "-nothing")

    async def _lay_out_now(self) -> None:
        document = self.query_one(StarterPage)
        blocks, width = self._blocks, document.page_width or self.app.size.width
        page = await asyncio.to_thread(Page, blocks, width, self._is_closed)
        # A newer document, which may have been laid out meanwhile, is not covered by an older one.
        if not self._left and blocks is self._blocks:
            document.show(page)

    @work(exit_on_error=False, group="lay out", name="lay out", exclusive=True)
    async def _lay_out(self) -> None:
        await self._lay_out_now()

    def on_starter_page_width_changed(self) -> None:
        """Lay the document out for the new width; the old layout stays until then."""
        self._lay_out()

    def _is_closed(self) -> bool:
        return self._left

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A defect is told; the text that would be saved is shown in the place of the document."""
        if event.state is not WorkerState.ERROR or self._left:
            return
        fault = f"by a fault of hotwash: {event.worker.error!r}."
        if event.worker.name not in {"assemble", "lay out"} or self._assembled is None:
            self._wrong(f"That did not work, {fault}")
            return
        self._wrong(f"The document can't be laid out, {fault} This is its text as it is saved.")
        document = self.query_one(StarterPage)
        text = self._assembled.text
        document.show(Page(as_it_is(text), document.page_width or self.app.size.width))

    # The list

    def _rows(self) -> list[tuple[str, Content]]:
        """What waits for people, each with who has written it."""
        found = self._assembled
        answers = found.answers if found else {}
        owner = self._keeper.record.incident.document_owner
        rows = [(OWNER, _row("document owner", owned(owner), filled=bool(owner)))]
        for part in self._parts:
            said = answers.get(part.name, ())
            rows.append((part.name, _row(part.label, written(said), filled=bool(said))))
        return rows

    def _selected(self) -> str:
        shown = self.query_one("#parts", OptionList)
        if shown.highlighted is None:
            return OWNER
        return shown.get_option_at_index(shown.highlighted).id or OWNER

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the section that is selected."""
        event.stop()
        title = next((part.title for part in self._parts if part.name == event.option.id), "")
        self.query_one(StarterPage).show_heading(title)
        self._show_state()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click, writes in it."""
        event.stop()
        self.action_write()

    # What surrounds it

    @property
    def _is_narrow(self) -> bool:
        return self.has_class("-narrow")

    def on_resize(self, event: events.Resize) -> None:
        """Below a width either the list or the document is shown."""
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        narrow = width < WIDE
        if narrow and not self._is_narrow:
            self.set_class(self.query_one("#parts").has_focus, "-list")
        self.set_class(narrow, "-narrow")
        self._show_state()

    def on_descendant_focus(self) -> None:
        """The keys are those of what has the focus."""
        self._show_state()

    def _show_state(self) -> None:
        """The first row and the last."""
        if not self.is_mounted or self._left:
            return
        self.query_one("#head", Static).update(Content(self._head()))
        self.query_one("#keys", Static).update(Content.assemble(*self._keys()))

    def _head(self) -> str:
        incident = self._keeper.record.incident
        told = ["Starter", for_terminal(incident.title)]
        if self._assembled is not None:
            waiting = sum(part.name not in self._assembled.answers for part in self._parts)
            waiting += not incident.document_owner
            of_all = f"{waiting} of {len(self._parts) + 1} wait for people"
            told.insert(1, of_all if waiting else "all filled")
        if self._with_log:
            told.insert(1, "with the full log")
        if self._assembling:
            told.insert(1, "assembling…")
        return "   ".join(told)

    def _keys(self) -> list[str | tuple[str, str]]:
        listed = self.query_one("#parts").has_focus
        other = "document" if listed else "list"
        log = "without log" if self._with_log else "with log"
        enter = "write" if listed or not self._is_narrow else "list"
        told = f"Enter {enter}  o owner  c copy  s save  l {log}  Tab {other}  Escape back"
        keys = [key.partition(" ") for key in told.split("  ")]
        return [part for key, _, label in keys for part in ((key, "bold"), f" {label}  ")]

    def _done(self, sentence: str | None) -> None:
        if sentence:
            self.query_one(Notices).forgive()
            self.query_one(Notices).done(sentence)

    def _wrong(self, sentence: str) -> None:
        if not self._left:
            self.query_one(Notices).wrong(sentence)

    @work(exit_on_error=False)
    async def _read_unsaved(self) -> None:
        await asyncio.to_thread(self._unsaved.read)
        for notice in self._unsaved.take_notices():
            self._wrong(notice)

    # Acts

    def action_switch(self) -> None:
        """From the list to the document, or back."""
        to_list = not self.query_one("#parts").has_focus
        self.set_class(to_list, "-list")
        self.query_one("#parts" if to_list else "#document").focus()

    def action_scroll(self, where: str) -> None:
        """Scroll the document, whatever has the focus."""
        document = self.query_one(StarterPage)
        scroll = {
            "page_up": document.scroll_page_up,
            "page_down": document.scroll_page_down,
            "home": document.scroll_home,
            "end": document.scroll_end,
        }
        scroll[where](animate=False)

    def action_write(self) -> None:
        """Open what is selected; where the list is hidden, show it first."""
        if self._is_narrow and not self.query_one("#parts").has_focus:
            self.action_switch()
            return
        name = self._selected()
        part = next((part for part in self._parts if part.name == name), None)
        if part is None:
            self.action_owner()
            return
        answers = self._assembled.answers.get(name, ()) if self._assembled else ()
        editor = SectionEditor(self._keeper, self._unsaved, part, answers)
        self.app.push_screen(editor, self._done)

    def action_owner(self) -> None:
        """Say who sees to the document."""
        self.app.push_screen(ask_owner(self._keeper), self._done)

    def action_save(self) -> None:
        """Write the document to a file that the person names."""
        home = self._services.home
        usual = files.usual_path(self._keeper.record.incident, home)

        async def text() -> str:
            return (await self._now()).text

        self.app.push_screen(ask_file(usual, home, text), self._done)

    def action_copy(self) -> None:
        """Write the document to its usual file, and hand it to the clipboard."""
        self._copy_out()

    @work(exit_on_error=False, group="copy")
    async def _copy_out(self) -> None:
        home = self._services.home
        usual = files.usual_path(self._keeper.record.incident, home)
        try:
            text = (await self._now()).text
        except (StorageError, CaptureError) as error:
            self._wrong(str(error))
            return
        path: Path | None = None
        try:
            path = await asyncio.to_thread(files.write_somewhere, usual, text, home)
        except StorageError as error:
            self._done(await self._copy(text, None))
            self._wrong(f"No file was written. {error}")
            return
        said = await self._copy(text, path)
        if path != usual:
            said = f"{said} {usual.name} is left as somebody edited it."
        self._done(said)

    def action_log(self) -> None:
        """With the full log, or without."""
        self._with_log = not self._with_log
        self._done(
            "The full log is appended, here and in what you save or copy."
            if self._with_log
            else "The full log is left out, here and in what you save or copy."
        )
        self.refresh_document()
        self._show_state()

    async def action_update(self) -> None:
        """Go on to the status update."""
        await self.go_on_to("update")

    async def action_hand_over(self) -> None:
        """Go on to the hand-over."""
        await self.go_on_to("hand_over")

    def action_leave(self) -> None:
        """Back to the timeline."""
        self.leave_with(None)


def _row(label: str, state: str, *, filled: bool) -> Content:
    """One part in the list: a box that is checked once somebody has written in it."""
    box = "[x]" if filled else "[ ]"
    style = "" if filled else "bold"
    return Content.assemble((f"{box} {label}", style), f"\n    {state}")
