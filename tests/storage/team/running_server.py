"""A real team server, in a process of its own or in the test's event loop, on a port of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec

from storage.team.server.databases import open_log
from storage.team.server.limits import DEFAULTS, Limits
from storage.team.server.op_log import OpLog
from storage.team.server.running import serve


class RunningServer:
    """A server process.

    Attributes:
        url: where it listens.
        port: of that.
        database: what it keeps its team in.
    """

    def __init__(
        self,
        database: str,
        limits: Limits = DEFAULTS,
        port: int = 0,
        options: tuple[str, ...] = (),
        log: Path | None = None,
    ) -> None:
        """Start it, and wait until it listens.

        Args:
            database: what ``--database`` names.
            limits: of the server.
            port: to listen on; 0: any.
            options: more of the command line.
            log: where it writes its log; None: to a file that is gone with it.
        """
        self.database = database
        self._limits, self._options = limits, options
        self.port = port
        # Closed by close().
        self._log = log.open("r+b", 0) if log else tempfile.TemporaryFile()  # noqa: SIM115
        self.start()

    def start(self) -> None:
        """Start it, again if it ran before: on the same port and database."""
        limits = msgspec.json.encode(self._limits).decode()
        command = [sys.executable, "-m", "storage.team.server", "--database", self.database]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port), "--limits", limits, *self._options],
            stdout=subprocess.PIPE,
            # A pipe that nobody reads would bring a talkative server to a halt.
            stderr=self._log,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().decode().strip()
        self._process.stdout.close()
        if not self.url:
            self._process.wait()
            raise AssertionError(f"the server did not start: {self.log()}")
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """Tell it to stop, and go on."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it has ended; its exit code."""
        return self._process.wait()

    def stop(self) -> int:
        """Tell it to stop, if it still runs, and wait; its exit code."""
        if self._process.poll() is None:
            self.terminate()
        return self.wait()

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self._log.close()

    def log(self) -> str:
        """What it wrote so far, of all its starts."""
        self._log.seek(0)
        return self._log.read().decode()

    def memory(self) -> int:
        """Bytes that it holds in memory now (Linux)."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(
    database: str,
    limits: Limits = DEFAULTS,
    options: tuple[str, ...] = (),
    log: Path | None = None,
) -> Iterator[RunningServer]:
    """A server process for as long as the block lasts."""
    server = RunningServer(database, limits, options=options, log=log)
    try:
        yield server
    finally:
        server.close()


@asynccontextmanager
async def serving(log: OpLog, limits: Limits = DEFAULTS) -> AsyncIterator[str]:
    """A server in the test's own event loop; gives its address. `log` is opened and closed by it."""
    ports: list[int] = []
    listening, stop = asyncio.Event(), asyncio.Event()

    async def on_listening(port: int) -> None:
        ports.append(port)
        listening.set()

    served = asyncio.create_task(
        serve(log, "127.0.0.1", 0, limits=limits, on_listening=on_listening, stop=stop)
    )
    # Whoever waits for it to listen hears of it too when it can't.
    served.add_done_callback(lambda _: listening.set())
    await listening.wait()
    try:
        if not ports:
            await served
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stop.set()
        await served


async def invite(database: str, user: str) -> str:
    """A one-time code for a user, as somebody on the server's machine gets it."""
    log = open_log(database)
    await log.open()
    try:
        return (await log.invite(user)).code
    finally:
        await log.close()


async def enrolled(database: str, user: str, *devices: str) -> list[str]:
    """The tokens of devices that are enrolled now, whether a server runs on the database or not."""
    log = open_log(database)
    await log.open()
    try:
        return [
            (await log.enroll((await log.invite(user)).code, device, device))[0]
            for device in devices
        ]
    finally:
        await log.close()
