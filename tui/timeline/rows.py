"""What a row of the timeline says: clock, badge, words, facts; and which columns have room."""

from collections.abc import Iterator

import msgspec
from rich.cells import cell_len

from capture.labels import mark_label
from capture.text import for_terminal
from capture.voice.heard import CHECK, REREAD
from storage.model import Claim, Draft, Entry, Kind, Mark, Moment, Outcome, Precision, State
from storage.postmortem.clock_face import ClockFace
from tui.cells import cut
from tui.timeline.wrapping import is_one_cell_each, safe_lines

SIGN_CELLS = 2
CLOCK_CELLS = 6
BADGE_CELLS = 11
REF_CELLS = 6

_AUTHOR_CELLS = 12
_ROOMY_AUTHOR_CELLS = 22
_LEAST_BESIDE_CLOCK = 12
_LEAST_BESIDE_BADGE = 16
_LEAST_BESIDE_REF = 50
_LEAST_BESIDE_ROOMY_AUTHOR = 80

_BETWEEN = " ·\N{NO-BREAK SPACE}"
GLUE = "\N{NO-BREAK SPACE}"
_LONGEST_GLUED = 24
_MOST_UNCLEAR = 3
_UNKNOWN_CLOCK = "  ?"

_KINDS = {str(kind): kind for kind in Kind}


class Columns(msgspec.Struct, frozen=True):
    """How wide each column is, in cells; 0: it has no room.

    Attributes:
        sign: cursor and mark.
        clock: with the blank after it, as those that follow.
        badge: of the kind.
        text: words and facts, the only column whose content wraps.
        author: with the blank before it, as the next.
        ref: what the entry is called.
    """

    sign: int
    clock: int
    badge: int
    text: int
    author: int
    ref: int

    @property
    def lead(self) -> int:
        """Cells before the text."""
        return self.sign + self.clock + self.badge

    @property
    def width(self) -> int:
        """All of them."""
        return self.lead + self.text + self.author + self.ref


def columns_for(width: int) -> Columns:
    """Share out the width: the text comes first, the author goes first."""
    width = max(width, 1)
    sign = SIGN_CELLS if width > 2 * SIGN_CELLS else 0
    rest = width - sign
    clock = _room(rest, CLOCK_CELLS + 1, _LEAST_BESIDE_CLOCK)
    rest -= clock
    badge = _room(rest, BADGE_CELLS + 1, _LEAST_BESIDE_BADGE) if clock else 0
    rest -= badge
    ref = _room(rest, REF_CELLS + 1, _LEAST_BESIDE_REF)
    rest -= ref
    roomy = _room(rest, _ROOMY_AUTHOR_CELLS + 1, _LEAST_BESIDE_ROOMY_AUTHOR)
    author = roomy or (_room(rest, _AUTHOR_CELLS + 1, _LEAST_BESIDE_REF) if ref else 0)
    return Columns(sign, clock, badge, rest - author, author, ref)


def _room(rest: int, cells: int, least: int) -> int:
    return cells if rest - cells >= least else 0


class Tail(msgspec.Struct, frozen=True):
    """What follows an entry's words on its row.

    Attributes:
        whole: all facts, each with what separates it from what it follows.
        beside_credit: the same where the author column tells whose words they are.
        credit: what that column then says; empty when there is nothing to tell.
        reach: cells of `whole`.
        cells: of `credit`.
        is_narrow: whether every character of `whole` takes one cell.
        search: what the row can be found by besides its words and its ref, case folded.
    """

    whole: str
    beside_credit: str
    credit: str
    reach: int
    cells: int
    is_narrow: bool
    search: str

    def fitting(self, columns: Columns) -> str:
        """The facts that these columns leave to the text."""
        return self.beside_credit if self.credit and self.cells < columns.author else self.whole


NO_TAIL = Tail("", "", "", 0, 0, True, "")
"""Of an entry that was not looked at yet."""


def joined(said: str, tail: str) -> str:
    """An entry's words, as `safe_lines` returns them, and what else there is to say."""
    return said + tail if said else tail.removeprefix(_BETWEEN)


def author_in(tail: Tail, author: str, columns: Columns) -> str:
    """What the author's column says: whose words they are where there is room, else the author."""
    credited = bool(tail.credit) and tail.cells < columns.author
    return cut(tail.credit if credited else for_terminal(author), max(0, columns.author - 1))


def said_in(entry: Entry | Draft) -> str:
    """The words of an entry or, where it only sets something, what it sets; safe to print."""
    if isinstance(entry, Entry):
        return safe_lines(entry.wording)
    shadow = Entry(
        id="",
        text=entry.text,
        mark=entry.mark,
        status=entry.status,
        severity=entry.severity,
        role=entry.role,
        role_to=entry.role_to,
    )
    return safe_lines(shadow.wording)


def badge_of(kind: str, claim: str | None) -> str:
    """The kind as people read it; a root cause is a question until somebody confirmed it."""
    if kind == Kind.CAUSE:
        if claim == Claim.RULED_OUT:
            return "RULED OUT"
        return "ROOT CAUSE" if claim == Claim.CONFIRMED else "ROOT CAUSE?"
    known = _KINDS.get(kind)
    return known.label.upper() if known else cut(for_terminal(kind).upper(), BADGE_CELLS)


def clock_of(at: Moment, face: ClockFace) -> str:
    """``02:55``, ``02:55~`` when that is not certain, ``14:??`` as it was given, ``?`` when unknown."""
    if at.utc is None:
        return _UNKNOWN_CLOCK
    if at.plus_minus_min and at.as_given:
        given = for_terminal(at.as_given)
        if cell_len(given) < CLOCK_CELLS:
            return given
    if at.precision == Precision.DAY:
        return " day"
    local = face.local(at.utc)
    return f"{local.hour:02}:{local.minute:02}{'~' if at.uncertain else ''}"


def tail_of(entry: Entry | Draft, face: ClockFace, conflict: bool = False) -> Tail:
    """What follows the words of an entry, and what it can be found by.

    Args:
        entry: it, or what is about to become one.
        face: shows moments.
        conflict: whether two people changed it at once.
    """
    author = entry.author if isinstance(entry, Entry) else ""
    facts = [*_facts(entry, face), *(["conflict"] if conflict else ())]
    credited = bool(entry.said_by and entry.said_by != author)
    by = [f"by {entry.said_by}"] if credited else []
    credit = f"{entry.said_by} (noted by {author})" if credited and author else ""
    whole = _joined([*by, *facts])
    people = (author, entry.said_by, entry.owner, entry.role_to, entry.role_from)
    found_by = (badge_of(entry.kind, entry.claim), _label(entry.kind), whole)
    search = " ".join([*found_by, *(name for name in people if name), *entry.services])
    credit = for_terminal(credit)
    return Tail(
        whole=whole,
        beside_credit=_joined(facts) if credit else whole,
        credit=credit,
        reach=cell_len(whole),
        cells=cell_len(credit),
        is_narrow=is_one_cell_each(whole),
        search=search.replace(GLUE, " ").casefold(),
    )


def _joined(facts: list[str]) -> str:
    """Facts in a row; a short one is not broken, nor parted from the dot before it."""
    safe = (for_terminal(fact) for fact in facts)
    glued = (fact.replace(" ", GLUE) if len(fact) <= _LONGEST_GLUED else fact for fact in safe)
    return "".join(_BETWEEN + fact for fact in glued)


def _label(kind: str) -> str:
    known = _KINDS.get(kind)
    return known.label if known else kind


def _facts(entry: Entry | Draft, face: ClockFace) -> Iterator[str]:
    """What the record knows of an entry that its words don't say."""
    if entry.mark and entry.text:
        yield mark_word(entry.mark)
    if entry.state in {State.OPEN, State.DROPPED}:
        yield str(entry.state)
    if entry.owner:
        yield f">{entry.owner}"
    if entry.time_box:
        yield f"!{_duration(entry.time_box)}"
    if entry.due:
        yield f"due {entry.due}"
    yield from _outcomes(entry, face)
    yield from _origins(entry)


def _outcomes(entry: Entry | Draft, face: ClockFace) -> Iterator[str]:
    """What became of it."""
    if entry.outcome:
        unknown = entry.outcome == Outcome.UNKNOWN
        yield "outcome unknown" if unknown else entry.outcome.replace("_", " ")
    if entry.exit_code is not None:
        yield f"exit {entry.exit_code}"
    if entry.claim and entry.claim != Claim.PROPOSED:
        yield entry.claim.replace("_", " ")
    if entry.cleared_at:
        yield f"cleared {clock_of(entry.cleared_at, face).strip()}"
    if entry.answer:
        yield f"answered: {entry.answer}"


def _origins(entry: Entry | Draft) -> Iterator[str]:
    """Where it comes from, and where it goes."""
    if entry.section:
        yield f"for {entry.section}"
    if entry.source == "voice":
        yield "voice"
    if entry.confidence is not None and entry.confidence < CHECK:
        yield "re-read it" if entry.confidence < REREAD else "check it"
    if entry.doubtful:
        yield f"unsure of {_unclear_words(entry)}"
    if entry.source.startswith("import"):
        yield "imported"
    if not entry.story:
        yield "log"
    if entry.body:
        yield "output"


def _unclear_words(entry: Entry | Draft) -> str:
    """The first words that were heard unclearly, in quotes."""
    words = [entry.text[start:end].strip(" .,;:") for start, end in entry.doubtful]
    shown = [f"“{word}”" for word in words if word][:_MOST_UNCLEAR]
    more = " …" if len(words) > _MOST_UNCLEAR else ""
    return f"{', '.join(shown)}{more}"


def mark_word(mark: str) -> str:
    """A key time by the word that people type for it: ``start``, ``mitigated``."""
    if mark in set(Mark):
        return mark_label(Mark(mark)).strip("[]")
    return mark.replace("_", " ")


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"
