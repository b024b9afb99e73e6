"""``hotwash share``."""

from typing import TYPE_CHECKING

import click

from storage.record import Record
from storage.team.protocol import Role
from tui.cli.options import (
    examples,
    home_option,
    incident_argument,
    json_option,
    named_incident,
    services_of,
)
from tui.cli.output import count, headline, print_json, say, show
from tui.cli.team_connection import enrolled, on_server
from tui.cli.team_names import in_words, roles_of
from tui.cli.team_syncing import OneShot, Synced, is_shared

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

_SEVERAL = 2
"""Members that an incident has once it is shared with anybody: its owner is one."""


@click.command(
    "share",
    epilog=examples(
        "hotwash share",
        "hotwash share checkout-503s --with lee=write --with sam=read",
    ),
)
@home_option
@incident_argument
@click.option(
    "--with",
    "members",
    metavar="USER=write",
    multiple=True,
    help="Only with them: owner, write or read. `*` is everyone.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context, incident: str | None, members: tuple[str, ...], as_json: bool
) -> None:
    """Put an incident on the team server, for everyone in the team to write in.

    It goes there whole, and so does what is recorded from now on, while an app shows it or `hotwash
    sync` runs. Its id is printed.
    """
    wanted = roles_of(members)
    services = services_of(ctx)
    credentials = enrolled(services)
    with services.existing(named_incident(ctx, incident)) as record:
        for notice in record.take_notices():
            say(notice)

        async def act(server: "TeamServer") -> tuple[Synced, dict[str, Role]]:
            shot = OneShot(services, credentials, server)
            return await _share(shot, server, record, wanted)

        synced, may = on_server(credentials.address(), credentials.token, act)
        _tell(record, synced, credentials.server, may)
        if as_json:
            print_json(
                {
                    "incident": record.incident.id,
                    "server": credentials.server,
                    "members": dict(may),
                    "pushed": synced.pushed,
                    "pulled": synced.pulled,
                    "waiting": synced.waiting,
                    "state": str(synced.state),
                }
            )
        else:
            show(record.incident.id)


async def _share(
    shot: OneShot, server: "TeamServer", record: Record, wanted: dict[str, Role]
) -> tuple[Synced, dict[str, Role]]:
    """Share an incident, or say anew who may do what in one that is shared already."""
    from storage.team.sync.sharing import set_members

    members = await shot.members(record) if is_shared(record, server.address.url) else {}
    if len(members) < _SEVERAL:
        synced = await shot.share(record, wanted or None)
    else:
        # Whom it was shared with once must not change because somebody asks again.
        if wanted:
            await set_members(server, record.incident.id, wanted)
        synced = await shot.sync(record)
    return synced, await shot.members(record)


def _tell(record: Record, synced: Synced, server: str, may: dict[str, Role]) -> None:
    sent = count(synced.pushed, "change", "changes")
    say(f"Shared: {headline(record.incident)}. {sent} sent to {server}.")
    if synced.why:
        say(synced.why)
    say(f"Members: {in_words(may)}.")
