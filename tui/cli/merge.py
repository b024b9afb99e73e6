"""``hotwash merge``."""

from pathlib import Path

import click

from storage.errors import BadValue
from storage.foreign import read_foreign
from tui.cli.options import examples, home_option, services_of
from tui.cli.output import count, headline, say, show
from tui.services import Services


@click.command(
    "merge",
    epilog=examples(
        "hotwash merge ~/Downloads/2026-11-21-checkout-503s-9c21ab.json",
        "hotwash merge api-errors checkout-503s",
    ),
)
@home_option
@click.argument("source", metavar="FILE.json|INC")
@click.argument("into", metavar="[INTO]", required=False)
@click.pass_context
def command(ctx: click.Context, source: str, into: str | None) -> None:
    """Fold in a record that somebody sent (FILE.json), or join an incident INC into another.

    The id of the incident that everything is in now is printed.
    """
    services = services_of(ctx)
    if into is None:
        _fold_in(services, Path(source))
    else:
        _join(services, source, into)


def _fold_in(services: Services, path: Path) -> None:
    if not path.exists() and path.suffix != ".json":
        message = (
            f"There is no file {path}. To join two incidents, name both: hotwash merge INC INTO"
        )
        raise click.UsageError(message)
    foreign = read_foreign(path, services.author)
    for notice in foreign.notices:
        say(notice)
    record, new = services.library.take_in(foreign.incident, foreign.ops)
    record.close()
    for notice in record.take_notices():
        say(notice)
    news = count(new, "new change", "new changes")
    say(f"{news} taken in from {path}: {headline(record.incident)}.")
    for entry in record.all_entries if new else ():
        if fields := ", ".join(record.conflicts(entry.id)):
            say(f"Two people changed {entry.ref} at once: {fields}. What lost is in its history.")
    show(foreign.incident)


def _join(services: Services, source: str, into: str) -> None:
    from_path, to_path = services.library.find(source), services.library.find(into)
    if from_path == to_path:
        raise BadValue(f"{source!r} and {into!r} are the same incident.")
    one, other = services.library.open(from_path), services.library.open(to_path)
    moved = services.library.join(one, other, services.author)
    one.close()
    other.close()
    entries = count(moved, "entry", "entries")
    say(
        f"{entries} of {one.incident.title!r} taken over into {other.incident.title!r}; the first is "
        "marked as merged into the second."
    )
    show(other.incident.id)
