"""``hotwash unshare``."""

from typing import TYPE_CHECKING

import click

from storage.errors import BadValue
from storage.record import Record
from tui.cli.options import (
    examples,
    home_option,
    incident_argument,
    json_option,
    named_incident,
    services_of,
)
from tui.cli.output import headline, print_json, say, show
from tui.cli.team_connection import Acting, enrolled, on_server

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer
    from storage.team.sync.sharing import Left


@click.command("unshare", epilog=examples("hotwash unshare checkout-503s"))
@home_option
@incident_argument
@json_option
@click.pass_context
def command(ctx: click.Context, incident: str | None, as_json: bool) -> None:
    """Sync an incident no more; if it is yours, nobody else gets at it on the server any more.

    What others have of it stays with them. Its id is printed.
    """
    services = services_of(ctx)
    credentials = enrolled(services)
    with services.existing(named_incident(ctx, incident)) as record:
        mark = record.sync
        if mark is None or mark.left:
            raise BadValue(f"{record.incident.title!r} is not shared.")
        left = on_server(
            credentials.address(), credentials.token, lambda server: _unshare(server, record)
        )
        say(f"Not synced here any more: {headline(record.incident)}.")
        if left.owner:
            say("Nobody else gets at it on the server now. What others have of it stays with them.")
        else:
            say("The team goes on with it.")
        if not as_json:
            show(record.incident.id)
            return
        print_json({"incident": record.incident.id, "removed": list(left.removed)})


async def _unshare(server: "TeamServer", record: Record) -> "Left":
    from storage.team.sync.sharing import unshare

    return await unshare(Acting(record), server)
