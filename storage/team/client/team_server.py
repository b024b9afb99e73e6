"""The team server as this machine sees it: one method a call of the protocol.

Every method raises the `TeamError` tree of `storage.errors`, and `BadValue` for a name or an id that is
none; it may be cancelled at any time, and called again after any error. None of them tries again by itself: whoever calls knows
how patient to be.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from types import TracebackType

import httpx
import msgspec

from storage.clock import Now, system_now
from storage.errors import ServerUnreachable
from storage.ops import Op
from storage.team.client import answers
from storage.team.client.address import Address
from storage.team.client.connecting import connect
from storage.team.client.exchange import Call, Exchange, path_of
from storage.team.client.failures import something_else, translated
from storage.team.client.streaming import events
from storage.team.client.timeouts import USUAL, Timeouts
from storage.team.protocol import (
    MAX_PAGE,
    Batch,
    Device,
    Enrolled,
    EnrollRequest,
    Greeting,
    Hello,
    IncidentRow,
    Member,
    Pulled,
    PurgeRequest,
    Pushed,
    Role,
    RoleRequest,
)

__all__ = ["TeamServer", "connect"]

_MOST_PAGES = 1000


class TeamServer:
    """One server, over connections that are kept open; an async context manager.

    It belongs to the event loop on which it is used first.

    Attributes:
        address: where it is.
        skipped: changes that it sent and no record can hold, so that they were passed over: a newer
            hotwash may have made them.
    """

    def __init__(
        self,
        address: Address,
        token: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        timeouts: Timeouts = USUAL,
        now: Now = system_now,
    ) -> None:
        """Get ready; nothing is sent yet. On an event loop use `connect`.

        Args:
            address: where it is.
            token: this machine's; none is needed for `hello` and `enroll`.
            transport: what carries requests; None: the network, through the environment's proxy.
            timeouts: how long to wait for what.
            now: this machine's clock.

        Raises:
            NotEnrolled: that can't be a token.
            ServerUnreachable: the environment's proxy, or the CA file, can't be used.
        """
        self.address = address
        self.skipped = 0
        self._now = now
        self._exchange = Exchange(address, token, transport, timeouts, now)

    async def __aenter__(self) -> "TeamServer":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; again does nothing."""
        await self._exchange.close()

    async def hello(self) -> tuple[Hello, float]:
        """The handshake, and how many seconds the server's clock is ahead of this one's.

        The server read its clock somewhere between the question and the answer; half the round trip
        is taken for it, as SNTP does (RFC 4330 5), so the figure is off by at most that.

        Raises:
            ServerMismatch: it speaks another version of the protocol.
        """
        asked = self._now()
        answer = await self._exchange.ask(Call("GET", "", with_token=False))
        halfway = asked + (self._now() - asked) / 2
        hello, clock = answers.hello_of(self.address, answer)
        return hello, (clock - halfway).total_seconds()

    async def enroll(self, request: EnrollRequest) -> Enrolled:
        """Exchange a one-time code for this machine's token; the time is filled in where it is not known.

        Raises:
            RequestRefused: with ``bad_code``; or ``conflict``, for somebody else's device.
        """
        if request.time is None:
            request = msgspec.structs.replace(request, time=self._now())
        body = msgspec.json.encode(request)
        call = Call("POST", "/enroll", body, secret=request.code, with_token=False)
        return answers.enrolled_of(self.address, await self._exchange.ask(call))

    async def incidents(self) -> list[IncidentRow]:
        """Every incident that this person may see, by id."""
        found: list[IncidentRow] = []
        asked: set[str] = set()
        page: str | None = ""
        while page is not None:
            # A server that turns in circles must not keep anybody here.
            if page in asked or len(asked) == _MOST_PAGES:
                raise something_else(self.address, "a list of incidents that does not end")
            asked.add(page)
            call = Call("GET", "/incidents", params={"page": page} if page else {})
            rows, page = answers.page_of(self.address, await self._exchange.ask(call))
            found += rows
        return found

    async def push(self, incident: str, ops: Sequence[Op]) -> Pushed:
        """Give the server changes, at most `MAX_OPS`; pushing one again is harmless."""
        body = msgspec.json.encode({"ops": ops})
        call = Call("POST", path_of("incidents", incident, "ops"), body)
        sent = {op.id for op in ops}
        return answers.pushed_of(self.address, await self._exchange.ask(call), sent)

    async def purge(self, incident: str, op: Op) -> Pushed:
        """Have the words of changes overwritten on the server, by a change that purges them."""
        body = msgspec.json.encode(PurgeRequest(op))
        call = Call("POST", path_of("incidents", incident, "purge"), body)
        return answers.pushed_of(self.address, await self._exchange.ask(call), {op.id})

    async def pull(
        self, incident: str, after: int, limit: int = MAX_PAGE, wait: float = 0.0
    ) -> Pulled:
        """Changes after a position.

        Args:
            incident: its id.
            after: the position.
            limit: of changes in the answer; there may be fewer although there are more.
            wait: seconds that the server may wait for something to come.
        """
        params: dict[str, str | int | float] = {"after": after, "limit": limit}
        if wait:
            params["wait"] = wait
        call = Call("GET", path_of("incidents", incident, "ops"), params=params, wait=wait)
        return answers.pulled_of(self.address, await self._exchange.ask(call), after, self._skip)

    async def live(self, incident: str, after: int) -> AsyncGenerator[Greeting | Batch, None]:
        """What happens after a position, as it happens: a `Greeting`, then each `Batch`.

        It ends when the server ends the stream, as it does when it shuts down. Close it, or cancel
        whoever reads it, to let go of the connection.

        Raises:
            ServerUnreachable: also when no greeting came in time, as when a proxy holds streams back.
        """
        call = Call("GET", path_of("incidents", incident, "live"), params={"after": after})
        with translated(self.address):
            async with AsyncExitStack() as stack:
                try:
                    async with asyncio.timeout(self._exchange.timeouts.greeting):
                        response = await stack.enter_async_context(self._exchange.stream(call))
                        # What is left out here is pulled, and counted then.
                        found = events(response, self.address, lambda _: None)
                        await stack.enter_async_context(aclosing(found))
                        greeting = await anext(found)
                except TimeoutError:
                    raise ServerUnreachable(
                        f"The live stream of {self.address.url} does not come through: something "
                        "on the way holds it back. Changes still come, a little later."
                    ) from None
                yield greeting
                async for event in found:
                    yield event

    async def members(self, incident: str) -> list[Member]:
        """Who may do what in an incident, by name."""
        call = Call("GET", path_of("incidents", incident, "members"))
        return answers.members_of(self.address, await self._exchange.ask(call))

    async def set_role(self, incident: str, user: str, role: Role) -> None:
        """Give a user, or `EVERYONE`, a role in an incident."""
        body = msgspec.json.encode(RoleRequest(role))
        call = Call("PUT", path_of("incidents", incident, "members", user), body)
        answers.done(self.address, await self._exchange.ask(call))

    async def remove_member(self, incident: str, user: str) -> None:
        """Take a role in an incident away."""
        call = Call("DELETE", path_of("incidents", incident, "members", user))
        answers.done(self.address, await self._exchange.ask(call))

    async def devices(self) -> list[Device]:
        """This person's devices that are enrolled now."""
        return answers.devices_of(self.address, await self._exchange.ask(Call("GET", "/devices")))

    async def revoke(self, device: str) -> None:
        """Void the token of one of this person's devices."""
        answers.done(
            self.address, await self._exchange.ask(Call("DELETE", path_of("devices", device)))
        )

    def _skip(self, count: int) -> None:
        self.skipped += count
