"""``hotwash note``: a line in, an entry on disk, its ref out."""

import sys
from collections.abc import Iterator

import click
import msgspec

from capture import redaction
from capture.context import LineContext
from capture.drafts import claim_of
from capture.due import parse_due
from capture.durations import parse_minutes
from capture.moments import parse_moment
from capture.note_line import literal, read_line
from capture.readings import CloseEntry, NewEntry, Reading
from capture.recording import record_reading
from capture.text import clean, decode
from storage.drafts import keep_draft
from storage.errors import StorageError
from storage.model import Draft, Entry, Kind, Mark, State, Status
from storage.record import Record
from tui.cli import values
from tui.cli.options import command as cli_command
from tui.cli.options import incident_option, json_option, services_of
from tui.cli.output import print_entries, say, tell_incident
from tui.services import Services


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """Marks that were given as options: they win over those in the line."""

    kind: str | None = None
    at: str | None = None
    owner: str | None = None
    said_by: str | None = None
    box: str | None = None
    due: str | None = None
    services: tuple[str, ...] = ()
    mark: str | None = None
    literal: bool = False

    def given(self) -> bool:
        """Whether there are any that only a new entry can have."""
        plain = (self.kind, self.owner, self.said_by, self.box, self.due, self.mark)
        return any(plain) or bool(self.services)


@cli_command("note")
@incident_option
@click.option("--kind", metavar="K", help="symptom, action, cause, decision, question, …")
@click.option("--at", metavar="M", help="When it happened: 14:05, -5m, 2026-11-20T23:10+01:00, …")
@click.option("--owner", metavar="P", help="Who does it.")
@click.option("--by", "said_by", metavar="P", help="Whose words or observation it is.")
@click.option("--box", metavar="10m", help="When to look again.")
@click.option("--due", metavar="D", help="Until when: fri, 2026-12-01.")
@click.option("--service", "services", metavar="S", multiple=True, help="What it is about.")
@click.option("--mark", metavar="M", help="start, detected, ack, mitigated, end or resolved.")
@click.option("--literal", is_flag=True, help="Record the words exactly; nothing is a mark.")
@json_option
@click.argument("text", nargs=-1, required=True)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    incident: str | None,
    as_json: bool,
    text: tuple[str, ...],
    **flags: object,
) -> None:
    """Record a note line.

    `-` alone reads lines from standard input; TEXT and `-` attach standard input to the entry.
    """
    services = services_of(ctx)
    options = msgspec.convert(flags, Flags)
    _warn_of_late_options(ctx, text)
    record: Record | None = None
    lines = _lines(text)
    failure: StorageError | None = None
    unsaved: list[str] = []
    for line, body in lines:
        if failure is not None:
            unsaved.append(_whole(line, body))
            continue
        try:
            if record is None:
                record = services.to_write_in(incident, say)
                tell_incident(record)
            entries = note(services, record, line, options, body)
        except StorageError as error:
            failure = error
            unsaved.append(_whole(line, body))
        else:
            print_entries(entries, as_json=as_json)
            _warn_of_secrets(line, entries)
    if record is not None:
        record.leave()
        for notice in record.take_notices():
            say(notice)
    if failure is not None:
        _keep(services, record, "\n".join(unsaved))
        raise failure


def note(
    services: Services, record: Record, line: str, flags: Flags, body: str | None = None
) -> list[Entry]:
    """Record one line; says on stderr what was not read as the person may have meant it.

    Raises:
        CaptureError: an option makes no sense.
        StorageError: it is not saved.
    """
    context = services.line_context(record)
    reading = literal(line, context) if flags.literal else read_line(line, context)
    reading = _with_flags(reading, flags, context)
    if body is not None and isinstance(reading, NewEntry):
        draft = msgspec.structs.replace(reading.draft, body=body)
        reading = msgspec.structs.replace(reading, draft=draft)
    recorded = record_reading(record, reading, services.author, services.moment(record))
    for remark in reading.remarks:
        say(remark)
    if recorded.said:
        say(recorded.said)
    return list(recorded.entries)


def _lines(text: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """The note lines that a call gives, each with what is attached to it."""
    words = [clean(word) for word in text]
    if words == ["-"]:
        for raw in sys.stdin.buffer:
            line = clean(decode(raw)).rstrip("\n")
            if line.strip():
                yield line, None
        return
    body = None
    if words[-1] == "-" and len(words) > 1:
        words.pop()
        body = redaction.redact(clean(decode(sys.stdin.buffer.read()))).text
    line = " ".join(words)
    if not line.strip():
        raise click.UsageError("There is nothing to record.")
    yield line, body


def _with_flags(reading: Reading, flags: Flags, context: LineContext) -> Reading:
    at = parse_moment(flags.at, context.now, context.zone) if flags.at else None
    if isinstance(reading, NewEntry):
        draft = _flagged(reading.draft, flags, context)
        if at is not None:
            draft = msgspec.structs.replace(draft, at=at)
        return msgspec.structs.replace(reading, draft=draft)
    if flags.given():
        message = f"{reading.as_written!r} changes what is there; only --at goes with such a line."
        raise click.UsageError(message)
    if at is not None and isinstance(reading, CloseEntry):
        return msgspec.structs.replace(reading, at=at)
    return reading


def _flagged(draft: Draft, flags: Flags, context: LineContext) -> Draft:
    changes: dict[str, object] = {}
    if flags.kind:
        changes["kind"] = values.kind(flags.kind)
    if flags.owner:
        changes["owner"] = context.person(flags.owner) or flags.owner
    if flags.said_by:
        changes["said_by"] = context.person(flags.said_by) or flags.said_by
    if flags.box:
        changes["time_box"] = parse_minutes(flags.box)
    if flags.due:
        changes["due"] = parse_due(flags.due, context.now, context.zone)
    if flags.services:
        changes["services"] = tuple(dict.fromkeys([*draft.services, *flags.services]))
    if flags.mark:
        mark = values.mark(flags.mark)
        changes["mark"] = mark
        changes["status"] = Status.RESOLVED if mark is Mark.RESOLVED else draft.status
    draft = msgspec.structs.replace(draft, **changes)
    return _consistent(draft, context) if changes else draft


def _consistent(draft: Draft, context: LineContext) -> Draft:
    """What the kind, the owner and the time box say together about the state."""
    state: str | None = None
    if draft.kind == Kind.FOLLOWUP:
        state = State.OPEN
    elif draft.kind == Kind.ACTION:
        waits = draft.time_box or draft.owner not in {None, context.author}
        state = State.OPEN if waits else State.DONE
    claim = claim_of(Kind(draft.kind)) if draft.claim is None else draft.claim
    return msgspec.structs.replace(draft, state=state, claim=claim)


def _warn_of_late_options(ctx: click.Context, text: tuple[str, ...]) -> None:
    """Options end where the text begins; somebody may have thought otherwise."""
    known = {name for option in ctx.command.params for name in option.opts if name[:1] == "-"}
    if late := [word for word in text[1:] if word in known]:
        say(f"{late[0]} stands behind the text, so it is text. Options come before it.")


def _warn_of_secrets(line: str, entries: list[Entry]) -> None:
    for flagged in redaction.flag(line):
        ref = entries[-1].ref if entries else "REF"
        say(
            f"That looks like a secret ({flagged.kind}). `hotwash edit {ref} --purge` takes the "
            "words out everywhere."
        )


def _whole(line: str, body: str | None) -> str:
    return line if body is None else f"{line}\n{body}"


def _keep(services: Services, record: Record | None, text: str) -> None:
    """Give the person their words back, and keep them in a file if any file can be written."""
    incident = record.incident.id if record else None
    say(f"Not saved:\n{text}")
    try:
        path = keep_draft(services.home.drafts, incident, text, services.now())
    except StorageError:
        return
    say(f"The text is kept in {path}.")
