"""``hotwash show``."""

import click

from capture.text import for_terminal
from storage.model import Entry, Moment, Precision
from storage.shapes import entry_shape
from tui.cli.options import home_option, incident_argument, json_option, services_of
from tui.cli.output import headline, line_of, print_json, say, shape_of


@click.command("show")
@home_option
@incident_argument
@click.option("--all", "with_deleted", is_flag=True, help="Deleted entries too.")
@json_option
@click.pass_context
def command(ctx: click.Context, incident: str | None, with_deleted: bool, as_json: bool) -> None:
    """Show an incident with its entries, in the order in which things happened."""
    record = services_of(ctx).existing(incident)
    for notice in record.take_notices():
        say(notice)
    entries = record.all_entries if with_deleted else record.entries
    if as_json:
        shapes = [entry_shape(entry) for entry in entries]
        print_json({"incident": shape_of(record), "entries": list(shapes)})
        return
    click.echo(for_terminal(headline(record.incident)))
    day = ""
    for entry in entries:
        today = "" if entry.at.utc is None else f"{entry.at.utc:%a %d %b %Y} (UTC)"
        if today and today != day:
            click.echo(today)
            day = today
        click.echo(_line(entry))


def _line(entry: Entry) -> str:
    credit = for_terminal(entry.credit)
    deleted = "  (deleted)" if entry.deleted else ""
    return f"  {clock(entry.at):<6} {line_of(entry)}  -- {credit}{deleted}"


def clock(at: Moment) -> str:
    """``14:05``, ``14:05~`` when that is not exact, ``?`` when it is not known."""
    if at.utc is None:
        return "?"
    if at.precision == Precision.DAY:
        return "day~"
    return f"{at.utc:%H:%M}{'~' if at.uncertain else ''}"
