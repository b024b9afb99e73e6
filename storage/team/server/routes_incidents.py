"""Incidents: which there are, and who may do what in them."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.clock import is_id
from storage.team.protocol import (
    BAD_CURSOR,
    CONFLICT,
    FORBIDDEN,
    NOT_FOUND,
    IncidentPage,
    Members,
    RoleRequest,
)
from storage.team.server.answers import json_answer, nothing
from storage.team.server.calls import Call
from storage.team.server.desk import Desk, incident_of, name_of
from storage.team.server.problems import Refused
from storage.team.server.reading import decoded, query_of

_PAGE = 200
"""Incidents in one answer."""

_MEMBERS = "/v1/incidents/{incident}/members"


class PageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``page``: what the answer before named as `next`; the first page has none."""

    page: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")] = (
        ""
    )


class IncidentRoutes:
    """Incidents and their members."""

    def __init__(self, desk: Desk) -> None:
        """Ask the database of `desk`."""
        self._desk = desk

    def calls(self) -> tuple[Call, ...]:
        """Its routes."""
        return (
            Call(
                method="GET",
                path="/v1/incidents",
                name="incidents",
                summary="The incidents that the caller may see, by id, with their last positions.",
                handler=self.incidents,
                query=PageQuery,
                gives=IncidentPage,
                refusals=(BAD_CURSOR,),
            ),
            Call(
                method="GET",
                path=_MEMBERS,
                name="members",
                summary="Who may do what in an incident.",
                handler=self.members,
                gives=Members,
                refusals=(FORBIDDEN, NOT_FOUND),
            ),
            Call(
                method="PUT",
                path=_MEMBERS + "/{user}",
                name="setRole",
                summary="Give a user, or everyone (`*`), a role. For owners.",
                handler=self.set_role,
                takes=RoleRequest,
                refusals=(FORBIDDEN, NOT_FOUND, CONFLICT),
            ),
            Call(
                method="DELETE",
                path=_MEMBERS + "/{user}",
                name="removeMember",
                summary=(
                    "Take a role away, and close the streams of whoever had it. For owners;"
                    " anybody may take their own."
                ),
                handler=self.remove_member,
                refusals=(FORBIDDEN, NOT_FOUND, CONFLICT),
            ),
        )

    async def incidents(self, request: Request) -> Response:
        """List a page of incidents."""
        caller = await self._desk.caller(request)
        after = query_of(request, PageQuery, BAD_CURSOR).page
        if after and not is_id(after):
            raise Refused(BAD_CURSOR, "There is no such page.")
        rows = await self._desk.log.incidents(caller.user, after, _PAGE + 1)
        page = rows[:_PAGE]
        following = page[-1].id if len(rows) > _PAGE else None
        return await json_answer(request, IncidentPage(following, page))

    async def members(self, request: Request) -> Response:
        """List members."""
        caller = await self._desk.caller(request)
        incident = incident_of(request)
        await self._desk.role(incident, caller)
        return await json_answer(request, Members(await self._desk.log.members(incident)))

    async def set_role(self, request: Request) -> Response:
        """Give a role."""
        caller = await self._desk.caller(request)
        incident, user = incident_of(request), name_of(request, "user")
        # The body may take its time, and the caller may be nobody any more when it has come.
        role = (await decoded(self._desk, request, RoleRequest)).role
        await self._desk.log.set_role(incident, user, role, caller)
        return nothing()

    async def remove_member(self, request: Request) -> Response:
        """Take a role away."""
        caller = await self._desk.caller(request)
        incident, user = incident_of(request), name_of(request, "user")
        await self._desk.log.remove_member(incident, user, caller)
        return nothing()
