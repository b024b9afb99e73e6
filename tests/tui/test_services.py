from pathlib import Path

import pytest

from storage.errors import NotEnrolled
from storage.team.client.credentials import Credentials, forget_credentials, write_credentials
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


def in_a_team(home: Path, user: str = "lee") -> None:
    """Let this home have joined one."""
    mine = Credentials("https://team.example.com", user, "payments", "hw_secret")
    write_credentials(home / "credentials.json", mine)


def test_in_a_team_its_name_for_a_person_counts(home: Path) -> None:
    """The server takes no entry that is signed otherwise; without the team one's own name is back."""
    home.mkdir()
    (home / "settings.toml").write_text('name = "dana"\n', "utf-8")
    services = Services(Start(home=str(home)))
    assert (services.author, services.user) == ("dana", None)
    in_a_team(home)
    assert Services(Start(home=str(home))).author == "lee"
    services.apply(services.settings)
    assert (services.author, services.library.author, services.user) == ("lee", "lee", "lee")
    forget_credentials(home / "credentials.json")
    services.apply(services.settings)
    assert (services.author, services.user) == ("dana", None)


def test_the_secret_is_read_only_where_it_is_needed(home: Path) -> None:
    """What lives as long as the app holds no token."""
    in_a_team(home)
    services = Services(Start(home=str(home)))
    assert services.enrolled is not None
    assert services.enrolled.token == ""
    found = services.credentials()
    assert found is not None
    assert found.token == "hw_secret"


def test_damaged_credentials_are_told(home: Path) -> None:
    """The app starts all the same, and signs with the person's own name."""
    in_a_team(home)
    (home / "credentials.json").write_text("{", "utf-8")
    services = Services(Start(home=str(home)))
    assert services.user is None
    assert "is damaged" in services.warnings[0]
    with pytest.raises(NotEnrolled):
        services.credentials()
