"""``hotwash list``."""

import re
from datetime import datetime, timedelta

import click

from capture.text import for_terminal
from storage.errors import BadValue
from storage.model import Status
from storage.shapes import incident_shape
from storage.summaries import Summary
from tui.cli.options import home_option, json_option, services_of
from tui.cli.output import print_json, say

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@click.command("list")
@home_option
@click.option("--open", "only_open", is_flag=True, help="Only those not resolved.")
@click.option("--service", metavar="S", help="Only those that affected this service.")
@click.option("--since", metavar="1y", help="Only those of the last 30d, 6m, 1y, or since a date.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, only_open: bool, service: str | None, since: str | None, as_json: bool
) -> None:
    """List incidents, the newest first."""
    services = services_of(ctx)
    earliest = _since(since, services.now()) if since else None
    found = [
        summary
        for summary in services.library.summaries()
        if (not only_open or summary.incident.status != Status.RESOLVED)
        and (service is None or service in summary.services)
        and (earliest is None or summary.incident.created_at >= earliest)
    ]
    for notice in services.library.notices:
        say(notice)
    if as_json:
        path_of = services.library.path_of
        print_json([incident_shape(summary.incident, path_of(summary)) for summary in found])
        return
    for summary in found:
        click.echo(_line(summary))
    if not found:
        say("No incidents. `hotwash new TITLE` starts one.")


def _line(summary: Summary) -> str:
    incident = summary.incident
    drill = " (drill)" if incident.drill else ""
    return (
        f"{incident.created_at:%Y-%m-%d %H:%M}Z  {incident.severity or '-':<5} "
        f"{incident.status or '-':<13} {incident.slug:<32} {for_terminal(incident.title)}{drill}"
    )


def _since(text: str, now: datetime) -> datetime:
    match = re.fullmatch(r"(\d{1,4})([dwmy])", text.strip().lower())
    if match:
        return now - timedelta(days=int(match[1]) * _DAYS[match[2]])
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(
            f"{text!r} is no stretch of time such as 30d, 6m or 1y, and no date."
        ) from None
    return day if day.tzinfo else day.replace(tzinfo=now.tzinfo)
