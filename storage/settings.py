"""``settings.toml``: what the person chose. README's table of keys is held to this by a test."""

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True):
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
    """The settings, and a sentence for everything in the file that could not be used.

    Nothing in it is worth losing a line for: what can't be used is left at its default.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return Settings(), [f"{path} can't be read, so nothing in it counts: {why}."]
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Settings(), [f"{path} is not TOML, so nothing in it counts: {error}."]
    chosen: dict[str, object] = {}
    warnings = []
    types = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    for key, value in table.items():
        if key not in types:
            known = ", ".join(types)
            warnings.append(
                f"{path}: the key {key!r} is not known and does nothing. Known keys: {known}."
            )
            continue
        try:
            chosen[key] = msgspec.convert(value, types[key])
        except msgspec.ValidationError as error:
            warnings.append(f"{path}: {key} is left at its default: {error}.")
    return msgspec.structs.replace(Settings(), **chosen), warnings
