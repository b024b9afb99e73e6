"""``hotwash note``: a line in, an entry on disk, its ref out."""

from collections.abc import Iterator

import click
import msgspec

from capture import redaction
from capture.context import LineContext
from capture.drafts import claim_of
from capture.due import parse_due
from capture.durations import parse_minutes
from capture.errors import CaptureError
from capture.kinds import is_of_the_debrief
from capture.moments import parse_moment
from capture.note_line import literal, read_line
from capture.readings import CloseEntry, NewEntry, Reading, unread_mark
from capture.recording import record_reading
from storage.errors import BadValue, StorageError
from storage.model import Draft, Entry, Kind, Mark, State, Status
from storage.record import Record
from tui.cli import values
from tui.cli.dictation import About, note_dictation, refuse_with_dictation
from tui.cli.late_options import warn_of_late_options
from tui.cli.note_input import dictation, note_lines
from tui.cli.options import command as cli_command
from tui.cli.options import examples, incident_option, json_option, one_line, services_of, words
from tui.cli.output import StdoutGone, print_entries, say, tell_incident
from tui.cli.unsaved import Unsaved
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
    dictation: bool = False

    def given(self) -> bool:
        """Whether there are any that only a new entry can have."""
        plain = (self.kind, self.owner, self.said_by, self.box, self.due, self.mark)
        return any(plain) or bool(self.services)


@cli_command(
    "note",
    epilog=examples(
        "hotwash note 503s on checkout",
        'hotwash note "/a restarted the pods @-5m >dana"',
        "hotwash note --kind action --at -5m --owner dana restarted the pods",
        "kubectl get pods | hotwash note pods are crash-looping -",
        "tail -f chat.log | hotwash note -",
        'hotwash note --dictation "Symptoms: 503s since 2:47. Fix: restarted the pods."',
    ),
)
@incident_option
@click.option("--kind", metavar="K", help="symptom, action, cause, decision, question, …")
@click.option("--at", metavar="M", help="When it happened: 14:05, -5m, 2026-11-20T23:10+01:00, …")
@click.option("--owner", metavar="P", type=one_line, help="Who does it.")
@click.option("--by", "said_by", metavar="P", type=one_line, help="Whose words they are.")
@click.option("--box", metavar="10m", help="When to look again.")
@click.option("--due", metavar="D", help="Until when: fri, 2026-12-01.")
@click.option(
    "--service", "services", metavar="S", type=one_line, multiple=True, help="What it is about."
)
@click.option("--mark", metavar="M", help="start, detected, ack, mitigated, end or resolved.")
@click.option("--literal", is_flag=True, help="Record the words exactly; nothing is a mark.")
@click.option("--dictation", is_flag=True, help="The text was spoken: one entry or several.")
@json_option
@click.argument("text", nargs=-1, required=True, type=words)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    incident: str | None,
    as_json: bool,
    text: tuple[str, ...],
    **flags: object,
) -> None:
    """Record a note line. Options come before the text.

    `-` alone reads lines from standard input; TEXT and `-` attach standard input to the entry. With
    --dictation the whole of it is one dictation.
    """
    services = services_of(ctx)
    warn_of_late_options(ctx, text)
    said = msgspec.convert(flags, Flags)
    refuse_with_dictation(flags)
    noting = Noting(services, incident, said, as_json=as_json)
    with noting.unsaved:
        for line, body in [(dictation(text), None)] if said.dictation else note_lines(text):
            noting.take(line, body)
        noting.finish()
    if noting.gone is not None:
        raise noting.gone
    ctx.exit(noting.unsaved.code)


class Noting:
    """Records line after line. One that can't be recorded does not stop those after it.

    Attributes:
        unsaved: the lines that could not be.
        gone: what became of stdout, once nobody reads it any more.
    """

    def __init__(
        self, services: Services, incident: str | None, flags: Flags, *, as_json: bool
    ) -> None:
        """Nothing is looked for before the first line."""
        self.unsaved = Unsaved(services)
        self.gone: StdoutGone | None = None
        self._services = services
        self._incident = incident
        self._flags = flags
        self._as_json = as_json
        self._record: Record | None = None
        self._told = False

    def take(self, line: str, body: str | None) -> None:
        """Record one line, and print what became of it."""
        self.unsaved.take(line if body is None else f"{line}\n{body}")
        try:
            record = self._opened(line)
            entries = self._noted(record, line, body)
        except (StorageError, CaptureError) as error:
            self.unsaved.failed(error)
            return
        self.unsaved.saved()
        if not self._told:
            tell_incident(record)
            self._told = True
        if self.gone is None:
            try:
                print_entries(entries, as_json=self._as_json)
            except StdoutGone as gone:
                # Whoever read the refs has left; the lines still want to be kept.
                self.gone = gone
        _warn_of_secrets(line, entries)

    def finish(self) -> None:
        """Let go of the record."""
        if self._record is not None:
            self._record.leave()
            for notice in self._record.take_notices():
                say(notice)

    def _noted(self, record: Record, line: str, body: str | None) -> list[Entry]:
        flags = self._flags
        if flags.dictation:
            about = About(at=flags.at, said_by=flags.said_by, services=flags.services)
            return note_dictation(self._services, record, line, about)
        return note(self._services, record, line, flags, body)

    def _opened(self, line: str) -> Record:
        if self._record is None:
            is_plain = self._flags.literal or self._flags.dictation
            over = is_of_the_debrief(line) and not is_plain
            record = self._services.to_debrief(self._incident) if over else None
            self._record = record or self._services.to_write_in(self._incident, say)
            self.unsaved.incident = self._record.incident.id
        return self._record


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
    if body is not None:
        if not isinstance(reading, NewEntry):
            raise BadValue(f"{line!r} changes what is there; nothing can be attached to it.")
        draft = msgspec.structs.replace(reading.draft, body=body)
        reading = msgspec.structs.replace(reading, draft=draft)
    recorded = record_reading(record, reading, services.author, services.moment(record))
    for remark in [*reading.remarks, *_understood(line, reading, record), recorded.said]:
        if remark:
            say(remark)
    return list(recorded.entries)


def _understood(line: str, reading: Reading, record: Record) -> Iterator[str]:
    """What a person who can't see a preview would want to know of how the line was read."""
    if reading.chips:
        yield f"understood: {' '.join(chip.label for chip in reading.chips)}"
    if unread := unread_mark(reading):
        yield unread
    is_resolving = isinstance(reading, NewEntry) and reading.draft.status == Status.RESOLVED
    if is_resolving and record.incident.status != Status.RESOLVED:
        yield f"The incident stays {record.incident.status}: that was said of a later moment."


def _with_flags(reading: Reading, flags: Flags, context: LineContext) -> Reading:
    at = parse_moment(flags.at, context.now, context.zone) if flags.at else None
    if isinstance(reading, NewEntry):
        draft = _flagged(reading.draft, flags, context)
        if at is not None:
            draft = msgspec.structs.replace(draft, at=at)
        return msgspec.structs.replace(reading, draft=draft)
    if flags.given():
        message = f"{reading.as_written!r} changes what is there; only --at goes with such a line."
        raise BadValue(message)
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
        named = [context.service(name) or name for name in flags.services if name]
        changes["services"] = tuple(dict.fromkeys([*draft.services, *named]))
    if flags.mark:
        mark = values.mark(flags.mark)
        changes["mark"] = mark
        changes["status"] = Status.RESOLVED if mark is Mark.RESOLVED else draft.status
    draft = msgspec.structs.replace(draft, **changes)
    return _consistent(draft, context) if changes else draft


def _consistent(draft: Draft, context: LineContext) -> Draft:
    """What the kind, the owner and the time box say together about the state and the claim."""
    state: str | None = None
    if draft.kind == Kind.FOLLOWUP:
        state = State.OPEN
    elif draft.kind == Kind.ACTION:
        waits = draft.time_box or draft.owner not in {None, context.author}
        state = State.OPEN if waits else State.DONE
    return msgspec.structs.replace(draft, state=state, claim=claim_of(Kind(draft.kind)))


def _warn_of_secrets(line: str, entries: list[Entry]) -> None:
    for flagged in redaction.flag(line):
        say(f"That looks like a secret ({flagged.kind}).")
        # Of several entries, those whose own words hold one.
        holding = [entry for entry in entries if redaction.flag(entry.as_written)]
        for entry in holding or entries[:1]:
            say(f"`hotwash edit {entry.ref} --purge` takes the words out everywhere.")
