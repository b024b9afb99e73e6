"""The token in the system's keyring, for those who chose ``keyring = true`` in the settings.

Every call may take a moment or ask the person to unlock the keyring, so none belongs on an event
loop.
"""

from contextlib import suppress
from types import ModuleType

from storage.errors import NotEnrolled

_SERVICE = "hotwash"


def read(server: str, user: str) -> str:
    """The token of a user at a server.

    Raises:
        NotEnrolled: there is none, or no keyring.
    """
    keyring = _keyring()
    try:
        token = keyring.get_password(_SERVICE, _name(server, user))
    except (keyring.errors.KeyringError, OSError, RuntimeError) as error:
        raise _trouble(error) from None
    if not isinstance(token, str) or not token:
        raise NotEnrolled(
            f"The system's keyring holds no token of {user} for {server}. "
            "Enrol again: hotwash enroll URL CODE."
        )
    return token


def write(server: str, user: str, token: str) -> None:
    """Put a token into the keyring.

    Raises:
        NotEnrolled: there is no keyring, or it refuses.
    """
    keyring = _keyring()
    try:
        keyring.set_password(_SERVICE, _name(server, user), token)
    except (keyring.errors.KeyringError, OSError, RuntimeError) as error:
        raise _trouble(error) from None


def forget(server: str, user: str) -> None:
    """Take a token out of the keyring; whether there was one, or a keyring, does not matter."""
    with suppress(NotEnrolled):
        keyring = _keyring()
        with suppress(keyring.errors.KeyringError, OSError, RuntimeError):
            keyring.delete_password(_SERVICE, _name(server, user))


def _keyring() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise NotEnrolled(
            "Your settings say keyring = true, and what speaks to the system's keyring is not "
            "installed. Run: pip install 'hotwash[keyring]', or remove keyring from settings.toml."
        ) from None
    return keyring


def _trouble(error: Exception) -> NotEnrolled:
    """What a keyring's error means; its own words could hold anything."""
    return NotEnrolled(
        f"The system's keyring can't be used here ({type(error).__name__}). Unlock it and try "
        "again; a system without one needs a backend beside pip install 'hotwash[keyring]', or "
        "keyring = false in settings.toml."
    )


def _name(server: str, user: str) -> str:
    return f"{user} {server}"
