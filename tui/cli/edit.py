"""``hotwash edit``."""

import click

from capture.due import parse_due
from capture.durations import parse_minutes
from capture.moments import parse_moment
from storage.errors import NotFound, RecordError
from storage.model import Claim, JsonValue, Mark, Outcome, State, Status, moment_value
from storage.record import Record
from tui.cli import values
from tui.cli.options import (
    examples,
    home_option,
    incident_option,
    json_option,
    one_line,
    services_of,
    words,
)
from tui.cli.output import print_entries, say, tell_incident
from tui.cli.unsaved import Unsaved
from tui.services import Services

_WORDS = ("text", "answer", "rationale")
_AS_GIVEN = (*_WORDS, "owner", "said_by")


@click.command(
    "edit",
    epilog=examples(
        "hotwash edit 7f3a --at 14:05 --owner dana",
        "hotwash edit 7f3a --claim confirmed --evidence 9c21",
    ),
)
@home_option
@incident_option
@click.argument("ref")
@click.option("--text", metavar="T", type=words, help="The words.")
@click.option("--kind", metavar="K", help="symptom, action, cause, decision, …")
@click.option("--at", metavar="M", help="When it happened.")
@click.option("--owner", metavar="P", type=one_line, help="Who does it; empty for nobody.")
@click.option("--by", "said_by", metavar="P", type=one_line, help="Whose words they are.")
@click.option("--outcome", metavar="O", help="worked, no_effect, worse or unknown.")
@click.option("--state", metavar="S", help="open, done or dropped.")
@click.option("--claim", metavar="C", help="proposed, confirmed or ruled_out.")
@click.option("--answer", metavar="T", type=words, help="The answer to a question.")
@click.option(
    "--mark", metavar="M", help="start, detected, ack, mitigated, end, resolved; empty: none."
)
@click.option("--due", metavar="D", help="Until when.")
@click.option("--box", metavar="10m", help="When to look again.")
@click.option("--rationale", metavar="T", type=words, help="Why it was decided.")
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
    """Change an entry; what it said before stays in its history. An empty word empties a field."""
    services = services_of(ctx)
    record = services.existing(incident)
    try:
        entry = record.find(ref)
    except NotFound as error:
        title = record.incident.title
        raise NotFound(f"{error} That was in {title!r}; -i INC looks in another.") from error
    changes = _changes(services, record, options)
    if not changes and not purge:
        raise click.UsageError("There is nothing to change.", ctx)
    if changes:
        _save(ctx, services, record, entry.id, changes)
    if purge:
        services.library.purge(record, entry.id, services.author)
        for notice in services.library.notices:
            say(notice)
    tell_incident(record)
    print_entries([record.entry(entry.id)], as_json=as_json)
    record.close()


def _save(
    ctx: click.Context,
    services: Services,
    record: Record,
    entry_id: str,
    changes: dict[str, JsonValue],
) -> None:
    """Save the changes; words that can't be saved are given back and kept."""
    words = [str(changes[name]) for name in _WORDS if changes.get(name)]
    try:
        record.edit(entry_id, changes, services.author)
    except RecordError as error:
        if not words:
            raise
        with Unsaved(services) as unsaved:
            unsaved.incident = record.incident.id
            unsaved.take("\n".join(words))
            unsaved.failed(error)
        ctx.exit(unsaved.code)


def _changes(
    services: Services, record: Record, options: dict[str, object]
) -> dict[str, JsonValue]:
    """The fields that the options set. An empty word empties a field."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    said = {name: value for name, value in given.items() if isinstance(value, str)}
    changes: dict[str, JsonValue] = {
        name: said[name] if said[name] or name == "text" else None
        for name in _AS_GIVEN
        if name in said
    }
    for name in ("story", "deleted"):
        if isinstance(flag := given.get(name), bool):
            changes[name] = flag
    changes |= _times(services, record, said)
    changes |= _choices(said)
    if "answer" in said:
        changes["answered_by"] = services.author if said["answer"] else None
    evidence = given.get("evidence")
    if isinstance(evidence, tuple):
        changes["evidence"] = [record.find(str(other)).id for other in evidence if other]
    return changes


def _times(services: Services, record: Record, said: dict[str, str]) -> dict[str, JsonValue]:
    now, zone = services.now(), record.incident.zone
    changes: dict[str, JsonValue] = {}
    if "at" in said:
        changes["at"] = moment_value(parse_moment(said["at"], now, zone))
    if "due" in said:
        changes["due"] = parse_due(said["due"], now, zone) if said["due"] else None
    if "box" in said:
        changes["time_box"] = parse_minutes(said["box"]) if said["box"] else None
    return changes


def _choices(said: dict[str, str]) -> dict[str, JsonValue]:
    changes: dict[str, JsonValue] = {}
    if "kind" in said:
        changes["kind"] = str(values.kind(said["kind"]))
    if "mark" in said:
        mark = values.mark(said["mark"]) if said["mark"] else None
        changes["mark"] = None if mark is None else str(mark)
        if mark is Mark.RESOLVED:
            changes["status"] = str(Status.RESOLVED)
    for name, words_of in (("outcome", Outcome), ("state", State), ("claim", Claim)):
        if name in said:
            word = said[name]
            changes[name] = str(values.choice(words_of, word, name)) if word else None
    return changes
