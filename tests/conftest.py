"""What every test stands on: a throw-away home, UTC, and a CI that tolerates no skipped test."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI") == "true"

# No deadlines: a busy machine is no finding. CI looks further than a person wants to wait for, and
# at the same examples each time, so that it says the same of the same code; whoever works on the
# code looks at other ones with each run.
_PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile("dev", _PATIENT, max_examples=50, derandomize=False)
settings.register_profile("ci", _PATIENT, max_examples=200, derandomize=True)
settings.register_profile("ci-quick", _PATIENT, max_examples=50, derandomize=True)
settings.load_profile("ci" if IN_CI else "dev")


_OF_DESKTOP = {"DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY", "NO_COLOR"} | {
    f"SSH_{what}" for what in ("CONNECTION", "TTY", "CLIENT")
}
"""What would let a test reach the clipboard of whoever runs it, or look different there."""


@pytest.fixture(autouse=True)
def throw_away_home(tmp_path: Path) -> Iterator[None]:
    """Give the test an environment of its own, so that no test sees or touches a person's data."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [
            name for name in os.environ if name.startswith("HOTWASH_") or name in _OF_DESKTOP
        ]:
            patch.delenv(name)
        patch.setenv("HOTWASH_HOME", str(tmp_path / "hotwash-home"))
        for name in ("HF_HOME", "HF_HUB_CACHE"):
            patch.delenv(name, raising=False)
        # A real app would load its speech model, which few tests are about.
        patch.setenv("HOTWASH_VOICE", "0")
        for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path / f"xdg-{kind.lower()}"))
        patch.setenv("TZ", "UTC")
        if sys.platform != "win32":
            time.tzset()
        yield


def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` stands for: about half of their time tests wait.

    For screens to settle, for other processes, for the disk.
    """
    return 2 * (os.cpu_count() or 1)


def _skipped(config: pytest.Config) -> list[str]:
    """Which tests, or whole files, were skipped; with xdist, in all of its processes."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [report.nodeid for report in reporter.stats.get("skipped", [])] if reporter else []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test fails the run: what cannot be tested there must be said elsewhere."""
    if IN_CI and exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which skipped tests failed the run."""
    if IN_CI and (skipped := _skipped(terminalreporter.config)):
        terminalreporter.section("skipped tests fail the run when CI=true", red=True, bold=True)
        for nodeid in skipped:
            terminalreporter.line(nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let somebody who means it rewrite the golden starter."""
    parser.addoption("--write-golden", action="store_true", help="rewrite tests/golden/starter.md")
