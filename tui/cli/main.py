"""The commands, and the edge where every error becomes one sentence and an exit code."""

import errno
import importlib
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from capture.errors import CaptureError
from storage.errors import StorageError
from tui.cli.exit_codes import REFUSED, exit_code
from tui.cli.options import examples, home_option
from tui.cli.output import StdoutGone, let_go_of_stdout, say, show
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
    "voice": "Speak instead of typing: what it needs, and a model for it.",
    "enroll": "Join a team, with a one-time code.",
    "share": "Share an incident with the team.",
    "unshare": "Stop following a shared incident here.",
    "sync": "Push to the team server and pull from it, now.",
    "serve": "Run the team server.",
    "invite": "Let somebody into the team: print a one-time code.",
    "devices": "List the machines of the team, or revoke one.",
    "server": "Back up the team server's database, or restore it.",
    "doctor": "Check what hotwash needs, and say how to mend it.",
    "demo": "Replay a real published incident.",
    "reset-terminal": "Repair a terminal after the app was killed.",
    "completion": "Print the script that completes commands in a shell.",
}
"""Every command with its line in the help. A command's module is imported when it is called."""

_SIGNALLED = 128
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; a word alone that is none names an incident to open."""
        name = args[0]
        if name in COMMANDS or name[:1] == "-" or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        if _is_alone(args) and _is_terminal():
            from tui.cli.open import command

            return "open", command, args
        from difflib import get_close_matches

        close = " or ".join(get_close_matches(name, COMMANDS, n=2, cutoff=0.7))
        hint = f" Did you mean {close}?" if close else ""
        if _is_alone(args) and not close:
            hint = " To open an incident of that name hotwash needs a terminal."
        raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _is_alone(args: Sequence[str]) -> bool:
    """Whether nothing but --home goes with the first word."""
    rest = list(args[1:])
    return not rest or (rest[0].partition("=")[0] == "--home" and len(rest) <= 2)


def _is_terminal() -> bool:
    return all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _module(command: str) -> str:
    # Names of the standard library, and of Python, are not shadowed.
    return {"list": "listing", "set": "setting"}.get(command, command.replace("-", "_"))


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        show(f"hotwash {version('hotwash')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings=_SETTINGS,
    epilog=examples(
        'hotwash note "/s 503s on checkout @-5m"',
        'hotwash note "/a restarted the pods >dana"',
        "hotwash export -o postmortem.md",
    ),
)
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
    """Keep an incident's timeline while it runs, and walk away with a postmortem starter.

    Without a command the app opens; `hotwash INC` opens it on an incident.
    """
    if ctx.invoked_subcommand is None:
        from tui.cli.open import open_app, refuse_without_terminal

        refuse_without_terminal(ctx)
        open_app(ctx)


def run(arguments: Sequence[str], start: Start | None = None) -> int:
    """Run one command.

    Args:
        arguments: those of the command line, without the program's name.
        start: the clock and environment; those of the process when None.

    Returns:
        The exit code.
    """
    start = start or Start()
    try:
        result = _call(list(arguments), start)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        if sys.stderr is not None and sys.stderr.isatty():
            # The prompt comes after the ^C that the terminal shows.
            say("")
        return _SIGNALLED + signal.SIGINT
    except StdoutGone as gone:
        return _stdout_gone(gone.error)
    except OSError as error:
        if error.errno == errno.EPIPE:
            let_go_of_stdout()
            return _stdout_gone(error)
        say(f"{error.filename or 'Something'}: {error.strerror or error}.")
        return REFUSED
    except Exception as error:  # noqa: BLE001  the edge: no traceback reaches a person
        return _explain(error, start)
    return result if isinstance(result, int) else 0


def _call(arguments: list[str], start: Start) -> object:
    """Find the command and call it.

    Not by click's own `main`, which ends the process with 1 when nobody reads its help.
    """
    if "_HOTWASH_COMPLETE" in start.environment:
        return cli.main(arguments, prog_name="hotwash", standalone_mode=False, obj=start)
    with cli.make_context("hotwash", arguments, obj=start) as ctx:
        return cli.invoke(ctx)


def _stdout_gone(error: OSError) -> int:
    """What was recorded is recorded, whoever reads of it or does not."""
    if error.errno == errno.EPIPE:
        return _SIGNALLED + getattr(signal, "SIGPIPE", 13)
    say(f"Standard output can't be written: {error.strerror}. What was recorded is kept.")
    return REFUSED


def _explain(error: Exception, start: Start) -> int:
    if isinstance(error, click.ClickException):
        context: Any = getattr(error, "ctx", None)
        hint = f" See `{context.command_path} --help`." if context else ""
        say(f"{' '.join(error.format_message().split())}{hint}")
        return error.exit_code
    if isinstance(error, (StorageError, CaptureError)):
        say(str(error))
        return exit_code(error)
    # Put a defect's traceback where it can be sent from.
    from tui.cli.defects import write_report

    say(write_report(error, start))
    return REFUSED
