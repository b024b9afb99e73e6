"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui.services import Services, Start

F = TypeVar("F", bound=Callable[..., Any])


def _keep_home(ctx: click.Context, _option: click.Parameter, home: str | None) -> None:
    if home is not None:
        ctx.ensure_object(Start).home = home


home_option = click.option(
    "--home",
    metavar="DIR",
    expose_value=False,
    is_eager=True,
    callback=_keep_home,
    help="Keep all data in DIR, instead of $HOTWASH_HOME or the usual folder.",
)
"""``--home``, before or after the command."""

incident_option = click.option(
    "-i",
    "incident",
    metavar="INC",
    help="The incident: an id, the start of one, or a slug. Without it: the current one.",
)
"""``-i INC``."""

incident_argument = click.argument("incident", metavar="[INC]", required=False)
"""``[INC]``."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
"""``--json``."""


def command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose text may contain anything: options end where the text begins."""

    def make(function: Callable[..., Any]) -> click.Command:
        settings = {"allow_interspersed_args": False}
        return click.command(name, context_settings=settings)(home_option(function))

    return make


def services_of(ctx: click.Context) -> Services:
    """The services of this process, made at the first call."""
    root = ctx.find_root()
    services: Services | None = root.meta.get("services")
    if services is None:
        services = root.meta["services"] = Services(ctx.ensure_object(Start))
        for warning in services.warnings:
            click.echo(warning, err=True)
    return services
