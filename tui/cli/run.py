"""``hotwash run``: a command, and the entry that tells what it did."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from capture.command_run import HeldSignals, Ran, run_command
from capture.errors import CaptureError
from capture.redaction import redact
from capture.text import clean
from storage import disk
from storage.drafts import keep_draft
from storage.errors import StorageError
from storage.model import Draft, Entry, JsonValue, Kind, Moment, State, moment_value
from storage.record import Record
from storage.shapes import entry_shape
from tui.cli import values
from tui.cli.defects import write_report
from tui.cli.options import command as cli_command
from tui.cli.options import incident_option, services_of
from tui.cli.output import headline, line_of, say
from tui.services import Services, Start


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
    start = ctx.ensure_object(Start)
    recording = Recording(start, kind, argv)
    with HeldSignals():
        recording.begin(lambda: services_of(ctx), incident)
        ran = run_command(argv, clock=start.stopwatch)
        recording.complete(ran)
        if entry_file is not None:
            recording.write_to(Path(entry_file))
    ctx.exit(ran.exit_code)


class Recording:
    """The entry of one command. Nothing that goes wrong with it stops the command."""

    def __init__(self, start: Start, kind: Kind, argv: tuple[str, ...]) -> None:
        """Nothing is recorded yet."""
        self._start = start
        self._kind = kind
        self._text = redact("$ " + clean(shlex.join(argv))).text
        self._services: Services | None = None
        self._record: Record | None = None
        self._entry: Entry | None = None

    def begin(self, services: Callable[[], Services], incident: str | None) -> None:
        """Write the entry that says the command was started."""
        waits = self._kind in {Kind.ACTION, Kind.FOLLOWUP}
        draft = Draft(
            kind=self._kind,
            text=self._text,
            as_written=self._text,
            source="shell",
            state=State.OPEN if waits else None,
        )
        with self._whatever_happens():
            self._services = services()
            self._record = self._services.to_write_in(incident, say)
            self._entry = self._record.add([draft], self._services.author)[0]

    def complete(self, ran: Ran) -> None:
        """Add what became of the command."""
        became = f"exit code {ran.exit_code}, {ran.seconds:.1f} s"
        completed = False
        with self._whatever_happens():
            completed = self._add(ran)
        if completed and self._entry is not None and self._record is not None:
            say(f"{line_of(self._entry)} ({became})")
            say(f"-> {headline(self._record.incident)}")
        else:
            self._keep("\n".join(filter(None, [self._text, became, ran.output_tail])))

    def _add(self, ran: Ran) -> bool:
        if self._services is None or self._record is None or self._entry is None:
            return False
        now = Moment(utc=self._services.now(), zone=self._record.incident.zone)
        changes: dict[str, JsonValue] = {
            "exit_code": ran.exit_code,
            "seconds": round(ran.seconds, 3),
            "body": ran.output_tail or None,
        }
        if self._entry.state == State.OPEN:
            changes |= {"state": str(State.DONE), "done_at": moment_value(now)}
        self._entry = self._record.edit(self._entry.id, changes, self._services.author)
        self._record.leave()
        return True

    def write_to(self, path: Path) -> None:
        """Write the entry where a script can read it."""
        if self._entry is None:
            return
        with self._whatever_happens(), disk.saving(path):
            disk.replace_file(path, msgspec.json.encode(entry_shape(self._entry)) + b"\n")

    @contextmanager
    def _whatever_happens(self) -> Iterator[None]:
        """Say what is wrong with the recording, and go on: the command matters more."""
        try:
            yield
        except (StorageError, CaptureError) as error:
            say(f"The command is not recorded as it should be. {error}")
        except Exception as error:  # noqa: BLE001  a defect of ours must not stop their command
            say(write_report(error, self._start))

    def _keep(self, text: str) -> None:
        if self._services is None:
            return
        incident = self._record.incident.id if self._record else None
        with self._whatever_happens():
            path = keep_draft(self._services.home.drafts, incident, text, self._start.now())
            say(f"What it did is kept in {path}.")
