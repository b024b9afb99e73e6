"""The commands for the team: share an incident, end that, see who takes part, join and leave."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from storage.errors import BadValue, RequestRefused, StorageError
from tui.keeper import Keeper
from tui.screens.entry_acts import SAVING
from tui.team_app import TeamApp

if TYPE_CHECKING:
    from storage.team.client.credentials import Credentials
    from storage.team.protocol import Member, Role
    from tui.screens.starter_prompt import Refusal
    from tui.screens.team import TeamAct
    from tui.team.overview import Shared

_OF_DEMO = "The demo is kept nowhere and shared with nobody."


class TeamCommands(TeamApp):
    """See the module."""

    # Share

    def action_share(self) -> None:
        """Ask with whom, and share the open incident with them."""
        if self.services is not self.own:
            self.said(_OF_DEMO)
        elif self._timeline() is None:
            return
        elif self.own.enrolled is None:
            self._join(then_share=True)
        else:
            self._ask_with_whom()

    def _ask_with_whom(self) -> None:
        """By a line, not by letters: whoever types on must not let anybody in by it."""
        from tui.screens.starter_prompt import PromptScreen
        from tui.team.sharing import EVERYBODY, as_typed, members_of, others

        keeper = self.keeper
        if keeper is None:
            return
        mark = keeper.record.sync
        # Enter alone must not let in more people than there are already.
        members: Mapping[str, str]
        members = mark.members if mark and not mark.left else members_of(EVERYBODY)
        offered = set(others(members, self.own.author))
        known = as_typed(members, self.own.author)
        # What is offered where nothing is known: the server may know who takes part.
        guess = "" if mark and not mark.left else known
        prompt = PromptScreen(
            "Share with",
            known,
            partial(self._share_with, keeper, offered, guess),
            hint=f"{EVERYBODY}, {EVERYBODY}=read, or names: lee, kim=read   Enter shares   Escape back",
            known=keeper.line_context().people,
        )
        self.push_screen(prompt, self._said_of_sharing)

    def _said_of_sharing(self, said: str | None) -> None:
        if said:
            self.said(said)

    async def _share_with(
        self, keeper: Keeper, offered: set[str], guess: str, names: str
    ) -> "str | Refusal":
        from tui.screens.starter_prompt import Refusal
        from tui.team.sharing import members_of

        try:
            members = members_of(names)
            before = frozenset(offered)
            # Where this is refused half way, the next line takes the place of this one too.
            offered.update(members)
            is_guess = names.strip() == guess
            return await self._do_share(keeper, None if is_guess else members, before)
        except (BadValue, RequestRefused) as error:
            return Refusal(str(error))
        except StorageError as error:
            # Other names would not help; what is to be done is told where the incident is.
            self.call_later(self.wrong, str(error))
            return ""

    async def _do_share(
        self, keeper: Keeper, members: "Mapping[str, Role] | None", offered: Collection[str]
    ) -> str:
        from storage.team.sync.sharing import share
        from tui.team.asking import ask
        from tui.team.sharing import others, who

        credentials = await self._credentials()
        # Only one at a time may be at work on how far the record has come.
        await self.unlink()
        try:
            # A large incident takes its time, and each request has a limit of its own.
            await ask(
                credentials,
                lambda s: share(keeper.act, s, members, credentials.team, offered),
                None,
            )
            # What the server said of it, which may be more than was typed.
            mark = await keeper.act(lambda record: record.sync)
        finally:
            self.look_for_team()
        found = others(mark.members, credentials.user) if mark else {}
        return f"Shared with {who(found)}. /unshare ends it."

    # Unshare

    def action_unshare(self) -> None:
        """Ask once, and sync the open incident no more."""
        screen = self._timeline()
        if screen is None:
            return
        mark = screen.keeper.record.sync
        if mark is None or mark.left:
            self.said("This incident is not shared: /share does that.")
            return
        from tui.screens.starter_prompt import PromptScreen

        prompt = PromptScreen(
            "End the sharing? The others keep what they have.",
            "",
            self._take_yes,
            hint="yes and Enter end it   Escape goes on sharing",
        )
        self.push_screen(prompt, partial(self._unshare_if, screen.keeper))

    async def _take_yes(self, answer: str) -> "str | Refusal":
        from tui.screens.starter_prompt import Refusal

        if answer.strip().casefold() == "yes":
            return answer
        return Refusal("Nothing has changed. Type yes to end the sharing, or press Escape.")

    def _unshare_if(self, keeper: Keeper, answer: str | None) -> None:
        if answer is not None:
            self._unshare(keeper)

    @work(group=SAVING)
    async def _unshare(self, keeper: Keeper) -> None:
        from storage.team.sync.sharing import unshare
        from tui.team.asking import ask

        try:
            credentials = await self._credentials()
            left = await ask(credentials, lambda s: unshare(keeper.act, s), self.pace.answer)
        except StorageError as error:
            self.wrong(str(error))
            return
        if left.owner:
            self.said("Nobody else can follow this incident any more. /share begins again.")
        else:
            self.said("You have left this incident: what you record is on this machine only.")

    # The team

    def action_team(self) -> None:
        """Show who takes part; where there is no team, how to join one."""
        enrolled = self.own.enrolled
        if enrolled is None:
            self._join()
            return
        from tui.screens.team import TeamScreen

        keeper = self.keeper if self.services is self.own else None
        asks = keeper is not None and keeper.record.incident.shared
        screen = TeamScreen(
            enrolled,
            partial(self._shared, keeper),
            partial(self._members, keeper) if keeper is not None and asks else None,
        )
        self.push_screen(screen, self._after_team)

    def _shared(self, keeper: Keeper | None) -> "Shared | None":
        from tui.team.overview import Shared

        if keeper is None:
            return None
        status = self.link.status if self.link is not None else None
        return Shared(keeper.record.incident, keeper.record.sync, status)

    async def _members(self, keeper: Keeper) -> "list[Member]":
        from tui.team.asking import ask

        credentials, incident = await self._credentials(), keeper.record.incident.id
        return await ask(credentials, lambda s: s.members(incident), self.pace.answer)

    def _after_team(self, act: "TeamAct | None") -> None:
        from tui.screens.team import TeamAct

        if act == TeamAct.JOIN:
            self._join()
        elif act == TeamAct.LEAVE:
            self._leave_team()

    @work(group=SAVING)
    async def _leave_team(self) -> None:
        from tui.team.enrolling import leave

        try:
            said = await leave(self.own, self.pace.answer)
        except StorageError as error:
            self.wrong(str(error))
            return
        self.renew_team()
        self.said(f"{said} Your entries are signed {self.own.author}.")

    def action_join_team(self) -> None:
        """Join a team, whether this machine is in one or not."""
        self._join()

    def _join(self, *, then_share: bool = False) -> None:
        from tui.screens.join_team import JoinScreen

        screen = JoinScreen(self.own, self.pace.answer)
        self.push_screen(screen, partial(self._joined, then_share=then_share))

    def _joined(self, credentials: "Credentials | None", *, then_share: bool) -> None:
        if credentials is None:
            return
        from tui.team.enrolling import old_token

        before = self.own.enrolled
        is_elsewhere = before is not None and before.server != credentials.server
        left = f" {old_token(self.own)}." if is_elsewhere else ""
        self.renew_team()
        team = f'the team "{credentials.team}"' if credentials.team else "the team"
        self.said(
            f"You are {self.own.author} in {team}: what you record is signed so from now on.{left}"
        )
        if then_share:
            self._ask_with_whom()

    async def _credentials(self) -> "Credentials":
        """Those of this home.

        Raises:
            BadValue: it is in no team.
            StorageError: it is, and can't tell with what.
        """
        credentials = await asyncio.to_thread(self.own.credentials)
        if credentials is None:
            raise BadValue("This machine is in no team: /team joins one.")
        return credentials
