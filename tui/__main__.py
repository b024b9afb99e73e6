"""``python -P -m tui`` and the console script ``hotwash``."""

import sys

from tui.cli.main import run


def main() -> None:
    """Run one command and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
