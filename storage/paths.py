"""Where everything lies: the home folder, and beside it what can be made again.

``$HOTWASH_HOME``, or ``--home``, moves all of a person's data; models and derived indexes are never
in it, since they are large and can be fetched or rebuilt.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

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
    def log(self) -> Path:
        """What went wrong, for whoever has to find out."""
        return self.root / "log"


def find_home(option: str | None, environment: Mapping[str, str] = os.environ) -> Home:
    """The home that a command works in.

    Args:
        option: ``--home``, which wins over ``$HOTWASH_HOME``.
        environment: the process's environment.
    """
    chosen = option or environment.get("HOTWASH_HOME")
    if chosen:
        root = Path(chosen).expanduser().absolute()
        return Home(root, _cache(environment))
    import platformdirs

    return Home(platformdirs.user_data_path(APP, appauthor=False), _cache(environment))


def _cache(environment: Mapping[str, str]) -> Path:
    moved = environment.get("XDG_CACHE_HOME")
    if moved and Path(moved).is_absolute():
        return Path(moved) / APP
    import platformdirs

    return platformdirs.user_cache_path(APP, appauthor=False)
