"""``credentials.json``: this machine's token for the team server, in a file that only its owner may read.

With ``keyring = true`` in the settings the token is in the system's keyring instead, and the file
says the rest.
"""

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from storage import disk
from storage.errors import NotEnrolled
from storage.team.client.address import Address, address_of

_TOKEN = re.compile(r"[\x21-\x7e]{0,500}\Z")
_TEXT = 300
_AGAIN = "Get a new code from whoever runs the server and enrol again: hotwash enroll URL CODE."


class Credentials(msgspec.Struct, frozen=True):
    """What a machine needs to speak for a person.

    Attributes:
        server: the address, without a slash at the end.
        user: whom the server knows this machine as; entries are signed so.
        team: its name, for people.
        token: the secret; empty when it is in the keyring. No `repr` and no error shows it.
        ca: a PEM file, see `Address`.
        allow_http: whether somebody accepted plain HTTP.
    """

    server: str
    user: str
    team: str
    token: str
    ca: str | None = None
    allow_http: bool = False

    def __repr__(self) -> str:
        return f"Credentials(server={self.server!r}, user={self.user!r}, team={self.team!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        """The same for whatever prints values by their fields."""
        return [("server", self.server), ("user", self.user), ("team", self.team)]

    def address(self) -> Address:
        """Where the server is.

        Raises:
            BadValue: what was good when it was written is not any more, such as the CA file.
        """
        return address_of(self.server, self.ca, self.allow_http)


_decoder = msgspec.json.Decoder(Credentials)


def read_credentials(path: Path, use_keyring: bool = False) -> Credentials | None:
    """The credentials of this home; None when it was never enrolled.

    Args:
        path: the file.
        use_keyring: ask the keyring for a token that is not in the file. That may take a moment, or
            ask the person to unlock it. Without this the token is empty then.

    Raises:
        NotEnrolled: the file is damaged or can't be read, or the keyring does not answer.
    """
    try:
        found = _decoder.decode(disk.read(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{path} can't be read ({error.strerror}), so nothing goes to the team server."
        raise NotEnrolled(message) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotEnrolled(f"{path} is damaged. {_AGAIN}") from None
    # A line break in a token would end up in a header.
    texts = (found.server, found.user, found.team)
    if not _TOKEN.match(found.token) or not all(_is_line(text) for text in texts):
        raise NotEnrolled(f"{path} is damaged. {_AGAIN}")
    if use_keyring and not found.token:
        from storage.team.client import keyring_token

        token = keyring_token.read(found.server, found.user)
        found = msgspec.structs.replace(found, token=token)
    return found


def write_credentials(path: Path, credentials: Credentials, use_keyring: bool = False) -> None:
    """Keep the credentials, in place of earlier ones; they are on the disk on return.

    Args:
        path: the file, which only its owner may read, whatever its mode was.
        credentials: with the token.
        use_keyring: put the token into the keyring, and not into the file.

    Raises:
        NotEnrolled: the keyring refuses; nothing was written.
        SaveFailed: the disk refuses.
        RecordReadOnly: it may not be written.
    """
    if use_keyring:
        from storage.team.client import keyring_token

        keyring_token.write(credentials.server, credentials.user, credentials.token)
        credentials = msgspec.structs.replace(credentials, token="")
    with disk.saving(path):
        disk.make_folder(path.parent)
        # A replaced file keeps its mode, which somebody may have widened.
        if exposed(path):
            with suppress(OSError):
                path.chmod(disk.FILE_MODE)
        text = msgspec.json.format(msgspec.json.encode(credentials), indent=2)
        disk.replace_file(path, text + b"\n")


def check_keeping(path: Path, use_keyring: bool = False) -> None:
    """Find out whether credentials can be kept, before a one-time code is used up for them.

    Raises:
        NotEnrolled: the keyring refuses.
        SaveFailed: the disk refuses.
        RecordReadOnly: it may not be written.
    """
    probe = disk.temporary_for(path)
    with disk.saving(path):
        disk.make_folder(path.parent)
        disk.replace_file(probe, b"\n")
        disk.remove(probe)
    if use_keyring:
        from storage.team.client import keyring_token

        keyring_token.write("probe", "hotwash", "probe")
        keyring_token.forget("probe", "hotwash")


def forget_credentials(path: Path) -> None:
    """Remove the credentials, those in the keyring too. Without any this does nothing.

    Raises:
        SaveFailed: the disk refuses.
        RecordReadOnly: the file may not be removed.
    """
    with suppress(NotEnrolled):
        found = read_credentials(path)
        if found and not found.token:
            from storage.team.client import keyring_token

            keyring_token.forget(found.server, found.user)
    with disk.saving(path):
        disk.remove(path)


def exposed(path: Path) -> str:
    """A sentence when other people of this machine may read the token; else an empty text.

    It warns and does not refuse: some disks give every file the same mode, and an incident is no
    time to find that out. Windows keeps a person's folder from others by other means.
    """
    if os.name == "nt":
        return ""
    try:
        mode = stat.S_IMODE(disk.status(path).st_mode)
    except OSError:
        return ""
    if not mode & 0o077:
        return ""
    return f"Others on this machine may read your token in {path}. Run: chmod 600 {path}"


def _is_line(text: str) -> bool:
    return 0 < len(text) <= _TEXT and text.isprintable()
