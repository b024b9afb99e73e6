"""A database of each kind, and as many servers' logs on it as a test wants."""

from pathlib import Path

from storage.clock import Now
from storage.team.server.op_log import Caller, OpLog
from storage.team.server.postgres_log import PostgresLog
from storage.team.server.sqlite_log import SqliteLog
from tests.storage.builders import Clock

POLL_S = 0.05
PATIENCE_S = 20.0
"""More than what a busy machine needs: no test is about this, but those that give their own."""


class Database:
    """An empty database, on which logs are opened.

    Attributes:
        url: its address, as `open_log` takes it.
        clock: of all its servers.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = Clock()
        self._open: list[OpLog] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return "://" not in self.url

    def log(self, team: str = "", patience_s: float = PATIENCE_S, poll_s: float = POLL_S) -> OpLog:
        """One more server's log, not opened."""
        now: Now = self.clock
        if self.is_sqlite:
            return SqliteLog(Path(self.url), team, now, poll_s, patience_s, look_s=0)
        return PostgresLog(self.url, team, now, poll_s, patience_s)

    async def open(
        self, team: str = "", patience_s: float = PATIENCE_S, poll_s: float = POLL_S
    ) -> OpLog:
        """One more server's log, closed when the test is over."""
        log = self.log(team, patience_s, poll_s)
        await log.open()
        self._open.append(log)
        return log

    async def close(self) -> None:
        """Close what was opened."""
        while self._open:
            await self._open.pop().close()

    def files(self) -> list[Path]:
        """Every file of an SQLite database."""
        return sorted(Path(self.url).parent.iterdir())


async def enrol(log: OpLog, user: str, device: str = "") -> Caller:
    """Somebody with a device that is called like them."""
    token = await enrol_token(log, user, device)
    caller = await log.caller(token)
    assert caller is not None
    return caller


async def enrol_token(log: OpLog, user: str, device: str = "") -> str:
    """The token of a device that somebody enrols."""
    invitation = await log.invite(user)
    token, enrolled = await log.enroll(invitation.code, device or user, f"{user}'s laptop")
    assert enrolled == user
    return token
