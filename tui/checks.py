"""What hotwash needs on a machine: looked at one by one, each with the command that mends it.

Nothing here imports the libraries whose parts it looks for.
"""

import ctypes.util
import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from capture.packages import install_command
from capture.voice import portaudio
from capture.voice.microphone import SILENT_SYSTEM, probe_elsewhere
from storage import disk
from storage.errors import RecordError
from tui.services import Services

_ENOUGH_MIB = 100
_CLIPBOARD = {"apt-get": "xclip wl-clipboard", "dnf": "xclip wl-clipboard"}


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    MISSING = "missing"
    BROKEN = "broken"


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        check: what.
        state: how it came out.
        detail: in a sentence.
        fix: a command that mends it, or what to do; None when there is nothing to mend.
    """

    check: str
    state: State
    detail: str
    fix: str | None = None


def all_checks(services: Services) -> list[Check]:
    """Every check, in the order in which a person should mend things."""
    # It stands on this module.
    from tui.server_check import server

    environment = services.start.environment
    return [
        home(services),
        records(services),
        settings(services),
        terminal(environment),
        clipboard(environment),
        microphone(services.settings.microphone),
        model(services),
        server(services),
    ]


def home(services: Services) -> Check:
    """Whether entries can be saved."""
    root = services.home.root
    probe = root / f".doctor-{os.getpid()}"
    try:
        disk.make_folder(root)
        disk.replace_file(probe, b"x" * 4096)
        disk.remove(probe)
        free_mib = shutil.disk_usage(root).free >> 20
    except OSError as error:
        detail = f"{root} can't be written: {error.strerror}."
        return Check("home", State.BROKEN, detail, "hotwash --home DIR, or set HOTWASH_HOME")
    if free_mib < _ENOUGH_MIB:
        detail = f"{root} has only {free_mib} MiB left."
        return Check("home", State.BROKEN, detail, "free some space on that disk")
    return Check("home", State.OK, f"{root}, {free_mib:,} MiB free.")


def records(services: Services) -> Check:
    """Whether every incident can be read."""
    library = services.library
    found = library.summaries()
    broken = list(library.notices)
    for path in [library.path_of(summary) for summary in found]:
        try:
            broken += library.open(path).take_notices()
        except RecordError as error:
            broken.append(str(error))
    if broken:
        fix = "look at the file that is named; copies of it end in .bak and .damaged-1"
        return Check("records", State.BROKEN, " ".join(broken), fix)
    return Check("records", State.OK, f"{len(found)} incident(s), all readable.")


def settings(services: Services) -> Check:
    """Whether the settings are understood, and what entries are signed with."""
    if services.warnings:
        detail = " ".join(services.warnings)
        return Check("settings", State.BROKEN, detail, f"edit {services.home.settings}")
    return Check("settings", State.OK, f"Entries are signed {services.author!r}.")


def terminal(environment: Mapping[str, str]) -> Check:
    """Whether the app could draw here."""
    name = environment.get("TERM", "")
    if not sys.stdout.isatty():
        return Check("terminal", State.OK, "Output does not go to a terminal; commands need none.")
    if name in {"", "dumb"} and sys.platform != "win32":
        detail = f"TERM is {name!r}, which can draw nothing."
        return Check("terminal", State.BROKEN, detail, "use another terminal, or set TERM")
    size = shutil.get_terminal_size()
    detail = f"{name or 'console'}, {size.columns}x{size.lines}. {_talk_key(environment)}"
    return Check("terminal", State.OK, detail.rstrip())


def _talk_key(environment: Mapping[str, str]) -> str:
    """How well the talk key can be held here; never anything to mend: tapping works everywhere."""
    from tui.terminal.asking import reports_releases

    if environment.get("TEXTUAL_DISABLE_KITTY_KEY", "") == "1":
        return "TEXTUAL_DISABLE_KITTY_KEY is set, so that a held talk key is known by its repeats."
    match reports_releases():
        case True:
            return "It reports when a key is let go: hold the talk key, or tap it."
        case False:
            return (
                "It does not report when a key is let go: a held talk key is known by its repeats; "
                "over a slow line, tap it instead."
            )
    return ""


def clipboard(environment: Mapping[str, str]) -> Check:
    """Whether there is a clipboard that confirms what it took, and what is asked where there is none."""
    from tui.clipboard import display_tools, is_far_away

    if environment.get("TMUX"):
        return Check("clipboard", State.OK, "tmux's buffer, and the terminal's if tmux lets it.")
    if is_far_away(environment):
        detail = "Over SSH the terminal is asked for its own, which confirms nothing."
        return Check("clipboard", State.OK, detail)
    if sys.platform in {"darwin", "win32"}:
        return Check("clipboard", State.OK, "The system's own.")
    tools = [tool[0] for tool in display_tools(environment)]
    if not tools:
        detail = (
            "No display, so no clipboard but the terminal's, which confirms nothing; "
            "`export -o FILE` works everywhere."
        )
        return Check("clipboard", State.MISSING, detail)
    found = [tool for tool in tools if shutil.which(tool)]
    if found:
        return Check("clipboard", State.OK, f"{found[0]}.")
    return Check("clipboard", State.MISSING, "No tool that copies.", install_command(_CLIPBOARD))


def microphone(wanted: str | None = None) -> Check:
    """Whether speech could be recorded, and from what.

    Args:
        wanted: the microphone's name in the settings; None: the system's choice.
    """
    if importlib.util.find_spec("sounddevice") is None:
        return Check(
            "microphone", State.BROKEN, "The package sounddevice is missing.", "reinstall hotwash"
        )
    bundled = importlib.util.find_spec("_sounddevice_data") is not None
    if not bundled and not ctypes.util.find_library("portaudio"):
        detail = "PortAudio is missing; typing needs none of it."
        return Check("microphone", State.MISSING, detail, install_command(portaudio.PACKAGES))
    found = probe_elsewhere(wanted)
    if found.why == SILENT_SYSTEM:
        fix = "restart the sound server of this system"
        return Check("microphone", State.BROKEN, f"{found.why} Typing needs none of it.", fix)
    if found.chosen is None:
        return Check("microphone", State.MISSING, found.why)
    return Check("microphone", State.OK, f"{found.chosen}. To try it: hotwash voice test")


def model(services: Services) -> Check:
    """Whether there is a speech model, and which one would be used."""
    from capture.voice.manifests import megabytes
    from capture.voice.models import Unusable, look_for_model

    found = look_for_model(services.home.cache, None, services.settings.voice_model)
    if isinstance(found, Unusable):
        state = State.BROKEN if found.is_broken else State.MISSING
        return Check("model", state, f"{found.what}; typing needs none of it.", found.fix)
    checked = "its bytes checked" if found.checked_at else "its bytes not checked by hotwash"
    detail = f"{found.name}, {megabytes(found.size)}, {checked}, in {found.path}."
    return Check("model", State.OK, detail)
