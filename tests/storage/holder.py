"""A script that holds a record's lock until its stdin is closed: ``python -m tests.storage.holder LOCK``."""

import sys

import filelock


def main() -> None:
    """Hold it, and say so."""
    with filelock.FileLock(sys.argv[1]):
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
