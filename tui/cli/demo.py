"""``hotwash demo``."""

import sys
import tempfile
from pathlib import Path

import click

from storage.exports import export_text
from tui.cli.leaving import leaving_on_signals
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
    with leaving_on_signals(), tempfile.TemporaryDirectory(prefix="hotwash-demo-") as folder:
        library, record = replay(Path(folder))
        text = export_text(record, library, "md", with_log=False)
    show(text.encode("utf-8"), end="")
    say(
        f"This was {len(record.entries)} entries of a real incident that {AUTHOR} published. "
        "Nothing of it was kept. Start your own: hotwash new TITLE"
    )
