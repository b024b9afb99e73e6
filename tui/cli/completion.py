"""``hotwash completion``."""

import click
from click.shell_completion import get_completion_class

from tui.cli.options import home_option
from tui.cli.output import show

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@home_option
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes hotwash's commands.

    For example in ~/.bashrc: eval "$(hotwash completion bash)"
    """
    completion = get_completion_class(shell)
    assert completion is not None, "click knows each of SHELLS"
    root = ctx.find_root().command
    script = completion(root, {}, "hotwash", "_HOTWASH_COMPLETE").source()
    # Where hotwash has nothing to offer bash may offer files, as for any other command.
    show(script.replace("complete -o nosort -F", "complete -o default -o nosort -F"))
