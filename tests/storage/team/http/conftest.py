"""A team server for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.storage.team.http.team import Team, team_at


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    """A server with the usual limits."""
    async with team_at(tmp_path) as served:
        yield served
