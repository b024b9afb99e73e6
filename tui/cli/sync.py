"""``hotwash sync``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from capture.text import for_terminal
from storage.model import JsonValue
from storage.record import Record
from storage.team.client.credentials import Credentials
from storage.team.sync.sync_status import SyncState
from tui.cli.exit_codes import REFUSED
from tui.cli.options import (
    examples,
    home_option,
    incident_argument,
    json_option,
    named_incident,
    services_of,
)
from tui.cli.output import count, print_json, say, show
from tui.cli.team_connection import enrolled, on_server
from tui.cli.team_syncing import OneShot, Synced, Trouble, shared_records
from tui.services import Services

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

_GRAVEST_FIRST = (
    SyncState.REVOKED,
    SyncState.MISMATCH,
    SyncState.OFFLINE,
    SyncState.NOT_SAVED,
    SyncState.NO_ACCESS,
    SyncState.OTHER_SERVER,
    SyncState.WAITING,
    SyncState.READ_ONLY,
    SyncState.ELSEWHERE,
    SyncState.SYNCED,
    SyncState.LOCAL,
)
_FAILED = frozenset(_GRAVEST_FIRST[:5])
_REFUSED_WHEN_NAMED = _FAILED | {SyncState.OTHER_SERVER, SyncState.LOCAL}
_LONGEST_TITLE = 60


@click.command("sync", epilog=examples("hotwash sync", "hotwash sync checkout-503s --json"))
@home_option
@incident_argument
@json_option
@click.pass_context
def command(ctx: click.Context, incident: str | None, as_json: bool) -> None:
    """Push what waits to the team server, and pull what others did, once.

    Without INC this is for every shared incident, and those of the team that are not here yet come in.
    While an app shows an incident it is synced all the time, and needs none of this.
    """
    services = services_of(ctx)
    credentials = enrolled(services)
    name = named_incident(ctx, incident)
    path = services.library.find(name) if name else None
    done, trouble = _sync(services, credentials, path)
    for notice in services.library.notices:
        say(notice)
    if as_json:
        print_json(_shape(done[0]) if path else _sum(done, trouble))
    else:
        for synced in done:
            show(_line(synced))
    _tell(done, trouble)
    states = {synced.state for synced in done} | ({trouble.state} if trouble else set())
    if states & (_REFUSED_WHEN_NAMED if path else _FAILED) or any(one.refused for one in done):
        ctx.exit(REFUSED)


def _sync(
    services: Services, credentials: Credentials, path: Path | None
) -> tuple[list[Synced], Trouble | None]:
    """Sync the incident at `path`, or all of them; how it went, and what is wrong with the server."""

    async def act(server: "TeamServer") -> tuple[list[Synced], Trouble | None]:
        shot = OneShot(services, credentials, server)
        if path is not None:
            with services.library.open(path) as record:
                return [await shot.sync(record)], shot.trouble
        for new in await shot.begin():
            with services.library.open(new) as record:
                say(f"New from the team: {_named(record)}")
        done = [await _closing(shot, record) for record in shared_records(services)]
        return done, shot.trouble

    return on_server(credentials.address(), credentials.token, act)


async def _closing(shot: OneShot, record: Record) -> Synced:
    with record:
        return await shot.sync(record)


def _named(record: Record) -> str:
    drill = " (drill)" if record.incident.drill else ""
    return f"{record.incident.title}{drill}"


def _line(synced: Synced) -> str:
    """``3 pushed, 12 pulled  checkout 503s``."""
    facts = [f"{synced.pushed:,} pushed", f"{synced.pulled:,} pulled"]
    if synced.waiting:
        # How far another process has come it writes down from time to time only.
        most = "at most " if synced.state == SyncState.ELSEWHERE else ""
        facts.append(f"{most}{synced.waiting:,} waiting")
    if synced.refused:
        facts.append(f"{synced.refused:,} refused")
    return f"{synced.state}: {', '.join(facts)}  {for_terminal(synced.title)[:_LONGEST_TITLE]}"


def _shape(synced: Synced) -> dict[str, JsonValue]:
    return {
        "incident": synced.incident,
        "title": synced.title,
        "pushed": synced.pushed,
        "pulled": synced.pulled,
        "waiting": synced.waiting,
        "refused": synced.refused,
        "state": str(synced.state),
        "why": synced.why,
    }


def _sum(done: Sequence[Synced], trouble: Trouble | None) -> dict[str, JsonValue]:
    """One object for all incidents: numbers added up, and the gravest of the states."""
    states = {synced.state for synced in done} | ({trouble.state} if trouble else {SyncState.LOCAL})
    return {
        "pushed": sum(synced.pushed for synced in done),
        "pulled": sum(synced.pulled for synced in done),
        "waiting": sum(synced.waiting for synced in done),
        "refused": sum(synced.refused for synced in done),
        "state": str(next(state for state in _GRAVEST_FIRST if state in states)),
        "why": trouble.why if trouble else None,
        "incidents": [_shape(synced) for synced in done],
    }


def _tell(done: Sequence[Synced], trouble: Trouble | None) -> None:
    """Each thing that is wrong, once, and that nothing is lost by it."""
    sentences = [trouble.why if trouble else None, *(synced.why for synced in done)]
    for sentence in dict.fromkeys(sentences):
        if sentence:
            say(sentence)
    waiting = sum(synced.waiting for synced in done)
    if waiting and (any(synced.state in _FAILED for synced in done) or trouble):
        say(f"Nothing is lost: {count(waiting, 'change waits', 'changes wait')} here.")
    if refused := sum(synced.refused for synced in done):
        say(
            f"The server would not take {count(refused, 'change', 'changes')}, which stay here. The app "
            "says which and why."
        )
    if not done and trouble is None:
        say("No incident is shared. To share one: hotwash share")
