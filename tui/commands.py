"""The one table of commands: keys, key bar, palette, help and README's table are all made from it.

A command is an action of the app or of a screen, by its name: ``update`` is ``action_update``. No key
is one that Textual's inputs, tmux or screen need.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from storage.model import Kind


class Where(StrEnum):
    """Where a key does something."""

    ANYWHERE = "anywhere"
    INPUT = "input"
    ENTRY = "entry selected"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person can ask for.

    Attributes:
        name: of the action.
        keys: as Textual names them; the first one is shown.
        label: for the key bar, two words at most.
        help: what it does, in a few words that begin with a verb.
        where: when its keys work.
        typed: a line that does the same when it is all that is typed; empty: none.
        rank: its place in the key bar, 1 first; 0: not in the bar.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    where: Where = Where.ANYWHERE
    typed: str = ""
    rank: int = 0

    @property
    def shown(self) -> str:
        """The keys as people read them: ``F1``, ``ctrl+t or F9``."""
        return " or ".join(key_name(key) for key in self.keys)


_KEY_NAMES = {
    "ctrl+j": "ctrl+j",
    "alt+enter": "Alt+Enter",
    "enter": "Enter",
    "escape": "Escape",
    "up": "Up",
    "down": "Down",
    "tab": "Tab",
    "space": "space",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "alt+up": "Alt+Up",
    "alt+down": "Alt+Down",
}


def key_name(key: str) -> str:
    """A key as people read it."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    return key.upper() if key[0] == "f" and key[1:].isdigit() else key


def _anywhere(name: str, keys: tuple[str, ...], label: str, told: str, **more: object) -> Command:
    return msgspec.convert(
        {"name": name, "keys": keys, "label": label, "help": told, **more}, Command
    )


def _of_entry(name: str, key: str, label: str, told: str, rank: int = 0) -> Command:
    return Command(name=name, keys=(key,), label=label, help=told, where=Where.ENTRY, rank=rank)


def _input(name: str, keys: tuple[str, ...], label: str, told: str, rank: int = 0) -> Command:
    return Command(name=name, keys=keys, label=label, help=told, where=Where.INPUT, rank=rank)


KIND_KEYS = {
    "s": Kind.SYMPTOM,
    "a": Kind.ACTION,
    "r": Kind.CAUSE,
    "d": Kind.DECISION,
    "q": Kind.QUESTION,
    "f": Kind.FOLLOWUP,
    "i": Kind.IMPACT,
    "c": Kind.CHANGE,
    "n": Kind.NOTE,
}
"""Letters that give a selected entry a kind: those of the note line."""

TALK = "talk"
"""The command that the key to talk is for."""

COMMANDS: tuple[Command, ...] = (
    _anywhere("show_help", ("f1",), "help", "show keys, marks and commands", typed="/help", rank=1),
    _anywhere(
        "update",
        ("f2",),
        "update",
        "write a status update from the last entries",
        typed="/update",
        rank=4,
    ),
    _anywhere("hand_over", ("f3",), "hand over", "hand command over", typed="/handover", rank=5),
    _anywhere(
        "starter", ("f4",), "starter", "open the postmortem starter", typed="/starter", rank=3
    ),
    _anywhere(
        TALK,
        ("f9", "ctrl+t"),
        "talk",
        "speak: hold it, or press it before and after",
        typed="/talk",
        rank=2,
    ),
    _anywhere(
        "retry", (), "retry", "transcribe what is recorded and not heard yet", typed="/retry"
    ),
    _anywhere(
        "fetch_model",
        (),
        "speech model",
        "fetch the speech model, while all is quiet",
        typed="/voice",
    ),
    _anywhere("learn", (), "learn", "take your last correction into the glossary", typed="/learn"),
    _anywhere("settle", (), "conflicts", "settle what two people changed at once", typed="/settle"),
    _anywhere("share", (), "share", "let the team take part in the incident", typed="/share"),
    _anywhere("unshare", (), "unshare", "end the sharing of the incident", typed="/unshare"),
    _anywhere("team", (), "team", "show who takes part; join or leave a team", typed="/team"),
    _anywhere("home", (), "home", "list incidents, start or open another", typed="/home"),
    _anywhere("settings", (), "settings", "change settings", typed="/settings"),
    _anywhere("command_palette", ("ctrl+p",), "commands", "find any command by name", rank=9),
    _anywhere("undo", ("ctrl+z",), "undo", "take your last act back", typed="/undo", rank=7),
    _anywhere("redo", ("ctrl+y",), "redo", "do again what was undone", typed="/redo"),
    _anywhere("filter", ("ctrl+f",), "filter", "show only entries with these words", rank=6),
    _anywhere("jump", ("ctrl+g",), "jump", "go to a time", rank=8),
    _anywhere("follow", ("ctrl+end",), "newest", "follow the newest entry"),
    _anywhere("quit", ("ctrl+q",), "quit", "leave; everything is saved", typed="/quit", rank=10),
    _input("record", ("enter",), "record", "record the line", rank=1),
    _input("new_line", ("alt+enter", "ctrl+j"), "new line", "begin another line of the same entry"),
    _input("literally", ("ctrl+r",), "as typed", "record exactly as typed", rank=3),
    _input("select", ("up",), "select", "select the newest entry", rank=2),
    _input("complete", ("tab",), "complete", "complete a name, a service, a kind"),
    _input("take_time", ("ctrl+o",), "that time", "let it have happened at the time in its text"),
    _input("split", ("alt+s",), "split", "split pasted rows into entries"),
    _input("read_marks", ("alt+m",), "marks", "read the marks in pasted text"),
    _input("earlier", ("alt+up", "alt+down"), "earlier lines", "bring back lines typed earlier"),
    _input("keep", ("escape",), "clear", "clear the selection and the filter, never the text"),
    *(
        _of_entry(f"kind('{kind}')", key, kind.label, f"make it: {kind.label}")
        for key, kind in KIND_KEYS.items()
    ),
    _of_entry(
        "mark", "m", "mark", "set a key time: start, detected, ack, mitigated, end, resolved", 3
    ),
    _of_entry("story", "p", "story/log", "tell it in the story, or keep it in the log only"),
    _of_entry("edit_text", "e", "edit", "edit the text", 2),
    _of_entry("edit_time", "t", "time", "change when it happened", 7),
    _of_entry("outcome", "o", "outcome", "say what an action did: worked, no effect, worse", 6),
    _of_entry("owner", "w", "owner", "say who does it", 5),
    _of_entry("evidence", "v", "evidence", "name the entries that speak for a root cause"),
    _of_entry("claim", "k", "confirm", "confirm a root cause, or rule it out"),
    _of_entry("answer", "y", "answer", "answer a question"),
    _of_entry("clear", "g", "gone", "say that a symptom is gone"),
    _of_entry("join", "j", "join", "join the selected entries, or all of one dictation, into one"),
    _of_entry("play", "l", "listen", "play what was said, or stop playing"),
    _of_entry("hear_again", "z", "hear again", "transcribe it again, with the model of now"),
    _of_entry("heard_right", "u", "heard right", "confirm the words that were heard unclearly"),
    _of_entry("details", "h", "history", "show all of it: output, history, conflicts"),
    _of_entry("delete", "x", "delete", "delete it; its words stay in the history", 4),
    _of_entry("purge", "X", "remove", "remove its words for good, from every file"),
    _of_entry("toggle_mark", "space", "add", "add to the selection", 8),
    Command(
        name="back",
        keys=("enter", "escape"),
        label="back",
        help="back to the input",
        where=Where.ENTRY,
        rank=1,
    ),
)
"""Every command, in the order of the help."""


def commands(where: Where) -> list[Command]:
    """Those whose keys work there."""
    return [command for command in COMMANDS if command.where is where]


def bar(where: Where) -> list[Command]:
    """Those of the key bar, most wanted first."""
    shown = sorted((c for c in commands(where) if c.rank), key=lambda command: command.rank)
    return [_ALL_KINDS, *shown] if where is Where.ENTRY else shown


_ALL_KINDS = Command(name="", keys=(), label="kind", help="", typed=" ".join(KIND_KEYS))
"""The letters for kinds, which have no room in the key bar one by one."""


def command_named(name: str) -> Command:
    """The command with a name."""
    return next(command for command in COMMANDS if command.name == name)


def with_talk_key(commands: Iterable[Command], key: str) -> list[Command]:
    """The same commands, talking with the key that a person has chosen."""
    return [
        msgspec.structs.replace(command, keys=tuple(dict.fromkeys((key, *command.keys[1:]))))
        if command.name == TALK and owner_of(key) is None
        else command
        for command in commands
    ]


def owner_of(key: str) -> Command | None:
    """The command that a key means already, other than talking; None when it is free."""
    return next((c for c in COMMANDS if key in c.keys and c.name != TALK), None)


WITHOUT_INCIDENT = frozenset(
    {"show_help", "settings", "command_palette", "fetch_model", "team", "quit"}
)
"""Names of the commands that do something where no incident is open."""

TYPED = {command.typed: command for command in COMMANDS if command.typed}
"""Lines that are commands when nothing else is typed."""
