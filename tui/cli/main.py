"""The commands, and the edge where every error becomes one sentence and an exit code.

Exit codes: 0 done; 1 refused, findings, disk full, lock wait over; 2 usage, unreadable input,
ambiguous name; 3 not found; 128+n for signal n.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from capture.errors import CaptureError
from storage.errors import Ambiguous, BadValue, NotFound, RecordUnreadable, StorageError
from tui.cli.options import home_option
from tui.cli.output import say
from tui.services import Start

COMMANDS = {
    "new": "Start an incident.",
    "note": "Record a note line.",
    "run": "Run a command and record it.",
    "change": "Record a deploy or a change of configuration.",
    "list": "List incidents.",
    "show": "Show an incident with its entries.",
    "set": "Change an incident.",
    "edit": "Change an entry.",
    "merge": "Fold in a record sent by hand, or join two incidents.",
    "export": "Write the starter document.",
    "doctor": "Check what hotwash needs, and say how to mend it.",
    "demo": "Replay a real published incident.",
    "completion": "Print the script that completes commands in a shell.",
}
"""Every command with its line in the help. A command's module is imported when it is called."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tui.cli.{_module(cmd_name)}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _module(command: str) -> str:
    # Names of the standard library, and of Python, are not shadowed.
    return {"list": "listing", "set": "setting"}.get(command, command)


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"hotwash {version('hotwash')}")
        ctx.exit()


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings=_SETTINGS)
@home_option
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Keep an incident's timeline while it runs, and walk away with a postmortem starter."""
    if ctx.invoked_subcommand is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            message = "hotwash needs a terminal. Without one: hotwash note, hotwash export, …"
            raise click.UsageError(message)
        click.echo(ctx.get_help())


def run(arguments: Sequence[str], start: Start | None = None) -> int:
    """Run one command.

    Args:
        arguments: those of the command line, without the program's name.
        start: the clock and environment; those of the process when None.

    Returns:
        The exit code.
    """
    try:
        result = cli.main(
            list(arguments), prog_name="hotwash", standalone_mode=False, obj=start or Start()
        )
        sys.stdout.flush()
    except click.exceptions.Abort:
        return 128 + signal.SIGINT
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read the output has gone; what was recorded is recorded.
        _drop_stdout()
        return 128 + getattr(signal, "SIGPIPE", 13)
    except Exception as error:  # noqa: BLE001  the edge: no traceback reaches a person
        return _explain(error)
    return result if isinstance(result, int) else 0


def _drop_stdout() -> None:
    """Keep Python from flushing into a closed pipe when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _explain(error: Exception) -> int:
    if isinstance(error, click.ClickException):
        context: Any = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        say(f"{error.format_message()}{hint}")
        return error.exit_code
    if isinstance(error, (StorageError, CaptureError)):
        say(str(error))
        return exit_code(error)
    if isinstance(error, OSError):
        say(f"{error.filename or 'A file'}: {error.strerror or error}.")
        return 1
    say(_unforeseen(error))
    return 1


def exit_code(error: StorageError | CaptureError) -> int:
    """The exit code that tells a script what sort of trouble it was."""
    if isinstance(error, NotFound):
        return 3
    if isinstance(error, (Ambiguous, BadValue, RecordUnreadable, CaptureError)):
        return 2
    return 1


def _unforeseen(error: Exception) -> str:
    """Put a defect's traceback where it can be sent from, and say so in one sentence."""
    from tui.cli.defects import write_report

    return write_report(error)
