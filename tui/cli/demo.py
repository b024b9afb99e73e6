"""``hotwash demo``."""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from storage.exports import export_text
from tui.cli.open import open_app, refuse_without_terminal
from tui.cli.options import home_option
from tui.cli.output import say, show
from tui.demo.replay import AUTHOR, replay


@click.command("demo")
@home_option
@click.pass_context
def command(ctx: click.Context) -> None:
    """Replay a real published incident in a throw-away home.

    On a terminal the app shows it; elsewhere its starter is printed.
    """
    if all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        refuse_without_terminal(ctx)
        open_app(ctx, demo=True)
    with _leaving_on_signals(), tempfile.TemporaryDirectory(prefix="hotwash-demo-") as folder:
        library, record = replay(Path(folder))
        text = export_text(record, library, "md", with_log=False)
    show(text.encode("utf-8"), end="")
    say(
        f"This was {len(record.entries)} entries of a real incident that {AUTHOR} published. "
        "Nothing of it was kept. Start your own: hotwash new TITLE"
    )


@contextmanager
def _leaving_on_signals() -> Iterator[None]:
    """Let signals that end the process end the `with` block first, which removes the folder."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, _leave)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)
