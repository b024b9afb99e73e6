"""``hotwash list``."""

import re
from datetime import UTC, datetime, timedelta

import click

from capture.text import for_terminal
from storage.errors import BadValue
from storage.incident_names import short_id
from storage.model import Status
from storage.shapes import incident_shape
from storage.summaries import Summary
from tui.cli.options import home_option, json_option, one_line, services_of
from tui.cli.output import count, print_json, say, show

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_FIRST = datetime(1, 1, 1, tzinfo=UTC)


@click.command("list")
@home_option
@click.option("--open", "only_open", is_flag=True, help="Only those that are going on.")
@click.option(
    "--service", metavar="S", type=one_line, help="Only those that affected this service."
)
@click.option("--since", metavar="1y", help="Only those of the last 30d, 6m, 1y, or since a date.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, only_open: bool, service: str | None, since: str | None, as_json: bool
) -> None:
    """List incidents, the newest first: when, severity, status, title; slug and short id for -i."""
    services = services_of(ctx)
    earliest = _since(since, services.now()) if since else _FIRST
    everything = services.library.summaries()
    found = [
        summary
        for summary in everything
        if (not only_open or _is_going_on(summary))
        and (service is None or _affected(summary, service))
        and summary.incident.created_at >= earliest
    ]
    for notice in services.library.notices:
        say(notice)
    if as_json:
        path_of = services.library.path_of
        print_json([incident_shape(summary.incident, path_of(summary)) for summary in found])
        return
    for summary in found:
        show(_line(summary, in_team=services.enrolled is not None))
    if not everything:
        say("No incidents. `hotwash new TITLE` starts one.")
    elif not found:
        say(f"No match among {count(len(everything), 'incident', 'incidents')}.")


def _is_going_on(summary: Summary) -> bool:
    incident = summary.incident
    return incident.status != Status.RESOLVED and incident.merged_into is None


def _affected(summary: Summary, service: str) -> bool:
    return service.casefold() in {name.casefold() for name in summary.services}


def _line(summary: Summary, *, in_team: bool) -> str:
    incident = summary.incident
    status = "merged" if incident.merged_into else incident.status
    sharing = "shared" if in_team else "shared earlier"
    kinds = [("drill", incident.drill), (sharing, incident.shared)]
    marks = ", ".join(word for word, holds in kinds if holds)
    return (
        f"{incident.declared_at.utc or incident.created_at:%Y-%m-%d %H:%M}Z  {incident.severity or '-':<5} {status or '-':<13} "
        f"{for_terminal(incident.title)}{f' ({marks})' if marks else ''}  [{for_terminal(incident.slug)} "
        f"{short_id(summary.file)}]"
    )


def _since(text: str, now: datetime) -> datetime:
    match = re.fullmatch(r"(\d{1,4})([dwmy])", text.strip().lower())
    try:
        if match:
            return now - timedelta(days=int(match[1]) * _DAYS[match[2]])
        day = datetime.fromisoformat(text.strip())
    except OverflowError:
        return _FIRST
    except ValueError:
        message = f"{text!r} is no stretch of time such as 30d, 6m or 1y, and no date."
        raise BadValue(message) from None
    return day if day.tzinfo else day.replace(tzinfo=now.tzinfo)
