"""Reading from an SQLite file, off the event loop."""

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from storage.team.server import database_busy
from storage.team.server.op_log import PAGE_BYTES, Row
from storage.team.server.sqlite_connecting import connect_reader, translated
from storage.team.server.sqlite_pushing import PLACES

T = TypeVar("T")

_THREADS = 2


class SqliteReader:
    """A few threads, each with a connection that can't change anything."""

    def __init__(self, path: Path, patience_s: float) -> None:
        """Nothing is opened yet.

        Args:
            path: the file, whose tables are there.
            patience_s: how long anybody waits for an answer.
        """
        self._path = path
        self._patience_s = patience_s
        self._threads = ThreadPoolExecutor(_THREADS, "hotwash-reader")
        self._is_closed = False
        self._free: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()

    async def close(self) -> None:
        """Let what is being read be read, and close the connections."""
        self._is_closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await asyncio.to_thread(self._threads.shutdown)
        while not self._free.empty():
            self._free.get().close()

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Ask something.

        Raises:
            DatabaseBusy: there was no answer.
        """
        if self._is_closed:
            raise database_busy.closed()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience_s):
                return await loop.run_in_executor(self._threads, self._ask, question)
        except TimeoutError:
            raise database_busy.slow() from None

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        with translated():
            try:
                connection = self._free.get_nowait()
            except queue.Empty:
                connection = connect_reader(self._path)
            try:
                answer = question(connection)
            except sqlite3.Error:
                connection.close()
                raise
            except BaseException:
                # A refusal, such as of an incident that is not there, is no fault of the connection.
                self._free.put(connection)
                raise
            self._free.put(connection)
            return answer


def pull(
    connection: sqlite3.Connection, incident: str, after: int, limit: int
) -> tuple[list[Row], int]:
    """See `OpLog.pull`."""
    connection.execute("begin")
    try:
        found = connection.execute(
            "select key, head from incidents where id = ?", (incident,)
        ).fetchone()
        if found is None:
            return [], 0
        key, head = found
        rows: list[Row] = []
        size = 0
        for place, body in connection.execute(
            "select place, body from ops where place > ? and place < ? order by place limit ?",
            (key * PLACES + min(after, head), (key + 1) * PLACES, limit),
        ):
            size += len(body)
            if rows and size > PAGE_BYTES:
                break
            rows.append(Row(place % PLACES, body))
        return rows, head
    finally:
        connection.execute("commit")


def heads(connection: sqlite3.Connection, incidents: list[str]) -> dict[str, int]:
    """How far incidents have come."""
    found: dict[str, int] = {}
    for incident in incidents:
        row = connection.execute("select head from incidents where id = ?", (incident,)).fetchone()
        if row is not None:
            found[incident] = row[0]
    return found
