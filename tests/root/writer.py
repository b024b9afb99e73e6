"""Records entries for ever, and says after each that it is on the disk: killed by the test.

Run as ``python -m tests.root.writer RECORD``. Every entry's text is its number; the number is
printed when `Record.add` has returned.
"""

import sys
from itertools import count
from pathlib import Path

from storage.model import Draft
from storage.record import Record

FOLD_EVERY = 25


def main() -> None:
    """Write until killed."""
    record = Record.open(Path(sys.argv[1]), "dana", "aaaa1111")
    for number in count(len(record.entries)):
        record.add([Draft(text=str(number))], "dana")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        if number % FOLD_EVERY == 0:
            record.checkpoint()


if __name__ == "__main__":
    main()
