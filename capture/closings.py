"""Lines that close something: ``/done``, ``/answer``, ``/cleared``, ``/confirmed``, ``/ruled-out``."""

import re
from collections.abc import Sequence
from functools import partial

import msgspec

from capture.context import LineContext
from capture.mark_runs import Run, trailing_run
from capture.marks import Refused, read_when_or_who
from capture.readings import Chip, CloseEntry, Closing
from capture.words import Word, without
from storage.model import Outcome

_CLOSINGS = {f"/{closing}": closing for closing in Closing}
_OUTCOMES = {
    ("worked",): Outcome.WORKED,
    ("no", "effect"): Outcome.NO_EFFECT,
    ("no-effect",): Outcome.NO_EFFECT,
    ("worse",): Outcome.WORSE,
}
_AFTER = ",.:;"

# What can name an entry: a ref (storage.refs) or a whole id. Letters and digits together look like
# a ref even when no entry has it.
_REF = re.compile(r"[0-9a-z]{4,12}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SURELY_REF = re.compile(r"(?=.*[0-9])(?=.*[a-z])[0-9a-hjkmnp-tv-z]{4,12}")


class _Named(msgspec.Struct, frozen=True):
    """What a line says after the closing word: which entry, with what outcome, and the rest."""

    entry: str | None
    outcome: Outcome | None
    text: Sequence[Word]
    chips: tuple[Chip, ...]


def read_closing(
    line: str, words: Sequence[Word], prelude: Run, context: LineContext
) -> CloseEntry | Refused | None:
    """What a line closes; None for any other line, `Refused` for one that names no entry.

    Args:
        line: the whole line.
        words: its words after the time and the speaker.
        prelude: that time and speaker; a time at the end of the line counts as well.
        context: what it is read against.
    """
    closing = _CLOSINGS.get(words[0].text.lower()) if words else None
    if closing is None:
        return None
    look = partial(read_when_or_who, context=context)
    tail = trailing_run(line, words[1:], look, prelude.said)
    named = _named(words[1 : len(words) - tail.words], closing, context)
    if not _fits(closing, named):
        return _refused(closing, named)
    badge = Chip(start=words[0].start, end=words[0].end, label=closing.upper())
    run = prelude.followed_by(Run(chips=(badge, *named.chips))).followed_by(tail)
    return CloseEntry(
        as_written=line,
        chips=run.chips,
        remarks=run.remarks,
        what=closing,
        entry=named.entry,
        outcome=named.outcome,
        text=without(line, run.taken_out),
        at=run.said.at,
        said_by=run.said.said_by,
    )


def _named(words: Sequence[Word], closing: Closing, context: LineContext) -> _Named:
    entry, outcome, chips = None, None, []
    if words and (ref := words[0].text.rstrip(_AFTER)) and _REF.fullmatch(ref):
        entry = context.find_entry(ref)
    if entry:
        chips.append(Chip(start=words[0].start, end=words[0].end, label=f"[{ref}]"))
        words = words[1:]
    count = _outcome_words(words) if closing is Closing.DONE else 0
    if count:
        outcome = _OUTCOMES[_plain(words[:count])]
        chip = Chip(
            start=words[0].start,
            end=words[count - 1].end,
            label=f"[{outcome.replace('_', ' ')}]",
            # What follows may lean on the word: `worked around it`.
            stays=len(words) > count,
        )
        chips.append(chip)
        words = words[count:]
    return _Named(entry, outcome, words, tuple(chips))


def _outcome_words(words: Sequence[Word]) -> int:
    """How many words say what an action did."""
    return next((count for count in (1, 2) if _plain(words[:count]) in _OUTCOMES), 0)


def _plain(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text.lower().rstrip(_AFTER) for word in words)


def _fits(closing: Closing, named: _Named) -> bool:
    """Whether the rest of the line is what that closing word takes.

    ``/cleared the cache`` is a note. ``/done 9c2x worked`` must not close another entry.
    """
    if closing is Closing.ANSWER:
        return bool(named.text)
    if closing is Closing.DONE:
        return named.entry is not None or _missed(named) is None
    return not named.text


def _missed(named: _Named) -> str | None:
    """The ref that the line seems to give and no entry has."""
    first = named.text[0].text.rstrip(_AFTER) if named.text and named.entry is None else ""
    return first if _SURELY_REF.fullmatch(first) else None


def _refused(closing: Closing, named: _Named) -> Refused | None:
    if missed := _missed(named):
        return Refused(f"no entry has the ref {missed}, kept as a note")
    return Refused("an answer needs words, kept as a note") if closing is Closing.ANSWER else None
