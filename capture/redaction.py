"""Secrets: cut out of what machines print, pointed out in what people write.

Output of commands, imports and shell history go through `redact` before anything is kept. Typed
and spoken text is kept as said; `flag` only says where a known shape of secret lies in it.

The shapes are those of detect-secrets (`capture.secret.shapes`), with what follows a label such
as `password=` (`capture.secret.labels`) and whole private keys (`capture.secret.private_keys`). Entropy
is not used, for either text: with the library's limits (4.5 for base64, 3.0 for hex) it takes
400 of 400 lines of `kubectl get pods` and of image digests, and every commit line of `git log`.
Pod names, hashes and trace ids are what a timeline is made of, and are no secrets.

The detectors cost 0.1 to 0.2 s to load, so `capture.secret.hints` first says whether a text can hold
anything for them at all; a plain note line never loads them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from capture.secret.hints import may_hold_secret, may_hold_typed_secret
from capture.secret.span import PLACEHOLDER, SHORTEST_DISTINCTIVE, Span, is_distinctive

if TYPE_CHECKING:
    from capture.secret.labels import SecretLabels


_LONGEST_TYPED = 20_000


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its secrets.

    Attributes:
        text: the text, with `[redacted: KIND]` in place of every secret.
        count: how many places were replaced.
        kinds: what was found, in order of appearance, each kind once.
    """

    text: str
    count: int = 0
    kinds: tuple[str, ...] = ()


class Flagged(NamedTuple):
    """A secret in a person's text: `text[start:end]`, in characters."""

    kind: str
    start: int
    end: int


# In characters. A shorter secret is met by chance inside commit hashes: "abc123".
_LONG_ENOUGH_ANYWHERE = 8

_NOT_MASKED = re.compile(r"[^\0]+")


def redact(text: str) -> Redacted:
    """Cut every secret out of a machine's `text` and change nothing else in it.

    A secret that stands once behind a label (`password=…`) is cut out wherever it stands in the
    text, provided it is distinctive: six characters or more with a letter and a digit or sign,
    because a password like "postgres" is also a word of the rest. Redacting twice is redacting
    once. Terminal escapes must be gone already, for they can lie inside a secret.
    """
    if not may_hold_secret(text):
        return Redacted(text)
    count = 0
    kinds: dict[str, None] = {}
    known: dict[str, str] = {}
    # Cutting one secret out can uncover another, which shared a quote or a blank with it. Every
    # round takes something out of the text, so there is a last one.
    while spans := _left_to_redact(text, known):
        count += len(spans)
        kinds.update(dict.fromkeys(span.kind for span in spans))
        text = _replaced(text, spans)
    return Redacted(text, count, tuple(kinds))


def flag(text: str) -> tuple[Flagged, ...]:
    """Where a person's `text` holds a known shape of secret, in order of appearance.

    A label counts only with a value that can hardly be a word: "password=Hunter2!x" is flagged,
    "password reset works" and "token expiration from 24h to 1h" are not. Only the first 20,000
    characters are looked at: more than that was not typed, and the person waits.
    """
    text = text[:_LONGEST_TYPED]
    if not may_hold_typed_secret(text):
        return ()
    detectors = _detectors()
    masked = _masked(text)
    spans = _merged((*detectors.shapes(masked), *detectors.labels.certain_spans(masked)))
    return tuple(Flagged(span.kind, span.start, span.end) for span in spans)


class _Detectors(NamedTuple):
    """What is imported late."""

    shapes: Callable[[str], Iterator[Span]]
    labels: "SecretLabels"


@cache
def _detectors() -> _Detectors:
    from capture.secret.labels import SecretLabels
    from capture.secret.shapes import KEYWORDS, shape_spans

    return _Detectors(shape_spans, SecretLabels(KEYWORDS))


def _masked(text: str) -> str:
    """`text` with NULs over what is redacted already, so that it is not read again."""
    return PLACEHOLDER.sub(lambda placeholder: "\0" * len(placeholder[0]), text)


def _left_to_redact(text: str, known: dict[str, str]) -> list[Span]:
    """The secrets of `text`, merged and in order; distinctive ones are added to `known`."""
    detectors = _detectors()
    masked = _masked(text)
    spans = [*detectors.shapes(masked), *detectors.labels.spans(masked)]
    for span in spans:
        value = masked[span.start : span.end]
        if is_distinctive(value) and "\0" not in value:
            known.setdefault(value, span.kind)
    spans += _occurrences(masked, known)
    return [piece for span in _merged(spans) for piece in _unmasked(masked, span)]


def _occurrences(text: str, known: Mapping[str, str]) -> Iterator[Span]:
    """Every place where a known secret stands, in one pass however many are known."""
    lengths: dict[str, set[int]] = {}
    for value in known:
        lengths.setdefault(value[:SHORTEST_DISTINCTIVE], set()).add(len(value))
    for start in range(len(text) - SHORTEST_DISTINCTIVE + 1 if known else 0):
        for length in lengths.get(text[start : start + SHORTEST_DISTINCTIVE], ()):
            end = start + length
            kind = known.get(text[start:end])
            if kind and (length >= _LONG_ENOUGH_ANYWHERE or _stands_alone(text, start, end)):
                yield Span(start, end, kind)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (text[max(start - 1, 0) : start].isalnum() or text[end : end + 1].isalnum())


def _merged(spans: Iterable[Span]) -> list[Span]:
    """`spans` in order, overlapping ones as one, of the kind that came first in `spans`."""
    merged: list[Span] = []
    surest = 0
    for rank, span in sorted(enumerate(spans), key=lambda ranked: ranked[1][:2]):
        if merged and span.start < merged[-1].end:
            start, end, kind = merged[-1]
            merged[-1] = Span(start, max(end, span.end), span.kind if rank < surest else kind)
            surest = min(rank, surest)
        else:
            merged.append(span)
            surest = rank
    return merged


def _unmasked(masked: str, span: Span) -> Iterator[Span]:
    """The pieces of `span` that are not redacted yet."""
    for piece in _NOT_MASKED.finditer(masked, span.start, span.end):
        if not piece[0].isspace():
            yield Span(*piece.span(), span.kind)


def _replaced(text: str, spans: Iterable[Span]) -> str:
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += (text[done : span.start], f"[redacted: {span.kind}]")
        done = span.end
    return "".join((*pieces, text[done:]))
