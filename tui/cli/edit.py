"""``hotwash edit``."""

import click

from capture.due import parse_due
from capture.durations import parse_minutes
from capture.moments import parse_moment
from capture.text import clean
from storage.model import Claim, JsonValue, Mark, Outcome, State, Status, moment_value
from storage.record import Record
from tui.cli import values
from tui.cli.options import home_option, incident_option, json_option, services_of
from tui.cli.output import print_entries, tell_incident
from tui.services import Services

_AS_GIVEN = ("text", "owner", "said_by", "answer", "rationale")


@click.command("edit")
@home_option
@incident_option
@click.argument("ref")
@click.option("--text", metavar="T", help="The words.")
@click.option("--kind", metavar="K", help="symptom, action, cause, decision, …")
@click.option("--at", metavar="M", help="When it happened.")
@click.option("--owner", metavar="P", help="Who does it; empty for nobody.")
@click.option("--by", "said_by", metavar="P", help="Whose words it is.")
@click.option("--outcome", metavar="O", help="worked, no_effect, worse or unknown.")
@click.option("--state", metavar="S", help="open, done or dropped.")
@click.option("--claim", metavar="C", help="proposed, confirmed or ruled_out.")
@click.option("--answer", metavar="T", help="The answer to a question.")
@click.option(
    "--mark", metavar="M", help="start, detected, ack, mitigated, end, resolved; empty: none."
)
@click.option("--due", metavar="D", help="Until when.")
@click.option("--box", metavar="10m", help="When to look again.")
@click.option("--rationale", metavar="T", help="Why it was decided.")
@click.option("--evidence", metavar="REF", multiple=True, help="What supports a cause.")
@click.option("--story/--log", default=None, help="Tell it in the story, or keep it in the log.")
@click.option("--delete/--restore", "deleted", default=None, help="Take it out, or bring it back.")
@click.option("--purge", is_flag=True, help="Take its words out of the record for good.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    incident: str | None,
    ref: str,
    purge: bool,
    as_json: bool,
    **options: object,
) -> None:
    """Change an entry; what it said before stays in its history."""
    services = services_of(ctx)
    record = services.existing(incident)
    entry = record.find(ref)
    changes = _changes(services, record, options)
    if not changes and not purge:
        raise click.UsageError("There is nothing to change.", ctx)
    if changes:
        record.edit(entry.id, changes, services.author)
    if purge:
        record.purge(entry.id, services.author)
    tell_incident(record)
    print_entries([record.entry(entry.id)], as_json=as_json)
    record.close()


def _changes(
    services: Services, record: Record, options: dict[str, object]
) -> dict[str, JsonValue]:
    """The fields that the options set. An empty word empties a field."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    words = {name: clean(value) for name, value in given.items() if isinstance(value, str)}
    changes: dict[str, JsonValue] = {
        name: words[name] if words[name] or name == "text" else None
        for name in _AS_GIVEN
        if name in words
    }
    for name in ("story", "deleted"):
        if isinstance(flag := given.get(name), bool):
            changes[name] = flag
    changes |= _times(services, record, words)
    changes |= _choices(words)
    if words.get("answer"):
        changes["answered_by"] = services.author
    evidence = given.get("evidence")
    if isinstance(evidence, tuple):
        changes["evidence"] = [record.find(str(other)).id for other in evidence]
    return changes


def _times(services: Services, record: Record, words: dict[str, str]) -> dict[str, JsonValue]:
    now, zone = services.now(), record.incident.zone
    changes: dict[str, JsonValue] = {}
    if "at" in words:
        changes["at"] = moment_value(parse_moment(words["at"], now, zone))
    if "due" in words:
        changes["due"] = parse_due(words["due"], now, zone) if words["due"] else None
    if "box" in words:
        changes["time_box"] = parse_minutes(words["box"]) if words["box"] else None
    return changes


def _choices(words: dict[str, str]) -> dict[str, JsonValue]:
    changes: dict[str, JsonValue] = {}
    if "kind" in words:
        changes["kind"] = str(values.kind(words["kind"]))
    if "mark" in words:
        mark = values.mark(words["mark"]) if words["mark"] else None
        changes["mark"] = None if mark is None else str(mark)
        if mark is Mark.RESOLVED:
            changes["status"] = str(Status.RESOLVED)
    for name, words_of in (("outcome", Outcome), ("state", State), ("claim", Claim)):
        if name in words:
            word = words[name]
            changes[name] = str(values.choice(words_of, word, name)) if word else None
    return changes
