"""What of these tests runs where."""

import sys

_UNIX = (
    "asking",
    "departure",
    "driver",
    "key_release",
    "reset",
    "stray_output",
    "textual_faults",
)
"""They need a pseudo-terminal, or Textual's driver for one, which Windows has not."""

collect_ignore = [f"test_{name}.py" for name in _UNIX] if sys.platform == "win32" else []
