"""What the row under the input says: the entry as it will be recorded, mark by mark.

Pure: a text goes in, a line of words comes out. Every text in it is fit for a terminal
(`capture.text.for_terminal`), and none of it is markup.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from capture.context import LineContext
from capture.labels import kind_label, moment_label
from capture.note_line import literal, read_line
from capture.pasting import split_pasted
from capture.readings import (
    ApplyToEntry,
    CloseEntry,
    Closing,
    NewEntry,
    Reading,
    Retitle,
    unread_mark,
)
from capture.text import for_terminal
from capture.words import is_shell
from storage.model import Kind, Moment
from tui.composing.dictation import dictation_in, entries_in
from tui.composing.origin import TYPED, Origin

OFFER_KEY = "ctrl+o"
"""Gives the entry the time that its text mentions."""

SPLIT_KEY = "alt+s"
"""Splits pasted rows into entries."""

MARKS_KEY = "alt+m"
"""Reads the marks in pasted text, or leaves them again."""

MOST_READ = 8_000
"""Characters of a text that is read for its preview; more than that nobody typed."""

_MOST_SHOWN = 1_000
_NOTHING_TYPED = (
    "type what happens",
    "/s symptom  /a action  /r root cause",
    "F1 help",
)
_CLOSES = {
    Closing.DONE: "closes",
    Closing.ANSWER: "answers",
    Closing.CLEARED: "clears",
    Closing.CONFIRMED: "confirms",
    Closing.RULED_OUT: "rules out",
}

SelectedName: TypeAlias = Callable[[], str | None]
"""Names the entry that a line of marks is for: ``7f3a restarted the app servers``."""

ClosedName: TypeAlias = Callable[[CloseEntry], str | None]
"""Names the entry that a line closes; None when there is none."""


class ShownChip(msgspec.Struct, frozen=True):
    """A mark that was understood.

    Attributes:
        label: as shown, ``[owner lee]``, or ``[owner le ?]`` for a name that nobody used before.
        unknown: whether it is such a name.
    """

    label: str
    unknown: bool = False


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the row, in the order in which they are shown.

    Attributes:
        badge: the kind of entry, or what else the line does: ``ACTION``, ``DONE``, ``TITLE``.
        text: the text as it will be recorded, or what it will change, in one line.
        chips: the marks, in the order of the line.
        remarks: what the person should know before Enter.
        hints: keys that would do something else, and other advice.
    """

    badge: str = ""
    text: str = ""
    chips: tuple[ShownChip, ...] = ()
    remarks: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What names the entries that a line without a ref is for.

    Attributes:
        selected: the selected entry, or else one's own last.
        closed: the entry that a closing line fits; without it the kind is named.
    """

    selected: SelectedName
    closed: ClosedName | None = None


EMPTY = PreviewLine(hints=_NOTHING_TYPED)
"""Shown while nothing is typed."""


def preview_of(
    text: str, context: Callable[[], LineContext], names: Names, origin: Origin = TYPED
) -> PreviewLine:
    """What Enter would record. Never raises: whatever goes wrong, the text is shown as a note.

    Args:
        text: what the input holds.
        context: gives what it is read against.
        names: names the entries that a line may be for.
        origin: whether it was typed or pasted.
    """
    if not text.strip():
        return EMPTY
    try:
        if len(text) > MOST_READ:
            return _of_long(text, origin)
        if origin.literal:
            return _of_pasted(text, context())
        now = context()
        if (words := dictation_in(text)) is not None:
            return _of_dictation(words, now)
        return _of_reading(read_line(text, now), now, names)
    except Exception:  # noqa: BLE001  the row under the input must not cost anybody the text in it
        return PreviewLine(badge=kind_label(Kind.NOTE), text=shown(text))


def shown(text: str) -> str:
    """A text as one line that is fit for a terminal; no longer than any terminal is wide."""
    return for_terminal(text[:_MOST_SHOWN])


def offered_text(text: str, context: LineContext) -> str | None:
    """The text with the time that it mentions as its mark; None when there is none to use."""
    reading = read_line(text, context)
    if not isinstance(reading, NewEntry) or not reading.offers:
        return None
    offer = reading.offers[0]
    words = " ".join(text[offer.start : offer.end].split())
    longer = f"{text.rstrip()} @{words}"
    then = read_line(longer, context)
    # After a shell's prompt or an open backtick nothing is a mark.
    return longer if isinstance(then, NewEntry) and then.draft.at is not None else None


def split_of(text: str, origin: Origin) -> tuple[str, ...] | None:
    """The lines that pasted text can be split into; None when there is nothing to offer."""
    return split_pasted(text) if origin.pasted and origin.several else None


def _of_long(text: str, origin: Origin) -> PreviewLine:
    remark = f"{len(text):,} characters"
    rows = text.count("\n") + 1
    if rows > 1:
        remark += f" in {rows:,} rows"
    kept = ("pasted: kept exactly as it is",) if origin.literal else ()
    return PreviewLine(
        badge=kind_label(Kind.NOTE), text=shown(text), remarks=(f"{remark}: one entry", *kept)
    )


def _of_dictation(words: str, context: LineContext) -> PreviewLine:
    """What a dictation would be split into."""
    entries = entries_in(words, context)
    badge = "1 ENTRY" if len(entries) == 1 else f"{len(entries)} ENTRIES"
    return PreviewLine(badge=badge, text=shown("  |  ".join(entries)))


def _of_pasted(text: str, context: LineContext) -> PreviewLine:
    """Pasted text as one entry, with what else could be done with it."""
    badge = kind_label(Kind.NOTE)
    lines = split_pasted(text) if "\n" in text else None
    if lines:
        rows = text.count("\n") + 1
        remark = (
            f"pasted {rows} lines: Enter records one entry, {SPLIT_KEY} splits it into {len(lines)}"
        )
        # The text is in the input; the keys must not be cut off.
        return PreviewLine(badge=badge, remarks=(remark,), hints=("at the times and kinds",))
    reading = read_line(text, context)
    as_typed = literal(text, context)
    same = isinstance(reading, NewEntry) and (
        msgspec.structs.replace(reading.draft, as_written="", text=reading.draft.text.strip())
        == msgspec.structs.replace(as_typed.draft, as_written="", text=text.strip())
    )
    if same:
        return PreviewLine(badge=badge, text=shown(text))
    return PreviewLine(
        badge=badge,
        text=shown(text),
        remarks=("pasted: kept exactly as it is",),
        hints=(f"{MARKS_KEY} reads its marks",),
    )


def _of_reading(reading: Reading, context: LineContext, names: Names) -> PreviewLine:
    chips = tuple(
        _chip(chip.label, chip.unknown) for chip in reading.chips if chip.label.startswith("[")
    )
    # Where the line is only "/st" somebody is still typing the mark.
    unread = unread_mark(reading) if " " in reading.as_written.strip() else None
    said = (*reading.remarks, *([unread] if unread else ()))
    remarks = tuple(shown(remark) for remark in said)
    match reading:
        case NewEntry():
            now, hints = _offer(reading, context)
            return PreviewLine(
                badge=_badge(reading),
                text=shown(reading.draft.text),
                chips=(*chips, *now),
                remarks=remarks,
                hints=hints,
            )
        case Retitle():
            text = f"the incident will be called {shown(reading.title)}"
            return PreviewLine(badge="TITLE", text=text, chips=chips, remarks=remarks)
        case CloseEntry():
            text = _closing_words(reading, names)
            badge = reading.what.upper()
            return PreviewLine(badge=badge, text=text, chips=chips, remarks=remarks)
        case ApplyToEntry():
            return _of_marks(reading, chips, remarks, names)


def _chip(label: str, unknown: bool) -> ShownChip:
    label = shown(label)
    return ShownChip(f"{label.removesuffix(']')} ?]", True) if unknown else ShownChip(label)


def _badge(reading: NewEntry) -> str:
    draft = reading.draft
    return draft.section.upper() if draft.section else kind_label(Kind(draft.kind))


def _offer(
    reading: NewEntry, context: LineContext
) -> tuple[tuple[ShownChip, ...], tuple[str, ...]]:
    last_row = reading.as_written.rstrip().rpartition("\n")[2]
    if not reading.offers or is_shell(last_row):
        return (), ()
    offered = _clock(reading.offers[0].moment, context)
    return (ShownChip("[now]"),), (f"{OFFER_KEY}: {offered} instead",)


def _clock(moment: Moment, context: LineContext) -> str:
    return moment_label(moment, context.now, context.zone).strip("[]")


def _closing_words(reading: CloseEntry, names: Names) -> str:
    verb = _CLOSES[reading.what]
    kinds = " or ".join(sorted(kind.label for kind in reading.what.kinds))
    name = names.closed(reading) if names.closed else None
    if name is not None:
        what = f"{verb} {shown(name)}"
    elif names.closed is not None:
        what = f"there is no open {kinds} that it could close"
    elif reading.entry is None:
        what = f"{verb} the selected or the latest {kinds}"
    else:
        what = verb
    return f"{what}: {shown(reading.text)}" if reading.text else what


def _of_marks(
    reading: ApplyToEntry, chips: tuple[ShownChip, ...], remarks: tuple[str, ...], names: Names
) -> PreviewLine:
    badge = kind_label(reading.kind) if reading.kind else "MARKS"
    if reading.section:
        badge = reading.section.upper()
    name = names.selected()
    if name is None:
        remark = "there is no entry of yours yet that this could be for"
        return PreviewLine(badge=badge, chips=chips, remarks=(remark, *remarks))
    text = f"applies to {shown(name)}"
    return PreviewLine(badge=badge, text=text, chips=chips, remarks=remarks)


def with_secret(line: PreviewLine, kinds: tuple[str, ...]) -> PreviewLine:
    """The row with the warning that the text holds what looks like a secret, if it does."""
    if not kinds:
        return line
    names = ", ".join(dict.fromkeys(kinds))
    warning = f"looks like a secret ({shown(names)}): it will be kept as typed"
    return msgspec.structs.replace(line, remarks=(warning, *line.remarks))
