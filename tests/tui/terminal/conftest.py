"""What of these tests runs where."""

import sys

# They need a pseudo-terminal, or Textual's driver for one, which Windows has not.
collect_ignore = (
    [f"test_{name}.py" for name in ("departure", "driver", "reset", "textual_faults")]
    if sys.platform == "win32"
    else []
)
