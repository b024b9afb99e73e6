"""A script that starts writers to be killed, as often as it is told to, without starting Python anew.

``python -m tests.storage.killable RECORD [NAME] [--careless]``. Each line on stdin starts that many writers; their
numbers are told as ``started PID PID``, and once all of them are gone, ``gone``. A writer tells
``ack TEXT`` after `Record.add` has returned, and ``owner TEXT`` after `Record.edit` has; ``failed``
with the reason when it ends by itself. With ``--careless`` no writer waits for the disk.
NAME is a part of all that they write.
"""

import os
import sys
from itertools import count
from pathlib import Path
from typing import NoReturn

from storage import disk
from storage.model import Draft
from storage.record import Record
from tests.storage.histories import NoSync

CHECKPOINT_EVERY = 5
FOLLOW_EVERY = 3


def tell(*words: object) -> None:
    """One line, in one write, so that lines of several writers never mix."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def write(path: Path, name: str) -> None:
    """Record lines until killed."""
    record = Record.open(path, name, name.replace("-", ""))
    for number in count():
        entry, *_ = record.add(
            [Draft(text=f"{name}-{number}"), Draft(text=f"{name}-{number}b")], name
        )
        tell("ack", f"{name}-{number}")
        tell("ack", f"{name}-{number}b")
        record.edit(entry.id, {"owner": entry.text}, name)
        tell("owner", entry.text)
        if number % FOLLOW_EVERY == 0:
            record.follow()
        if number % CHECKPOINT_EVERY == 0:
            record.checkpoint()


def live(path: Path, name: str) -> NoReturn:
    """Write until killed, and tell when anything else puts an end to it."""
    try:
        write(path, name)
    except BaseException as error:
        tell("failed", repr(error))
        raise
    finally:
        os._exit(1)


def main() -> None:
    """Start writers and wait for their end."""
    options = sys.argv[1:]
    careless = "--careless" in options
    path, *name = [option for option in options if option != "--careless"]
    if careless:
        setattr(disk, "os", NoSync())  # noqa: B010
    for turn, line in enumerate(sys.stdin):
        children = []
        for writer in range(int(line)):
            child = os.fork()
            if not child:
                live(Path(path), "-".join([*name, str(turn), str(writer)]))
            children.append(child)
        tell("started", *children)
        for child in children:
            os.waitpid(child, 0)
        tell("gone")


if __name__ == "__main__":
    main()
