"""``hotwash run``: a command, and the entry that tells what it did."""

import shlex
from pathlib import Path

import click
import msgspec

from capture.command_run import HeldSignals, Ran, run_command
from capture.redaction import redact
from capture.text import clean
from storage import disk
from storage.drafts import keep_draft
from storage.errors import StorageError
from storage.model import Draft, Entry, JsonValue, Kind, Moment, State, moment_value
from storage.record import Record
from storage.shapes import entry_shape
from tui.cli import values
from tui.cli.options import command as cli_command
from tui.cli.options import incident_option, services_of
from tui.cli.output import headline, line_of, say
from tui.services import Services


@cli_command("run")
@incident_option
@click.option("--kind", "kind_name", metavar="K", default=Kind.ACTION.value, show_default=True)
@click.option("--entry-file", metavar="F", help="Write the finished entry's JSON to F.")
@click.argument("argv", metavar="-- COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    incident: str | None,
    kind_name: str,
    entry_file: str | None,
    argv: tuple[str, ...],
) -> None:
    """Run a command and record it: its exit code, how long it took, its last lines.

    Its output, its signals and its exit code pass through. The entry is written when the command
    starts and completed when it ends; secrets in its output are redacted.
    """
    kind = values.kind(kind_name)
    services = services_of(ctx)
    with HeldSignals():
        recording = Recording(services, incident, kind, argv)
        ran = run_command(argv, clock=services.start.stopwatch)
        recording.complete(ran)
        if entry_file is not None:
            recording.write_to(Path(entry_file))
    ctx.exit(ran.exit_code)


class Recording:
    """The entry of one command. Nothing that goes wrong with it stops the command."""

    def __init__(
        self, services: Services, incident: str | None, kind: Kind, argv: tuple[str, ...]
    ) -> None:
        """Write the entry that says the command was started."""
        self._services = services
        self._record: Record | None = None
        self._entry: Entry | None = None
        self._text = redact("$ " + clean(shlex.join(argv))).text
        waits = kind in {Kind.ACTION, Kind.FOLLOWUP}
        draft = Draft(
            kind=kind,
            text=self._text,
            as_written=self._text,
            source="shell",
            state=State.OPEN if waits else None,
        )
        try:
            self._record = services.to_write_in(incident, say)
            self._entry = self._record.add([draft], services.author)[0]
        except StorageError as error:
            self._not_recorded(error, self._text)

    def complete(self, ran: Ran) -> None:
        """Add what became of the command."""
        tail = ran.output_tail
        if self._record is None or self._entry is None:
            self._keep(f"{self._text}\nexit code {ran.exit_code}, {ran.seconds:.1f} s\n{tail}")
            return
        now = Moment(utc=self._services.now(), zone=self._record.incident.zone)
        changes: dict[str, JsonValue] = {
            "exit_code": ran.exit_code,
            "seconds": round(ran.seconds, 3),
            "body": tail or None,
        }
        if self._entry.state == State.OPEN:
            changes |= {"state": str(State.DONE), "done_at": moment_value(now)}
        try:
            self._entry = self._record.edit(self._entry.id, changes, self._services.author)
            self._record.leave()
        except StorageError as error:
            self._not_recorded(error, f"{self._text}\n{tail}")
            return
        say(f"{line_of(self._entry)} (exit code {ran.exit_code}, {ran.seconds:.1f} s)")
        say(f"-> {headline(self._record.incident)}")

    def write_to(self, path: Path) -> None:
        """Write the entry where a script can read it."""
        if self._entry is None:
            return
        try:
            with disk.saving(path):
                disk.replace_file(path, msgspec.json.encode(entry_shape(self._entry)) + b"\n")
        except StorageError as error:
            say(str(error))

    def _not_recorded(self, error: StorageError, text: str) -> None:
        say(f"The command was not recorded. {error}")
        if self._entry is not None:
            self._keep(text)

    def _keep(self, text: str) -> None:
        incident = self._record.incident.id if self._record else None
        try:
            path = keep_draft(self._services.home.drafts, incident, text, self._services.now())
        except StorageError:
            return
        say(f"What it did is kept in {path}.")
