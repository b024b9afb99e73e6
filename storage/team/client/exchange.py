"""Requests to one server and what comes back, over connections that are kept open."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import quote

import httpx
import msgspec

from storage.clock import Now
from storage.errors import BadValue, NotEnrolled, ServerUnreachable, TeamError
from storage.team.client.address import Address
from storage.team.client.bodies import Answer, packed, read_answer
from storage.team.client.failures import translated
from storage.team.client.network import take_over
from storage.team.client.problems import refusal
from storage.team.client.timeouts import Timeouts
from storage.team.client.trust import context_for
from storage.team.protocol import PROTOCOL

_TOKEN = re.compile(r"[\x21-\x7e]*\Z")
# Below the minute after which balancers and address translators forget an idle connection, some of
# them without a word.
_IDLE_S = 30.0


class Call(msgspec.Struct, frozen=True):
    """One request.

    Attributes:
        method: as HTTP knows it.
        path: what comes after ``/v1``, see `path_of`.
        body: JSON.
        params: of the query.
        wait: seconds that the server may take on purpose.
        secret: what it holds that no sentence may repeat.
        with_token: whether to say who asks.
    """

    method: str
    path: str
    body: bytes | None = None
    params: Mapping[str, str | int | float] = {}
    wait: float = 0.0
    secret: str = ""
    with_token: bool = True

    def __repr__(self) -> str:
        return f"Call({self.method} {self.path})"


class Exchange:
    """Asks one server; everything that goes wrong comes out as a `TeamError`.

    Attributes:
        address: where it is.
        timeouts: how long to wait for what.
    """

    def __init__(
        self,
        address: Address,
        token: str,
        transport: httpx.AsyncBaseTransport | None,
        timeouts: Timeouts,
        now: Now,
    ) -> None:
        """See `TeamServer`."""
        if not _TOKEN.match(token):
            raise NotEnrolled(
                "The token of this machine is damaged. Enrol again: hotwash enroll URL CODE."
            )
        self.address = address
        self.timeouts = timeouts
        self._token = token
        self._now = now
        self._client = _client(address, transport)

    async def close(self) -> None:
        """Close all connections; again does nothing."""
        await self._client.aclose()

    async def ask(self, call: Call) -> Answer:
        """One request, and its answer if that is a success.

        Raises:
            TeamError: it is none, or there is no answer.
        """
        content: bytes | None = None
        how: dict[str, str] = {}
        if call.body is not None:
            content, how = await packed(call.body)
        self._require_open()
        with translated(self.address):
            async with (
                asyncio.timeout(self.timeouts.whole + call.wait),
                self._client.stream(
                    call.method,
                    self._url(call),
                    params=call.params,
                    content=content,
                    headers=how | self._authorization(call),
                    timeout=self._timeout(self.timeouts.read + call.wait),
                ) as response,
            ):
                answer = await read_answer(response, self.address)
        if not 200 <= answer.status < 300:
            raise self._refusal(call, answer)
        return answer

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[httpx.Response]:
        """A stream of events, and its connection until that is left.

        Raises:
            TeamError: it was refused.
        """
        headers = {
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-store",
        }
        self._require_open()
        async with self._client.stream(
            call.method,
            self._url(call),
            params=call.params,
            headers=headers | self._authorization(call),
            timeout=self._timeout(self.timeouts.live),
        ) as response:
            if response.status_code != 200:
                raise self._refusal(call, await read_answer(response, self.address))
            yield response

    def _refusal(self, call: Call, answer: Answer) -> TeamError:
        return refusal(self.address, answer, self._now, (self._token, call.secret))

    def _require_open(self) -> None:
        if self._client.is_closed:
            raise ServerUnreachable(f"The connection to {self.address.url} was closed here.")

    def _url(self, call: Call) -> str:
        return f"{self.address.url}/v{PROTOCOL}{call.path}"

    def _authorization(self, call: Call) -> dict[str, str]:
        known = self._token and call.with_token
        return {"Authorization": f"Bearer {self._token}"} if known else {}

    def _timeout(self, read: float) -> httpx.Timeout:
        return httpx.Timeout(self.timeouts.read, connect=self.timeouts.connect, read=read)


def path_of(*parts: str) -> str:
    """The parts as a path, each in its place whatever it holds.

    Raises:
        BadValue: one can't be a name or an id.
    """
    for part in parts:
        if part in {"", ".", ".."} or not part.isprintable():
            raise BadValue(f"{part!r} can't be a name or an id on a team server.")
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _client(address: Address, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """The HTTP client, which follows nobody and keeps no cookies."""
    headers = {"User-Agent": "hotwash", "Accept": "application/json", "Accept-Encoding": "gzip"}
    try:
        client = httpx.AsyncClient(
            headers=headers,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # A proxy has no business with what stays on this machine.
            trust_env=not address.is_loopback,
            verify=context_for(address) if transport is None else True,
            transport=transport,
            limits=httpx.Limits(keepalive_expiry=_IDLE_S),
        )
    except (ImportError, ValueError, httpx.InvalidURL):
        raise ServerUnreachable(
            "The proxy that this machine's environment names (HTTPS_PROXY, HTTP_PROXY or "
            "ALL_PROXY) can't be used: it must look like http://PROXY:PORT."
        ) from None
    take_over(client)
    return client
