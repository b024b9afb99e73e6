"""``hotwash voice``: what speech needs, and what can be done with it outside the app."""

import importlib

import click

from tui.cli.options import examples, home_option
from tui.cli.output import show

COMMANDS = {
    "status": "Show which model and microphone would be used.",
    "install": "Fetch a speech model.",
    "transcribe": "Turn a recording into entries.",
    "test": "Record a few seconds, and say what was heard.",
}
"""Every command of the group with its line in the help. Its module is imported when it is called."""


class VoiceGroup(click.Group):
    """A group that knows its commands' names and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    "voice",
    cls=VoiceGroup,
    invoke_without_command=True,
    epilog=examples("hotwash voice install", "hotwash voice transcribe standup.wav"),
)
@home_option
@click.pass_context
def command(ctx: click.Context) -> None:
    """Speak instead of typing: see what speech needs here, and set it up.

    Nothing that is said leaves this machine.
    """
    if ctx.invoked_subcommand is None:
        show(ctx.get_help())
