"""Starting a command the way a shell does, with a shell's answers when it can't be."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from capture.errors import CaptureError
from capture.text import for_terminal

# POSIX, Shell Command Language 2.8.2.
NOT_FOUND = 127
NOT_EXECUTABLE = 126


class CommandNotStarted(CaptureError):
    """There is no such command, or it can't be executed.

    Attributes:
        exit_code: what a shell would answer, 126 or 127.
    """

    def __init__(self, exit_code: int, command: str, reason: str) -> None:
        """Say the `reason` in one line."""
        super().__init__(f"{for_terminal(command)}: {reason}")
        self.exit_code = exit_code


def start(
    argv: Sequence[str],
    *,
    stdin: int,
    stdout: int,
    stderr: int,
    new_session: Callable[[], None] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` with these file descriptors.

    Args:
        argv: the command and its arguments; not empty.
        stdin: inherited as it is if it is our own.
        stdout: where output goes.
        stderr: where errors go.
        new_session: if given, the command leads a session of its own and calls this before it
            begins.

    Raises:
        CommandNotStarted: there is no such command, or it can't be executed.
    """

    def spawn(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            arguments,
            stdin=None if stdin == 0 else stdin,  # which may be closed
            stdout=stdout,
            stderr=stderr,
            # Our own files close by themselves; what we were given may be meant for the command,
            # as in `hotwash run -- diff <(a) <(b)`.
            close_fds=False,
            start_new_session=new_session is not None,
            # It makes one system call between fork and exec, so other threads do no harm.
            preexec_fn=new_session,  # noqa: PLW1509
        )

    try:
        try:
            return spawn(argv)
        except OSError as error:
            # A script without a first line such as #!/bin/sh: shells and env run it all the same.
            if error.errno != errno.ENOEXEC or os.name != "posix":
                raise
            return spawn(("/bin/sh", shutil.which(argv[0]) or argv[0], *argv[1:]))
    except OSError as error:
        raise _not_started(argv[0], error) from error


def _not_started(command: str, error: OSError) -> CommandNotStarted:
    is_path = os.sep in command
    if isinstance(error, FileNotFoundError):
        if not is_path:
            return CommandNotStarted(NOT_FOUND, command, "command not found")
        if not Path(command).exists():
            return CommandNotStarted(NOT_FOUND, command, "no such file")
        return CommandNotStarted(NOT_EXECUTABLE, command, "its interpreter is missing")
    if is_path and Path(command).is_dir():
        return CommandNotStarted(NOT_EXECUTABLE, command, "is a directory")
    return CommandNotStarted(NOT_EXECUTABLE, command, (error.strerror or str(error)).lower())
