"""The team that the tests of this folder are about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.team.people import Team, team_of


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """A team with a server, and nobody in it."""
    with team_of(tmp_path / "team") as found:
        yield found
