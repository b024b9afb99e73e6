"""Bad luck: disks, signals, closed streams. No acknowledged entry is lost, and no word either."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.session import Result, Session, command, finish, process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on."""
    kim.ok("new", "Checkout 503s")
    return kim


def journal_size(session: Session) -> int:
    """How large the journal is, where the next line will go."""
    return session.record().with_name(f"{session.record().name}.wal").stat().st_size


def refs_and_texts(result: Result) -> list[str]:
    """The texts of the lines that were acknowledged."""
    return [line.split(" ", 2)[2] for line in result.lines]


def test_a_full_disk(on_call: Session) -> None:
    """The line is given back in a sentence, with 1; what was recorded before is there."""
    on_call.note("before")
    full = command(on_call.home, "note", "precious words", largest_file=journal_size(on_call) + 100)
    assert (full.code, full.out) == (1, "")
    assert "No room left on the disk" in full.err
    assert "Not saved:\nprecious words\n" in full.err
    assert "Traceback" not in full.err
    assert on_call.texts() == ["before"]
    assert on_call.note("after")["text"] == "after"


def test_a_disk_that_fills_up_in_the_middle_of_a_stream(on_call: Session) -> None:
    """Every acknowledged line is on disk, every other one is given back and kept."""
    given = [f"line {number} {'x' * 200}" for number in range(40)]
    full = command(
        *(on_call.home, "note", "-"),
        stdin="".join(f"{line}\n" for line in given).encode(),
        largest_file=12_000,
    )
    acknowledged = refs_and_texts(full)
    assert 0 < len(acknowledged) < len(given)
    assert full.code == 1
    assert on_call.texts() == acknowledged
    assert full.err.count("No room left on the disk") == 1
    refused = [line for line in given if line not in acknowledged]
    assert all(f"Not saved:\n{line}\n" in full.err for line in refused)
    assert on_call.drafts() == ["\n".join(refused)]


def test_nothing_can_be_written_at_all(on_call: Session) -> None:
    """Not even the words can be kept in a file: they are on stderr, and that is said."""
    full = command(on_call.home, "note", "precious words", largest_file=0)
    assert full.code == 1
    assert "Not saved:\nprecious words\nIt is kept nowhere else.\n" in full.err
    fresh = command(on_call.home.parent / "fresh", "note", "precious words", largest_file=0)
    assert fresh.code == 1
    assert "Not saved:\nprecious words\n" in fresh.err
    for arguments in (["new", "x"], ["change", "x"], ["set", "--severity", "2"]):
        result = command(on_call.home, *arguments, largest_file=0)
        assert (result.code, result.out) == (1, ""), result
        assert "Traceback" not in result.err
    assert command(on_call.home, "show", largest_file=0).code == 0


_AS_NOBODY = """
import contextlib, io, os, sys
import filelock
import tui.cli.defects
from tui.cli.main import run
from tui.services import Start
if os.geteuid() == 0:
    # Nobody may not even read the standard library here: run it once before, to have it imported.
    aside = Start(environment={**os.environ, "HOTWASH_HOME": os.environ["WARM_HOME"]})
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run(sys.argv[1:], aside)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def locked_home(on_call: Session) -> Iterator[Path]:
    """Kim's home where nobody may write, in a folder that everybody may enter."""
    on_call.note("before")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        shutil.copytree(on_call.home, home)
        shutil.copytree(on_call.home, Path(folder, "warm"))
        for path in [*home.rglob("*"), home]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        Path(folder).chmod(0o755)
        yield home
        for path in [home, *home.rglob("*")]:
            path.chmod(0o755)


def as_nobody(home: Path, *arguments: str) -> Result:
    """Run a command without any right to write in the home, even where the tests run as root."""
    places = {"WARM_HOME": str(home.with_name("warm")), "XDG_CACHE_HOME": str(home / "cache")}
    running = process(home, *arguments, environment=places, python=("-c", _AS_NOBODY))
    return finish(running)


def test_a_read_only_home(locked_home: Path) -> None:
    """Reading works as ever; a line is refused with 1, in a sentence, and given back."""
    shown = as_nobody(locked_home, "show", "--json")
    assert shown.code == 0, shown.err
    assert [entry["text"] for entry in json.loads(shown.out)["entries"]] == ["before"]
    assert as_nobody(locked_home, "list").code == 0
    assert as_nobody(locked_home, "export").out.startswith("# Checkout 503s")
    refused = as_nobody(locked_home, "note", "precious words")
    assert (refused.code, refused.out) == (1, "")
    assert "Not saved:\nprecious words\nIt is kept nowhere else.\n" in refused.err
    for arguments in (["set", "--severity", "2"], ["new", "x"], ["change", "x"]):
        result = as_nobody(locked_home, *arguments)
        assert (result.code, result.out) == (1, ""), result
        assert "can't be written" in result.err
        assert "Traceback" not in result.err


def test_an_export_path_that_can_not_be_written(locked_home: Path) -> None:
    """The place is named, with 1, and nothing is left there."""
    result = as_nobody(locked_home, "export", "-o", str(locked_home / "starter.md"))
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert str(locked_home / "starter.md") in result.err


def write(running: subprocess.Popen[bytes], data: bytes, *, last: bool = False) -> None:
    """Give a process some of its input."""
    assert running.stdin is not None
    running.stdin.write(data)
    running.stdin.flush()
    if last:
        running.stdin.close()


def read_acknowledged(running: subprocess.Popen[bytes], count: int) -> list[bytes]:
    """Wait for so many lines of output."""
    assert running.stdout is not None
    return [running.stdout.readline() for _ in range(count)]


def read_rest(running: subprocess.Popen[bytes]) -> tuple[list[bytes], bytes]:
    """What else a process prints, lines and words for people, until it has ended.

    Not by `communicate`, which does not know what `readline` has read ahead.
    """
    rest, err = b"", b""
    if running.stdout is not None and not running.stdout.closed:
        rest = running.stdout.read()
    assert running.stderr is not None
    err = running.stderr.read()
    running.wait(timeout=60)
    for stream in (running.stdin, running.stdout, running.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    return rest.splitlines(), err


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL", "SIGHUP"])
def test_a_signal_in_the_middle_of_a_stream(on_call: Session, name: str, count: int) -> None:
    """What was acknowledged is on disk; the exit code tells the signal; the record goes on."""
    number = getattr(signal, name)
    running = process(on_call.home, "note", "-")
    write(running, b"".join(b"line %d\n" % line for line in range(200)))
    lines = read_acknowledged(running, count)
    running.send_signal(number)
    rest, err = read_rest(running)
    assert running.returncode in {-number, 128 + number}
    assert b"Traceback" not in err
    acknowledged = [line.split()[0].decode() for line in [*lines, *rest]]
    recorded = [entry["ref"] for entry in on_call.entries()]
    assert recorded[: len(acknowledged)] == acknowledged
    assert len(recorded) - len(acknowledged) <= 1, "the one that was on its way"
    assert on_call.note("and on")["text"] == "and on"


def test_ctrl_c_while_waiting_for_input(on_call: Session) -> None:
    """Leaving an idle `note -` with ctrl+c is 130, without a traceback."""
    running = process(on_call.home, "note", "-")
    write(running, b"one\n")
    read_acknowledged(running, 1)
    running.send_signal(signal.SIGINT)
    _, err = read_rest(running)
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert on_call.texts() == ["one"]


def test_a_reader_that_leaves(on_call: Session) -> None:
    """`note - | head -1`: the lines are recorded all the same; the code is that of SIGPIPE."""
    running = process(on_call.home, "note", "-")
    assert running.stdout is not None
    write(running, b"one\n")
    read_acknowledged(running, 1)
    running.stdout.close()
    write(running, b"two\nthree\n", last=True)
    _, err = read_rest(running)
    assert running.returncode == 128 + signal.SIGPIPE
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert on_call.texts() == ["one", "two", "three"]


@pytest.mark.parametrize("arguments", [["show"], ["list"], ["export"], ["--help"], ["doctor"]])
def test_head_of_any_command(on_call: Session, arguments: list[str]) -> None:
    """Output that nobody reads any more is no error to tell of."""
    on_call.ok("note", "-", stdin="".join(f"line {number}\n" for number in range(50)))
    running = process(on_call.home, *arguments)
    assert running.stdout is not None
    running.stdout.close()
    _, err = read_rest(running)
    assert (running.returncode, err) == (128 + signal.SIGPIPE, b"")


def test_no_stdout_at_all(on_call: Session) -> None:
    """`>&-`: there is nothing to print to, and the line is recorded."""
    for closing in (">&-", "<&-", "2>&-", "<&- >&- 2>&-"):
        script = f'exec "$0" -P -m tui note words {closing}'
        done = subprocess.run(
            ["sh", "-c", script, sys.executable],
            env={**os.environ, "HOTWASH_HOME": str(on_call.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, (closing, done)
        assert b"Traceback" not in done.stderr
    assert on_call.texts() == ["words"] * 4


def test_no_standard_input_to_read(on_call: Session) -> None:
    """A closed input, or one that can't be read, is unreadable input: 2, in one sentence."""
    script = 'exec "$0" -P -m tui note - <&-'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable],
        env={**os.environ, "HOTWASH_HOME": str(on_call.home)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    with (on_call.home / "x").open("wb") as unreadable:
        result = finish(process(on_call.home, "note", "-", stdin=unreadable))
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert "Standard input can't be read" in result.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_stdout(on_call: Session) -> None:
    """The refs can't be printed; the lines are recorded, and the person is told."""
    with Path("/dev/full").open("wb") as full:
        running = process(on_call.home, "note", "-", stdout=full)
        result = finish(running, b"one\ntwo\n")
        assert finish(process(on_call.home, "show", stdout=full)).code == 1
    assert result.code == 1
    assert "Standard output can't be written: No space left on device." in result.err
    assert "Exception ignored" not in result.err
    assert on_call.texts() == ["one", "two"]


def test_a_terminal_that_knows_no_unicode(on_call: Session) -> None:
    """What an encoding can't say is shown with escapes; nothing fails after it was recorded."""
    result = command(
        on_call.home, "note", "über ✓", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert result.code == 0
    assert result.out.endswith("note \\xfcber \\u2713\n")
    assert on_call.texts() == ["über ✓"]


@pytest.mark.slow
def test_two_processes_at_once(on_call: Session) -> None:
    """Two people, or two tabs, write into one incident at once: everything of both is there."""
    lines = {name: [f"{name} {number}" for number in range(60)] for name in ("a", "b", "c")}
    running = {name: process(on_call.home, "note", "-") for name in lines}
    for name, one in running.items():
        write(one, "".join(f"{line}\n" for line in lines[name]).encode(), last=True)
    for one in running.values():
        read_rest(one)
        assert one.returncode == 0
    texts = on_call.texts()
    assert sorted(texts) == sorted(line for each in lines.values() for line in each)
    for name, each in lines.items():
        assert [text for text in texts if text.startswith(name)] == each, "in its own order"


def test_the_first_commands_of_all_at_once(tmp_path: Path) -> None:
    """Several first commands in an empty home come to one device, and lose nothing."""
    home = tmp_path / "home"
    running = [process(home, "note", f"line {number}") for number in range(4)]
    results = [finish(one) for one in running]
    assert [result.code for result in results] == [0] * 4, results
    session = Session(home)
    incidents = session.ok("list", "--json").json
    found = [text for incident in incidents for text in session.texts(incident["id"])]
    assert sorted(found) == [f"line {number}" for number in range(4)]
    devices = {
        entry["device"] for incident in incidents for entry in session.entries(incident["id"])
    }
    assert len(devices) == 1
