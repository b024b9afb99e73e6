"""The first screen: incidents of this person, open ones first; a line and Enter start another."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from capture.text import for_terminal
from storage.errors import StorageError
from storage.model import Status
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.summaries import Summary
from tui.commands import COMMANDS, TYPED, WITHOUT_INCIDENT
from tui.drafting import DraftKeeper, Orphans
from tui.screens.drafting_screen import DraftingScreen
from tui.services import Services
from tui.widgets.key_bar import KeyBar
from tui.widgets.notices import Notices

DEMO = "demo"
_MOST = 500
_NONE_YET = "No incidents yet. Type what is going on, press Enter, and its timeline begins."
_SOME = "Type what is going on and press Enter to start an incident; Up chooses one of these."
_DEMO_LINE = "demo            a real published incident, replayed; nothing of it is kept"
_KEYS = [c for c in COMMANDS if c.name in WITHOUT_INCIDENT and c.name != "fetch_model"]


class IncidentList(OptionList):
    """The incidents; unlike other lists it does not go round, and its end leads to the input."""

    class Left(Message):
        """Somebody went down from the last row."""

    def replace(self, rows: Sequence[Option]) -> None:
        """Show other rows; the one under the cursor stays under it, and where it was on the screen."""
        before = self.highlighted_option
        chosen = before.id if before is not None and self.has_focus else None
        ids = [row.id for row in rows]
        row, top = self.highlighted, self.scroll_offset.y
        self.clear_options()
        self.add_options(rows)
        if chosen in ids and row is not None:
            there = ids.index(chosen)
            self.highlighted = there
            self.scroll_to(y=max(0, top + there - row) if top else 0, animate=False)

    def action_cursor_up(self) -> None:
        """To the row above, if there is one."""
        if self.highlighted:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        """To the row below, or out of the list."""
        if self.highlighted == self.option_count - 1:
            self.post_message(self.Left())
        else:
            super().action_cursor_down()


class HomeScreen(DraftingScreen):
    """See the module. What was chosen is told by messages; the app opens it.

    Attributes:
        drafts: keeps what is typed.
    """

    CSS_PATH = "home.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose", "choose", show=False),
        Binding("escape", "back", "back", show=False),
    ]

    class Started(Message):
        """A title was typed: an incident is to be started."""

        def __init__(self, title: str) -> None:
            """With this title."""
            super().__init__()
            self.title = title

    class Chosen(Message):
        """An incident was chosen; None stands for the demo."""

        def __init__(self, path: Path | None) -> None:
            """The record at `path`."""
            super().__init__()
            self.path = path

    def __init__(self, services: Services, said: str = "") -> None:
        """Show the incidents of this home.

        Args:
            services: the home.
            said: a sentence to show, such as why the last incident was left.
        """
        super().__init__()
        self._services = services
        self._said = said
        self.drafts = DraftKeeper(
            services.home.drafts, None, services.now, self.set_timer, self.refuse
        )
        self._summaries: list[Summary] = []
        self._unheard: dict[str, int] = {}
        self._no_model = ""

    def compose(self) -> ComposeResult:
        """List above, input below: where the eye and the hands are on the timeline too."""
        yield Static(self._title(), id="title", markup=False)
        yield Static(_NONE_YET, id="hint", markup=False)
        yield IncidentList(id="incidents", markup=False)
        with Horizontal(id="start"):
            yield Static("> ", id="prompt", markup=False)
            yield Input(placeholder="what is going on, in a few words", id="name")
        yield Notices()
        yield KeyBar(_KEYS)

    def _title(self) -> str:
        return f"hotwash    {for_terminal(self._services.author)}"

    def show_author(self) -> None:
        """Entries are signed with another name than before."""
        self.query_one("#title", Static).update(self._title())

    def on_mount(self) -> None:
        """Typing starts at once; the list comes when it has been read."""
        name = self.query_one("#name", Input)
        name.focus()
        for warning in self._services.warnings:
            self.refuse(warning)
        if self._said:
            self.say(self._said)
        self._offer_orphan()
        self.read_incidents()
        self._offer_model()

    def on_unmount(self) -> None:
        """What stands in the input stays on disk, to be offered again."""
        self.drafts.close()

    def _offer_orphan(self) -> None:
        """Put the newest title that was typed and never used into the input."""
        orphans = Orphans(self._services.home.drafts)
        for orphan in orphans.of(None)[-1:]:
            try:
                taken = orphans.take(orphan, self._put_back, self.drafts)
            except StorageError as error:
                self.refuse(str(error))
                continue
            if taken:
                self.say("This was typed before and never recorded: Enter starts an incident.")

    def _put_back(self, text: str) -> str:
        name = self.query_one("#name", Input)
        name.value = " ".join(text.split())
        return name.value

    def say(self, sentence: str) -> None:
        """Tell what was done."""
        self.query_one(Notices).done(sentence)

    def refuse(self, sentence: str) -> None:
        """Tell what went wrong; what was typed is still in the input."""
        self.query_one(Notices).wrong(sentence)
        self.query_one("#name", Input).focus()

    def title_was_used(self) -> None:
        """An incident has the title now: it is no draft any more."""
        self.query_one("#name", Input).value = ""
        self.drafts.clear()

    @work(exclusive=True)
    async def read_incidents(self) -> None:
        """Read them off the event loop, and show them."""
        library = self._services.library
        found = await asyncio.to_thread(library.summaries)
        self._summaries = sorted(found, key=_is_over)[:_MOST]
        self._unheard = await asyncio.to_thread(_unheard, self._services.home.audio)
        for notice in library.notices:
            self.query_one(Notices).wrong(notice)
        self._show(self.query_one("#name", Input).value)

    @work
    async def _offer_model(self) -> None:
        """Where nobody can be understood yet, say so while there is time to change it."""
        services = self._services
        if not services.settings.voice or services.start.environment.get("HOTWASH_VOICE") == "0":
            return
        from capture.voice.manifests import MANIFESTS, megabytes
        from capture.voice.models import DEFAULT, Unusable, look_for_model

        chosen = services.settings.voice_model
        found = await asyncio.to_thread(look_for_model, services.home.cache, None, chosen)
        if isinstance(found, Unusable):
            size = megabytes(MANIFESTS[DEFAULT].size)
            fix = f"{found.what}: {found.fix}"
            missing = f"Talking needs a speech model: /voice fetches it, {size}, once."
            self._no_model = fix if found.is_broken or chosen else missing
            self._show_hint()

    def _show(self, typed: str) -> None:
        """The incidents whose names hold every word that was typed; all when none does."""
        words = typed.casefold().split()
        fitting = [s for s in self._summaries if all(word in _haystack(s) for word in words)]
        rows = [
            Option(Content(self._row(summary)), id=summary.file)
            for summary in (fitting or self._summaries)
        ]
        self.query_one(IncidentList).replace([*rows, Option(Content(_DEMO_LINE), id=DEMO)])
        self._show_hint()

    def _show_hint(self) -> None:
        """What to do here."""
        hint = _SOME if self._summaries else _NONE_YET
        lines = [hint, *([for_terminal(self._no_model)] if self._no_model else [])]
        self.query_one("#hint", Static).update("\n".join(lines))

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is typed may be the name of an incident that is there already."""
        self.drafts.changed(event.value)
        self._show(event.value)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Start an incident."""
        title = " ".join(event.value.split())
        if not title:
            self.say("Type what is going on first: a few words will do as a title.")
            return
        if title.casefold() == DEMO:
            self.title_was_used()
            self.post_message(self.Chosen(None))
        elif command := TYPED.get(title):
            self.title_was_used()
            await self.app.run_action(f"app.command('{command.name}')")
        else:
            self.post_message(self.Started(title))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open an incident."""
        chosen = event.option.id
        if chosen == DEMO or chosen is None:
            self.post_message(self.Chosen(None))
        else:
            self.post_message(self.Chosen(self._services.home.incidents / chosen))

    def on_key(self, event: events.Key) -> None:
        """Characters are text, also while an incident is being chosen."""
        if event.is_printable and event.character:
            event.stop()
            name = self.query_one("#name", Input)
            name.focus()
            name.insert_text_at_cursor(event.character)

    def on_incident_list_left(self) -> None:
        """From the list into the input."""
        self.action_back()

    def _row(self, summary: Summary) -> str:
        unheard = self._unheard.get(summary.incident.id, 0)
        return _line(summary, unheard, in_team=self._services.enrolled is not None)

    def action_choose(self) -> None:
        """From the input into the list."""
        shown = self.query_one("#incidents", OptionList)
        if self.focused is not shown and shown.option_count:
            shown.focus()
            shown.highlighted = 0

    def action_back(self) -> None:
        """From the list into the input."""
        self.query_one("#name", Input).focus()
        self.query_one(Notices).clear()


def _is_over(summary: Summary) -> bool:
    incident = summary.incident
    return incident.status == Status.RESOLVED or incident.merged_into is not None


def _haystack(summary: Summary) -> str:
    incident = summary.incident
    return " ".join((incident.title, incident.slug, *incident.services, summary.file)).casefold()


def _unheard(audio: Path) -> dict[str, int]:
    """Recordings that are no entries yet, by their incidents."""
    if not audio.exists():
        return {}
    # Only where somebody has spoken.
    from capture.voice.retention import unheard

    return unheard(audio)


def _line(summary: Summary, unheard: int, *, in_team: bool) -> str:
    """``open     SEV2  2026-11-21 02:51  checkout 503s   14 entries   1 recording to be heard``."""
    incident = summary.incident
    state = "merged" if incident.merged_into else "resolved" if _is_over(summary) else "open"
    begun = ClockFace(zone_of(incident.zone) or UTC).local(
        incident.declared_at.utc or incident.created_at
    )
    drill = "DRILL " if incident.drill else ""
    count = "1 entry" if incident.entries_count == 1 else f"{incident.entries_count} entries"
    title = for_terminal(incident.title) or "untitled"
    severity = incident.severity or "SEV?"
    row = f"{state:<8} {severity:<5} {begun:%Y-%m-%d %H:%M}  {drill}{title}   {count}"
    if incident.shared:
        row += "   shared" if in_team else "   shared earlier"
    if not unheard:
        return row
    return f"{row}   {unheard} recording{'' if unheard == 1 else 's'} to be heard"
