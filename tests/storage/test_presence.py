"""Which incidents apps show now."""

import subprocess
import sys
from pathlib import Path

import pytest

from storage.presence import Presence, open_incidents
from tests.storage.builders import INCIDENT, OTHER, START

_SHOWING = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from storage.presence import Presence
presence = Presence(Path(sys.argv[1]))
presence.enter(sys.argv[2], datetime(2026, 11, 21, 3, tzinfo=UTC))
print("shown", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the marks lie."""
    return tmp_path / "open"


def test_what_is_shown_is_found_until_it_is_left(folder: Path) -> None:
    """Commands beside an app mean the incident that it shows, and no longer than that."""
    presence = Presence(folder)
    presence.enter(INCIDENT, START)
    assert open_incidents(folder) == [INCIDENT]
    presence.leave()
    assert open_incidents(folder) == []
    assert list(folder.iterdir()) == []


def test_another_incident_takes_the_place_of_the_one_before(folder: Path) -> None:
    """An app shows one incident at a time."""
    presence = Presence(folder)
    presence.enter(INCIDENT, START)
    presence.enter(OTHER, START)
    assert open_incidents(folder) == [OTHER]
    presence.leave()


def test_an_app_that_was_killed_shows_nothing(folder: Path) -> None:
    """What a killed app left behind counts for nothing, and is swept up."""
    command = [sys.executable, "-P", "-c", _SHOWING, str(folder), OTHER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"shown\n"
        presence = Presence(folder)
        presence.enter(INCIDENT, START)
        assert open_incidents(folder) == [OTHER, INCIDENT], "the one opened last comes first"
        process.kill()
    assert open_incidents(folder) == [INCIDENT]
    presence.leave()


def test_a_home_that_can_not_be_written_shows_nothing(tmp_path: Path) -> None:
    """An app works on where nothing can be written; commands beside it choose as without it."""
    (tmp_path / "open").write_text("a file where the folder should be")
    presence = Presence(tmp_path / "open")
    presence.enter(INCIDENT, START)
    assert open_incidents(tmp_path / "open") == []
    presence.leave()
