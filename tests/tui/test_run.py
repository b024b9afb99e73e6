"""``hotwash run``: the command comes first, and what it did is on record."""

import json
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from storage.record import Record
from tests.tui.session import Session, command, process

PYTHON = (sys.executable, "-c")
PRINTS = (*PYTHON, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an incident going on."""
    home = tmp_path / "home"
    Session(home).ok("new", "db down")
    return home


def _entry(home: Path) -> dict[str, object]:
    (entry,) = Session(home).entries()
    assert isinstance(entry, dict)
    return entry


def test_output_and_exit_code_are_the_commands_own(home: Path) -> None:
    """A script that puts hotwash run before a command sees no difference."""
    done = command(home, "run", "--", *PRINTS)
    assert (done.code, done.out) == (3, "out\n")
    assert done.err.startswith("err\n")


def test_the_entry_tells_what_the_command_did(home: Path) -> None:
    """Exit code, duration and last lines are on record, of both outputs."""
    command(home, "run", "--", *PRINTS)
    entry = _entry(home)
    assert (entry["kind"], entry["source"], entry["state"]) == ("action", "shell", "done")
    assert entry["exit_code"] == 3
    assert isinstance(entry["seconds"], float)
    assert sorted(str(entry["body"]).split()) == ["err", "out"]
    assert str(entry["text"]).startswith("$ ")
    assert entry["done_at"]


def test_stderr_names_the_entry_and_the_incident(home: Path) -> None:
    """The person learns the ref without anything on standard output."""
    done = command(home, "run", "--", *PYTHON, "pass")
    assert done.out == ""
    assert str(_entry(home)["ref"]) in done.err
    assert "-> db down" in done.err


def test_secrets_stay_out_of_the_record(home: Path) -> None:
    """Neither the command line nor its output brings a password into the file."""
    secret = "hunter2" + "Xk9"
    script = f"print('password={secret}')"
    done = command(home, "run", "--", *PYTHON, script)
    assert secret in done.out, "output passes through as it is"
    for file in (home / "incidents").iterdir():
        assert secret not in file.read_text("utf-8", "replace"), file


def test_the_kind_can_be_chosen(home: Path) -> None:
    """A command that only looks is an observation, and nothing is open then."""
    command(home, "run", "--kind", "symptom", "--", *PYTHON, "pass")
    assert (_entry(home)["kind"], _entry(home)["state"]) == ("symptom", None)


def test_an_unknown_kind_is_refused_before_the_command_runs(home: Path, tmp_path: Path) -> None:
    """A typo must not run a dangerous command unrecorded."""
    made = tmp_path / "made"
    done = command(home, "run", "--kind", "sympton", "--", *PYTHON, f"open({str(made)!r}, 'w')")
    assert done.code == 2
    assert not made.exists()


def test_entry_file_has_the_finished_entry(home: Path, tmp_path: Path) -> None:
    """A script can read what was recorded, since stdout is the command's."""
    file = tmp_path / "entry.json"
    command(home, "run", "--entry-file", str(file), "--", *PYTHON, "pass")
    assert json.loads(file.read_bytes()) == _entry(home)


def test_an_entry_file_that_cannot_be_written_is_a_warning(home: Path, tmp_path: Path) -> None:
    """The command's exit code stays its own."""
    file = tmp_path / "missing" / "entry.json"
    done = command(home, "run", "--entry-file", str(file), "--", *PYTHON, "pass")
    assert done.code == 0
    assert str(file) in done.err


def test_standard_input_is_the_commands(home: Path) -> None:
    """`cat file | hotwash run -- sort` sorts the file."""
    script = "import sys; print(sys.stdin.read().upper())"
    assert command(home, "run", "--", *PYTHON, script, stdin=b"abc").out == "ABC\n"


def test_a_command_that_is_not_there_is_recorded(home: Path) -> None:
    """127, as in a shell, and the attempt is in the timeline."""
    done = command(home, "run", "no-such-command-here")
    assert done.code == 127
    assert _entry(home)["exit_code"] == 127


def test_without_an_incident_one_is_started(tmp_path: Path) -> None:
    """Nothing has to be prepared."""
    done = command(tmp_path / "home", "run", "--", *PYTHON, "print(1)")
    assert (done.code, done.out) == (0, "1\n")
    assert "one was started" in done.err


def test_a_home_that_cannot_be_used_stops_no_command() -> None:
    """The command matters more than its record: it runs, with a warning."""
    done = command(Path(os.devnull, "home"), "run", "--", *PRINTS)
    assert (done.code, done.out) == (3, "out\n")
    assert "not recorded" in done.err


def test_an_unknown_incident_stops_no_command(home: Path) -> None:
    """A stale $HOTWASH_INCIDENT costs the record, not the command."""
    done = command(home, "run", "--", *PRINTS, environment={"HOTWASH_INCIDENT": "gone"})
    assert done.code == 3
    assert "not recorded" in done.err


def test_a_defect_in_recording_stops_no_command(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even an error that nobody foresaw is a sentence, and the exit code the command's."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(Record, "add", broken)
    done = Session(home).run("run", "--", *PYTHON, "import sys; sys.exit(5)")
    assert done.code == 5
    assert "defect" in done.err
    assert "Traceback" not in done.err


def test_a_full_disk_keeps_what_the_command_did(home: Path) -> None:
    """The entry can't be completed: exit code and output are given a place in drafts."""
    size = max(file.stat().st_size for file in (home / "incidents").iterdir()) + 600
    script = "print('x' * 5000)"
    done = command(home, "run", "--", *PYTHON, script, largest_file=size)
    assert done.code == 0
    assert "not recorded" in done.err
    assert _entry(home)["exit_code"] is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to pass on")
def test_a_signal_ends_the_command_and_is_recorded(home: Path) -> None:
    """128 + n, and the entry says so: killing hotwash loses nothing."""
    script = "import sys, time; print('ready', flush=True); time.sleep(60)"
    running = process(home, "run", "--", *PYTHON, script)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    assert _entry(home)["state"] == "open", "the entry is there while the command runs"
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    assert _entry(home)["exit_code"] == 128 + signal.SIGTERM


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_on_a_terminal_the_command_has_one(home: Path) -> None:
    """Editors, pagers and prompts work behind hotwash run."""
    script = "import os, sys; print('tty', os.isatty(0), os.isatty(1)); sys.exit(4)"
    ours, theirs = pty.openpty()
    running = process(home, "run", "--", *PYTHON, script, stdin=theirs, stdout=theirs)
    os.close(theirs)
    _, err = running.communicate(timeout=60)
    assert os.read(ours, 1000) == b"tty True True\r\n"
    os.close(ours)
    assert running.returncode == 4, err
    assert _entry(home)["body"] == "tty True True"
