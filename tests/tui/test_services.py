from pathlib import Path

import pytest

from tui.services import Services, Start


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        ("Europe/Copenhagen", "Europe/Copenhagen"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        ("No/Such", "UTC"),
        (None, "UTC"),
    ],
)
def test_the_zone_of_this_machine(
    home: Path, monkeypatch: pytest.MonkeyPatch, here: str | None, expected: str
) -> None:
    """It is a zone that is known, whatever the machine says."""
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: here)
    assert Services(Start(home=str(home))).zone() == expected


def test_a_machine_that_can_not_tell_its_zone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An odd TZ must not keep an incident from being started."""

    def fail() -> str:
        raise LookupError

    monkeypatch.setattr("tzlocal.get_localzone_name", fail)
    assert Services(Start(home=str(home))).zone() == "UTC"


@pytest.mark.parametrize(
    ("login", "author"),
    [("kim", "kim"), ("caf\udce9", "caf\ufffd"), (" a\x1b[31m\nb ", "a␛[31m b"), ("\t", "someone")],
)
def test_a_name_that_entries_can_be_signed_with(
    home: Path, monkeypatch: pytest.MonkeyPatch, login: str, author: str
) -> None:
    """One line of Unicode text, whatever the system hands over."""
    monkeypatch.setattr("getpass.getuser", lambda: login)
    assert Services(Start(home=str(home))).author == author


def test_looking_writes_next_to_nothing(home: Path) -> None:
    """Only this machine's id is made; a home starts with the first incident."""
    Services(Start(home=str(home)))
    assert sorted(path.name for path in home.iterdir()) == ["device.json", "device.json.lock"]
