"""``hotwash change``."""

import click
import msgspec

from capture.errors import CaptureError
from capture.moments import parse_moment
from capture.note_line import read_line
from capture.readings import NewEntry
from storage.errors import StorageError
from storage.model import Draft, Entry, Kind
from storage.record import Record
from tui.cli.late_options import warn_of_late_options
from tui.cli.options import command as cli_command
from tui.cli.options import examples, incident_option, json_option, services_of, words
from tui.cli.output import print_entries, say, tell_incident
from tui.cli.unsaved import Unsaved
from tui.services import Services


@cli_command(
    "change",
    epilog=examples(
        "hotwash change deployed auth 1.4 to production",
        'hotwash change --risk "sessions drop" "token expiry 24h -> 1h @-10m"',
    ),
)
@incident_option
@click.option("--risk", metavar="R", type=words, help="What may go wrong.")
@click.option("--watch", metavar="W", type=words, help="What to watch.")
@click.option("--watch-until", metavar="M", help="Until when: 4h, 18:00, 2026-12-01T09:00Z.")
@json_option
@click.argument("text", nargs=-1, required=True, type=words)
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
    """Record a deploy or a change of configuration. Options come before the text.

    Without -i it goes into the standing change log, from which the starter of the next incident
    takes what was changed in the 48 hours before.
    """
    services = services_of(ctx)
    warn_of_late_options(ctx, text)
    line = " ".join(text)
    if not line.strip():
        raise click.UsageError("There is nothing to record.", ctx)
    with Unsaved(services) as unsaved:
        unsaved.take(line)
        try:
            record = services.existing(incident) if incident else services.change_log()
            unsaved.incident = record.incident.id
            entries = _record(services, record, line, (risk, watch, watch_until))
        except (StorageError, CaptureError) as error:
            unsaved.failed(error)
        else:
            unsaved.saved()
            if incident:
                tell_incident(record)
            else:
                # It has no status and no end.
                say(f"-> {record.incident.title}")
            print_entries(entries, as_json=as_json)
            record.leave()
    ctx.exit(unsaved.code)


def _record(
    services: Services, record: Record, line: str, about: tuple[str | None, str | None, str | None]
) -> list[Entry]:
    """Record the change, with what may go wrong, what to watch, and until when."""
    risk, watch, watch_until = about
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
        risk=risk or None,
        watch=watch or None,
        watch_until=until,
    )
    return record.add([draft], services.author)
