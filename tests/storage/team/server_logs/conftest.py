"""Fixtures: a database of each kind, an empty one for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.team.server.op_log import Caller, OpLog
from tests.storage.team.postgres import Postgres, postgres, postgres_url
from tests.storage.team.server_logs.databases import Database, enrol

__all__ = ["postgres", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Every test that uses this runs on both."""
    if request.param == "sqlite":
        url = str(tmp_path / "server" / "team.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.emptied_database()
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
async def log(database: Database) -> OpLog:
    """A server's log on that database."""
    return await database.open()


@pytest.fixture
async def dana(log: OpLog) -> Caller:
    """Somebody of the team."""
    return await enrol(log, "dana")


@pytest.fixture
async def lee(log: OpLog) -> Caller:
    """Somebody else of the team."""
    return await enrol(log, "lee")
