"""``hotwash reset-terminal``."""

import sys

import click

from tui.cli.exit_codes import REFUSED
from tui.cli.options import examples, home_option
from tui.cli.output import say, show
from tui.terminal.reset import SEQUENCE, make_sane


@click.command("reset-terminal", epilog=examples("hotwash reset-terminal"))
@home_option
@click.pass_context
def command(ctx: click.Context) -> None:
    """Repair this terminal after hotwash was killed in it.

    Type it even if you can't see what you type, and press ctrl+j if Enter does nothing.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        raise click.UsageError("Run it in the terminal that is to be repaired.", ctx)
    # Whatever was left there, what is said now stands on a row of its own, the last one.
    show(f"{SEQUENCE}\x1b[999;1H", end="\r\n")
    try:
        make_sane(sys.stdout.fileno())
    except OSError as error:
        say(f"The terminal's modes can't be set: {error.strerror}. Close its window.")
        ctx.exit(REFUSED)
    if sys.platform == "win32":  # pragma: no cover
        say("The terminal is reset. If it still looks wrong, type cls, or open another window.")
    else:
        say("The terminal is reset. If it still looks wrong: reset")
