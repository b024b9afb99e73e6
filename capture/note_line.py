"""Reading a note line: what is typed in the input or given to ``hotwash note``.

Whatever is not certainly a mark is text. Marks are read directly after the kind and in the unbroken
run that ends the line, and nowhere else (capture.md, The note line). Nothing here raises: a line
that means nothing special is a note.
"""

from collections.abc import Sequence
from functools import partial

import msgspec

from capture.closings import read_closing
from capture.context import LineContext
from capture.drafts import claim_of, draft_of, state_of, status_of
from capture.incident_lines import read_incident_line, read_title
from capture.kinds import Sort, read_sort
from capture.labels import kind_label, mark_label
from capture.mark_runs import Run, escape_chip, leading_run, trailing_run
from capture.marks import Refused, Said, read_mark
from capture.offers import offers_in
from capture.prelude import read_prelude
from capture.readings import ApplyToEntry, Chip, CloseEntry, NewEntry, Reading, Retitle
from capture.words import Word, is_shell, without, words_of
from storage.model import Draft, Kind


def read_line(line: str, context: LineContext) -> Reading:
    """What a line means.

    Args:
        line: one line, or several when the person put line breaks into it: marks are then read at
            the start of the first and at the end of the last.
        context: the incident and the moment it is read against.
    """
    words = words_of(line)
    if not words or is_shell(line):
        return _as_text(line, line.strip(), context)
    if _escapes_start(line, words, context):
        return _entry(line, words, Run(chips=(escape_chip(words[0]),)), None, context)
    prelude = read_prelude(words, context)
    rest = words[prelude.words :]
    special = _special(line, rest, prelude, context)
    if isinstance(special, Refused):
        prelude = prelude.followed_by(Run(remarks=(special.remark,)))
    elif special:
        return special
    return _entry(line, rest, prelude, read_sort(rest), context)


def literal(line: str, context: LineContext) -> NewEntry:
    """The line as a note, exactly as typed, with nothing in it read as a mark."""
    return _as_text(line, line, context)


def _as_text(line: str, text: str, context: LineContext) -> NewEntry:
    draft = Draft(kind=Kind.NOTE, text=text, as_written=line)
    return NewEntry(as_written=line, draft=draft, offers=offers_in(words_of(line), context))


def _special(
    line: str, words: Sequence[Word], prelude: Run, context: LineContext
) -> NewEntry | Retitle | CloseEntry | Refused | None:
    """The incident or the entry that a line changes; None for an entry of its own."""
    title = None if prelude.words else read_title(line, words)
    return (
        title
        or read_incident_line(line, words, prelude, context)
        or read_closing(line, words, prelude, context)
    )


def _escapes_start(line: str, words: Sequence[Word], context: LineContext) -> bool:
    """Whether the line starts with a backslash before something that would not be text."""
    if not words[0].text.startswith("\\") or len(words[0].text) == 1:
        return False
    bare = (words[0].without_first(), *words[1:])
    prelude = read_prelude(bare, context)
    rest = bare[prelude.words :]
    special = _special(line, rest, prelude, context)
    return (
        bool(prelude.words)
        or read_sort(rest) is not None
        or _only_marks(line, rest, prelude, context) is not None
        or (special is not None and not isinstance(special, Refused))
    )


def _entry(
    line: str, words: Sequence[Word], start: Run, sort: Sort | None, context: LineContext
) -> NewEntry | ApplyToEntry:
    """An entry, or marks for another one when nothing is left as text.

    Args:
        line: the whole line.
        words: its words after the time and the speaker.
        start: that time and speaker.
        sort: the sort of entry that the first words ask for.
        context: what it is read against.
    """
    if sort:
        run, body = _after_sort(line, words, start, sort, context)
    else:
        run, body = _without_sort(line, words, start, context)
    text = without(line, run.taken_out)
    if not text and not (sort and sort.mark):
        return _applied(line, run, sort, context)
    kind = sort.kind if sort else Kind.NOTE
    draft = draft_of(line, text, kind, run.said, context)
    if sort and sort.section:
        draft = msgspec.structs.replace(draft, section=sort.section)
    if kind is Kind.DECISION:
        run, draft = _with_rationale(line, body, run, draft)
    offers = () if run.said.at else offers_in(body, context)
    return NewEntry(
        as_written=line, draft=draft, chips=run.chips, remarks=run.remarks, offers=offers
    )


def _after_sort(
    line: str, words: Sequence[Word], start: Run, sort: Sort, context: LineContext
) -> tuple[Run, Sequence[Word]]:
    """The marks of a line that starts with a kind, and the words between them."""
    look = partial(read_mark, kind=sort.kind, context=context)
    run = start.followed_by(_sort_run(sort, words))
    body = words[sort.words :]
    head = leading_run([word for word in body if word.row == words[0].row], look, run.said)
    run, body = run.followed_by(head), body[head.words :]
    tail = trailing_run(line, body, look, run.said)
    return run.followed_by(tail), body[: len(body) - tail.words]


def _sort_run(sort: Sort, words: Sequence[Word]) -> Run:
    """The words that said the sort, as chips."""
    first, last = words[0], words[sort.words - 1]
    if sort.mark:
        badge = Chip(start=first.start, end=first.end, label=kind_label(sort.kind))
        mark = Chip(start=last.start, end=last.end, label=mark_label(sort.mark))
        return Run(said=Said(mark=sort.mark), chips=(badge, mark), words=2)
    label = sort.section.upper() if sort.section else kind_label(sort.kind)
    return Run(chips=(Chip(start=first.start, end=last.end, label=label),), words=sort.words)


def _without_sort(
    line: str, words: Sequence[Word], start: Run, context: LineContext
) -> tuple[Run, Sequence[Word]]:
    """The marks of a line without a kind, and the words before them."""
    tail = _only_marks(line, words, start, context)
    if tail is None:
        look = partial(read_mark, kind=Kind.NOTE, context=context)
        tail = trailing_run(line, words, look, start.said)
    return start.followed_by(tail), words[: len(words) - tail.words]


def _only_marks(line: str, words: Sequence[Word], start: Run, context: LineContext) -> Run | None:
    """The marks of a line that is nothing else: they are for another entry, of whatever kind."""
    run = trailing_run(line, words, partial(read_mark, kind=None, context=context), start.said)
    whole = run.words == len(words) and not any(chip.stays for chip in run.chips)
    return run if whole else None


def _applied(line: str, run: Run, sort: Sort | None, context: LineContext) -> ApplyToEntry:
    kind = sort.kind if sort and not sort.section else None
    said = run.said
    return ApplyToEntry(
        as_written=line,
        chips=run.chips,
        remarks=run.remarks,
        kind=kind,
        section=sort.section if sort else None,
        at=said.at,
        said_by=said.said_by,
        owner=said.owner,
        time_box=said.time_box,
        due=said.due,
        mark=said.mark,
        status=status_of(said.mark),
        state=state_of(kind, said, context),
        claim=claim_of(kind),
    )


def _with_rationale(line: str, body: Sequence[Word], run: Run, draft: Draft) -> tuple[Run, Draft]:
    """A decision with the words after ``because`` as its rationale; they stay in the text."""
    for word in body:
        if word.text.lower().rstrip(",:;") != "because" or word.code:
            continue
        after = [span for span in run.taken_out if span[0] >= word.end]
        rationale = without(line, [(0, word.end), *after])
        if rationale:
            chip = Chip(start=word.start, end=word.end, label="[because]", stays=True)
            draft = msgspec.structs.replace(draft, rationale=rationale)
            return run.followed_by(Run(chips=(chip,))), draft
    return run, draft
