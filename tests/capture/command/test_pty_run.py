"""On a terminal a command behaves as if hotwash were not there, and leaves the terminal as it was."""

import os
import signal
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from capture.command_run import Ran
from tests.capture.command.driving import DEADLINE, PYTHON, driver, ran, sh, terminal, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="drives terminals and signals")

# Tells that a signal came once, and whether it came again. The wait is for something not to
# happen, so a slow machine can't make it fail.
COUNT_INTERRUPTS = """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
signal.sigwait([signal.SIGINT])
print("again" if signal.sigtimedwait([signal.SIGINT], 0.3) else "once", flush=True)
"""


def test_a_command_on_a_terminal_has_a_terminal(tmp_path: Path) -> None:
    """Programs ask whether somebody watches; behind hotwash the answer is the same."""
    script = "import os, sys; print([os.isatty(n) for n in range(3)], os.get_terminal_size())"
    with terminal(driver(tmp_path / "ran", PYTHON, "-c", script)) as screen:
        assert screen.ends() == 0
        screen.shows(b"[True, True, True] os.terminal_size(columns=100, lines=40)")
    assert ran(tmp_path / "ran").output_tail.startswith("[True, True, True]")


def test_the_command_can_open_its_terminal(tmp_path: Path) -> None:
    """The prompts of ssh and sudo ask for passwords on /dev/tty, so it must be the command's own."""
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


def test_a_flood_passes_through_a_terminal_to_its_last_byte(tmp_path: Path) -> None:
    """What is printed just before the end arrives too, also behind megabytes."""
    expected = b"".join(b"%d\r\n" % n for n in range(1, 300_001))
    for attempt in range(3):
        with terminal(driver(tmp_path / f"ran{attempt}", "seq", "300000")) as screen:
            assert screen.ends() == 0
            assert len(screen.seen) == len(expected)
            assert screen.seen == expected


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
        assert screen.ends() == code
        assert screen.is_as_before()
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
        screen.shows(b"ready")
        os.kill(screen.process.pid, number)
        assert screen.ends() == 9
        assert screen.is_as_before()
    assert ran(tmp_path / "ran").exit_code == 9


def test_a_killed_command_leaves_a_sane_terminal(tmp_path: Path) -> None:
    """After kill -9 of an editor the shell's line editing works as before."""
    with terminal(
        driver(tmp_path / "ran", *sh("stty raw -echo; echo pid=$$.; sleep 60"))
    ) as screen:
        screen.shows(b".")
        assert screen.is_raw()
        os.kill(int(screen.seen.split(b"pid=")[1].split(b".")[0]), signal.SIGKILL)
        assert screen.ends() == 137
        assert screen.is_as_before()


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
        screen.shows(b"ready")
        until(screen.is_raw, "raw mode")
        os.kill(screen.process.pid, signal.SIGTSTP)
        assert os.WIFSTOPPED(os.waitpid(screen.process.pid, os.WUNTRACED)[1])
        assert screen.is_as_before()
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
