"""``settings.toml``: what the person chose. README's table of keys is held to this by a test."""

import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from storage import disk
from storage.errors import BadValue, SaveFailed

if TYPE_CHECKING:
    import tomlkit

ThemeName = Literal["dark", "light", "colour-blind", "ansi"]
"""The themes of the app; ``ansi`` is the terminal's own colours."""

THEME_NAMES: tuple[ThemeName, ...] = ("dark", "light", "colour-blind", "ansi")

LONGEST_NUDGE = 1440
"""Minutes; an update that is due after more than a day is never due."""

LONGEST_AUDIO = 36_500
"""Days; after a hundred years nobody asks any more."""

TALK_KEY = r"f([1-9]|1[0-9]|2[0-4])|ctrl\+[a-z]"
"""What a key to talk with may be: the others are typed with, or mean something else to a terminal."""


class Settings(msgspec.Struct, frozen=True):
    """Every key that settings.toml may have, with its default.

    Attributes:
        name: the name that entries are signed with; default: the login name.
        zone: home zone of new incidents, an IANA name; default: this machine's.
        services: services that lines may name without being flagged as unknown.
        people: people who may be named likewise.
        theme: the colours of the app.
        nudge_minutes: time between status updates at SEV1 and SEV2 before a nudge; 0: never.
        bell: whether the terminal's bell rings once when something is overdue.
        voice: whether anything is made ready for speech.
        talk_key: the key to hold while speaking, beside ctrl+t.
        microphone: its name, or part of it; default: the system's.
        voice_model: the speech model, by name or folder; default: the best one installed.
        keep_audio_days: how long recordings are kept once they are entries; 0: not at all.
        keyring: whether the team's token is kept in the system's keyring, from the next joining on.
    """

    name: str | None = None
    zone: str | None = None
    services: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    theme: ThemeName = "dark"
    nudge_minutes: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_NUDGE)] = 20
    bell: bool = True
    voice: bool = True
    talk_key: Annotated[str, msgspec.Meta(pattern=f"^({TALK_KEY})$")] = "f9"
    microphone: str | None = None
    voice_model: str | None = None
    keep_audio_days: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_AUDIO)] = 30
    keyring: bool = False


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}
_LIST = 'a list of names, such as ["web", "db"]'
_MUST_BE = {
    "name": 'a name in quotes, such as "dana"',
    "zone": 'a zone in quotes, such as "Europe/Copenhagen"',
    "services": _LIST,
    "people": _LIST,
    "theme": f"one of {', '.join(THEME_NAMES)}, in quotes",
    "nudge_minutes": f"a whole number of minutes from 0 to {LONGEST_NUDGE}",
    "bell": "true or false",
    "voice": "true or false",
    "talk_key": 'a function key or ctrl and a letter, such as "f9" or "ctrl+t"',
    "microphone": "a name in quotes, as `hotwash voice status` lists them",
    "voice_model": 'a model or a folder in quotes, such as "base"',
    "keep_audio_days": f"a whole number of days from 0 to {LONGEST_AUDIO}",
    "keyring": "true or false",
}


def read_settings(path: Path) -> tuple[Settings, list[str]]:
    """The settings, and a sentence for everything in the file that could not be used.

    Nothing in it is worth losing a line for: what can't be used is left at its default.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), [f"{path} can't be read, so nothing in it counts: {_why(error)}."]
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Settings(), [f"{path} is not TOML, so nothing in it counts: {error}."]
    chosen: dict[str, object] = {}
    warnings = []
    for key, value in table.items():
        if key not in _TYPES:
            warnings.append(f"{path}: {_unknown(key)}")
            continue
        try:
            chosen[key] = _converted(key, value)
        except BadValue as error:
            warnings.append(f"{path}: {key} is left at its default: {error}")
    return msgspec.structs.replace(Settings(), **chosen), warnings


def write_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Change keys of settings.toml; comments, order, and whatever else stands there stay.

    Args:
        path: the file, which is made if there is none.
        changes: the new value of each key; None removes it, so that its default counts.

    Raises:
        BadValue: there is no such key, or it can't have that value. Nothing was written.
        SaveFailed: what stands there can't be changed safely, or the disk refuses.
        RecordReadOnly: it may not be written.
    """
    wanted: dict[str, object] = {}
    for key, value in changes.items():
        converted = None if value is None else _converted(key, value)
        wanted[key] = list(converted) if isinstance(converted, tuple) else converted
    try:
        data = disk.read(path).decode("utf-8-sig")
    except FileNotFoundError:
        data = ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read, so it was not changed: {_why(error)}."
        raise SaveFailed(message) from error
    text = _changed(path, data, wanted)
    if text == data:
        return
    with disk.saving(path):
        disk.make_folder(path.parent)
        disk.replace_file(path, text.encode("utf-8"))


def _converted(key: str, value: object) -> object:
    """A key's value, as `Settings` holds it.

    Raises:
        BadValue: there is no such key, or it can't have that value.
    """
    if key not in _TYPES:
        raise BadValue(_unknown(key))
    try:
        converted = msgspec.convert(value, _TYPES[key])
        str(converted).encode("utf-8")
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise BadValue(f"it must be {_MUST_BE[key]}, not {reprlib.repr(value)}.") from None
    return converted


def _unknown(key: str) -> str:
    known = ", ".join(_TYPES)
    return f"the key {key!r} is not known and does nothing. Known keys: {known}."


def _why(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "it is not UTF-8"


def _changed(path: Path, text: str, wanted: dict[str, object]) -> str:
    """The file's text with other values.

    Raises:
        SaveFailed: it is not TOML, or would not say what is wanted afterwards.
    """
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        before = tomllib.loads(text)
        document = tomlkit.parse(text)
    except (tomllib.TOMLDecodeError, TOMLKitError, RecursionError) as error:
        message = f"{path} is not TOML, so it was left as it is: {error}. Mend it or move it away."
        raise SaveFailed(message) from error
    for key, value in wanted.items():
        if value is None:
            document.pop(key, None)
        elif before.get(key) != value or type(before.get(key)) is not type(value):
            _put(document, key, value)
    changed = tomlkit.dumps(document)
    expected = {key: value for key, value in (before | wanted).items() if value is not None}
    # What a person wrote there is not worth a mistake in somebody else's editing.
    if tomllib.loads(changed) != expected:
        raise SaveFailed(f"{path} could not be changed safely, so it was left as it is. Edit it.")
    return changed


def _put(document: "tomlkit.TOMLDocument", key: str, value: object) -> None:
    """Set a key; in a list only what differs, since its lines may have comments."""
    from tomlkit.items import Array

    there = document.get(key)
    if isinstance(there, Array) and isinstance(value, list):
        for item in [item for item in there if item not in value]:
            there.remove(item)
        there.extend(item for item in value if item not in there)
        if list(there) == value:
            return
    document[key] = value
