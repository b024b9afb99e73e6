"""A script that meets a full disk: ``python -m tests.storage.limited FOLDER BYTES``.

No file may become larger than so many bytes, which is what a quota does, and needs no rights. It
prints as JSON what was recorded, what was said, and what the files were when it was said.
"""

import json
import resource
import sys
from pathlib import Path

from storage.errors import DiskFull
from tests.storage.histories import NAME, add, reopen, texts


def main() -> None:
    """Record lines until the disk is full; fold; make room; go on."""
    folder, size = Path(sys.argv[1]), int(sys.argv[2])
    record = reopen(folder)
    said: list[str] = []
    recorded: list[str] = []
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    before = (folder / NAME).read_bytes()
    while len(said) < 3:
        text = f"line {len(recorded)}"
        try:
            add(record, text)
        except DiskFull as error:
            said.append(str(error))
        else:
            recorded.append(text)
    try:
        record.checkpoint()
    except DiskFull as error:
        said.append(str(error))
    untouched = (folder / NAME).read_bytes() == before
    shown = texts(record)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    add(record, "with room again")
    record.checkpoint()
    found = {"said": said, "recorded": recorded, "shown": shown, "untouched": untouched}
    print(json.dumps(found | {"finally": texts(record)}))


if __name__ == "__main__":
    main()
