"""These tests mount file systems: `sudo make test-root`, on Linux."""

import os
import sys

import pytest


@pytest.fixture(autouse=True)
def as_root() -> None:
    """Fail, rather than skip, where nothing can be mounted: a skipped proof is none."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.fail("These tests mount file systems: sudo make test-root, on Linux.")
