"""``hotwash devices``."""

from typing import TYPE_CHECKING

import click
import msgspec

from capture.text import for_terminal
from storage.errors import NotFound
from storage.model import JsonValue
from storage.team.protocol import Device
from tui.cli.options import examples, home_option, json_option, services_of
from tui.cli.output import print_json, say, show
from tui.cli.team_database import database_option, database_url, on_database

if TYPE_CHECKING:
    from storage.team.server.op_log import OpLog


@click.command("devices", epilog=examples("hotwash devices", "hotwash devices --revoke 1f2e3d4c"))
@home_option
@click.option("--revoke", metavar="ID", help="Let that machine in no more.")
@database_option
@json_option
@click.pass_context
def command(ctx: click.Context, revoke: str | None, database: str | None, as_json: bool) -> None:
    """List the machines of the team: id, user, name, when it enrolled, when it was last seen.

    To be run on the server's machine; the server may go on meanwhile.
    """
    where = database_url(services_of(ctx), database)
    wanted = None if revoke is None else revoke.strip().lower()
    gone, left = on_database(where, lambda log: _look(log, wanted), must_exist=True)
    if gone is not None:
        say(
            f"{_named(gone)} of {gone.user} is revoked: the server answers it no more, within a second, and "
            f"codes that {gone.user} has not used are void. What is on that machine stays on it."
        )
    if as_json:
        print_json([_shape(device) for device in left])
        return
    if gone is None:
        for device in left:
            show(_line(device))
        if not left:
            say("Nobody has enrolled yet. A code for somebody: hotwash invite NAME")


async def _look(log: "OpLog", revoke: str | None) -> tuple[Device | None, list[Device]]:
    """Take a device away if one is named; gives it, and those that are left."""
    gone = None
    if revoke is not None:
        found = [device for device in await log.devices() if device.id == revoke]
        if not found:
            raise NotFound(
                f"There is no device {revoke!r}. `hotwash devices` lists those there are."
            )
        await log.revoke(revoke)
        gone = found[0]
    return gone, await log.devices()


def _line(device: Device) -> str:
    seen = "not seen since" if device.seen_at is None else f"seen {_minute(device.seen_at)}"
    return for_terminal(
        f"{device.id}  {device.user:<12} {device.name or '-':<16} "
        f"enrolled {_minute(device.enrolled_at)}  {seen}"
    )


def _minute(moment: str) -> str:
    """``2026-11-22 05:31Z``."""
    return f"{moment[:16].replace('T', ' ')}Z"


def _named(device: Device) -> str:
    return f"{device.id} ({device.name})" if device.name else device.id


def _shape(device: Device) -> dict[str, JsonValue]:
    """Without `current`, which says nothing on the server's own machine."""
    names = [field for field in msgspec.structs.asdict(device) if field != "current"]
    return {name: getattr(device, name) for name in names}
