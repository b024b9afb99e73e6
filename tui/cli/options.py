"""Options that several commands share, and how their words are read."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from capture.text import clean
from tui.cli.output import say
from tui.services import Services, Start

F = TypeVar("F", bound=Callable[..., Any])

_OPTION = re.compile(r"--?[A-Za-z]")


def words(value: str) -> str:
    """What a person wrote, fit for the record, whatever bytes the shell passed on."""
    return clean(value)


def one_line(value: str) -> str:
    """A name or a title: words without line breaks, and without blanks at the ends."""
    return " ".join(clean(value).split())


class TextCommand(click.Command):
    """A command whose text may contain anything: options end where the text begins.

    ``- restarted the pods`` and ``-5 degrees`` begin a text, because no option looks like that.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``--`` before a text that begins with a dash."""
        takes_value = {
            name
            for option in self.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        at = 0
        while at < len(args) and _OPTION.match(args[at]):
            at += 2 if args[at] in takes_value else 1
        if at < len(args) and args[at][:1] == "-" and args[at] not in {"-", "--"}:
            args = [*args[:at], "--", *args[at:]]
        return super().parse_args(ctx, args)


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
    type=one_line,
    help="The incident: its id or slug, or the start of one. Without it: the current one.",
)
"""``-i INC``."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
"""``--json``."""


def incident_argument(function: F) -> F:
    """``[INC]``; ``-i INC``, as other commands have it, says the same."""
    argument = click.argument("incident", metavar="[INC]", required=False, type=one_line)
    also = click.option(
        "-i", metavar="INC", hidden=True, expose_value=False, type=one_line, callback=_also_named
    )
    return argument(also(function))


def _also_named(ctx: click.Context, _option: click.Parameter, name: str | None) -> None:
    if name is not None:
        ctx.meta["incident"] = name


def named_incident(ctx: click.Context, argument: str | None) -> str | None:
    """The incident that the command line names, as an argument or with ``-i``."""
    option: str | None = ctx.meta.get("incident")
    if argument and option and argument != option:
        raise click.UsageError(f"Two incidents are named: {argument} and {option}.", ctx)
    return argument or option


def examples(*lines: str) -> str:
    """Command lines to learn from, for the end of a command's help."""
    # Click leaves a paragraph as it is when this sign stands before it.
    return "\n".join(["\b", *lines])


def command(name: str, epilog: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """A command whose text may contain anything, see `TextCommand`."""

    def make(function: Callable[..., Any]) -> click.Command:
        settings = {"allow_interspersed_args": False}
        return click.command(name, cls=TextCommand, epilog=epilog, context_settings=settings)(
            home_option(function)
        )

    return make


def services_of(ctx: click.Context) -> Services:
    """The services of this process, made at the first call.

    Raises:
        BadValue: there is no home folder.
    """
    root = ctx.find_root()
    services: Services | None = root.meta.get("services")
    if services is None:
        services = root.meta["services"] = Services(ctx.ensure_object(Start))
        for warning in services.warnings:
            say(warning)
    return services
