"""``hotwash change``."""

import click
import msgspec

from capture.moments import parse_moment
from capture.note_line import read_line
from capture.readings import NewEntry
from capture.text import clean
from storage.model import Draft, Kind
from tui.cli.options import command as cli_command
from tui.cli.options import incident_option, json_option, services_of
from tui.cli.output import print_entries, tell_incident


@cli_command("change")
@incident_option
@click.option("--risk", metavar="R", help="What may go wrong.")
@click.option("--watch", metavar="W", help="What to watch.")
@click.option("--watch-until", metavar="M", help="Until when: 4h, 18:00, 2026-12-01T09:00Z.")
@json_option
@click.argument("text", nargs=-1, required=True)
@click.pass_context
def command(
    ctx: click.Context,
    incident: str | None,
    risk: str | None,
    watch: str | None,
    watch_until: str | None,
    as_json: bool,
    text: tuple[str, ...],
) -> None:
    """Record a deploy or a change of configuration; without -i in the standing change log."""
    services = services_of(ctx)
    record = services.existing(incident) if incident else services.library.changes()
    line = clean(" ".join(text))
    context = services.line_context(record)
    reading = read_line(f"/c {line}", context)
    draft = reading.draft if isinstance(reading, NewEntry) else Draft(text=line)
    until = (
        parse_moment(watch_until, context.now, context.zone, future=True) if watch_until else None
    )
    draft = msgspec.structs.replace(
        draft,
        kind=Kind.CHANGE,
        as_written=line,
        risk=clean(risk) if risk else None,
        watch=clean(watch) if watch else None,
        watch_until=until,
    )
    tell_incident(record)
    print_entries(record.add([draft], services.author), as_json=as_json)
    record.leave()
