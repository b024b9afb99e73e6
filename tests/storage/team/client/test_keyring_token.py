"""The token in the system's keyring: by choice only, and never in the way."""

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from storage.errors import NotEnrolled
from storage.team.client.credentials import forget_credentials, read_credentials, write_credentials
from tests.storage.team.client.answering import TOKEN
from tests.storage.team.client.test_credentials import DANA


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory, as a system may have one."""

    priority = 1

    def __init__(self) -> None:
        """Nothing in it."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        if self.locked:
            raise keyring.errors.KeyringLocked(f"no {TOKEN}")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.locked:
            raise keyring.errors.KeyringLocked(f"no {TOKEN}")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    """The system's keyring for one test."""
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the credentials lie."""
    return tmp_path / "credentials.json"


def test_the_token_is_in_the_keyring_and_not_in_the_file(path: Path, ring: Ring) -> None:
    """Who chose the keyring finds no token on the disk, and none in the keyring after leaving."""
    write_credentials(path, DANA, use_keyring=True)
    assert TOKEN not in path.read_text()
    assert list(ring.kept.values()) == [TOKEN]
    assert read_credentials(path, use_keyring=True) == DANA
    forget_credentials(path)
    assert not ring.kept
    assert not path.exists()


def test_without_the_setting_nobody_asks_the_keyring(path: Path, ring: Ring) -> None:
    """Who signs is known without a keyring that might ask for a password."""
    write_credentials(path, DANA, use_keyring=True)
    ring.locked = True
    found = read_credentials(path)
    assert found is not None
    assert (found.user, found.token) == ("dana", "")


def test_a_token_in_the_file_counts_with_the_setting_too(path: Path, ring: Ring) -> None:
    """Choosing the keyring later costs nobody their enrolment."""
    write_credentials(path, DANA)
    assert read_credentials(path, use_keyring=True) == DANA
    assert not ring.kept


def test_a_keyring_that_refuses_is_a_sentence(path: Path, ring: Ring) -> None:
    """A locked keyring is said in a sentence that holds no secret, and nothing is half done."""
    ring.locked = True
    with pytest.raises(NotEnrolled, match="can't be used here") as refused:
        write_credentials(path, DANA, use_keyring=True)
    assert TOKEN not in str(refused.value)
    assert not path.exists()
    ring.locked = False
    write_credentials(path, DANA, use_keyring=True)
    ring.locked = True
    with pytest.raises(NotEnrolled, match="Unlock it"):
        read_credentials(path, use_keyring=True)
    ring.locked = False
    ring.kept.clear()
    with pytest.raises(NotEnrolled, match="holds no token of dana"):
        read_credentials(path, use_keyring=True)
    forget_credentials(path)
    assert not path.exists()


@pytest.mark.usefixtures("ring")
def test_a_system_without_a_keyring_is_a_sentence(path: Path) -> None:
    """A server without a desktop has no keyring, which is said with what to do about it."""
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(NotEnrolled, match=r"pip install 'hotwash\[keyring\]'"):
        write_credentials(path, DANA, use_keyring=True)


def test_a_keyring_that_is_not_installed_is_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting without the extra says how to get it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(NotEnrolled, match=r"pip install 'hotwash\[keyring\]'"):
        write_credentials(path, DANA, use_keyring=True)
    write_credentials(path, DANA)
    path.write_text(path.read_text().replace(TOKEN, ""))
    forget_credentials(path)
    assert not path.exists()
