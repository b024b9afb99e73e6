"""``hotwash demo``."""

import tempfile
from pathlib import Path

import click

from storage.exports import export_text
from tui.cli.options import home_option
from tui.cli.output import say, show
from tui.demo.replay import AUTHOR, replay


@click.command("demo")
@home_option
def command() -> None:
    """Replay a real published incident in a throw-away home, and print its starter."""
    with tempfile.TemporaryDirectory(prefix="hotwash-demo-") as folder:
        library, record = replay(Path(folder))
        text = export_text(record, library, "md", with_log=False)
    show(text.encode("utf-8"), end="")
    say(
        f"This was {len(record.entries)} entries of a real incident that {AUTHOR} published. "
        "Nothing of it was kept. Start your own: hotwash new TITLE"
    )
