"""A PostgreSQL of its own, with the settings it is installed with: every commit is fsynced."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.storage.team.postgres import find_programs

_OWNER = "postgres"
_START_S = 60


@contextmanager
def postgres() -> Iterator[str]:
    """Start one in a folder that is removed afterwards; its address, or "" where there is none."""
    programs = find_programs()
    if programs is None:
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="hotwash-pg-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        user = _OWNER if os.geteuid() == 0 else None
        if user:
            # PostgreSQL refuses to run as root.
            shutil.chown(folder, user)
        data = str(Path(folder, "data"))

        def run(program: str, *args: str) -> None:
            command = [str(programs / program), "-D", data, *args]
            subprocess.run(command, user=user, check=True, capture_output=True, cwd=folder)

        run("initdb", "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        log = str(Path(folder, "log"))
        run("pg_ctl", "start", "-w", "-t", str(_START_S), "-l", log, "-o", settings)
        try:
            yield f"postgresql://{_OWNER}@127.0.0.1:{port}/{_OWNER}"
        finally:
            run("pg_ctl", "stop", "-m", "fast")
