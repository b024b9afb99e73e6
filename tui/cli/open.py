"""``hotwash`` and ``hotwash INC``: open the app."""

import gc
import os
import shutil
import sys
from contextlib import suppress
from difflib import get_close_matches

import click

from storage.errors import NotFound
from storage.record import Record
from tui.cli.leaving import leaving_on_signals
from tui.cli.options import home_option, one_line, services_of
from tui.services import Services, Start
from tui.terminal.early_keys import hold_keys, let_keys_go
from tui.terminal.obstacles import why_not

_LEAVE = "\x1b[?1049l"
"""Gives the screen back that was there before the first frame, should the app not come."""

_FRAMES_PER_S = "120"
"""Twice what Textual paints by itself: typing feels better, and costs little where bytes are cheap."""


@click.command("open", hidden=True)
@home_option
@click.argument("incident", metavar="[INC]", type=one_line)
@click.pass_context
def command(ctx: click.Context, incident: str) -> None:
    """Open an incident in the app."""
    refuse_without_terminal(ctx)
    services = services_of(ctx)
    try:
        record = services.library.open(services.library.find(incident))
    except NotFound as error:
        from tui.cli.main import COMMANDS

        if close := get_close_matches(incident, COMMANDS, n=2, cutoff=0.7):
            hint = " or ".join(close)
            message = f"There is no command and no incident {incident!r}. Did you mean {hint}?"
            raise click.UsageError(message, ctx.find_root()) from None
        raise error from None
    open_app(ctx, record)


def refuse_without_terminal(ctx: click.Context) -> None:
    """Say why no app can be drawn here, if none can.

    Raises:
        click.UsageError: there is no terminal, or it is none that can be drawn in.
    """
    start = ctx.ensure_object(Start)
    if why := why_not(start.environment, sys.stdin, sys.stdout):
        raise click.UsageError(why, ctx.find_root())


def open_app(ctx: click.Context, record: Record | None = None, *, demo: bool = False) -> None:
    """Run the app and leave with its exit code."""
    services = services_of(ctx)
    with leaving_on_signals():
        hold_keys()
        try:
            code = _run(services, record, demo=demo)
        finally:
            let_keys_go()
    ctx.exit(code)


def _run(services: Services, record: Record | None, *, demo: bool) -> int:
    if not any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY")):
        # Read by Textual when it is imported.
        os.environ.setdefault("TEXTUAL_FPS", _FRAMES_PER_S)
    # All that is made from here on lives as long as the app, which lets it be looked at for garbage
    # again once it is on the screen: a tenth of the time to the first frame.
    gc.disable()
    try:
        if record is not None:
            _show_first_frame(record)
        from tui.app import run_app
    except BaseException:
        if record is not None:
            _write(_LEAVE)
        raise
    return run_app(services, record, demo=demo)


def _show_first_frame(record: Record) -> None:
    from tui.first_frame import first_frame

    _write(first_frame(record, *shutil.get_terminal_size()))


def _write(text: str) -> None:
    """Send text to the terminal; one that can't be told anything gets the app's own trouble."""
    with suppress(OSError, ValueError, UnicodeError):
        sys.stdout.write(text)
        sys.stdout.flush()
