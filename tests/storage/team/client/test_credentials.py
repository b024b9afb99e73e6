"""``credentials.json``: whole, for its owner alone, and silent about the token."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from storage import disk
from storage.errors import BadValue, NotEnrolled, SaveFailed
from storage.team.client.credentials import (
    Credentials,
    exposed,
    forget_credentials,
    read_credentials,
    write_credentials,
)
from tests.storage.team.client.answering import TOKEN, URL

DANA = Credentials(URL, "dana", "Payments", TOKEN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the credentials of a home lie that is not there yet."""
    return tmp_path / "home" / "credentials.json"


def test_what_is_written_is_read(path: Path) -> None:
    """Nothing of what a machine needs to speak for a person is lost."""
    assert read_credentials(path) is None
    for credentials in (DANA, Credentials("http://localhost:1", "dana", "x", TOKEN, "/ca", True)):
        write_credentials(path, credentials)
        assert read_credentials(path) == credentials
    assert DANA.address().url == URL


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_may_read_it(path: Path) -> None:
    """The token is for nobody else, whatever the umask, and though an earlier file was open to all."""
    old = os.umask(0)
    try:
        write_credentials(path, DANA)
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        assert exposed(path) == (
            f"Others on this machine may read your token in {path}. Run: chmod 600 {path}"
        )
        write_credentials(path, DANA)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert exposed(path) == ""
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_nothing_shows_the_token() -> None:
    """A token in a log or a traceback would be a token for everybody who reads those."""
    kept = [DANA]
    for text in (repr(DANA), str(DANA), f"{DANA}", repr(kept), str(DANA.__rich_repr__())):
        assert TOKEN not in text
        assert "dana" in text


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 5000,
        b'{"server": 1}',
        b'{"server": "https://x", "user": "d", "team": "t", "token": "hw_a\\r\\nX-Evil: 1"}',
        b'{"server": "https://x", "user": "", "team": "t", "token": "hw_a"}',
        b'{"server": "https://x", "user": "d\\u0007", "team": "t", "token": "hw_a"}',
    ],
)
def test_a_damaged_file_says_what_to_do(path: Path, damage: bytes) -> None:
    """A file that a disk or an editor broke is answered with the way back, and nothing of it leaks."""
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(NotEnrolled, match="hotwash enroll URL CODE") as refused:
        read_credentials(path)
    assert "hw_a" not in str(refused.value)
    assert path.read_bytes() == damage


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    """A folder in its place, or no permission, is no traceback."""
    with pytest.raises(NotEnrolled, match="can't be read"):
        read_credentials(tmp_path)


def test_an_address_that_went_bad_is_refused(path: Path) -> None:
    """A file that somebody edited sends a token over no plain connection."""
    write_credentials(path, msgspec.structs.replace(DANA, server="http://team.example"))
    found = read_credentials(path)
    assert found is not None
    with pytest.raises(BadValue, match="unencrypted"):
        found.address()


def test_a_disk_that_refuses_leaves_the_old_ones(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enrolling again on a full disk costs nobody the token that they have."""
    write_credentials(path, DANA)

    def refuse(descriptor: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_all", refuse)
    with pytest.raises(SaveFailed, match="No room left"):
        write_credentials(path, msgspec.structs.replace(DANA, token="hw_new"))
    assert read_credentials(path) == DANA


def test_forgotten_is_gone(path: Path) -> None:
    """Leaving a team leaves no token behind, and may be done twice; damage is no obstacle."""
    write_credentials(path, DANA)
    forget_credentials(path)
    assert not path.exists()
    forget_credentials(path)
    path.write_bytes(b"damaged")
    forget_credentials(path)
    assert not path.exists()


def test_reading_them_loads_no_http_and_no_keyring() -> None:
    """A command that only wants to know who signs does not wait for what it does not use."""
    code = (
        "import sys; from pathlib import Path; import storage.team.client.credentials as c; "
        "c.read_credentials(Path('nothing')); import storage.team.client.connecting; "
        "print([m for m in ('httpx', 'httpx_sse', 'keyring', 'asyncpg', 'starlette') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
