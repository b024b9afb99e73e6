"""Words for a kind that begin an entry: "Symptoms: 503s", "Root cause, the flag service …".

With a colon, written or spoken, they are certain. Recognisers write a comma or a full stop where
somebody paused after the word: certain at the start of a sentence. Without any sign between, only
what can hardly be a sentence is certain; the rest counts beside another word for another kind,
since somebody who says "symptoms" and "root cause" dictates a form.
"""

from collections.abc import Sequence

import msgspec

from capture.context import LineContext
from capture.marks import OWNED
from capture.utterance.cues import Cue, Part
from capture.utterance.names import Name, name_at
from capture.utterance.unmarked import ASKING, is_certain, is_likely
from capture.utterance.word_lists import any_of
from capture.utterance.words import Joint, SaidWord, core_at
from storage.model import Kind


class Label(msgspec.Struct, frozen=True):
    """A word, or several, for a kind.

    Attributes:
        kind: the kind.
        part: the field that what follows goes to.
        needs_colon: whether it is a cue with nothing but a colon.
        stays: whether it says more than the kind, and is text as well: ``Customer impact:``.
        anywhere: whether with a colon it is a cue even in the middle of a sentence.
    """

    kind: Kind
    part: Part = Part.TEXT
    needs_colon: bool = False
    stays: bool = False
    anywhere: bool = False


_ROWS: tuple[tuple[str, Label], ...] = (
    ("symptom|symptoms", Label(Kind.SYMPTOM, anywhere=True)),
    ("impact", Label(Kind.IMPACT)),
    ("customer impact|user impact|business impact", Label(Kind.IMPACT, stays=True)),
    ("fix|action|action taken|actions taken|mitigation|workaround", Label(Kind.ACTION)),
    ("we did|what we did|actions|remediation", Label(Kind.ACTION, needs_colon=True)),
    ("root cause|root causes|root-cause", Label(Kind.CAUSE, anywhere=True)),
    ("cause|hypothesis", Label(Kind.CAUSE, needs_colon=True)),
    (
        "likely cause|likely root cause|probable cause|probable root cause|possible cause|"
        "possible root cause|suspected cause|suspected root cause",
        Label(Kind.CAUSE, needs_colon=True, stays=True),
    ),
    ("decision", Label(Kind.DECISION)),
    ("decisions|we decided|decided", Label(Kind.DECISION, needs_colon=True)),
    ("question|open question", Label(Kind.QUESTION)),
    ("questions|open questions", Label(Kind.QUESTION, needs_colon=True)),
    (
        "follow-up|follow up|followup|to do|to-do|todo|action item",
        Label(Kind.FOLLOWUP),
    ),
    (
        "follow-ups|follow ups|followups|to-dos|todos|action items",
        Label(Kind.FOLLOWUP, needs_colon=True),
    ),
    (
        "change|changes|config change|deploy|deployed|deployment",
        Label(Kind.CHANGE, needs_colon=True),
    ),
    ("update|status update|update sent", Label(Kind.UPDATE, needs_colon=True)),
    ("note|notes", Label(Kind.NOTE, needs_colon=True)),
    ("risk|risks", Label(Kind.CHANGE, Part.RISK)),
    ("monitoring", Label(Kind.CHANGE, Part.WATCH)),
    ("monitor|watch|to watch|what to watch", Label(Kind.CHANGE, Part.WATCH, needs_colon=True)),
)
_LABELS = {tuple(name.split()): label for names, label in _ROWS for name in names.split("|")}
_FIRST_WORDS = {words[0] for words in _LABELS}
_LONGEST = max(len(words) for words in _LABELS)

OPENERS = any_of("and so then now also ok okay alright right well um uh er finally")
"""Words that somebody says before the thing itself."""

_ARTICLES = frozenset({"the", "our", "my"})
_ASIDES = any_of(
    "if whatever whoever as once though however pending when while which who like such including "
    "or and unless but again too also obviously by of in on at with for unfortunately so is are "
    "was were"
)
"""Words after a comma that go on with a sentence: "Impact, if any, is small"."""

_BINDERS = any_of(
    "the a an this that these those our my your his her its their any some no another one each "
    "every first second next last main only real actual known new final quick temporary permanent "
    "proposed suggested possible potential likely probable suspected same other for of to in on at "
    "by with without from as is are was were be been and or about under has have had had's got "
    "said says saw see report reports reported "
    "give gave us find found know what which identify identified describe"
)
"""Words after which a word for a kind is a noun of the sentence: "find the root cause"."""

_SUPPOSE = any_of("think believe guess suspect mean suppose assume")
_COUNTED = any_of("impacts fixes cause causes changes decisions actions questions")


class _Match(msgspec.Struct, frozen=True):
    """A word for a kind, and what stands after it.

    Attributes:
        label: what it says.
        first: index of its first word.
        last: index after its last word.
        body: index of the first word after the sign that follows it.
        sign: ``:``, ``,``, ``.`` or nothing.
        owner: whom it is for.
    """

    label: Label
    first: int
    last: int
    body: int
    sign: str
    owner: str | None = None


def label_at(
    words: Sequence[SaidWord], index: int, context: LineContext, *, is_bare: bool
) -> Cue | None:
    """The cue that a word for a kind is at some place.

    Args:
        words: the dictation.
        index: where to look.
        context: the people that there are.
        is_bare: whether the whole dictation came without punctuation.
    """
    joint = words[index].joint
    opened = _opened(words, index) if joint is Joint.SENTENCE else index
    match = _match(words, opened, context)
    if match is None or match.body >= len(words):
        return None
    if opened > index and match.sign != ":" and core_at(words, opened - 1) in _ARTICLES:
        return None
    if match.sign != ":" and _starts_label(words, match.body):
        return None
    weak = _weakness(words, match, joint, is_bare=is_bare)
    if weak is None:
        return None
    return Cue(
        first=index,
        body=index if match.label.stays else match.body,
        kind=match.label.kind,
        part=match.label.part,
        owner=match.owner,
        labelled=True,
        weak=weak,
    )


def _weakness(
    words: Sequence[SaidWord], match: _Match, joint: Joint, *, is_bare: bool
) -> bool | None:
    """Whether the cue needs another beside it; None when it is no cue at all."""
    kind, begins = match.label.kind, joint is Joint.SENTENCE
    if match.sign == ":":
        return _weakness_with_colon(words, match, joint)
    if match.label.needs_colon:
        return None
    if match.sign:
        if match.sign == "," and _is_aside(words, match):
            return None
        if begins:
            return False
        return True if joint is Joint.CLAUSE and match.sign == "," else None
    if (
        begins
        and match.label.part is Part.TEXT
        and is_certain(words, match.first, match.last, kind)
    ):
        return False
    between = core_at(words, match.first - 1) not in _BINDERS
    if begins or joint is Joint.CLAUSE or (is_bare and between):
        return True if is_likely(words, match.last, kind, match.label.part) else None
    return None


def _weakness_with_colon(words: Sequence[SaidWord], match: _Match, joint: Joint) -> bool | None:
    if joint is not Joint.NONE:
        return False
    if core_at(words, match.first - 1) in _BINDERS or _said_before(words, match.first) < 3:
        return None
    return not match.label.anywhere


def _is_aside(words: Sequence[SaidWord], match: _Match) -> bool:
    """Whether the words after a comma go on with a sentence; those of a question may ask."""
    after = core_at(words, match.body)
    if after in {"i", "we"} and core_at(words, match.body + 1) in _SUPPOSE:
        return True
    asks = match.label.kind is Kind.QUESTION and after in ASKING
    return after in _ASIDES and not asks


def _said_before(words: Sequence[SaidWord], index: int) -> int:
    """How many words, up to three, the sentence has before a word."""
    count = 0
    while count < 3 and index - count > 0 and words[index - count].joint is not Joint.SENTENCE:
        count += 1
    return count


def _opened(words: Sequence[SaidWord], index: int) -> int:
    """The index after the words that open a sentence: "And so the …"."""
    while core_at(words, index) in OPENERS:
        index += 1
    return index + (core_at(words, index) in _ARTICLES)


def _starts_label(words: Sequence[SaidWord], index: int) -> bool:
    """Whether another word for a kind follows at once: somebody counts them up."""
    found = _label(words, index)
    return core_at(words, index) in _COUNTED or (found is not None and not found[0].needs_colon)


def _label(words: Sequence[SaidWord], index: int) -> tuple[Label, int] | None:
    """The longest word for a kind, and the index after it."""
    if core_at(words, index) not in _FIRST_WORDS:
        return None
    for count in range(_LONGEST, 0, -1):
        said = words[index : index + count]
        label = _LABELS.get(tuple(word.core for word in said))
        # A pause within it, or punctuation before it, makes it something else.
        if label and not any(word.after for word in said[:-1]):
            return (label, index + len(said)) if said[0].text[:1].isalnum() else None
    return None


def _match(words: Sequence[SaidWord], index: int, context: LineContext) -> _Match | None:
    found = _label(words, index)
    if found is None:
        return None
    label, last = found
    owner = None
    if label.kind in OWNED and (name := _addressee(words, last, context)):
        owner, last = name.name, last + 1 + name.words
    sign = _sign(words, last)
    body = last + (core_at(words, last) == "colon")
    return _Match(label, index, last, body, sign, owner)


def _addressee(words: Sequence[SaidWord], last: int, context: LineContext) -> Name | None:
    """The person in "Action item for Bob:"."""
    if words[last - 1].after or core_at(words, last) != "for":
        return None
    name = name_at(words, last + 1, context)
    return name if name and _sign(words, last + 1 + name.words) else None


def _sign(words: Sequence[SaidWord], last: int) -> str:
    """What stands after a word: a colon, written or spoken, a pause, or nothing."""
    after = words[last - 1].after
    if ":" in after or (core_at(words, last) == "colon" and not after.strip(",")):
        return ":"
    if not after:
        dash = last < len(words) and words[last].joint is not Joint.NONE
        return "," if dash else ""
    if set(after) <= {","} or set(after) <= set("-–—"):
        return ","
    return "." if set(after) <= {"."} else "?"
