"""`run_command` changes nothing about a command, and sees how it went."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from capture.command import relay
from capture.command.output_tail import OutputTail
from capture.command.pipe_run import pump
from capture.command.relay import Stream
from capture.command_run import HeldSignals, Ran, Stdio, run_command
from tests.capture.command.driving import DEADLINE, PYTHON, driver, piped, ran, sh, started

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="drives terminals and signals")


def test_both_outputs_pass_through_apart(tmp_path: Path) -> None:
    """Piped output and errors stay apart, byte for byte, and the record has both."""
    binary = "import os; os.write(1, bytes(range(256)) * 4096); os.write(2, b'\\xff\\0error')"
    done = piped(tmp_path / "ran", PYTHON, "-c", binary)
    assert done.stdout == bytes(range(256)) * 4096
    assert done.stderr == b"\xff\0error"
    assert ran(tmp_path / "ran").output_cut


def test_output_is_recorded_in_order_of_arrival(tmp_path: Path) -> None:
    """What came first stands first, whichever way it came."""
    read, write = os.pipe()
    # Each line is printed after the one before has been seen to pass.
    script = "echo one; read a; echo two >&2; read a; echo three"
    with subprocess.Popen(
        driver(tmp_path / "ran", *sh(script)),
        stdin=read,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(read)
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"one\n"
        os.write(write, b"\n")
        assert process.stderr.readline() == b"two\n"
        os.write(write, b"\n")
        assert process.stdout.readline() == b"three\n"
        os.close(write)
    assert ran(tmp_path / "ran").output_tail == "one\ntwo\nthree"


def test_input_is_the_commands(tmp_path: Path) -> None:
    """`cat file | hotwash run -- sort` sorts the file."""
    lines = [f"{n:06}\n".encode() for n in range(50_000)]
    done = piped(tmp_path / "ran", "sort", stdin=b"".join(reversed(lines)))
    assert done.stdout == b"".join(lines)
    assert ran(tmp_path / "ran").output_tail.split("\n") == [
        f"{n:06}" for n in range(49_950, 50_000)
    ]


def test_files_of_the_shell_reach_the_command(tmp_path: Path) -> None:
    """`hotwash run -- diff <(a) <(b)` hands over more files than the three."""
    read, write = os.pipe()
    os.write(write, b"handed over")
    os.close(write)
    done = subprocess.run(
        driver(tmp_path / "ran", "cat", f"/dev/fd/{read}"),
        pass_fds=[read],
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )
    os.close(read)
    assert done.stdout == b"handed over"


def test_nothing_is_read_ahead_of_the_command(tmp_path: Path) -> None:
    """What the command leaves unread is there for the next one: `(hotwash run -- head -1; cat)`."""
    script = '"$@"; cat'
    done = subprocess.run(
        [*sh(script), "sh", *driver(tmp_path / "ran", *sh("read line; echo got $line"))],
        input=b"one\ntwo\n",
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )
    assert done.stdout == b"got one\ntwo\n"


def test_a_closed_output_ends_the_command_as_in_a_shell(tmp_path: Path) -> None:
    """`hotwash run -- yes | head -1` ends, and the command was told by SIGPIPE."""
    with subprocess.Popen(driver(tmp_path / "ran", "yes"), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"y\n"
        process.stdout.close()
        assert process.wait(DEADLINE) == 141
    assert ran(tmp_path / "ran").signal == signal.SIGPIPE


def test_a_command_that_outlives_its_reader_runs_to_its_end(tmp_path: Path) -> None:
    """`hotwash run -- deploy | head -1`: nobody reads, and the command's end is recorded still."""
    script = "trap '' PIPE; echo one; read a; echo two 2>/dev/null; exit 6"
    with subprocess.Popen(
        driver(tmp_path / "ran", *sh(script)), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"one\n"
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(DEADLINE) == 6


def test_output_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    """A full disk behind the output ends the command's writing, never hotwash."""
    # Opened for reading: every write fails, on every system.
    (tmp_path / "out").touch()
    with (tmp_path / "out").open("rb") as unwritable:
        done = subprocess.run(
            driver(tmp_path / "ran", *sh("trap '' PIPE; echo lost; exit 2")),
            stdout=unwritable,
            stderr=subprocess.PIPE,
            check=False,
            timeout=DEADLINE,
        )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert ran(tmp_path / "ran").output_tail == "lost"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_signals_for_hotwash_reach_the_command(tmp_path: Path, number: int) -> None:
    """A supervisor that ends hotwash ends the command, and its end is recorded."""
    with started(tmp_path / "ran", *sh("echo ready; exec sleep 60")) as process:
        os.kill(process.pid, number)
        assert process.wait(DEADLINE) == 128 + number
    assert ran(tmp_path / "ran").signal == number


def test_a_signal_for_the_whole_group_does_not_stop_the_recording(tmp_path: Path) -> None:
    """Whoever signals the group, the command's own answer is what is recorded."""
    script = "trap 'exit 5' INT; echo ready; while :; do sleep 0.02; done"
    with started(tmp_path / "ran", *sh(script)) as process:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(DEADLINE) == 5
    assert ran(tmp_path / "ran").exit_code == 5


def test_what_was_ignored_stays_ignored(tmp_path: Path) -> None:
    """`nohup hotwash run -- backup` survives the end of the session, as does the backup."""
    script = (
        "import signal; print('ready', flush=True); print(signal.getsignal(1) == signal.SIG_IGN)"
    )
    with started(tmp_path / "ran", PYTHON, "-c", script, ignored=signal.SIGHUP) as process:
        assert process.wait(DEADLINE) == 0
    assert ran(tmp_path / "ran").output_tail == "ready\nTrue"


def test_the_command_has_fresh_signal_handling(tmp_path: Path) -> None:
    """Our handlers and what we held back do not reach the command."""
    script = """
    import signal
    numbers = [getattr(signal, "SIG" + name) for name in "TERM HUP QUIT CHLD TSTP CONT".split()]
    print({signal.getsignal(number) == signal.SIG_DFL for number in numbers})
    print(signal.getsignal(signal.SIGINT) == signal.default_int_handler)
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
    """
    done = piped(tmp_path / "ran", PYTHON, "-c", textwrap.dedent(script))
    assert done.stdout == b"{True}\nTrue\nset()\n"


@pytest.mark.parametrize(
    "script",
    ["sleep 300 & echo left $!.", "(while :; do echo chatter; sleep 0.01; done) & echo left $!."],
    ids=["silent", "chatty"],
)
def test_a_program_left_in_the_background_is_not_waited_for(tmp_path: Path, script: str) -> None:
    """A daemon that inherited the output does not keep hotwash from ending."""
    process = subprocess.Popen(
        driver(tmp_path / "ran", *sh(script)), stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.wait(DEADLINE) == 0
        assert ran(tmp_path / "ran").seconds < 30
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_output_that_ends_after_the_command_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cmd > >(filter)`: the filter's last words come when the command is gone."""
    monkeypatch.setattr(relay, "GRACE", DEADLINE)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # The filter sees the end of its input when the shell, its only writer, has ended.
    script = f"(cat {fifo}; echo filtered) & exec 3>{fifo}; echo words >&3"
    with (tmp_path / "out").open("wb") as out:
        result = run_command(sh(script), stdio=Stdio(stdout=out.fileno()))
    assert (tmp_path / "out").read_text() == "words\nfiltered\n"
    assert result.output_tail == "words\nfiltered"


@pytest.mark.parametrize(
    ("name", "content", "mode", "code", "sentence"),
    [
        (None, None, 0, 127, "command not found"),
        ("./missing", None, 0, 127, "no such file"),
        ("./plain", "text", 0o644, 126, "permission denied"),
        ("./dangling", "#!/no/such/interpreter\n", 0o755, 126, "its interpreter is missing"),
        ("./no-shebang", "echo from a script with $1; exit 3", 0o755, 3, ""),
    ],
)
def test_commands_that_cannot_be_started(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str | None,
    content: str | None,
    mode: int,
    code: int,
    sentence: str,
) -> None:
    """The exit code and the reason are those of a shell, and the record has them too."""
    if content is not None and name is not None:
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(mode)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    command = name or "hotwash-no-such-command"
    done = piped(tmp_path / "ran", command, "one argument")
    recorded = ran(tmp_path / "ran")
    assert (done.returncode, recorded.exit_code) == (code, code)
    expected = f"hotwash: {command}: {sentence}\n" if sentence else ""
    assert done.stderr.decode() == expected
    assert recorded.output_tail == expected.strip() or "from a script with one argument"


def test_how_long_it_took_comes_from_the_clock(tmp_path: Path) -> None:
    """The duration is measured by the clock that is handed in."""
    ticks = iter([100.0, 107.5])
    with (tmp_path / "out").open("wb") as out:
        result = run_command(
            sh("echo hello"), stdio=Stdio(stdout=out.fileno()), clock=lambda: next(ticks)
        )
    assert result == Ran(exit_code=0, seconds=7.5, output_tail="hello")
    assert (tmp_path / "out").read_text() == "hello\n"


def test_secrets_pass_through_but_are_not_recorded(tmp_path: Path) -> None:
    """The person sees what the command printed; the record does not."""
    with (tmp_path / "out").open("wb") as out:
        result = run_command(
            sh("echo password=hunter2secret"), stdio=Stdio(stdout=out.fileno()), keep_lines=5
        )
    assert (tmp_path / "out").read_text() == "password=hunter2secret\n"
    assert result.output_tail == "password=[redacted: labelled secret]"
    assert result.secrets == 1


def test_signals_are_handled_as_before_afterwards() -> None:
    """Running a command leaves no handler and no open file behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    files = set(os.listdir("/dev/fd"))  # noqa: PTH208
    run_command(sh("exit 0"))
    assert [signal.getsignal(number) for number in numbers] == before
    assert set(os.listdir("/dev/fd")) == files  # noqa: PTH208


def test_held_signals_do_not_end_a_recording() -> None:
    """^C between the command's end and the completed entry does not lose the entry."""
    with HeldSignals():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)


def test_the_way_without_select_passes_all_through(tmp_path: Path) -> None:
    """What runs on Windows, where only threads can wait for pipes."""
    read, write = os.pipe()
    tail = OutputTail(50, 16_384)
    with (tmp_path / "out").open("wb") as out:
        command = subprocess.Popen(["seq", "50000"], stdout=write)
        os.close(write)
        ended = pump(command, [Stream(read, out.fileno())], tail, lambda: 3.0)
    assert (ended.status, ended.at) == (0, 3.0)
    assert (tmp_path / "out").read_text() == "".join(f"{n}\n" for n in range(1, 50_001))
    assert tail.kept().text.endswith("49999\n50000")
