"""Copying text to wherever the person can paste it from: a ladder of ways, none of them certain.

A tool of this machine is asked when the person sits at it; tmux keeps a buffer of its own; the
terminal is asked by OSC 52, which works over SSH and confirms nothing. What is said afterwards never
claims more than is known, and names the file that holds the text in any case.
"""

import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from tui import osc52
from tui.clipboard_tools import Ran, ask, load_tmux_buffer, tmux_environment, tmux_option
from tui.system_clipboard import hand_to_system

Write = Callable[[str], object]
"""Takes a sequence to the terminal, as it is."""

_FAR_AWAY = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


class Way(StrEnum):
    """Where text was put."""

    CLIPBOARD = "clipboard"
    TMUX = "tmux"
    TERMINAL = "terminal"


_SURE = {
    Way.CLIPBOARD: "Copied to the clipboard.",
    Way.TMUX: "In tmux's buffer: prefix ] pastes it.",
}
_TRIED = {
    Way.CLIPBOARD: "Handed to the clipboard.",
    Way.TERMINAL: "Sent to the terminal's clipboard; whether it took it can't be known.",
}


class Copied(msgspec.Struct, frozen=True):
    """What became of a text that was to be copied.

    Attributes:
        sure: ways that confirmed they have it.
        tried: ways that were asked and can't or did not confirm.
        file: a file that holds the text as well; None when there is none.
        trouble: sentences about ways that failed.
    """

    sure: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    file: Path | None = None
    trouble: tuple[str, ...] = ()

    @property
    def anywhere(self) -> bool:
        """Whether any clipboard may have it."""
        return bool(self.sure or self.tried)

    @property
    def sentence(self) -> str:
        """What to tell the person; the file's name comes from outside, so show it as plain text."""
        told = [text for way, text in _SURE.items() if way in self.sure]
        if Way.CLIPBOARD not in self.sure:
            told += self.trouble
            told += [text for way, text in _TRIED.items() if way in self.tried]
        if not self.anywhere:
            told.append("Nothing here has a clipboard to copy to.")
        if self.file is not None:
            told.append(f"It is {'also ' if self.anywhere else ''}in {self.file}.")
        return " ".join(told)


class _Reached(msgspec.Struct):
    """How far the ladder was climbed, and the sequence that is still to be written."""

    sure: list[str]
    tried: list[str]
    trouble: list[str]
    sequence: str | None = None


async def copy(
    text: str, environment: Mapping[str, str], write: Write | None, file: Path | None
) -> Copied:
    """Copy `text` without holding up the event loop; takes seconds when tools hang.

    Args:
        text: what to copy.
        environment: the process's environment.
        write: takes a sequence to the terminal, called on the event loop; None: there is none.
        file: where the caller has written the text as well.
    """
    import asyncio

    return _written(await asyncio.to_thread(_climb, text, environment), write, file)


def copy_now(
    text: str, environment: Mapping[str, str], write: Write | None, file: Path | None = None
) -> Copied:
    """The same as `copy` for a program without an event loop."""
    return _written(_climb(text, environment), write, file)


def is_far_away(environment: Mapping[str, str]) -> bool:
    """Whether the person sits at another machine, whose clipboard no tool of this one reaches."""
    return any(environment.get(name) for name in _FAR_AWAY)


def display_tools(environment: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The commands that take text for this machine's clipboard, in the order to try them."""
    tools: list[tuple[str, ...]] = []
    if sys.platform == "darwin":
        tools.append(("pbcopy",))
    if environment.get("WAYLAND_DISPLAY"):
        tools.append(("wl-copy",))
    if environment.get("DISPLAY"):
        tools += [("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input")]
    return tools


def _climb(text: str, environment: Mapping[str, str]) -> _Reached:
    """Try every way that needs no terminal, and prepare the one that does."""
    reached = _Reached([], [], [])
    data = text.encode("utf-8", "replace")
    changes = tmux_environment(environment) if environment.get("TMUX") else None
    here = _where_the_person_is(environment, changes or {})
    if not is_far_away(here):
        _ask_this_machine(text, data, here, reached)
    if changes is not None:
        _ask_tmux(data, environment, reached)
    elif environment.get("TMUX"):
        reached.trouble.append("tmux gave no answer.")
    elif Way.CLIPBOARD not in reached.sure:
        _ask_terminal(data, environment, reached)
    return reached


def _where_the_person_is(
    environment: Mapping[str, str], changes: Mapping[str, str | None]
) -> Mapping[str, str]:
    """The environment of whoever is attached to tmux now, who may not be who started the shell."""
    stale = {name for name, value in changes.items() if value is None}
    if "SSH_CONNECTION" in stale:
        stale |= set(_FAR_AWAY)
    kept = {name: value for name, value in environment.items() if name not in stale}
    return kept | {name: value for name, value in changes.items() if value is not None}


def _ask_this_machine(
    text: str, data: bytes, environment: Mapping[str, str], reached: _Reached
) -> None:
    tools = display_tools(environment)
    trouble: list[str] = []
    for tool in tools:
        ran = ask(tool, environment, data).ran
        if ran is Ran.WELL:
            reached.sure.append(Way.CLIPBOARD)
            return
        if ran is Ran.TOO_LONG:
            trouble.append(f"{tool[0]} gave no answer and was stopped.")
            break
        if ran is Ran.BADLY:
            trouble.append(f"{tool[0]} could not reach the clipboard.")
    reached.trouble += trouble
    if not tools:
        handed = hand_to_system(text)
        reached.sure += [Way.CLIPBOARD] if handed is True else []
        reached.tried += [Way.CLIPBOARD] if handed is False else []


def _ask_tmux(data: bytes, environment: Mapping[str, str], reached: _Reached) -> None:
    """Fill tmux's buffer, and reach the terminal around it in the ways that it is set to allow."""
    hands_on = tmux_option("-sv", "set-clipboard", environment)
    loaded, sent = load_tmux_buffer(data, environment, send=hands_on != "off")
    if not loaded:
        reached.trouble.append("tmux did not take it.")
        return
    reached.sure.append(Way.TMUX)
    if sent:
        reached.tried.append(Way.TERMINAL)
    # An option that it does not know is one that it has not learnt to restrict yet (before 3.3).
    passes = tmux_option("-gv", "allow-passthrough", environment) in {"on", "all", None}
    if passes and len(data) <= osc52.LONGEST:
        reached.sequence = osc52.through_tmux(data)
    elif hands_on == "on" and not sent and len(data) < osc52.LONGEST_THROUGH_TMUX:
        reached.sequence = osc52.plain(data)


def _ask_terminal(data: bytes, environment: Mapping[str, str], reached: _Reached) -> None:
    if not osc52.may_listen(environment.get("TERM", "")):
        return
    if len(data) > osc52.LONGEST:
        size = f"{len(data):,} bytes are more than terminals take for their clipboard"
        reached.trouble.append(f"{size} ({osc52.LONGEST:,}).")
    elif environment.get("STY"):
        reached.sequence = osc52.through_screen(data)
    else:
        reached.sequence = osc52.plain(data)


def _written(reached: _Reached, write: Write | None, file: Path | None) -> Copied:
    """Write what is left to write, and say how it all went."""
    if reached.sequence is not None and write is not None:
        try:
            write(reached.sequence)
        except OSError as error:
            reached.trouble.append(f"The terminal could not be asked: {error.strerror or error}.")
        else:
            reached.tried.append(Way.TERMINAL)
    tried = tuple(dict.fromkeys(reached.tried))
    return Copied(tuple(reached.sure), tried, file, tuple(reached.trouble))
