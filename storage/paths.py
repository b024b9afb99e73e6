"""Where everything lies: the home folder, and beside it what can be made again.

``$HOTWASH_HOME``, or ``--home``, moves all of a person's data; models and derived indexes are never
in it, since they are large and can be fetched or rebuilt.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from storage.errors import BadValue

APP = "hotwash"


class Home(msgspec.Struct, frozen=True):
    """The folder of one person's data, and the folder for what is derived from it."""

    root: Path
    cache: Path

    @property
    def incidents(self) -> Path:
        """One JSON file an incident."""
        return self.root / "incidents"

    @property
    def audio(self) -> Path:
        """Recordings, one folder an incident."""
        return self.root / "audio"

    @property
    def drafts(self) -> Path:
        """Text that could not be saved where it belongs."""
        return self.root / "drafts"

    @property
    def changes(self) -> Path:
        """The standing change log, a record like any other."""
        return self.root / "changes.json"

    @property
    def settings(self) -> Path:
        """What the person chose."""
        return self.root / "settings.toml"

    @property
    def device(self) -> Path:
        """What this machine is called in op ids."""
        return self.root / "device.json"

    @property
    def glossary(self) -> Path:
        """Words that speech is full of here, and how they are spelt."""
        return self.root / "glossary.toml"

    @property
    def credentials(self) -> Path:
        """This machine's token for the team server; only its owner may read it."""
        return self.root / "credentials.json"

    @property
    def server(self) -> Path:
        """What a team server that runs here keeps."""
        return self.root / "server"

    @property
    def open(self) -> Path:
        """Marks of the apps that show an incident now."""
        return self.root / "open"

    @property
    def log(self) -> Path:
        """What went wrong, for whoever has to find out."""
        return self.root / "log"


def find_home(option: str | None, environment: Mapping[str, str] = os.environ) -> Home:
    """The home that a command works in.

    Args:
        option: ``--home``, which wins over ``$HOTWASH_HOME``.
        environment: the process's environment.

    Raises:
        BadValue: no folder is named, or nothing says where this person's folder is.
    """
    if option is not None and not option.strip():
        raise BadValue("--home names no folder.")
    chosen = option or environment.get("HOTWASH_HOME")
    try:
        root = Path(chosen).expanduser().absolute() if chosen else _usual("data")
    except (RuntimeError, OSError):
        wanted = f"{chosen!r} names no folder here" if chosen else "This user has no home folder"
        message = f"{wanted}. Set HOTWASH_HOME to an absolute path, or give --home DIR."
        raise BadValue(message) from None
    return Home(root, _cache(root, environment))


def _usual(what: str) -> Path:
    """Where this system keeps such things."""
    import platformdirs

    usual = {"data": platformdirs.user_data_path, "cache": platformdirs.user_cache_path}
    return usual[what](APP, appauthor=False)


def _cache(root: Path, environment: Mapping[str, str]) -> Path:
    moved = environment.get("XDG_CACHE_HOME")
    if moved and Path(moved).is_absolute():
        return Path(moved) / APP
    try:
        return _usual("cache")
    except RuntimeError:
        # A user without a home folder, as in some containers.
        return root / "cache"
