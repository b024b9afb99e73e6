import asyncio
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tui import osc52
from tui.clipboard import Copied, Way, copy, copy_now

TEXT = "# Checkout 503s\n\nÅrhus 🔥 \x1b[31m\n"
SENT = "Sent to the terminal's clipboard; whether it took it can't be known."
FAR_AWAY = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}

_TAKES = 'printf "%s\\n" "$*" >>"$HERE/{name}.calls"; cat >"$HERE/{name}.took"'
_TMUX = """
printf "%s\\n" "$*" >>"$HERE/tmux.calls"
case "$*" in
    show-environment) printf "%b" "$ATTACHED" ;;
    *set-clipboard) echo "$SET_CLIPBOARD" ;;
    *allow-passthrough) [ -n "$PASSES" ] && echo "$PASSES" ;;
    load-buffer\\ -w*) [ -n "$OLD" ] && exit 1; cat >"$HERE/tmux.took" ;;
    load-buffer*) cat >"$HERE/tmux.took" ;;
esac
"""


class Machine:
    """A machine with the tools that a test gives it, and a terminal that keeps what it is sent."""

    def __init__(self, folder: Path) -> None:
        """Give it nothing but what shell scripts need."""
        self.folder = folder
        self.sent: list[str] = []
        self.environment = {"PATH": str(folder), "HERE": str(folder), "TERM": "xterm-256color"}
        for name in ("cat", "sleep"):
            (folder / name).symlink_to(shutil.which(name) or name)

    def has(self, name: str, script: str = _TAKES) -> None:
        """Put a tool on the PATH; the usual one keeps its arguments and its input."""
        tool = self.folder / name
        tool.write_text("#!/bin/sh\n" + script.replace("{name}", name), "utf-8")
        tool.chmod(0o755)

    def read(self, name: str) -> str:
        """What a tool left; empty when it was not run."""
        path = self.folder / name
        return path.read_bytes().decode() if path.exists() else ""

    def copies(self, text: str = TEXT, **variables: str) -> Copied:
        """Copy on this machine."""
        return copy_now(text, self.environment | variables, self.sent.append)

    @property
    def terminal_got(self) -> str:
        """The text of the only OSC 52 sequence that arrived."""
        (sequence,) = self.sent
        return decoded(sequence)


def decoded(sequence: str) -> str:
    """The text in an OSC 52 sequence."""
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found, sequence[:80]
    return b64decode(found[1]).decode()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """See `Machine`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return Machine(folder)


@pytest.fixture(autouse=True)
def pyperclip_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches the clipboard of whoever runs it."""
    import pyperclip

    def refuse(_text: str = "") -> str:
        raise pyperclip.PyperclipException

    monkeypatch.setattr(pyperclip, "copy", refuse)
    monkeypatch.setattr(pyperclip, "paste", refuse)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools that hang are given up at once."""
    monkeypatch.setattr("tui.clipboard_tools.PATIENCE_S", 0.2)
    monkeypatch.setattr("tui.system_clipboard.PATIENCE_S", 0.2)


def test_a_tool_of_this_machine(machine: Machine) -> None:
    """It gets every byte, and the terminal is not bothered with what is done already."""
    machine.has("xclip")
    copied = machine.copies(DISPLAY=":0")
    assert machine.read("xclip.took") == TEXT
    assert machine.read("xclip.calls") == "-selection clipboard\n"
    assert (copied.sure, copied.tried, machine.sent) == ((Way.CLIPBOARD,), (), [])
    assert copied.sentence == "Copied to the clipboard."


def test_wayland_comes_first(machine: Machine) -> None:
    """Where both displays are there, the one that programs paste from is asked."""
    machine.has("wl-copy")
    machine.has("xclip")
    assert machine.copies(DISPLAY=":0", WAYLAND_DISPLAY="wayland-0").sure == (Way.CLIPBOARD,)
    assert (machine.read("wl-copy.took"), machine.read("xclip.took")) == (TEXT, "")


def test_a_tool_that_stays_behind(machine: Machine) -> None:
    """Real ones serve the clipboard from the background, and nobody waits for that."""
    machine.has("xclip", f'{_TAKES}\nsleep 60 & echo $! >"$HERE/pid"')
    assert machine.copies(DISPLAY=":0").sure == (Way.CLIPBOARD,)
    os.kill(int(machine.read("pid")), 9)


def test_tools_that_fail(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    """The next way is tried, which ones failed is said, and they can't write over the screen."""
    for name in ("wl-copy", "xclip"):
        machine.has(name, "echo cannot open display; echo cannot open display >&2; exit 1")
    copied = machine.copies(DISPLAY=":0", WAYLAND_DISPLAY="wayland-0")
    assert machine.terminal_got == TEXT
    assert copied.sentence == (
        "wl-copy could not reach the clipboard. xclip could not reach the clipboard. " + SENT
    )
    assert capfd.readouterr() == ("", "")
    machine.has("xsel")
    assert machine.copies(DISPLAY=":0").sentence == "Copied to the clipboard."


@pytest.mark.usefixtures("impatient")
def test_a_tool_that_hangs(machine: Machine) -> None:
    """It is stopped with all that it started, and said so; other ways are still tried."""
    os.mkfifo(machine.folder / "held")
    held = os.open(machine.folder / "held", os.O_RDONLY | os.O_NONBLOCK)
    machine.has("xclip", 'exec 9>"$HERE/held"; sleep 600')
    copied = machine.copies("x" * 200_000, DISPLAY=":0")
    assert copied.trouble[0] == "xclip gave no answer and was stopped."
    os.set_blocking(held, True)
    assert os.read(held, 1) == b"", "it ends once nobody holds it any more"
    os.close(held)
    assert machine.copies(DISPLAY=":0").tried == (Way.TERMINAL,)


def test_over_ssh(machine: Machine) -> None:
    """The server's clipboard is not the person's, even where X is forwarded; the terminal's is."""
    machine.has("xclip")
    copied = machine.copies(DISPLAY=":10", **FAR_AWAY)
    assert machine.read("xclip.took") == ""
    assert machine.terminal_got == TEXT
    assert (copied.sure, copied.sentence) == ((), SENT)


@pytest.mark.parametrize("size", [osc52.LONGEST, osc52.LONGEST + 1])
@pytest.mark.parametrize("screen", [{}, {"STY": "1.pts-0"}])
def test_the_longest_text(machine: Machine, size: int, screen: dict[str, str]) -> None:
    """What is too long for terminals is not cut, and the file is named in its place."""
    file = Path("/tmp/x.md")
    environment = machine.environment | screen
    copied = copy_now("é" * (size // 2) + "x" * (size % 2), environment, machine.sent.append, file)
    if size > osc52.LONGEST:
        assert machine.sent == []
        assert "74,995 bytes are more than terminals take" in copied.sentence
        assert copied.sentence.endswith("It is in /tmp/x.md.")
    else:
        assert copied.tried == (Way.TERMINAL,)
        assert copied.sentence == f"{SENT} It is also in /tmp/x.md."
        assert screen or len(machine.sent[0]) == 100_000


def test_in_gnu_screen(machine: Machine) -> None:
    """It hands on short strings, whose contents together are the sequence."""
    machine.copies(TEXT * 100, STY="1.pts-0")
    (sequence,) = machine.sent
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert decoded("".join(pieces)) == TEXT * 100
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert max(map(len, pieces)) < 256


@pytest.mark.parametrize("term", ["", "dumb", "linux"])
def test_terminals_without_a_clipboard(machine: Machine, term: str) -> None:
    """They would show the sequence, or nothing; that nothing was copied is said."""
    copied = machine.copies(TERM=term)
    assert (machine.sent, copied.anywhere) == ([], False)
    assert copied.sentence == "Nothing here has a clipboard to copy to."


def test_no_terminal_or_a_broken_one(machine: Machine) -> None:
    """Nothing is claimed when the sequence went nowhere."""

    def gone(_sequence: str) -> None:
        raise OSError(5, "Input/output error")

    assert not copy_now(TEXT, machine.environment, None).anywhere
    copied = copy_now(TEXT, machine.environment, gone, Path("x.md"))
    assert copied.sentence == (
        "The terminal could not be asked: Input/output error. "
        "Nothing here has a clipboard to copy to. It is in x.md."
    )


@pytest.mark.parametrize(
    ("set_clipboard", "passes", "old", "expected"),
    [
        ("external", "off", "", "by tmux"),
        ("on", "off", "", "by tmux"),
        ("on", "on", "", "wrapped"),
        ("off", "all", "", "wrapped"),
        ("off", "off", "", "no way"),
        ("external", "off", "yes", "no way"),
        ("on", "off", "yes", "plain"),
        ("external", "", "yes", "wrapped"),  # before 3.3 it had no such option and passed all
    ],
)
def test_in_tmux(
    machine: Machine, set_clipboard: str, passes: str, old: str, expected: str
) -> None:
    """Its buffer always has it; its terminal is asked in the ways that it is set to allow."""
    machine.has("tmux", _TMUX)
    copied = machine.copies(
        TMUX="/tmp/t,1,0", ATTACHED="", SET_CLIPBOARD=set_clipboard, PASSES=passes, OLD=old
    )
    assert machine.read("tmux.took") == TEXT
    assert copied.sure == (Way.TMUX,)
    told = "In tmux's buffer: prefix ] pastes it."
    assert copied.sentence == (told if expected == "no way" else f"{told} {SENT}")
    assert bool(machine.sent) is (expected in {"plain", "wrapped"})
    if expected == "plain":
        assert machine.terminal_got == TEXT
    if expected == "wrapped":
        (sequence,) = machine.sent
        inside = re.fullmatch(r"\x1bPtmux;(.*)\x1b\\", sequence, re.DOTALL)
        assert inside
        assert decoded(inside[1].replace("\x1b\x1b", "\x1b")) == TEXT


@pytest.mark.parametrize(("size", "sent"), [(3_999, 1), (4_000, 0), (30_000, 0)])
def test_what_an_old_tmux_drops(machine: Machine, size: int, sent: int) -> None:
    """It loses 8 kB without a word, so no more than half of that is given to it to hand on."""
    machine.has("tmux", _TMUX)
    variables = {"SET_CLIPBOARD": "on", "PASSES": "off", "OLD": "yes"}
    copied = machine.copies("x" * size, TMUX="/tmp/t,1,0", ATTACHED="", **variables)
    assert (len(machine.sent), copied.sure) == (sent, (Way.TMUX,))


@pytest.mark.parametrize(
    ("attached", "here"),
    [
        ("SSH_CONNECTION=10.0.0.1 5 10.0.0.2 22\nDISPLAY=:0", False),
        ("-SSH_CONNECTION\nDISPLAY=:7", True),
    ],
)
def test_who_is_attached_to_tmux(machine: Machine, attached: str, here: bool) -> None:
    """The shell may be days old: who sits where now decides whose clipboard is the right one."""
    machine.has("tmux", _TMUX)
    machine.has("xclip", f'{_TAKES}\necho "$DISPLAY" >"$HERE/display"')
    started_by = {"DISPLAY": ":0"} if not here else {"SSH_TTY": "/dev/pts/3", **FAR_AWAY}
    copied = machine.copies(TMUX="/tmp/t,1,0", ATTACHED=attached, SET_CLIPBOARD="off", **started_by)
    assert (Way.CLIPBOARD in copied.sure) is here
    assert Way.TMUX in copied.sure
    assert machine.read("display") == (":7\n" if here else "")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("script", ["sleep 60", "exit 1", None])
def test_a_tmux_that_is_gone(machine: Machine, script: str | None) -> None:
    """One of its commands is waited for, not each, and what became of it is said."""
    if script:
        machine.has("tmux", script)
    copied = machine.copies(TMUX="/tmp/t,1,0")
    assert (copied.anywhere, machine.sent) == (False, [])
    assert copied.sentence.startswith("tmux gave no answer.")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A function that asks a tmux of its own, which no configuration of anybody reaches."""
    socket = tmp_path / "socket"

    def ask(*arguments: str) -> str:
        command = ["tmux", "-S", str(socket), "-f", "/dev/null", *arguments]
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=30)
        return done.stdout.decode()

    yield ask
    with suppress(subprocess.CalledProcessError):
        ask("kill-server")


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_a_real_tmux(tmux: Callable[..., str], tmp_path: Path) -> None:
    """Its buffer holds the text, and the terminal that it runs in gets it with usual settings."""
    master, slave = pty.openpty()
    terminal = subprocess.Popen(
        ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null", "new-session", "cat"],
        env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b"\x1b[?1049h" not in seen:
        seen += os.read(master, 65_536)
    environment = {"PATH": os.environ["PATH"], "TMUX": f"{tmp_path / 'socket'},1,0", **FAR_AWAY}
    text = TEXT * 900
    copied = copy_now(text, environment, None)
    assert copied.sure == (Way.TMUX,)
    assert copied.tried == (Way.TERMINAL,)
    assert tmux("show-buffer") == text
    while not (arrived := re.search(rb"\x1b\]52;c?;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", seen)):
        seen += os.read(master, 65_536)
    assert b64decode(arrived[1]).decode() == text
    tmux("kill-server")
    with suppress(OSError):  # a terminal's end is an error to who reads it on Linux
        while os.read(master, 65_536):
            pass
    os.close(master)
    terminal.wait(30)


async def test_the_event_loop_goes_on(machine: Machine) -> None:
    """A slow tool holds up nobody: what it waits for here is done by the loop."""
    os.mkfifo(machine.folder / "gate")
    machine.has("xclip", f'cat "$HERE/gate" >/dev/null; {_TAKES}')
    file = machine.folder / "x.md"
    environment = machine.environment | {"DISPLAY": ":0"}
    copying = asyncio.create_task(copy(TEXT, environment, machine.sent.append, file))
    gate = None
    while gate is None:
        await asyncio.sleep(0)
        with suppress(OSError):  # nobody reads it yet
            gate = os.open(machine.folder / "gate", os.O_WRONLY | os.O_NONBLOCK)
    os.close(gate)
    copied = await copying
    assert copied == Copied((Way.CLIPBOARD,), (), file)
    assert copied.sentence == f"Copied to the clipboard. It is also in {file}."


async def test_the_terminal_is_written_to_from_the_event_loop(machine: Machine) -> None:
    """Frames of the app and the sequence never mix, since one thread writes both."""
    threads: list[threading.Thread] = []

    def write(_sequence: str) -> None:
        threads.append(threading.current_thread())

    assert (await copy(TEXT, machine.environment, write, None)).tried == (Way.TERMINAL,)
    assert threads == [threading.current_thread()]


def test_windows(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read back is certain, with the line ends that Windows gave it."""
    import pyperclip

    held: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", held.append)
    monkeypatch.setattr(pyperclip, "paste", lambda: held[-1].replace("\n", "\r\n"))
    assert machine.copies().sentence == f"Handed to the clipboard. {SENT}"
    monkeypatch.setattr(sys, "platform", "win32")
    assert machine.copies().sentence == "Copied to the clipboard."
    assert held == [TEXT, TEXT]


@pytest.mark.usefixtures("impatient")
def test_a_system_that_hangs(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left behind in a thread that does not keep the program from ending."""
    import pyperclip

    done = threading.Event()

    def hang(_text: str) -> None:
        done.wait()

    monkeypatch.setattr(pyperclip, "copy", hang)
    assert machine.copies().sure == ()
    (thread,) = [one for one in threading.enumerate() if "_hand_over" in one.name]
    assert thread.daemon
    done.set()
    thread.join()


def test_invalid_text_is_copied(machine: Machine) -> None:
    """A lone surrogate, which no bytes can say, costs itself and not the copy."""
    machine.copies("a\udcffb")
    assert machine.terminal_got == "a?b"
