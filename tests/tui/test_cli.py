"""What holds for every command: help, version, completion, streams, exit codes."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from tests.tui.session import Session, command
from tui.cli import main
from tui.cli.main import COMMANDS, cli

CONTRACT = {
    "new": {"--severity", "--service", "--at", "--zone", "--drill", "--open", "--json"},
    "note": {
        "-i", "--kind", "--at", "--owner", "--by", "--box", "--due", "--service", "--mark",
        "--literal", "--dictation", "--json",
    },
    "voice": set(),
    "run": {"-i", "--kind", "--entry-file"},
    "change": {"-i", "--risk", "--watch", "--watch-until", "--json"},
    "list": {"--open", "--service", "--since", "--json"},
    "show": {"--all", "--json"},
    "set": {
        "--status", "--severity", "--title", "--role", "--service", "--field", "--document-owner",
    },
    "edit": {
        "-i", "--text", "--kind", "--at", "--owner", "--by", "--outcome", "--state", "--claim",
        "--answer", "--mark", "--due", "--box", "--rationale", "--evidence", "--story", "--log",
        "--delete", "--restore", "--purge",
    },
    "merge": set(),
    "export": {"--format", "--with-log", "-o", "--copy", "--force"},
    "enroll": {"--name", "--ca", "--allow-http", "--json"},
    "share": {"--with", "--json"},
    "unshare": set(),
    "sync": {"--json"},
    "serve": {"--host", "--port", "--database", "--tls-cert", "--tls-key"},
    "invite": {"--database", "--json"},
    "devices": {"--revoke", "--database", "--json"},
    "server": set(),
    "doctor": {"--json"},
    "demo": set(),
    "completion": set(), "reset-terminal": set(),
}  # fmt: skip
"""What scripts rely on."""


def options_of(name: str) -> set[str]:
    """All options of a command."""
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return {option for param in found.params for option in (*param.opts, *param.secondary_opts)}


def test_every_command_of_the_contract_is_there() -> None:
    """No command and no flag that scripts rely on is missing; each takes --home."""
    assert COMMANDS.keys() == CONTRACT.keys()
    for name, options in CONTRACT.items():
        assert options | {"--home"} <= options_of(name), name


@pytest.mark.parametrize("name", [None, *COMMANDS])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(kim: Session, name: str | None, option: str) -> None:
    """Help goes to stdout, fits a terminal of 80 columns, and never fails."""
    result = kim.ok(*([name] if name else []), option)
    assert result.out.startswith("Usage: hotwash")
    assert result.err == ""
    assert max(map(len, result.lines)) <= 80


def test_help_lists_the_commands_with_their_first_sentence() -> None:
    """The list of commands is made without importing them, and must not drift from them."""
    for name in COMMANDS:
        found = cli.get_command(click.Context(cli), name)
        assert found is not None
        assert found.help


def test_version(kim: Session) -> None:
    """The version alone, from the package's metadata."""
    assert re.fullmatch(r"hotwash \d+\.\d+\.\d+\S*\n", kim.ok("--version").out)


def test_without_a_terminal_the_app_is_refused(kim: Session) -> None:
    """`hotwash` alone wants a screen; without one it says what works, with 2."""
    result = kim.run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("hotwash needs a terminal.")


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
@pytest.mark.parametrize(("typed", "meant"), [("noet", "note"), ("lst", "list"), ("shwo", "show")])
def test_a_mistyped_command(kim: Session, typed: str, meant: str) -> None:
    """One line that names the likely one."""
    result = kim.run(typed, "x")
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert f"Did you mean {meant}" in result.err


@pytest.mark.parametrize(
    "arguments",
    [["nosuch"], ["--nosuch"], ["show", "--nosuch"], ["show", "a", "b"], ["merge"], ["edit"]],
)
def test_usage_is_two_in_one_line(kim: Session, arguments: list[str]) -> None:
    """Usage errors name the command whose help tells more."""
    result = kim.run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert "--help`." in result.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, tmp_path: Path) -> None:
    """The script is what stdout holds, for each of the shells."""
    result = command(tmp_path, "completion", shell)
    assert result.code == 0
    assert "_HOTWASH_COMPLETE" in result.out
    assert command(tmp_path, "completion", "powershell").code == 2


def test_completion_completes(tmp_path: Path) -> None:
    """What the shell asks for is answered: commands, and options of a command."""

    def completed(*words: str) -> list[str]:
        asked = {
            "_HOTWASH_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["hotwash", *words]),
            "COMP_CWORD": str(len(words)),
        }
        return command(tmp_path, environment=asked).out.splitlines()

    assert completed("no") == ["plain,note"]
    assert {"plain,--risk", "plain,--watch"} <= set(completed("change", "--"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_takes_the_completion_script(tmp_path: Path) -> None:
    """The script has no syntax error."""
    script = command(tmp_path, "completion", "bash").out
    done = subprocess.run(
        ["bash", "-n"], input=script, text=True, capture_output=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_color_and_no_colour_at_all(tmp_path: Path) -> None:
    """Output has no escape sequences, with NO_COLOR and without, whatever TZ says."""
    for environment in ({"NO_COLOR": "1"}, {"TZ": "garbage"}, {"TZ": ":"}, {"FORCE_COLOR": "1"}):
        result = command(tmp_path, "note", "x", environment=environment)
        assert result.code == 0, result
        assert "\x1b" not in result.out + result.err
        assert "Traceback" not in result.err


def test_the_module_runs_without_the_script(tmp_path: Path) -> None:
    """`python -P -m tui` is the long form that README names."""
    assert command(tmp_path, "--version").out.startswith("hotwash ")


def test_the_demo_prints_its_starter_and_keeps_nothing(kim: Session) -> None:
    """Without a terminal the demo is a Markdown document, and the person's home stays as it is."""
    before = sorted(path for path in kim.home.rglob("*") if path.name != "device.json")
    result = kim.ok("demo")
    assert result.out.startswith("# ")
    assert "hotwash new TITLE" in result.err
    after = sorted(path for path in kim.home.rglob("*") if path.name != "device.json")
    assert after == before


def test_every_module_of_a_command_is_where_it_is_looked_for() -> None:
    """A command that is listed can be called."""
    for name in COMMANDS:
        module = importlib.import_module(f"tui.cli.{main._module(name)}")
        assert isinstance(module.command, click.Command)


def raising(error: Exception) -> Callable[..., None]:
    """A function that fails."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyError("x"), RecursionError()])
def test_a_defect_is_a_sentence_and_a_report(
    kim: Session, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Never a traceback: it goes to a file that only its owner can read, with exit code 1."""
    monkeypatch.setattr("storage.library.Library.summaries", raising(error))
    result = kim.run("list")
    assert (result.code, result.out) == (1, "")
    assert len(result.err.splitlines()) == 1
    assert "Traceback" not in result.err
    (report,) = (kim.home / "log").iterdir()
    assert str(report) in result.err
    assert "Traceback" in report.read_text("utf-8")
    assert report.stat().st_mode & 0o077 == 0


def test_a_defect_keeps_the_words(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that hotwash itself fails on is given back like any other."""
    kim.ok("new", "x")
    monkeypatch.setattr("tui.cli.note.read_line", raising(RuntimeError("boom")))
    result = kim.run("note", "precious words")
    assert result.code == 1
    assert "precious words" in result.err
    assert "hotwash has a defect" in result.err
    assert kim.drafts() == ["precious words"]


def test_a_defect_where_no_report_can_be_written(
    kim: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the sentence says what is known."""
    monkeypatch.setattr("storage.library.Library.summaries", raising(RuntimeError("boom")))
    monkeypatch.setattr("tui.cli.defects.tempfile.mkstemp", raising(OSError(28, "full")))
    result = kim.run("list")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "RuntimeError('boom')" in result.err


def test_ctrl_c_is_130(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """128 plus the number of the signal, without a traceback."""
    monkeypatch.setattr("storage.library.Library.summaries", raising(KeyboardInterrupt()))  # type: ignore[arg-type]
    result = kim.run("list")
    assert result.code == 130
    assert "Traceback" not in result.err


def test_python_has_nothing_to_say_at_the_end(tmp_path: Path) -> None:
    """No warning of the interpreter reaches a person, with warnings made loud."""
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-m", "tui", "note", "x"],
        env={**os.environ, "HOTWASH_HOME": str(tmp_path / "h")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert "Warning" not in done.stderr
