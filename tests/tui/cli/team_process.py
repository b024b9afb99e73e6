"""``hotwash serve`` as somebody runs it, and people who enroll with it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.tui.session import Session

_LONGEST_S = 30.0
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")


class TeamProcess:
    """A team server, run from the command line.

    Attributes:
        home: of whoever runs it.
        url: where it listens.
        printed: what nobody had read of its standard output when it ended.
    """

    def __init__(
        self, home: Path, *options: str, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start it; on return it listens."""
        self.home = home
        self.printed = ""
        home.mkdir(parents=True, exist_ok=True)
        self._log = home / "requests.log"
        command = [sys.executable, "-P", "-m", "tui", "serve"]
        if "--port" not in options:
            command += ["--port", "0"]
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [*command, *options],
                env={**os.environ, "HOTWASH_HOME": str(home), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.url = self.line()
        assert self.url.startswith("http"), self.log

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        return self._log.read_text("utf-8")

    @property
    def port(self) -> str:
        """Where it listens."""
        return self.url.rpartition(":")[2]

    def line(self) -> str:
        """The next line that it prints; empty once it has ended."""
        assert self._running.stdout is not None
        return self._running.stdout.readline().decode().strip()

    def end(self, *, kill: bool = False) -> int:
        """Tell it to stop, or kill it, unless it has ended; the exit code."""
        assert self._running.stdout is not None
        if self._running.stdout.closed:
            return self._running.wait(_LONGEST_S)
        if kill:
            self._running.kill()
        else:
            self._running.terminate()
        with self._running.stdout as stdout:
            self.printed = stdout.read().decode()
        return self._running.wait(_LONGEST_S)


@contextmanager
def team(home: Path, *options: str) -> Iterator[TeamProcess]:
    """A server for as long as the block lasts."""
    server = TeamProcess(home, *options)
    try:
        yield server
    finally:
        server.end()


def join(person: Session, server: TeamProcess, user: str) -> None:
    """Let somebody in, and have them enroll."""
    admin = Session(server.home, "admin")
    invited = admin.ok("invite", user)
    words = invited.out.split()
    assert words[:3] == ["hotwash", "enroll", server.url]
    person.ok(*words[1:])
