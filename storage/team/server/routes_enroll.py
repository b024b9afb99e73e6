"""Devices: enrolled by a one-time code, listed, revoked."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.clock import is_stamp
from storage.team.protocol import (
    BAD_CODE,
    CONFLICT,
    MALFORMED,
    NOT_FOUND,
    TOO_MANY,
    Devices,
    Enrolled,
    EnrollRequest,
)
from storage.team.server.answers import json_answer, nothing
from storage.team.server.calls import Call
from storage.team.server.desk import Desk, name_of
from storage.team.server.problems import Refused
from storage.team.server.reading import decoded


class DeviceRoutes:
    """The devices of users."""

    def __init__(self, desk: Desk) -> None:
        """Ask the database of `desk`."""
        self._desk = desk

    def calls(self) -> tuple[Call, ...]:
        """Its routes."""
        return (
            Call(
                method="POST",
                path="/v1/enroll",
                name="enroll",
                summary="Exchange a one-time code for this device's token.",
                handler=self.enroll,
                takes=EnrollRequest,
                gives=Enrolled,
                refusals=(BAD_CODE, CONFLICT, TOO_MANY),
                token=False,
            ),
            Call(
                method="GET",
                path="/v1/devices",
                name="devices",
                summary="The caller's devices.",
                handler=self.devices,
                gives=Devices,
            ),
            Call(
                method="DELETE",
                path="/v1/devices/{device}",
                name="revoke",
                summary=(
                    "Void the token of one of the caller's devices, close its streams, and void"
                    " the caller's codes that are not used yet."
                ),
                handler=self.revoke,
                refusals=(NOT_FOUND,),
            ),
        )

    async def enroll(self, request: Request) -> Response:
        """Exchange a code for a token."""
        desk = self._desk
        desk.may_enrol(request)
        asked = await decoded(desk, request, EnrollRequest)
        if not is_stamp(f"{0:016x}-{asked.device}"):
            raise Refused(MALFORMED, "No stamp could end in the name of that device.")
        # The name is shown in lists, which a line break or an escape sequence would upset.
        name = "".join(letter for letter in asked.name if letter.isprintable())
        token, user = await desk.log.enroll(asked.code, asked.device, name, asked.time)
        return await json_answer(request, Enrolled(token, user, desk.log.team))

    async def devices(self, request: Request) -> Response:
        """List the caller's devices."""
        caller = await self._desk.caller(request)
        found = await self._desk.log.devices(caller.user)
        marked = [
            msgspec.structs.replace(device, current=device.id == caller.device) for device in found
        ]
        return await json_answer(request, Devices(marked))

    async def revoke(self, request: Request) -> Response:
        """Void a token."""
        caller = await self._desk.caller(request)
        await self._desk.log.revoke(name_of(request, "device"), caller.user)
        return nothing()
