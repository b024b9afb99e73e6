"""``hotwash show``."""

from datetime import UTC

import click

from capture.text import for_terminal
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record import Record
from storage.shapes import entry_shape
from tui.cli.entry_lines import entry_line
from tui.cli.options import (
    home_option,
    incident_argument,
    json_option,
    named_incident,
    services_of,
)
from tui.cli.output import headline, print_json, say, shape_of
from tui.cli.output import show as print_line


@click.command("show")
@home_option
@incident_argument
@click.option("--all", "with_deleted", is_flag=True, help="Deleted entries too.")
@json_option
@click.pass_context
def command(ctx: click.Context, incident: str | None, with_deleted: bool, as_json: bool) -> None:
    """Show an incident with its entries, in the order in which things happened."""
    record = services_of(ctx).existing(named_incident(ctx, incident))
    for notice in record.take_notices():
        say(notice)
    if as_json:
        entries = record.all_entries if with_deleted else record.entries
        shapes = [entry_shape(entry) for entry in entries]
        print_json({"incident": shape_of(record), "entries": list(shapes)})
    else:
        _print_lines(record, with_deleted=with_deleted)
    # So that the one file is all there is to send to somebody.
    record.close()


def _print_lines(record: Record, *, with_deleted: bool) -> None:
    """The entries on the clock of the home zone, under their dates."""
    print_line(for_terminal(headline(record.incident)))
    known = zone_of(record.incident.zone)
    face, name = ClockFace(known or UTC), record.incident.zone if known else "UTC"
    day = ""
    for entry in record.all_entries if with_deleted else record.entries:
        local = None if entry.at.utc is None else face.local(entry.at.utc)
        today = "" if local is None else f"{local:%a %d %b %Y} ({name})"
        if today and today != day:
            print_line(for_terminal(today))
            day = today
        print_line(entry_line(entry, face))
