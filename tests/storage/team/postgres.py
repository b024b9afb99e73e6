"""A PostgreSQL of its own for tests: thrown away at the end, never anybody's.

Import the fixtures `postgres` (the server) and `postgres_url` (an empty database) where they are
needed. Debian keeps the programs off the PATH, and none of them runs as root.
"""

import atexit
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_TEMPLATE = "template0"
_WAIT_S = 60
_UNPRIVILEGED = ("postgres", "nobody")


def find_programs() -> Path | None:
    """The folder of `initdb`, `pg_ctl` and `postgres`; None when they are not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    folders = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres", "psql")):
            return folder
    return None


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


class Postgres:
    """One throw-away cluster.

    Attributes:
        port: where it listens, on loopback only.
    """

    def __init__(self, programs: Path) -> None:
        """Make a cluster and start it."""
        self._programs = programs
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="hotwash-pg-"))
        self._databases = itertools.count(1)
        self._shared: str | None = None
        self.port = _free_port()
        atexit.register(self.remove)
        if self._user:
            shutil.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._run(
            "initdb", "--pgdata", "data", "--username", "hotwash", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
            "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60 "
            "-c autovacuum=off -c max_wal_size=256MB -c log_min_messages=panic"
        )
        self._run(
            "pg_ctl", "start", "--wait", "--timeout", str(_WAIT_S), "--pgdata", "data",
            "--log", "log", "--options", options,
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as a crash does (``immediate``), or as an administrator does (``fast``)."""
        self._run("pg_ctl", "stop", "--wait", "--pgdata", "data", "--mode", mode)

    def freeze(self) -> None:
        """Have it answer nobody: its processes stand still, its sockets stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def new_database(self, template: str = _TEMPLATE) -> str:
        """The address of a database that nobody has used."""
        name = f"team{next(self._databases)}"
        self.sql(f"create database {name} template {template}")
        return self.url(name)

    def emptied_database(self) -> str:
        """The address of a database that others have used and that nothing is left in: quicker."""
        if self._shared is None:
            self._shared = self.new_database()
        else:
            self.sql("drop schema if exists hotwash cascade", self._shared.rpartition("/")[2])
        return self._shared

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://hotwash@127.0.0.1:{self.port}/{database}"

    def sql(self, command: str, database: str = "postgres") -> str:
        """Run a command, and return what it printed."""
        return self._run(
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set",
            "ON_ERROR_STOP=1", "--command", command, self.url(database),
        ).strip()  # fmt: skip

    def remove(self) -> None:
        """Stop it, and remove all of it."""
        atexit.unregister(self.remove)
        if (self._folder / "data" / "postmaster.pid").exists():
            self.thaw()
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> str:
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._folder,
                env={**os.environ, "HOME": str(self._folder), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if program == "psql" else errors,
                stderr=errors,
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                check=False,
                text=True,
            )
            errors.seek(0)
            assert done.returncode == 0, f"{program} {arguments}: {errors.read()}"
            return done.stdout or ""

    def _signal(self, which: signal.Signals) -> None:
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in [first, *map(int, children)]:
            os.kill(process, which)


def _other_user() -> "pwd.struct_passwd | None":
    """Whom to run as: root may not."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, one for all tests of this process."""
    if sys.platform == "win32":
        pytest.skip("the throw-away PostgreSQL is started as on Unix")
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    server = Postgres(programs)
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """The address of an empty database."""
    return postgres.emptied_database()
