"""``hotwash serve``."""

import ipaddress
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storage.team.client.address import address_of
from tui.cli.options import examples, home_option, one_line, services_of
from tui.cli.output import say, show
from tui.cli.team_addresses import remember_address
from tui.cli.team_database import database_option, database_url, server_parts
from tui.cli.team_names import user_name
from tui.cli.team_times import on_the_clock
from tui.services import Services

if TYPE_CHECKING:
    from storage.team.server.op_log import OpLog

PORT = 8470
"""Where a team server listens unless told otherwise: no registered service does."""

_HIGHEST_PORT = 65535
_ANYWHERE = {"", "0.0.0.0", "::"}
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "serve",
    epilog=examples(
        "hotwash serve",
        "hotwash serve --host 0.0.0.0 --tls-cert fullchain.pem --tls-key privkey.pem",
        "hotwash serve --database postgresql://hotwash@db/hotwash",
    ),
)
@home_option
@click.option("--host", metavar="H", default="127.0.0.1", help="Listen there, not on 127.0.0.1.")
@click.option(
    "--port",
    metavar="P",
    type=click.IntRange(0, _HIGHEST_PORT),
    default=PORT,
    help=f"Listen on that port, not on {PORT}; 0: on any that is free.",
)
@database_option
@click.option("--tls-cert", metavar="F", type=_file, help="Its certificate with the chain, PEM.")
@click.option("--tls-key", metavar="F", type=_file, help="The private key of that, PEM.")
@click.option("--url", metavar="URL", help="How the team reaches it, if by another name or proxy.")
@click.option("--team", metavar="NAME", type=one_line, default="", help="What the team is called.")
@click.pass_context
def command(
    ctx: click.Context,
    host: str,
    port: int,
    database: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    url: str | None,
    team: str,
) -> None:
    """Run the team server. Its address is printed as soon as it listens.

    There is nothing to set up: without --database it keeps everything in one SQLite file. The first
    time it prints what to type on your own machine; `hotwash invite NAME` prints that for the others.
    Requests are logged to standard error, a line of JSON each. SIGTERM or Ctrl+C ends it, once what
    was begun is done.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together.", ctx)
    known_as = None if url is None else address_of(url, allow_http=True).url
    services = services_of(ctx)
    where = database_url(services, database)
    scheme = "http" if tls_cert is None else "https"
    if scheme == "http" and not _is_loopback(host):
        say(
            f"Whoever is on the way can read what goes to {host} without TLS: put a proxy with TLS in "
            "front, or give --tls-cert and --tls-key."
        )
    with server_parts():
        from storage.team.server.databases import open_log
        from storage.team.server.running import run_server

        log = open_log(where, team=team)

        async def tell(listens_on: int) -> None:
            reached = known_as or _address(scheme, _reachable(host, scheme), listens_on)
            # Before it is told: who reads it may ask for an invitation at once.
            remember_address(services.home, where, reached)
            show(_address(scheme, host, listens_on))
            await _welcome(log, services, reached)

        run_server(log, host, port, tls_cert=tls_cert, tls_key=tls_key, on_listening=tell)


async def _welcome(log: "OpLog", services: Services, address: str) -> None:
    """Give whoever runs the server the first code, when nobody was ever invited."""
    if not await log.is_empty():
        if not await log.devices():
            say("Nobody has enrolled yet. A code for somebody: hotwash invite NAME")
        return
    invitation = await log.invite(user_name(services.author))
    show(f"hotwash enroll {address} {invitation.code}")
    say(
        f"Type this on your own machine until {on_the_clock(invitation.expires, services)}: you are "
        f"{invitation.user!r} to the team. For the others: hotwash invite NAME"
    )


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _reachable(host: str, scheme: str) -> str:
    """A name for a server that listens on every address of this machine."""
    if host not in _ANYWHERE:
        return host
    if scheme == "http":
        # Plain HTTP is for this machine alone; the others come through a proxy.
        return "127.0.0.1"
    import socket

    return socket.getfqdn()


def _address(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
