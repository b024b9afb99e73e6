"""The main screen: the timeline, what is open, and the input."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from storage.changes import Changes
from tui import acts
from tui.commands import COMMANDS, Command, Where, bar, command_named, with_talk_key
from tui.instruments.header_line import Badge
from tui.instruments.watch import Overdue, Watch
from tui.keeper import Keeper
from tui.screens.line_recording import JUMP, NO_ENTRY
from tui.screens.speech import Speech
from tui.services import Services
from tui.timeline.taken_out import TakenOut
from tui.widgets.composer import Composer, Prompt
from tui.widgets.filter_bar import FilterBar
from tui.widgets.header import IncidentHeader
from tui.widgets.instruments import Instruments
from tui.widgets.key_bar import KeyBar
from tui.widgets.notices import Notices
from tui.widgets.talk_button import TalkButton
from tui.widgets.talk_row import TalkRow
from tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from tui.talk.incident_voice import IncidentVoice

_SHORT, _TINY = 14, 6
"""Rows below which the instruments and the key bar go, and below which all but entries and input."""


class TimelineScreen(Speech):
    """One incident, live.

    Attributes:
        keeper: the open incident.
        services: its home.
        lookout: what is open in it.
        drafts: keeps what is typed.
    """

    CSS_PATH = "timeline.tcss"
    AUTO_FOCUS = "NoteInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "filter", "filter", show=False),
        Binding("ctrl+g", "jump", "jump", show=False),
        Binding("ctrl+end", "follow", "newest", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("escape,enter", "back", "back", show=False),
    ]

    class OverdueChanged(Message):
        """Other things are overdue than before; told at the start, too."""

        def __init__(self, overdue: tuple[Overdue, ...]) -> None:
            """All that is overdue now."""
            super().__init__()
            self.overdue = overdue

    def __init__(
        self,
        keeper: Keeper,
        services: Services,
        badge: Callable[[datetime], Badge] = lambda _now: Badge(),
        spoken: "Callable[[], IncidentVoice | None]" = lambda: None,
    ) -> None:
        """Show an open incident.

        Args:
            keeper: the incident.
            services: its home.
            badge: tells where the record is kept.
            spoken: gives what is said of it; None where nobody can talk.
        """
        super().__init__(keeper, services, spoken)
        self.lookout = Watch(keeper.record, services.settings.nudge_minutes)
        self._badge = badge
        self._overdue: tuple[Overdue, ...] | None = None
        self._taken_out = TakenOut()
        self._stop_listening: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """From the incident at one glance down to the keys."""
        yield IncidentHeader(self.keeper, self.lookout, self._badge)
        yield Timeline(now=self.keeper.now)
        yield Instruments(self.keeper, self.lookout)
        yield TalkRow()
        yield Composer(
            self.keeper.line_context,
            selected_name=self.target_of_marks,
            closed_name=self.named,
            refs=self.closable,
        )
        yield Notices()
        with Horizontal(id="bottom"):
            yield KeyBar(self._keys_of_input())
            yield TalkButton()

    def on_mount(self) -> None:
        """Show the record, follow it, and let typing begin."""
        self.timeline.show(self.keeper.record)
        self._stop_listening = self.keeper.listen(self._record_changed)
        self.keeper.on_notice(self.wrong)
        if why := self.keeper.record.read_only:
            self.wrong(f"{why} What you type is kept as a draft.")
        for warning in self.services.warnings:
            self.wrong(warning)
        self._tick()
        self.set_interval(1, self._tick)
        self.call_after_refresh(self.offer_orphans)

    def on_resize(self, event: events.Resize) -> None:
        """Let go of what there is no room for. Textual's breakpoints would restyle large screens too."""
        self.set_class(event.size.height < _SHORT, "-short")
        self.set_class(event.size.height < _TINY, "-tiny")

    def on_unmount(self) -> None:
        """What stands in the input stays on disk, to be offered again."""
        self._stop_listening()
        self.drafts.close()

    # What others write

    def _record_changed(self, changes: Changes) -> None:
        if not self.query(Timeline):
            # The app ends, and takes its widgets away before it stops to listen.
            return
        self.lookout.apply(changes)
        self.timeline.apply(changes)
        self.query_one(IncidentHeader).look()
        self.query_one(Instruments).look()
        self._count_matches()
        for sentence in self._taken_out.look(self.keeper.record, changes, self.keeper.author):
            self.wrong(sentence)
        if self.timeline.has_focus:
            self._show_keys()

    def _tick(self) -> None:
        """Once a second: what should have been done by now is told to whoever looks elsewhere."""
        overdue = self.lookout.overdue(self.keeper.now())
        if overdue != self._overdue:
            self._overdue = overdue
            self.post_message(self.OverdueChanged(overdue))

    # Moving between input, entries and filter

    @on(Composer.UpPressed)
    async def _select_newest(self, event: Composer.UpPressed) -> None:
        event.stop()
        # Keys of one burst mean what they mean one by one: the newest entry may be on its way still.
        await self.all_in()
        self.timeline.select_newest()
        if self.timeline.selected:
            self.is_typing = False
            self.set_focus(self.timeline)
        else:
            self.composer.stay()
            self.notices.done(NO_ENTRY)

    @on(Composer.PressedAfterUp)
    async def _pressed_after_up(self, event: Composer.PressedAfterUp) -> None:
        """A key that came so soon after Up that the input still had it."""
        event.stop()
        is_text = event.character is not None and event.character.isprintable()
        if not self.timeline.selected:
            self.composer.stay()
            self.is_typing = True
        moves = None if self.is_typing else _MOVES.get(event.key)
        if moves is not None:
            # At once: the letter after several Ups acts on the entry that they have reached.
            await self.timeline.run_action(moves)
        elif not is_text:
            # Wherever the focus is by now.
            self.app.post_message(events.Key(event.key, event.character))
        elif not self.is_typing and event.key in _ENTRY_ACTS:
            await self.run_action(_ENTRY_ACTS[event.key])
        else:
            self.is_typing = True
            self.composer.focus()
            self.composer.insert(str(event.character))

    @on(Composer.EscapePressed)
    async def _escaped(self, event: Composer.EscapePressed) -> None:
        event.stop()
        self.stop_playing()
        self.timeline.clear_selection()
        self.notices.clear()
        await self._clear_filter()

    @on(Composer.Cancelled)
    def _prompt_cancelled(self, event: Composer.Cancelled) -> None:
        event.stop()
        self.to_input()

    @on(Timeline.SelectionChanged)
    def _selection_changed(self, event: Timeline.SelectionChanged) -> None:
        event.stop()
        self.composer.update_preview()
        self._show_keys()

    @on(Timeline.Left)
    def _left_entries(self, event: Timeline.Left) -> None:
        event.stop()
        self.to_input()

    @on(Timeline.EntryOpened)
    def _opened_entry(self, event: Timeline.EntryOpened) -> None:
        event.stop()
        self.action_details()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """The key bar says what keys do where the focus is."""
        self.is_typing = not self.timeline.has_focus
        self._show_keys()

    def _show_keys(self) -> None:
        if not self.timeline.has_focus:
            self.query_one(KeyBar).show(self._keys_of_input())
            return
        entries = self.selected_entries()
        of_speech = [command_named(name) for name in acts.of_speech(entries)]
        settle = [_SETTLE] if any(map(self._is_in_conflict, self.timeline.selected)) else []
        self.query_one(KeyBar).show([*settle, *of_speech, *bar(Where.ENTRY)])

    def _is_in_conflict(self, entry_id: str) -> bool:
        record = self.keeper.record
        return record.has(entry_id) and record.in_conflict(entry_id)

    def _keys_of_input(self) -> list[Command]:
        return with_talk_key(bar(Where.ANYWHERE), self.services.settings.talk_key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a way back only from the entries and the filter."""
        return self.timeline.has_focus or self._is_filtering if action == "back" else True

    async def on_key(self, event: events.Key) -> None:
        """A letter acts once on the selected entries; one that means nothing begins a line for them.

        Letters are no bindings: the app runs those once a key has come back to it, so that in a
        burst the letter after an act would act as well.
        """
        if not event.is_printable or event.character is None:
            return
        event.stop()
        if self.app.screen is not self:
            # A question has come up since the key was pressed, and this is its answer.
            self.app.screen.post_message(events.Key(event.key, event.character))
        elif self.timeline.has_focus and not self.is_typing and event.key in _ENTRY_ACTS:
            await self.run_action(_ENTRY_ACTS[event.key])
        else:
            self.is_typing = True
            self.composer.focus()
            self.composer.insert(event.character)

    async def action_back(self) -> None:
        """From the entries to the input; from the filter too, and all entries are shown again."""
        if self._is_filtering:
            await self._clear_filter()
        else:
            self.to_input()

    def action_toggle_mark(self) -> None:
        """Add the entry under the cursor to the selection, or take it out."""
        self.timeline.toggle_mark()

    def action_follow(self) -> None:
        """Back to the newest entry."""
        self.to_input()
        self.timeline.follow()

    def action_page(self, sign: int) -> None:
        """Look further up or down while the input keeps the focus."""
        if sign < 0:
            self.timeline.scroll_page_up(animate=False)
        else:
            self.timeline.scroll_page_down(animate=False)

    def action_jump(self) -> None:
        """Ask for a time."""
        help_ = "14:05, -20m, yesterday 23:10"
        self.ask(Prompt(purpose=JUMP, label="jump to>", help=help_))

    # Filter

    async def action_filter(self) -> None:
        """Show only entries with the words that are typed next."""
        if (filter_bar := self._filter_bar) is not None:
            filter_bar.focus()
        else:
            await self.mount(FilterBar(), before=self.query_one(Instruments))

    @property
    def _filter_bar(self) -> FilterBar | None:
        return next(iter(self.query(FilterBar)), None)

    @property
    def _is_filtering(self) -> bool:
        """Whether words for the filter are being typed."""
        return (filter_bar := self._filter_bar) is not None and filter_bar.has_input

    @on(FilterBar.Changed)
    def _filter_as_typed(self, event: FilterBar.Changed) -> None:
        event.stop()
        self.timeline.filter(event.words)
        self._count_matches()

    @on(FilterBar.Accepted)
    async def _to_matches(self, event: FilterBar.Accepted) -> None:
        event.stop()
        if not self.timeline.filter_text:
            await self._clear_filter()
        self.timeline.select_newest()
        if self.timeline.selected:
            self.timeline.focus()
        else:
            self.composer.focus()

    def _count_matches(self) -> None:
        if (filter_bar := self._filter_bar) is not None:
            total = self.keeper.record.incident.entries_count
            filter_bar.count(self.timeline.match_count, total)

    async def _clear_filter(self) -> None:
        self.timeline.filter("")
        self.composer.focus()
        await self.query(FilterBar).remove()


_ENTRY_ACTS = {c.keys[0]: c.name for c in COMMANDS if c.where is Where.ENTRY and c.name != "back"}
_SETTLE = msgspec.structs.replace(command_named("details"), label="settle the conflict")
"""How the way to the versions of an entry is called where there are several."""

_MOVES = {"up": "up", "down": "down", "pageup": "page(-1)", "pagedown": "page(1)"}
"""Keys that move among the entries."""
