"""``hotwash doctor``."""

import click
import msgspec

from capture.text import for_terminal
from tui.checks import Check, State, all_checks
from tui.cli.options import home_option, json_option, services_of
from tui.cli.output import print_json, show

_SIGNS = {State.OK: "ok     ", State.MISSING: "missing", State.BROKEN: "broken "}


@click.command("doctor")
@home_option
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check what hotwash needs on this machine, and say how to mend what is not right."""
    checks = all_checks(services_of(ctx))
    if as_json:
        print_json(msgspec.to_builtins(checks))
    else:
        for check in checks:
            _print(check)
    if any(check.state is not State.OK for check in checks):
        ctx.exit(1)


def _print(check: Check) -> None:
    show(f"{_SIGNS[check.state]}  {check.check}: {for_terminal(check.detail)}")
    if check.fix:
        show(f"           to mend it: {for_terminal(check.fix)}")
