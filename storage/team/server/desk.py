"""What every route needs: the database, and who may call how often."""

import re
import time
from collections import Counter

from starlette.requests import Request

from storage.clock import Now, is_id, system_now
from storage.errors import ServerFailed, StorageError
from storage.team.protocol import NOT_FOUND, TOO_MANY, UNAUTHORIZED, Role
from storage.team.server import access
from storage.team.server.bodies import Bodies
from storage.team.server.buckets import Buckets, Monotonic
from storage.team.server.following import Follower
from storage.team.server.limits import Limits, Rate
from storage.team.server.metrics import Metrics
from storage.team.server.op_log import Caller, OpLog
from storage.team.server.passing import Passing, passing_of
from storage.team.server.problems import Refused, of_storage
from storage.team.server.request_log import RequestLog, to_stderr
from storage.team.server.streams import Streams

_BEARER = re.compile(r"Bearer +([A-Za-z0-9_~+/.=-]{1,200})", re.IGNORECASE)

_EVERYBODY = ""
"""The key of a bucket that all share."""


class Desk:
    """The server's side of every call.

    Attributes:
        log: the database.
        limits: what is refused beyond.
        now: the wall clock.
        request_log: where lines go.
        metrics: what is counted.
        bodies: reads requests.
        streams: who follows what.
    """

    def __init__(
        self,
        log: OpLog,
        limits: Limits,
        now: Now = system_now,
        monotonic: Monotonic = time.monotonic,
        request_log: RequestLog | None = None,
    ) -> None:
        """A server that nobody has called yet; without a `request_log` it writes to stderr."""
        self.log = log
        self.limits = limits
        self.now = now
        self.metrics = Metrics()
        self.request_log = request_log or RequestLog(to_stderr, now)
        self.bodies = Bodies(limits)
        self.streams = Streams(log, limits, self.metrics, self.trouble)
        self._calls: Counter[str] = Counter()

        def buckets(rate: Rate) -> Buckets:
            return Buckets(rate, monotonic, limits.remembered)

        self._requests, self._pushes = buckets(limits.requests), buckets(limits.pushes)
        self._addresses = buckets(limits.enrolments_of_address)
        self._enrolments = buckets(limits.enrolments)

    async def caller(self, request: Request) -> Caller:
        """Who calls.

        Raises:
            Refused: nobody that the server knows, or somebody who calls too often.
        """
        caller = await self.log.caller(token_of(request))
        if caller is None:
            raise Refused(UNAUTHORIZED, "This device is not enrolled here, or not any more.")
        passing = passing_of(request)
        passing.caller = caller
        wait = self._requests.take(caller.device)
        if wait:
            raise Refused(TOO_MANY, "This device calls too often.", wait)
        if self._calls[caller.device] >= self.limits.calls_at_once:
            raise Refused(TOO_MANY, "This device calls too often at once.", 1)
        self._calls[caller.device] += 1
        passing.counted = caller.device
        return caller

    async def role(self, incident: str, caller: Caller) -> Role:
        """The caller's role in an incident.

        Raises:
            Refused: they have none.
            NotFound: there is no such incident.
        """
        role = await self.log.role(incident, caller.user)
        if role is None:
            raise of_storage(access.no_role())
        return role

    async def still(self, request: Request, incident: str, follower: Follower) -> None:
        """Ask again whether a call that goes on for long is still somebody's who may make it.

        It ends when the database is another one: positions mean nothing any more.

        Raises:
            Refused: not any more.
            NotFound: the incident is gone.
        """
        follower.recheck = False
        caller = await self.log.caller(token_of(request))
        if caller is None:
            raise Refused(UNAUTHORIZED, "This device is not enrolled any more.")
        await self.role(incident, caller)
        if self.log.epoch != follower.epoch:
            follower.end()

    def may_push(self, caller: Caller) -> None:
        """Refuse a device that pushes too often."""
        wait = self._pushes.take(caller.device)
        if wait:
            raise Refused(TOO_MANY, "This device pushes too often.", wait)

    def may_enrol(self, request: Request) -> None:
        """Refuse whoever tries codes too often."""
        address = request.client.host[:64] if request.client else _EVERYBODY
        wait = self._addresses.take(address) or self._enrolments.take(_EVERYBODY)
        if wait:
            raise Refused(
                TOO_MANY, "Too many codes were tried. Wait a moment, then try again.", wait
            )

    def trouble(self, error: StorageError) -> None:
        """Note that the database could not do what it should."""
        refused = of_storage(error)
        if refused.status_code >= 500 or isinstance(error, ServerFailed):
            self.metrics.trouble[refused.code] += 1
            self.request_log.say("database", str(error))

    def ended(self, passing: Passing) -> None:
        """Take back what a call had, now that it is over."""
        self.bodies.held -= passing.held
        if passing.counted:
            left = self._calls[passing.counted] - 1
            if left:
                self._calls[passing.counted] = left
            else:
                del self._calls[passing.counted]


def token_of(request: Request) -> str:
    """The token of a call.

    Raises:
        Refused: there is none.
    """
    found = _BEARER.fullmatch(passing_of(request).header(b"authorization"))
    if found is None:
        raise Refused(UNAUTHORIZED, "This call needs the token of an enrolled device.")
    return found[1]


def incident_of(request: Request) -> str:
    """The incident that a call is about.

    Raises:
        Refused: what stands in the address can be none.
    """
    incident: str = request.path_params["incident"]
    if not is_id(incident):
        raise Refused(NOT_FOUND, "The address names no incident.")
    return incident


def name_of(request: Request, parameter: str) -> str:
    """A user or a device that an address names.

    Raises:
        Refused: nobody and nothing is called that.
    """
    name: str = request.path_params[parameter]
    if not name.isprintable() or len(name) > 200:
        raise Refused(NOT_FOUND, "The address names nobody whom the team knows.")
    return name
