"""A person at the command line: a home, a clock, and commands with what they print."""

import io
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from unittest import mock

import msgspec

from storage.drafts import KeptDraft
from tui.cli.main import run
from tui.services import Start

NOW = datetime(2026, 11, 21, 1, 50, 12, tzinfo=UTC)
"""A Saturday, ten to two at night."""

_LIMITED = """
import os, resource
size = int(os.environ["LARGEST_FILE"])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from tui.__main__ import main
main()
"""

Json = Any
"""What `json.loads` gives: tests look into it and mypy need not."""


class Result(msgspec.Struct, frozen=True):
    """How a command went."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        """What it printed, when that is one JSON value."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.out.splitlines()

    @property
    def ref(self) -> str:
        """The ref of the first entry it printed."""
        return self.out.split(" ", 1)[0]


class Session:
    """Runs commands in this process, with a clock that stands still unless it is moved."""

    def __init__(self, home: Path, author: str = "kim", first_id: int = 1) -> None:
        """Give `author` a home."""
        self.home = home
        self.now = NOW
        self.environment = {**os.environ, "HOTWASH_HOME": str(home)}
        self.new_id = ids(first_id)
        home.mkdir(parents=True, exist_ok=True)
        (home / "settings.toml").write_text(f'name = "{author}"\n', "utf-8")

    def run(self, *arguments: str, stdin: str | bytes = b"") -> Result:
        """Run a command; its standard input is `stdin`."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        out, err = _stream(), _stream()
        start = Start(now=lambda: self.now, new_id=self.new_id, environment=self.environment)
        with (
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8")),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run(list(arguments), start)
        return Result(code, _text(out), _text(err))

    def ok(self, *arguments: str, stdin: str | bytes = b"") -> Result:
        """Run a command that has to succeed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.code == 0, result
        return result

    def note(self, *words: str, stdin: str | bytes = b"") -> Json:
        """Record a note line; gives the last entry's JSON."""
        return json.loads(self.ok("note", "--json", *words, stdin=stdin).lines[-1])

    def entries(self, *arguments: str) -> list[Json]:
        """The entries that `show` shows."""
        shown: list[Json] = self.ok("show", "--json", *arguments).json["entries"]
        return shown

    def texts(self, *arguments: str) -> list[str]:
        """Their texts."""
        return [entry["text"] for entry in self.entries(*arguments)]

    def incident(self, *arguments: str) -> Json:
        """The incident that `show` shows."""
        return self.ok("show", "--json", *arguments).json["incident"]

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.now += timedelta(**time)

    def record(self) -> Path:
        """The file of the only incident."""
        (path,) = (self.home / "incidents").glob("*.json")
        return path

    def drafts(self) -> list[str]:
        """Words that were kept because they could not be saved."""
        files = sorted((self.home / "drafts").glob("*.json"))
        return [msgspec.json.decode(file.read_bytes(), type=KeptDraft).text for file in files]


def process(
    home: Path,
    *arguments: str | bytes,
    environment: Mapping[str, str] | None = None,
    largest_file: int | None = None,
    python: Sequence[str] = ("-m", "tui"),
    stdin: int | IO[bytes] = subprocess.PIPE,
    stdout: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start hotwash as a process of its own.

    Args:
        home: its home.
        arguments: those of the command.
        environment: variables that differ from this process's.
        largest_file: bytes that a file may have, which is how a full disk is played.
        python: what Python is to run in place of hotwash.
        stdin: where its input comes from; a pipe.
        stdout: where its output goes; a pipe.
    """
    changed = dict(environment or {})
    if largest_file is not None:
        python = ("-c", _LIMITED)
        # Python does not notice when it could write only half of a file of bytecode.
        changed |= {"LARGEST_FILE": str(largest_file), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", *python, *arguments],
        env={**os.environ, "HOTWASH_HOME": str(home), **changed},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def finish(running: subprocess.Popen[bytes], stdin: bytes = b"") -> Result:
    """Give a process its input and wait for its end."""
    out, err = running.communicate(stdin, timeout=60)
    return Result(running.returncode, (out or b"").decode(), (err or b"").decode())


def command(
    home: Path,
    *arguments: str | bytes,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    largest_file: int | None = None,
) -> Result:
    """Run hotwash as a process of its own, see `process`."""
    running = process(home, *arguments, environment=environment, largest_file=largest_file)
    return finish(running, stdin)


def ids(first: int = 1) -> Callable[[], str]:
    """uuid7s that are the same in every run, with refs that differ early."""
    numbers = itertools.count(first)

    def new_id() -> str:
        number = next(numbers)
        tail = f"{number * 0x9E3779B97F4A7C15 % (1 << 60):015x}"
        return f"019aa3c0-0000-7{number % 4096:03x}-8{tail[:3]}-{tail[3:]}"

    return new_id


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n")


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode("utf-8")
