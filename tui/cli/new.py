"""``hotwash new``."""

import click

from capture.moments import parse_moment
from capture.zones import zone_named
from storage.library import opening
from tui.cli.open import open_app as open_in_app
from tui.cli.open import refuse_without_terminal
from tui.cli.options import examples, home_option, json_option, one_line, services_of
from tui.cli.output import print_json, say, shape_of, show
from tui.cli.values import severity


@click.command(
    "new",
    epilog=examples(
        'hotwash new "checkout 503s" --severity 2 --service checkout',
    ),
)
@home_option
@click.argument("title", nargs=-1, required=True, type=one_line)
@click.option("--severity", "level", metavar="SEV2", help="SEV1 to SEV5.")
@click.option(
    "--service", "services", metavar="S", type=one_line, multiple=True, help="What is affected."
)
@click.option("--at", metavar="MOMENT", help="When it was declared; without it: now.")
@click.option("--zone", metavar="Z", help="Home zone, such as Europe/Paris.")
@click.option("--drill", is_flag=True, help="It is only an exercise.")
@click.option("--open", "open_app", is_flag=True, help="Open it in the app.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    title: tuple[str, ...],
    level: str | None,
    services: tuple[str, ...],
    at: str | None,
    zone: str | None,
    drill: bool,
    open_app: bool,
    as_json: bool,
) -> None:
    """Start an incident; its id is printed."""
    name = " ".join(word for word in title if word)
    if not name:
        raise click.UsageError("The title is empty.", ctx)
    if open_app:
        refuse_without_terminal(ctx)
    worked_in = services_of(ctx)
    home_zone = zone_named(zone).name if zone else worked_in.zone()
    declared = parse_moment(at, worked_in.now(), home_zone) if at else None
    drafts = opening(severity(level) if level else None, declared)
    affected = tuple(dict.fromkeys(service for service in services if service))
    record = worked_in.library.create(name, home_zone, affected, declared, drill=drill)
    if not as_json:
        show(record.incident.id)
    if drafts:
        record.add(drafts, worked_in.author)
    if as_json:
        print_json(shape_of(record))
    if open_app:
        open_in_app(ctx, record)
    record.close()
    say(f"Started {name!r}. Lines go there until it is resolved: hotwash note …")
