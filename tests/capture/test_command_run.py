"""`run_command` changes nothing about a command, on a terminal and off it, and sees how it went."""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from capture.command.output_tail import OutputTail
from capture.command.pipe_run import pump
from capture.command.relay import Stream
from capture.command_run import HeldSignals, Ran, Stdio, run_command

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="drives terminals and signals")

DEADLINE = 60.0
PYTHON = sys.executable

# What `hotwash run` does, without the record: the result goes to the file named first.
DRIVER = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from capture.command_run import HeldSignals, run_command

with HeldSignals():
    ran = run_command(sys.argv[2:])
    done = Path(sys.argv[1])
    done.with_suffix(".part").write_text(json.dumps(asdict(ran)))
    done.with_suffix(".part").rename(done)
sys.exit(ran.exit_code)
"""
# Tells that a signal came once, and whether it came again. The wait is for something not to
# happen, so a slow machine can't make it fail.
COUNT_INTERRUPTS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
signal.sigwait([signal.SIGINT])
print("again" if signal.sigtimedwait([signal.SIGINT], 0.3) else "once", flush=True)
"""


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until `condition` holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        select.select([], [], [], 0.01)


def driver(result: Path, *command: str) -> list[str]:
    """Build the command line that runs `command` as hotwash does."""
    return [PYTHON, "-c", DRIVER, str(result), *command]


def ran(result: Path) -> Ran:
    """Wait for the result that the driver has recorded."""
    until(result.exists, "the recording")
    return Ran(**json.loads(result.read_text()))


def sh(script: str) -> tuple[str, str, str]:
    """Build the command line of a shell script."""
    return "sh", "-c", textwrap.dedent(script)


# --- on a terminal ----------------------------------------------------------------------------


@dataclass
class Terminal:
    """A terminal with a person before it, who runs one command in it."""

    master: int
    slave: int
    process: subprocess.Popen[bytes]
    seen: bytes = b""

    def read(self, timeout: float = 0.0) -> bool:
        """Take what is on the screen; False when nothing came."""
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        with suppress(OSError):
            self.seen += os.read(self.master, 65_536)
        return True

    def shows(self, expected: bytes) -> None:
        """Wait until `expected` is on the screen."""
        end = time.monotonic() + DEADLINE
        while expected not in self.seen:
            assert time.monotonic() < end, f"{expected!r} not in {self.seen!r}"
            self.read(0.1)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def resize(self, rows: int, columns: int) -> None:
        """Pull at the window's corner."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def settings(self) -> list[object]:
        """Read the modes that the person's shell would find."""
        return list(termios.tcgetattr(self.slave))

    def is_raw(self) -> bool:
        """Whether keys are passed on one by one, and ^C is no signal."""
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ISIG)

    def ends(self) -> int:
        """Wait for the end, reading all the while; returns the exit code."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running; {self.seen!r}"
            self.read(0.02)
        while self.read():
            pass
        return self.process.returncode


@contextmanager
def terminal(
    argv: Sequence[str], *, stdout: int | None = None, stderr: int | None = None
) -> Iterator[Terminal]:
    """Open a terminal of 40 rows and 100 columns in which `argv` runs as a session of its own."""
    master, slave = os.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
    process = subprocess.Popen(
        argv,
        stdin=slave,
        stdout=slave if stdout is None else stdout,
        stderr=slave if stderr is None else stderr,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    try:
        yield Terminal(master, slave, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for descriptor in (master, slave):
            with suppress(OSError):
                os.close(descriptor)


def test_a_command_on_a_terminal_has_a_terminal(tmp_path: Path) -> None:
    """Programs ask whether somebody watches; behind hotwash the answer is the same."""
    script = "import os, sys; print([os.isatty(n) for n in range(3)], os.get_terminal_size())"
    with terminal(driver(tmp_path / "ran", PYTHON, "-c", script)) as screen:
        assert screen.ends() == 0
        screen.shows(b"[True, True, True] os.terminal_size(columns=100, lines=40)")
    assert ran(tmp_path / "ran").output_tail.startswith("[True, True, True]")


def test_the_command_can_open_its_terminal(tmp_path: Path) -> None:
    """ssh and sudo ask for passwords on /dev/tty, so it must be the command's own."""
    script = "exec </dev/null >/dev/tty 2>&1; tty </dev/tty; echo asked; ps -o tty= -p $$"
    with terminal(driver(tmp_path / "ran", *sh(script))) as screen:
        assert screen.ends() == 0
        screen.shows(b"asked\r\n")


def test_what_is_typed_reaches_the_command(tmp_path: Path) -> None:
    """Lines, their echo and the end of input work as without hotwash."""
    with terminal(driver(tmp_path / "ran", *sh("echo ready; cat; echo end"))) as screen:
        screen.shows(b"ready\r\n")
        until(screen.is_raw, "raw mode")
        screen.type(b"hello\r")
        screen.shows(b"hello\r\nhello\r\n")
        screen.type(b"\x04")
        assert screen.ends() == 0
        screen.shows(b"end\r\n")
    assert ran(tmp_path / "ran").output_tail == "ready\nhello\nhello\nend"


def test_a_large_paste_waits_for_a_slow_reader(tmp_path: Path) -> None:
    """More typed than a terminal's buffer holds is neither lost nor stops the output."""
    script = """
    import os, sys, tty
    tty.setraw(0)
    print("ready", flush=True)
    for n in range(2000):
        print("output before reading", n)
    sys.stdout.flush()
    left = 200_000
    while left:
        left -= len(os.read(0, left))
    print("all read", flush=True)
    """
    with terminal(driver(tmp_path / "ran", PYTHON, "-c", textwrap.dedent(script))) as screen:
        screen.shows(b"ready")
        os.set_blocking(screen.master, False)
        left = b"x" * 200_000
        end = time.monotonic() + DEADLINE
        while left:
            assert time.monotonic() < end
            with suppress(BlockingIOError):
                left = left[os.write(screen.master, left[:4096]) :]
            screen.read(0.001)
        assert screen.ends() == 0
        screen.shows(b"all read")


def test_every_byte_passes_through_a_terminal(tmp_path: Path) -> None:
    """What the command writes arrives as it is, also if it is no text."""
    script = "import os, tty; tty.setraw(1); os.write(1, b'<' + bytes(range(256)) * 100 + b'>')"
    with terminal(driver(tmp_path / "ran", PYTHON, "-c", script)) as screen:
        assert screen.ends() == 0
        assert screen.seen == b"<" + bytes(range(256)) * 100 + b">"


def test_the_command_follows_the_windows_size(tmp_path: Path) -> None:
    """Full-screen programs draw again when the window changes."""
    script = "trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.02; done"
    with terminal(driver(tmp_path / "ran", *sh(script))) as screen:
        screen.shows(b"ready")
        screen.resize(30, 77)
        screen.shows(b"30 77")
        assert screen.ends() == 5


@pytest.mark.parametrize(
    ("command", "code", "number"),
    [
        (sh("exit 0"), 0, None),
        (sh("exit 42"), 42, None),
        (sh("kill -9 $$"), 137, 9),
        (sh("kill -TERM $$"), 143, 15),
        (("hotwash-no-such-command",), 127, None),
        (("/",), 126, None),
    ],
)
def test_the_exit_code_on_a_terminal(
    tmp_path: Path, command: tuple[str, ...], code: int, number: int | None
) -> None:
    """The exit code is the command's own, and the terminal is as before."""
    with terminal(driver(tmp_path / "ran", *command)) as screen:
        before = screen.settings()
        assert screen.ends() == code
        assert screen.settings() == before
    recorded = ran(tmp_path / "ran")
    assert (recorded.exit_code, recorded.signal) == (code, number)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.02; done", 7),
        ("echo ready; exec sleep 60", 130),
        ("trap '' INT; echo ready; read line; exit 3", 3),
    ],
    ids=["handled", "not handled", "ignored"],
)
def test_control_c_is_the_commands(tmp_path: Path, script: str, code: int) -> None:
    """^C does to the command what it would do without hotwash, and hotwash records how it ended."""
    with terminal(driver(tmp_path / "ran", *sh(script))) as screen:
        screen.shows(b"ready")
        until(screen.is_raw, "raw mode")
        screen.type(b"\x03")
        if "read" in script.split():
            screen.type(b"\r")
        assert screen.ends() == code
    assert ran(tmp_path / "ran").exit_code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_signals_for_hotwash_reach_the_command_on_a_terminal(tmp_path: Path, number: int) -> None:
    """`kill` on hotwash ends the command; hotwash lives on to record it and to tidy the terminal."""
    script = (
        f"trap 'exit 9' {signal.Signals(number).name[3:]}; echo ready; while :; do sleep 0.02; done"
    )
    with terminal(driver(tmp_path / "ran", *sh(script))) as screen:
        before = screen.settings()
        screen.shows(b"ready")
        os.kill(screen.process.pid, number)
        assert screen.ends() == 9
        assert screen.settings() == before
    assert ran(tmp_path / "ran").exit_code == 9


def test_a_killed_command_leaves_a_sane_terminal(tmp_path: Path) -> None:
    """After kill -9 of an editor the shell's line editing works as before."""
    with terminal(
        driver(tmp_path / "ran", *sh("stty raw -echo; echo pid=$$.; sleep 60"))
    ) as screen:
        before = screen.settings()
        screen.shows(b".")
        assert screen.is_raw()
        os.kill(int(screen.seen.split(b"pid=")[1].split(b".")[0]), signal.SIGKILL)
        assert screen.ends() == 137
        assert screen.settings() == before


def test_a_closed_terminal_ends_the_command_and_is_recorded(tmp_path: Path) -> None:
    """Closing the tab or losing SSH hangs up the command, and the entry is completed."""
    with terminal(driver(tmp_path / "ran", *sh("echo ready; exec sleep 60"))) as screen:
        screen.shows(b"ready")
        os.close(screen.slave)
        os.close(screen.master)
        assert ran(tmp_path / "ran") == Ran(
            exit_code=129, seconds=ran(tmp_path / "ran").seconds, output_tail="ready", signal=1
        )


def test_stopping_hotwash_hands_the_terminal_back(tmp_path: Path) -> None:
    """A stopped job must not leave the shell with a raw terminal, and goes on where it was."""
    with terminal(driver(tmp_path / "ran", *sh("echo ready; read line; echo got $line"))) as screen:
        before = screen.settings()
        screen.shows(b"ready")
        until(screen.is_raw, "raw mode")
        os.kill(screen.process.pid, signal.SIGTSTP)
        assert os.WIFSTOPPED(os.waitpid(screen.process.pid, os.WUNTRACED)[1])
        assert screen.settings() == before
        os.kill(screen.process.pid, signal.SIGCONT)
        until(screen.is_raw, "raw mode again")
        screen.type(b"line\r")
        assert screen.ends() == 0
        screen.shows(b"got line")


def test_errors_sent_to_a_file_still_go_there(tmp_path: Path) -> None:
    """`hotwash run -- make 2>errors.log` on a terminal keeps the two outputs apart."""
    with (tmp_path / "errors.log").open("wb") as errors:
        command = sh("echo out; test -t 2 || echo err >&2")
        with terminal(driver(tmp_path / "ran", *command), stderr=errors.fileno()) as screen:
            assert screen.ends() == 0
            assert screen.seen == b"out\r\n"
    assert (tmp_path / "errors.log").read_text() == "err\n"
    assert sorted(ran(tmp_path / "ran").output_tail.split("\n")) == ["err", "out"]


def test_a_background_job_is_not_stopped(tmp_path: Path) -> None:
    """`hotwash run -- make &` runs on while the person works; it must not touch the terminal."""
    script = 'set -m; "$@" & wait $!; echo code $?'
    command = sh("test -t 1 || echo pipe; exit 4")
    with terminal([*sh(script), "sh", *driver(tmp_path / "ran", *command)]) as screen:
        screen.shows(b"code 4")
        assert screen.ends() == 0
    assert ran(tmp_path / "ran").output_tail == "pipe"


def test_control_c_comes_once_where_only_the_output_is_piped(tmp_path: Path) -> None:
    """`hotwash run -- terraform apply | tee log`: a second ^C would make it give up halfway."""
    read, write = os.pipe()
    with terminal(driver(tmp_path / "ran", PYTHON, "-c", COUNT_INTERRUPTS), stdout=write) as screen:
        os.close(write)
        with os.fdopen(read) as output:
            assert output.readline() == "ready\n"
            screen.type(b"\x03")
            assert output.read() == "once\n"
        assert screen.ends() == 0


def test_a_program_left_on_the_terminal_is_not_waited_for(tmp_path: Path) -> None:
    """A daemon that kept the terminal open does not keep hotwash from ending."""
    script = "trap '' HUP; (trap '' HUP; exec sleep 300) & echo left $!."
    with terminal(driver(tmp_path / "ran", *sh(script))) as screen:
        assert screen.ends() == 0
        screen.shows(b".")
        os.kill(int(screen.seen.split(b"left ")[1].split(b".")[0]), signal.SIGKILL)


# --- in pipes ---------------------------------------------------------------------------------


def piped(result: Path, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the driver with all three streams piped."""
    return subprocess.run(
        driver(result, *command), input=stdin, capture_output=True, check=False, timeout=DEADLINE
    )


@contextmanager
def started(
    result: Path, *command: str, ignored: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the driver away from any terminal, and see it ready."""
    process = subprocess.Popen(
        driver(result, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=(lambda: signal.signal(ignored, signal.SIG_IGN)) if ignored else None,  # noqa: PLW1509
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


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
    command = " ".join(f"'{word}'" for word in driver(tmp_path / "ran", "yes") if "\n" not in word)
    assert command
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


def test_a_full_disk_behind_the_output_is_no_traceback(tmp_path: Path) -> None:
    """Output that can't be written ends the command's writing, never hotwash."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            driver(tmp_path / "ran", *sh("trap '' PIPE; echo lost; exit 2")),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=DEADLINE,
        )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


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
    script = "import signal; print('ready', flush=True); print(signal.getsignal(signal.SIGHUP))"
    with started(tmp_path / "ran", PYTHON, "-c", script, ignored=signal.SIGHUP) as process:
        assert process.wait(DEADLINE) == 0
    assert "SIG_IGN" in ran(tmp_path / "ran").output_tail


def test_the_command_has_fresh_signal_handling(tmp_path: Path) -> None:
    """Neither our handlers nor Python's habit of ignoring SIGPIPE reach the command."""
    script = """
    import signal
    print([n for n in (1, 2, 3, 13, 15, 17) if signal.getsignal(n) == signal.SIG_IGN])
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
    """
    # Python itself ignores SIGPIPE; /proc shows what it was given.
    status = piped(tmp_path / "ran", "cat", "/proc/self/status").stdout.decode()
    ignored = [line for line in status.splitlines() if line.startswith(("SigIgn", "SigBlk"))]
    assert script
    assert [int(line.split()[1], 16) for line in ignored] == [0, 0]


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
        assert ran(tmp_path / "ran").output_tail.startswith("left ")
        assert ran(tmp_path / "ran").seconds < 30
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_output_that_ends_after_the_command_is_kept(tmp_path: Path) -> None:
    """`cmd > >(filter)`: the filter's last words come when the command is gone."""
    read, write = os.pipe()
    script = f"(read a; echo filtered) <&{read} & echo end >&{write}"
    done = subprocess.run(
        driver(tmp_path / "ran", *sh(script)),
        pass_fds=[read, write],
        capture_output=True,
        check=True,
        timeout=DEADLINE,
    )
    os.close(read)
    os.close(write)
    assert done.stdout == b"filtered\n"


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
def test_commands_that_cannot_be_started(  # noqa: PLR0917
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


# --- in this process --------------------------------------------------------------------------


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
