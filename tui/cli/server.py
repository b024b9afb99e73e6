"""``hotwash server``: the team server's database, kept safe."""

from pathlib import Path

import click

from tui.cli.options import examples, home_option, services_of
from tui.cli.output import say, show
from tui.cli.team_database import database_option, database_url, on_database

_file = click.Path(dir_okay=False, path_type=Path)


@click.group(
    "server",
    invoke_without_command=True,
    epilog=examples(
        "hotwash server backup team-2026-11-22.gz",
        "hotwash server restore team-2026-11-22.gz --database postgresql://db/hotwash",
    ),
)
@home_option
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep the team server's database safe: back it up, restore it, move it.

    To be run on the server's machine. A backup fits both SQLite and PostgreSQL.
    """
    if ctx.invoked_subcommand is None:
        show(ctx.get_help())


@command.command("backup", epilog=examples("hotwash server backup team-2026-11-22.gz"))
@home_option
@click.argument("file", type=_file)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@database_option
@click.pass_context
def backup(ctx: click.Context, file: Path, force: bool, database: str | None) -> None:
    """Write everything, as it stands at one moment, to FILE; the server may go on meanwhile."""
    from tui.cli.team_backup import check_free, write_backup

    where = database_url(services_of(ctx), database)
    check_free(file, force=force)
    size = on_database(where, lambda log: write_backup(log, file), must_exist=True)
    say(
        f"Written to {file} ({size:,} bytes). It holds all the team wrote: keep it as safe as that."
    )


@command.command("restore", epilog=examples("hotwash server restore team-2026-11-22.gz"))
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database_option
@click.pass_context
def restore(ctx: click.Context, file: Path, database: str | None) -> None:
    """Fill an empty database from a backup. Stop the server first.

    Whoever is enrolled in the backup is so again, revoked since or not. What came after it is offered
    again by the machines that have it.
    """
    from tui.cli.team_backup import read_backup

    where = database_url(services_of(ctx), database)
    on_database(where, lambda log: read_backup(log, file))
    say(
        f"Restored from {file}. Start the server: what is newer comes back from the team's machines. "
        "What was revoked since the backup is let in again: see hotwash devices."
    )


@command.command("renew", epilog=examples("hotwash server renew"))
@home_option
@database_option
@click.pass_context
def renew(ctx: click.Context, database: str | None) -> None:
    """Have every machine of the team offer again what it has. Stop the server first.

    After the database was put back by its own tools, to a state of earlier.
    """
    where = database_url(services_of(ctx), database)
    on_database(where, lambda log: log.renew(), must_exist=True)
    say("Renewed. Start the server: what it has not got comes back from the team's machines.")
