"""``hotwash invite``."""

import click

from storage.model import instant
from tui.cli.options import examples, home_option, json_option, services_of
from tui.cli.output import print_json, say, show
from tui.cli.team_addresses import has_served, known_address
from tui.cli.team_database import database_option, database_url, on_database
from tui.cli.team_names import user_name
from tui.cli.team_times import on_the_clock


@click.command("invite", epilog=examples("hotwash invite lee"))
@home_option
@click.argument("name", nargs=-1, required=True)
@database_option
@json_option
@click.pass_context
def command(ctx: click.Context, name: tuple[str, ...], database: str | None, as_json: bool) -> None:
    """Let somebody in: print what to type on their machine, with a code that works once.

    To be run on the server's machine; the server may go on meanwhile. NAME is what their entries are
    signed with; a name that is known already gets a further machine.
    """
    user = user_name(" ".join(name))
    services = services_of(ctx)
    where = database_url(services, database)
    # A new database would let nobody in anywhere on a member's machine, nor where the server has
    # another one, as $HOTWASH_DATABASE of its service may say.
    elsewhere = services.enrolled is not None or has_served(services.home)
    invitation = on_database(where, lambda log: log.invite(user), must_exist=elsewhere)
    address = known_address(services.home, where)
    if as_json:
        print_json(
            {
                "code": invitation.code,
                "expires": instant(invitation.expires),
                "user": invitation.user,
                "server": address,
            }
        )
        return
    show(f"hotwash enroll {address or 'URL'} {invitation.code}")
    until = on_the_clock(invitation.expires, services)
    say(f"For {invitation.user}, to be typed on their machine, once, until {until}.")
    if address is None:
        say("URL is where your team reaches the server, as https://hotwash.example.org.")
