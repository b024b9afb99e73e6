"""A real speech model for tests, or a skip that says how to get one.

Import this file at the top of a test file, not inside a test: it remembers the cache of whoever
runs the tests, which each test is kept away from.
"""

import os

import pytest

from capture.voice.models import Model, Unusable, look_for_model
from storage.paths import find_home

_CACHE = find_home(None, os.environ).cache


def real_model(name: str = "base") -> Model:
    """An installed model: ``base``, which `make test` fetches, or another one.

    Skips the test when it is not there; in CI a skip fails the run.
    """
    found = look_for_model(_CACHE, name)
    if isinstance(found, Unusable):
        pytest.skip(f"{found.what}: {found.fix}")
    return found
