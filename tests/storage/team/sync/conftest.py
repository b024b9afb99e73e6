"""A real server in the test's event loop, and a team around it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from storage.team.server.databases import open_log
from tests.storage.team.running_server import serving
from tests.storage.team.sync.laptops import Team


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Where the server keeps its team."""
    return str(tmp_path / "team.db")


@pytest.fixture
async def url(database: str) -> AsyncIterator[str]:
    """A server that runs."""
    async with serving(open_log(database)) as address:
        yield address


@pytest.fixture
async def team(tmp_path: Path, database: str, url: str) -> AsyncIterator[Team]:
    """Nobody yet."""
    async with AsyncExitStack() as stack:
        yield Team(tmp_path, database, stack)
