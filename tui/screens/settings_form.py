"""The fields of the settings screen: what each says of itself, and what is typed as a value."""

import re

import msgspec

from capture.errors import UnknownZone
from capture.text import clean, for_terminal
from capture.zones import zone_named
from storage.errors import BadValue
from storage.settings import LONGEST_AUDIO, LONGEST_NUDGE, TALK_KEY, THEME_NAMES, Settings
from tui.commands import key_name, owner_of

YES, NO = "yes", "no"

_NUMBERS = {
    "nudge_minutes": (LONGEST_NUDGE, "minutes from 0, which is never"),
    "keep_audio_days": (LONGEST_AUDIO, "days from 0, which is not at all"),
}


class Field(msgspec.Struct, frozen=True):
    """One key of settings.toml, as a person sets it.

    Attributes:
        key: its name in the file.
        label: what it is called.
        about: what it is for and its default, in a line.
        choices: the texts it may have; empty: anything may be typed.
    """

    key: str
    label: str
    about: str
    choices: tuple[str, ...] = ()


def fields(login: str, user: str | None = None) -> tuple[Field, ...]:
    """Every field, in the order of the screen.

    Args:
        login: the name that entries are signed with when none is chosen.
        user: as whom the team knows this person; None: in no team.
    """
    default = Settings()
    between = "commas between; default: none"
    signs = f"signs your entries; empty: your login name, {login}"
    if user is not None:
        signs = f"does not count now: the team knows you as {user}, and so you sign"
    return (
        Field("name", "Name", signs),
        Field("zone", "Home zone", "of new incidents: Europe/Copenhagen; empty: this machine's"),
        Field("services", "Services", f"known without being asked for, {between}"),
        Field("people", "People", f"known without being asked for, {between}"),
        Field(
            "theme", "Theme", f"ansi: your terminal's own; default: {default.theme}", THEME_NAMES
        ),
        Field(
            "nudge_minutes",
            "Nudge after",
            f"minutes without an update at SEV1-2; 0: never; default: {default.nudge_minutes}",
        ),
        Field("bell", "Bell", "rings once when something is overdue; default: yes", (YES, NO)),
        Field("voice", "Voice", "talking, from the next start on; default: yes", (YES, NO)),
        Field("talk_key", "Talk key", f"held while speaking; default: {default.talk_key}"),
        Field("microphone", "Microphone", "part of its name; empty: the system's own"),
        Field("voice_model", "Speech model", "base, tiny.en or a folder; empty: the best there is"),
        Field(
            "keep_audio_days",
            "Keep audio",
            f"days, once it is entries; 0: not at all; default: {default.keep_audio_days}",
        ),
        Field("keyring", "Keyring", "holds the team's token, from the next joining on", (YES, NO)),
    )


def text_of(settings: Settings, key: str) -> str:
    """What a field shows for these settings."""
    value: object = getattr(settings, key)
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return for_terminal(", ".join(map(str, value)))
    return "" if value is None else for_terminal(str(value))


def value_of(key: str, text: str) -> object:
    """What a field's text means; None: the default counts.

    Raises:
        BadValue: it can't have that value; the sentence says what it can have.
    """
    text = clean(text).strip()
    if not text:
        return None
    if key in {"services", "people"}:
        names = (" ".join(name.split()) for name in text.split(","))
        return list(dict.fromkeys(name for name in names if name)) or None
    if key in _NUMBERS:
        return _number(text, *_NUMBERS[key])
    if key in {"bell", "voice", "keyring"}:
        return text == YES
    if key == "talk_key":
        return _talk_key(text)
    if key == "zone" and (why := zone_problem(text)):
        raise BadValue(f"{why}.")
    return " ".join(text.split())


def zone_problem(name: str) -> str | None:
    """Why a zone can't be used; None when it can."""
    try:
        zone_named(name)
    except UnknownZone as error:
        return str(error)
    return None


def _number(text: str, most: int, what: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > most:
        raise BadValue(f"A whole number of {what}, to {most}.")
    return int(text)


def _talk_key(text: str) -> str:
    key = text.lower().replace(" ", "")
    if not re.fullmatch(TALK_KEY, key):
        raise BadValue("A function key, or ctrl and a letter: f9, ctrl+t.")
    if (other := owner_of(key)) is not None:
        raise BadValue(f"{key_name(key)} means something already: {other.help}.")
    return key
