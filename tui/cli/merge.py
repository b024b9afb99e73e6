"""``hotwash merge``."""

from pathlib import Path

import click

from storage.errors import BadValue
from storage.library import foreign_ops
from tui.cli.options import home_option, services_of
from tui.cli.output import headline, say
from tui.services import Services


@click.command("merge")
@home_option
@click.argument("source", metavar="FILE.json|INC")
@click.argument("into", metavar="[INTO]", required=False)
@click.pass_context
def command(ctx: click.Context, source: str, into: str | None) -> None:
    """Fold in a record that somebody sent (FILE.json), or join an incident INC into another."""
    services = services_of(ctx)
    if into is None:
        _fold_in(services, Path(source))
    else:
        _join(services, source, into)


def _fold_in(services: Services, path: Path) -> None:
    incident_id, ops = foreign_ops(path)
    record, new = services.library.take_in(incident_id, ops)
    record.close()
    say(f"{new} new change(s) from {path} are in: {headline(record.incident)}.")
    click.echo(incident_id)


def _join(services: Services, source: str, into: str) -> None:
    from_path, to_path = services.library.find(source), services.library.find(into)
    if from_path == to_path:
        raise BadValue(f"{source!r} and {into!r} are the same incident.")
    one, other = services.library.open(from_path), services.library.open(to_path)
    moved = services.library.join(one, other, services.author)
    one.close()
    other.close()
    say(
        f"{moved} entries of {one.incident.title!r} are now in {other.incident.title!r}, and the "
        "first is marked as merged into the second."
    )
    click.echo(other.incident.id)
