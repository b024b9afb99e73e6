"""``hotwash enroll``."""

import platform
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storage.errors import BadValue, RecordError, StorageError, TeamError
from storage.team.client.address import Address, address_of
from storage.team.client.credentials import (
    Credentials,
    check_keeping,
    read_credentials,
    write_credentials,
)
from storage.team.client.own_time import own_time
from storage.team.protocol import Enrolled, EnrollRequest
from tui.cli.options import examples, home_option, json_option, one_line, services_of
from tui.cli.output import count, print_json, say
from tui.cli.team_connection import on_server, tell_clock
from tui.cli.team_syncing import bring_in_new, shared_at
from tui.services import Services
from tui.team.enrolling import old_token

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

_LONGEST_NAME = 200
_LONGEST_CODE = 100
_LONGEST_LINE = 1000


@click.command(
    "enroll",
    epilog=examples(
        "hotwash enroll https://hotwash.example.org 7KQ2-M9XB-41TC",
        "hotwash enroll https://hotwash.internal - --ca company-ca.pem",
    ),
)
@home_option
@click.argument("url")
@click.argument("code", nargs=-1, required=True)
@click.option("--name", metavar="N", type=one_line, help="What this machine is called.")
@click.option(
    "--ca",
    metavar="F",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust the certificates of this authority, PEM.",
)
@click.option(
    "--allow-http", is_flag=True, help="Without TLS, though others could read what goes there."
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    url: str,
    code: tuple[str, ...],
    name: str | None,
    ca: Path | None,
    allow_http: bool,
    as_json: bool,
) -> None:
    """Join a team: show its server at URL the one-time CODE that somebody gave you.

    CODE may have spaces and small letters; `-` reads it from standard input. The incidents of the team
    then appear in `hotwash list`.
    """
    address = address_of(url, ca, allow_http)
    typed = _typed(code)
    services = services_of(ctx)
    before = _before(services)
    check_keeping(services.home.credentials, services.settings.keyring)
    library = services.library
    asked = EnrollRequest(typed, library.device, name or _machine(), own_time(library))
    answer = on_server(address, "", lambda server: _join(server, asked))
    credentials = Credentials(
        address.url, answer.user, answer.team, answer.token, address.ca, address.allow_http
    )
    write_credentials(services.home.credentials, credentials, services.settings.keyring)
    services.apply(services.settings)
    _tell(services, credentials, before)
    brought = _bring_in(services, credentials, address)
    if as_json:
        print_json(
            {
                "server": credentials.server,
                "team": credentials.team,
                "user": credentials.user,
                "device": asked.device,
                "name": asked.name,
                "incidents": list(brought),
            }
        )


async def _join(server: "TeamServer", asked: EnrollRequest) -> Enrolled:
    """Ask first who is there: a code is shown to nothing but a team server that is understood."""
    _, offset_s = await server.hello()
    tell_clock(offset_s)
    return await server.enroll(asked)


def _typed(words: tuple[str, ...]) -> str:
    """The code, from the command line or from standard input, without what chats put around it.

    Raises:
        BadValue: there is none.
    """
    text = sys.stdin.readline(_LONGEST_LINE) if words == ("-",) else "".join(words)
    code = re.sub(r"[^0-9A-Za-z]", "", text)
    if not 0 < len(code) <= _LONGEST_CODE:
        raise BadValue("That is no code. It has three groups of four signs, as 7KQ2-M9XB-41TC.")
    return code


def _machine() -> str:
    return one_line(platform.node())[:_LONGEST_NAME]


def _before(services: Services) -> Credentials | None:
    """The team that this machine is in until now; a file that can't be read says nothing of one."""
    with suppress(StorageError):
        return read_credentials(services.home.credentials)
    return None


def _tell(services: Services, now: Credentials, before: Credentials | None) -> None:
    """What is different from now on."""
    say(f"This machine is in the team {now.team!r} at {now.server}.")
    say(f"What you record is signed {now.user!r} from now on.")
    if before is None or before.server == now.server:
        return
    left = count(shared_at(services, before.server), "incident", "incidents")
    say(
        f"It has left the team {before.team!r} at {before.server}. {left} shared there: kept here, and "
        "no longer synced, unless you enroll there again."
    )
    say(old_token(services))


def _bring_in(services: Services, credentials: Credentials, address: Address) -> list[str]:
    """Fetch the incidents of the team, so that they are here when there is no network; their ids."""
    try:
        paths = on_server(
            address,
            credentials.token,
            lambda server: bring_in_new(server, services, credentials),
        )
    except (TeamError, RecordError) as error:
        say(f"{error} The team's incidents come with the next `hotwash sync`.")
        return []
    for notice in services.library.notices:
        say(notice)
    many = count(len(paths), "incident", "incidents")
    say(
        f"{many} of the team came in: hotwash list" if paths else "No incident of the team was new."
    )
    found = []
    for path in paths:
        with services.library.open(path) as record:
            found.append(record.incident.id)
    return found
