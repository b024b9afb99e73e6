"""Asking small programs to take text, none of which may hang, print, or outlive its welcome."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum

import msgspec

PATIENCE_S = 2.0
"""How long a program may take; those measured need 3 to 6 ms."""


class Ran(StrEnum):
    """How a program ran."""

    WELL = "well"
    BADLY = "badly"
    TOO_LONG = "too long"
    NOT_THERE = "not there"


class Answer(msgspec.Struct, frozen=True):
    """How a program ran, and what it printed if that was wanted."""

    ran: Ran
    output: str = ""


def ask(
    command: Sequence[str],
    environment: Mapping[str, str],
    data: bytes = b"",
    *,
    listen: bool = False,
) -> Answer:
    """Run a program with `data` as its input, for at most `PATIENCE_S`.

    Clipboard tools stay behind to serve what they took, holding whatever they were given: so their
    output is kept only on request, and their complaints never reach the screen.

    Args:
        command: the program, looked for on the environment's PATH, and its arguments.
        environment: all of its environment.
        data: its input.
        listen: whether to read what it prints.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if listen else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            # Out of reach of ctrl+c, and of the signal that a closing terminal sends.
            start_new_session=True,
        )
    except OSError:
        return Answer(Ran.NOT_THERE)
    try:
        output, _ = process.communicate(data, PATIENCE_S)
    except subprocess.TimeoutExpired:
        _stop(process)
        return Answer(Ran.TOO_LONG)
    ran = Ran.WELL if process.returncode == 0 else Ran.BADLY
    return Answer(ran, (output or b"").decode("utf-8", "replace").strip())


def tmux_environment(environment: Mapping[str, str]) -> dict[str, str | None] | None:
    """What tmux took over from the client that attached last; None for what that client lacks.

    Returns:
        None when there is no tmux that answers.
    """
    answer = ask(("tmux", "show-environment"), environment, listen=True)
    if answer.ran is not Ran.WELL:
        return None
    changes: dict[str, str | None] = {}
    for line in answer.output.splitlines():
        name, is_set, value = line.partition("=")
        if is_set:
            changes[name] = value
        elif name.startswith("-"):
            changes[name[1:]] = None
    return changes


def tmux_option(flags: str, name: str, environment: Mapping[str, str]) -> str | None:
    """How tmux is set; None when it does not say."""
    answer = ask(("tmux", "show-options", flags, name), environment, listen=True)
    return answer.output if answer.ran is Ran.WELL else None


def load_tmux_buffer(
    data: bytes, environment: Mapping[str, str], *, send: bool
) -> tuple[bool, bool]:
    """Put text into tmux's buffer; with `send` tmux asks its terminal to take it as well (3.2).

    Returns:
        Whether the buffer has it, and whether the terminal was asked.
    """
    if send and ask(("tmux", "load-buffer", "-w", "-"), environment, data).ran is Ran.WELL:
        return True, True
    return ask(("tmux", "load-buffer", "-"), environment, data).ran is Ran.WELL, False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a program and what it started, and let go of its pipes."""
    with process, suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
