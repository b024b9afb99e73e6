"""Who is in: the team, this machine, and those who take part in the open incident."""

from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from functools import partial
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from capture.text import for_terminal
from storage.errors import StorageError
from storage.team.client.credentials import Credentials
from storage.team.protocol import Member
from tui.screens.choice import Choice, ChoiceScreen, Option
from tui.screens.modal import Modal
from tui.team.overview import Shared, overview

AskMembers = Callable[[], Awaitable[Sequence[Member]]]


class TeamAct(StrEnum):
    """What somebody wants who has read the page."""

    JOIN = "join"
    LEAVE = "leave"


class TeamScreen(Modal[TeamAct | None]):
    """Ends with what is wanted, or None; see the module."""

    DEFAULT_CSS = """
    TeamScreen {
        align: center middle;
        #page {
            width: 100%; max-width: 100; height: 1fr;
            background: $surface; padding: 0 1; scrollbar-gutter: stable;
        }
        #keys { height: 1; width: 100%; max-width: 100; padding: 0 1; background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "back", show=False),
        Binding("j", "join", "join another", show=False),
        Binding("l", "leave_team", "leave the team", show=False),
    ]

    def __init__(
        self,
        credentials: Credentials,
        shared: Callable[[], Shared | None],
        members: AskMembers | None = None,
    ) -> None:
        """Show them.

        Args:
            credentials: of this home.
            shared: tells how it stands with the open incident.
            members: asks the server who takes part in it; None where there is nothing to ask.
        """
        super().__init__()
        self._credentials = credentials
        self._shared = shared
        self._ask_members = members
        self._members: Sequence[Member] | None = None
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """The page, and what can be done."""
        with VerticalScroll(id="page"):
            yield Static(self._page(), id="team", markup=False)
        keys = [("l", "leave the team"), ("j", "join another"), ("Escape", "back")]
        parts = [part for key, label in keys for part in ((key, "bold reverse"), f" {label}   ")]
        yield Static(Content.assemble(*parts), id="keys", markup=False)

    def on_mount(self) -> None:
        """Arrows scroll at once; what changes meanwhile is shown."""
        self.query_one("#page").focus()
        self.set_interval(1, self._look)
        if self._ask_members is not None:
            self._find_members(self._ask_members)

    @work
    async def _find_members(self, ask: AskMembers) -> None:
        try:
            self._members = await ask()
        except StorageError as error:
            self._trouble = str(error)
        self._look()

    def _look(self) -> None:
        self.query_one("#team", Static).update(self._page())

    def _page(self) -> Content:
        shared = self._shared()
        if shared is not None:
            shared = msgspec.structs.replace(shared, members=self._members, trouble=self._trouble)
        lines = [
            Content.styled(for_terminal(row.text), "bold" if row.is_heading else "")
            for row in overview(self._credentials, shared)
        ]
        return Content("\n").join(lines)

    def action_leave(self) -> None:
        """Back to where one was."""
        self.leave_with(None)

    def action_join(self) -> None:
        """Join another team."""
        self.leave_with(TeamAct.JOIN)

    def action_leave_team(self) -> None:
        """Ask once."""
        question = "Leave the team? What is recorded here stays, and is synced no more."
        options = [Option("y", "leave", True), Option("n", "stay", False)]
        self.app.push_screen(ChoiceScreen(question, options), partial(self._leave_if))

    def _leave_if(self, choice: Choice[bool] | None) -> None:
        if choice is not None and choice.value:
            self.leave_with(TeamAct.LEAVE)
