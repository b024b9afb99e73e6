"""A script without the right to write: ``python -m tests.storage.unprivileged FOLDER``.

Root may write anywhere, so it becomes nobody first. It prints as JSON what it could read, and what
was said when it tried to write.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from storage.errors import StorageError
from storage.record import Record
from tests.storage.histories import add, look_at_everything, reopen, start, texts

NOBODY = 65534


def give_up_rights() -> None:
    """Be somebody to whom the modes of files apply."""
    # What is imported late must be imported before: nobody may not read a checkout of root's.
    with tempfile.TemporaryDirectory() as folder, start(Path(folder)) as record:
        add(record, "imports everything")
        look_at_everything(record)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def said_by(act: Callable[[], object]) -> str:
    """What a person reads when this is tried; empty when it works."""
    try:
        act()
    except StorageError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def main() -> None:
    """Try everything."""
    folder = Path(sys.argv[1])
    give_up_rights()
    record: Record = reopen(folder)
    look_at_everything(record)
    found = {
        "notices": record.take_notices(),
        "add": said_by(lambda: add(record, "not here")),
        "checkpoint": said_by(record.checkpoint),
        "create": said_by(lambda: start(folder / "new")),
        "shown": texts(record),
    }
    record.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
