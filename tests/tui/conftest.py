"""What the tests of the command line stand on."""

from pathlib import Path

import pytest

from tests.tui.session import Session


@pytest.fixture
def kim(tmp_path: Path) -> Session:
    """Kim, on call, with an empty home."""
    return Session(tmp_path / "kim")


@pytest.fixture
def lee(tmp_path: Path) -> Session:
    """Lee, with a home and a machine of their own."""
    return Session(tmp_path / "lee", "lee", first_id=1001)
