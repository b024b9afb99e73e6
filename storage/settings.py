"""``settings.toml``: what the person chose. README's table of keys is held to this by a test."""

from pathlib import Path

import msgspec

from storage.errors import BadValue


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Every key that settings.toml may have, with its default.

    Attributes:
        name: the name that entries are signed with; default: the login name.
        zone: home zone of new incidents, an IANA name; default: this machine's.
        services: services that lines may name without being flagged as unknown.
        people: people who may be named likewise.
    """

    name: str | None = None
    zone: str | None = None
    services: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def read_settings(path: Path) -> tuple[Settings, list[str]]:
    """The settings, and a warning for each key that nothing knows.

    Raises:
        BadValue: the file is not TOML, or a key has a value of the wrong sort.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(f"{path} can't be read: {error}.") from error
    import tomllib

    try:
        table = tomllib.loads(text)
        settings = msgspec.convert(table, Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadValue(f"{path}: {error}.") from error
    known = ", ".join(Settings.__struct_fields__)
    return settings, [
        f"{path}: the key {key!r} is not known and does nothing. Known keys: {known}."
        for key in table
        if key not in Settings.__struct_fields__
    ]
