"""The golden incident once more, typed into the real app in a real terminal."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.golden_session import AUTHOR, DEVICE, GOLDEN, SLUG, script, set_clock
from tests.tui.terminal_screen import ROOT, TerminalScreen, needs_tmux

_TOLD = ("saved ", " is changed: ")


class Commander:
    """Keeps an incident with the app and, beside it, the command line, while a clock stands still."""

    def __init__(self, folder: Path) -> None:
        """Set up a home with the golden run's name and zone."""
        home = Path(os.environ["HOTWASH_HOME"])
        home.mkdir(parents=True)
        settings = f'name = "{AUTHOR}"\nzone = "Europe/Copenhagen"\n'
        (home / "settings.toml").write_text(settings, "utf-8")
        (home / "device.json").write_text(f'{{"device": "{DEVICE}"}}\n', "utf-8")
        self._folder = folder
        self._hotwash = [sys.executable, "-m", "tests.golden_session", str(folder)]

    def clock(self, at: datetime) -> None:
        """Let it be this time."""
        set_clock(self._folder, at)

    def open_app(self) -> TerminalScreen:
        """Start the app."""
        return TerminalScreen(*self._hotwash)

    def command(self, *arguments: str) -> None:
        """Run a command in another terminal."""
        subprocess.run([*self._hotwash, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE)


def _note(app: TerminalScreen, line: str) -> None:
    """Type a line, record it, and see that it is saved."""
    if any(told in app.text for told in _TOLD):
        app.press("Escape")
        for told in _TOLD:
            app.wait_gone(told)
    app.type(line)
    app.wait_for(f"> {line}"[:60])
    app.press("Enter")
    app.wait_until(lambda: any(told in app.text for told in _TOLD), f"{line!r} to be saved")


def _keep(commander: Commander, app: TerminalScreen) -> None:
    """What the session says, in its order and at its times."""
    for at, (name, *arguments) in script():
        commander.clock(at)
        if name == "new":
            title, _, service, *_ = arguments
            app.type(title)
            app.press("Enter")
            app.wait_for(title[:20], "investigating")
            commander.command("set", "--service", service)
        elif name == "run":
            commander.command(name, *arguments)
            app.wait_for("$ roll-back --to traefik-v1")
        else:
            _note(app, arguments[-1])


@pytest.fixture
def commander(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commander:
    """Whoever keeps the incident."""
    monkeypatch.setenv("PATH", f"{GOLDEN}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "golden"
    folder.mkdir()
    return Commander(folder)


@pytest.mark.slow
@needs_tmux
def test_the_published_incident_typed_into_the_app_gives_the_golden_starter(
    commander: Commander, tmp_path: Path
) -> None:
    """What is typed into the app is recorded as if it were typed at the command line, byte by byte."""
    commander.clock(next(at for at, _ in script()))
    with commander.open_app() as app:
        app.wait_for(">")
        _keep(commander, app)
        app.press("C-q")
        assert app.wait_for_end() == 0
    output = tmp_path / "starter.md"
    commander.command("export", SLUG, "-o", str(output))
    assert output.read_text("utf-8") == (GOLDEN / "starter.md").read_text("utf-8")
