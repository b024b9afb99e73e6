"""What Tab completes: the name, service, kind or argument at the cursor.

Pure. The names are those of the incident and of past ones (`LineContext`); the words that start
a line and their arguments are those that capture reads (capture.md, The note line).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import TypeAlias

import msgspec

from capture.context import LineContext
from storage.model import Status

Refs: TypeAlias = Callable[[str], Sequence[tuple[str, str]]]
"""Entries that a closing word (``done``, ``answer`` …) fits: each with its ref and a few words."""

_COMMANDS = (
    ("symptom", "/s"),
    ("action", "/a"),
    ("root-cause", "/r"),
    ("hypothesis", "/h"),
    ("decision", "/d"),
    ("question", "/q"),
    ("follow-up", "/f"),
    ("impact", "/i"),
    ("change", "/c"),
    ("update", "/u"),
    ("note", "/n"),
    ("mark", "/m"),
    *(
        (name, f"/{name}")
        for name in (
            *("status", "sev", "role", "title"),
            *("done", "answer", "cleared", "confirmed", "ruled-out"),
            *("well", "badly", "lucky", "surprised"),
        )
    ),
)
_KEY_TIMES = ("start", "detected", "ack", "mitigated", "end", "resolved")
_OUTCOMES = ("worked", "no effect", "worse")
_DAYS = ("today", "tomorrow", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOSING = frozenset({"/done", "/answer", "/cleared", "/confirmed", "/ruled-out"})
_PEOPLE = (">", "owner:", "by:")
_SERVICES = ("#", "svc:")
_WORD_START = re.compile(r"\S*\Z")

NOTHING = "Tab completes names after > @ by:, services after #, and words after /"
"""Said when there is nothing at the cursor that could be completed."""


class Choice(msgspec.Struct, frozen=True):
    """One way to complete a word.

    Attributes:
        text: what stands there then.
        label: how it is listed: ``/s symptom``, ``9c21 increased max connections``.
    """

    text: str
    label: str


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What the text between two places can be completed to.

    Attributes:
        start: index of the first character that is replaced.
        end: index after the last one: the cursor.
        choices: in the order in which Tab goes through them.
        common: what all of them start with; as long as what is typed, or longer.
        then: what follows the only choice.
        why_none: a sentence for when there is no choice.
    """

    start: int
    end: int
    choices: tuple[Choice, ...] = ()
    common: str = ""
    then: str = " "
    why_none: str = ""


def complete(text: str, cursor: int, context: LineContext, refs: Refs | None = None) -> Completion:
    """What a note line can be completed to at the cursor.

    Args:
        text: the note line.
        cursor: an index into it.
        context: the names.
        refs: gives the entries that a closing word fits.
    """
    before = text[:cursor]
    found = _WORD_START.search(before)
    start = found.start() if found else cursor
    word = before[start:]
    row_words = before[:start].split()
    is_first_row = "\n" not in before[:start]
    if is_first_row and not row_words and word.startswith("/"):
        return _completion(start, cursor, word, _commands(word), f"no line starts with {word}")
    if is_first_row and row_words and row_words[0].startswith("/"):
        argument = _arguments([part.lower() for part in row_words], context, refs)
        if argument is not None:
            choices = _fitting(word, argument)
            if choices or not _marked(word):
                return _completion(start, cursor, word, choices, f"nothing here starts with {word}")
    return _completion(start, cursor, word, *_names(word, context))


def complete_answer(text: str, cursor: int, answers: Sequence[str]) -> Completion:
    """What an answer can be completed to: one of `answers` as a whole."""
    word = text[:cursor]
    choices = _fitting(word, [(answer, answer) for answer in answers])
    why = f"no answer known starts with {word}" if answers and word else "nothing to complete here"
    return msgspec.structs.replace(_completion(0, cursor, word, choices, why), then="")


def _completion(
    start: int, end: int, word: str, choices: tuple[Choice, ...], why_none: str
) -> Completion:
    common = _common_start([choice.text for choice in choices])
    # `/s` lists the words that it may become and stays as it is: they are not all spelt like it.
    longer = common if len(common) > len(word) else word
    return Completion(
        start=start,
        end=end,
        choices=choices,
        common=longer,
        why_none="" if choices else why_none,
    )


def _common_start(texts: Sequence[str]) -> str:
    columns = zip(*texts, strict=False)
    return "".join(column[0] for column in takewhile(lambda signs: len(set(signs)) == 1, columns))


def _fitting(word: str, candidates: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    """The candidates that start with a word, in any case."""
    typed = word.casefold()
    return tuple(
        Choice(text, label) for text, label in candidates if text.casefold().startswith(typed)
    )


def _commands(word: str) -> tuple[Choice, ...]:
    typed = word[1:].lower()
    exact = [Choice(word.lower(), word.lower())] if word.lower() in _letters() else []
    named = [
        Choice(text, text if text == f"/{name}" else f"{text} {name}")
        for name, text in _COMMANDS
        if name.startswith(typed)
    ]
    return tuple(named or exact)


def _letters() -> frozenset[str]:
    return frozenset(text for _, text in _COMMANDS)


def _arguments(
    words: Sequence[str], context: LineContext, refs: Refs | None
) -> list[tuple[str, str]] | None:
    """What can follow the words of a line that starts with ``/``; None when any text can."""
    match words:
        case ["/status"]:
            return _same(str(status) for status in Status)
        case ["/sev"]:
            return _same("12345")
        case ["/role"]:
            return _same(sorted(context.roles))
        case ["/role", _]:
            return _same(_people(context))
        case ["/m"]:
            return _same(_KEY_TIMES)
        case [closing] if closing in _CLOSING:
            found = list(refs(closing[1:])) if refs else []
            listed = [(ref, f"{ref} {words}".rstrip()) for ref, words in found]
            return [*listed, *_same(_OUTCOMES)] if closing == "/done" else listed or None
        case ["/done", _]:
            return _same(_OUTCOMES)
        case _:
            return None


def _marked(word: str) -> bool:
    """Whether a word starts with the sign of a mark."""
    return word.lower().startswith((*_PEOPLE, *_SERVICES, "@", "mark:", "due:"))


def _names(word: str, context: LineContext) -> tuple[tuple[Choice, ...], str]:
    """The marks, people and services that a word may become, and why there are none."""
    lower = word.lower()
    for prefixes, candidates, what in (
        (_PEOPLE, _people, "nobody known is called"),
        (("@",), _people, "nobody known is called"),
        (_SERVICES, _services, "no known service is called"),
        (("mark:",), _key_times, "no key time is called"),
        (("due:",), _days, "no day is called"),
    ):
        prefix = next((prefix for prefix in prefixes if lower.startswith(prefix)), None)
        if prefix is not None:
            sign, name = word[: len(prefix)], word[len(prefix) :]
            choices = _fitting(name, _same(candidates(context)))
            why = f"{what} {name}…" if name else f"nothing is known yet to follow {sign}"
            return tuple(Choice(sign + choice.text, choice.label) for choice in choices), why
    if not word:
        return (), NOTHING
    choices = _fitting(word, _same((*_people(context), *_services(context))))
    return choices, NOTHING


def _same(texts: Iterable[str]) -> list[tuple[str, str]]:
    return [(text, text) for text in texts]


def _people(context: LineContext) -> list[str]:
    """Everybody known whose name is one word, since a mark is one."""
    names = {*context.people, context.author} - {""}
    return sorted((name for name in names if " " not in name), key=str.casefold)


def _services(context: LineContext) -> list[str]:
    return sorted((name for name in context.services if " " not in name), key=str.casefold)


def _key_times(_context: LineContext) -> tuple[str, ...]:
    return _KEY_TIMES


def _days(_context: LineContext) -> tuple[str, ...]:
    return _DAYS
