from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.tui.session import Json, Session


def check(session: Session, name: str) -> Json:
    """One check of `doctor`."""
    return next(one for one in session.run("doctor", "--json").json if one["check"] == name)


@pytest.fixture
def has(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that says which tools this machine has."""

    def only(*tools: str) -> None:
        monkeypatch.setattr(
            "shutil.which", lambda name: f"/usr/bin/{name}" if name in tools else None
        )

    return only


def test_what_is_well(kim: Session) -> None:
    """The home can be written, every incident be read, and it says how entries are signed."""
    kim.ok("new", "x")
    assert check(kim, "home")["state"] == check(kim, "records")["state"] == "ok"
    assert "signed 'kim'" in check(kim, "settings")["detail"]
    assert "1 incident" in check(kim, "records")["detail"]


def test_lines_for_people(kim: Session) -> None:
    """A line a check, with what to do under it; findings are exit code 1."""
    result = kim.run("doctor")
    assert result.lines[0].startswith("ok       home: ")
    found = any(line.startswith(("missing", "broken")) for line in result.lines)
    assert result.code == int(found)
    assert result.err == ""


def test_nothing_is_left_behind(kim: Session) -> None:
    """Looking whether a home can be written leaves no probe in it."""
    kim.run("doctor")
    assert sorted(path.name for path in kim.home.iterdir()) == [
        "device.json",
        "device.json.lock",
        "settings.toml",
    ]


def test_a_record_that_can_not_be_read(kim: Session) -> None:
    """It is named, once, and the others are counted."""
    kim.ok("new", "x")
    (kim.home / "incidents" / "bad.json").write_text("garbage", "utf-8")
    found = check(kim, "records")
    assert found["state"] == "broken"
    assert found["detail"].count("bad.json") == 1


def test_a_home_that_can_not_be_written(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is the system's, the way out is another home."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("storage.disk.replace_file", refuse)
    found = check(kim, "home")
    assert (found["state"], "Read-only file system" in found["detail"]) == ("broken", True)
    assert "HOTWASH_HOME" in found["fix"]


def test_a_disk_that_is_nearly_full(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before a line is lost to it."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5 << 20))
    assert "only 5 MiB left" in check(kim, "home")["detail"]


def test_clipboards(kim: Session, has: Callable[..., None]) -> None:
    """Without a display there is none; with one, the tool is named or how to get it."""
    kim.environment |= {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    has("xclip", "apt-get")
    assert check(kim, "clipboard")["state"] == "missing"
    kim.environment["DISPLAY"] = ":0"
    assert check(kim, "clipboard")["state"] == "ok"
    has("apt-get")
    assert check(kim, "clipboard")["fix"] == "sudo apt-get install xclip wl-clipboard"
    has()
    assert "package manager" in check(kim, "clipboard")["fix"]
