"""Joining a team and leaving it, as the app does both."""

import asyncio
import socket
from typing import TYPE_CHECKING

import msgspec

from storage.errors import BadValue, NotEnrolled, TeamError
from storage.team.client.address import address_of
from storage.team.client.credentials import (
    Credentials,
    check_keeping,
    forget_credentials,
    write_credentials,
)
from storage.team.client.own_time import own_time
from storage.team.protocol import Enrolled, EnrollRequest
from tui.services import Services
from tui.team.asking import ask

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

_LONGEST_NAME = 200


class Form(msgspec.Struct, frozen=True):
    """What somebody typed to join a team.

    Attributes:
        url: of the server.
        code: one-time; no `repr` shows it.
        ca: a PEM file; empty: the system's authorities.
        allow_http: whether plain HTTP is accepted.
    """

    url: str
    code: str
    ca: str = ""
    allow_http: bool = False

    def __repr__(self) -> str:
        return f"Form(url={self.url!r})"


async def enrol(services: Services, form: Form, answer_s: float) -> Credentials:
    """Exchange a one-time code for credentials, and keep them.

    Args:
        services: the home that joins.
        form: what was typed.
        answer_s: seconds that the server has to answer in.

    Raises:
        BadValue: something that was typed can't be used.
        TeamError: the server can't be reached, or refuses.
        RecordError: the credentials can't be kept.
    """
    if not form.url.strip():
        raise BadValue("Type the address of the team server, such as https://hotwash.example.com.")
    if not form.code.strip():
        raise BadValue("Type the code: whoever runs the server makes it by `hotwash invite NAME`.")
    address = await asyncio.to_thread(address_of, form.url, form.ca or None, form.allow_http)
    keyring = services.settings.keyring
    await asyncio.to_thread(check_keeping, services.home.credentials, keyring)
    device, machine = services.library.device, socket.gethostname()[:_LONGEST_NAME]
    # On a library of its own: the home's may be asked for something else meanwhile.
    time = await asyncio.to_thread(lambda: own_time(services.new_library()))
    request = EnrollRequest(code=form.code.strip(), device=device, name=machine, time=time)

    async def join(server: "TeamServer") -> Enrolled:
        await server.hello()
        return await server.enroll(request)

    enrolled = await ask(address, join, answer_s)
    credentials = Credentials(
        server=address.url,
        user=enrolled.user,
        team=enrolled.team,
        token=enrolled.token,
        ca=address.ca,
        allow_http=address.allow_http,
    )
    await asyncio.to_thread(write_credentials, services.home.credentials, credentials, keyring)
    return credentials


def old_token(services: Services) -> str:
    """What is to be known of the token for a team that was left by joining another."""
    return (
        "This machine's token for the team that it was in is good until somebody voids it, on that "
        f"server's machine: hotwash devices --revoke {services.library.device}"
    )


async def leave(services: Services, answer_s: float) -> str:
    """Leave the team: the server forgets this machine if it can be reached, and this machine the token.

    Args:
        services: the home that leaves.
        answer_s: seconds that the server has to answer in.

    Returns:
        What became of it, in sentences.

    Raises:
        RecordError: the credentials can't be removed.
    """
    device = services.library.device
    told = "You have left the team. What is recorded here stays here."
    try:
        credentials = await asyncio.to_thread(services.credentials)
        if credentials is not None:
            await ask(credentials, lambda server: server.revoke(device), answer_s)
    except NotEnrolled:
        pass
    except (TeamError, BadValue):
        told += (
            " The server could not be told, and would still know this machine: ask for "
            f"`hotwash devices --revoke {device}` there."
        )
    await asyncio.to_thread(forget_credentials, services.home.credentials)
    return told
