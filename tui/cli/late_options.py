"""Options end where a text begins; somebody may have thought otherwise."""

import click

from tui.cli.output import say


def warn_of_late_options(ctx: click.Context, text: tuple[str, ...]) -> None:
    """Say so when a word of the text is an option of the command."""
    known = {name for option in ctx.command.params for name in option.opts if name[:1] == "-"}
    if late := [word for word in text[1:] if word.partition("=")[0] in known]:
        say(f"{late[0]} stands behind the text, so it is text. Options come before it.")
