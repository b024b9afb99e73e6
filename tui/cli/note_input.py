"""The note lines that a call of ``hotwash note`` gives."""

import codecs
import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from capture.redaction import redact
from capture.text import clean, decode
from tui.cli.output import count, say

_MOST_ATTACHED = 256 * 1024
_LONGEST_DICTATION = 50_000
"""Characters: each entry keeps the whole of what was said."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def note_lines(text: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Each line, with what is attached to it.

    Raises:
        UsageError: there is nothing to record, or standard input can't be read.
    """
    words = list(text)
    if words == ["-"]:
        for line in _lines(_standard_input()):
            if line.strip():
                yield line, None
        return
    attached = len(words) > 1 and words[-1] == "-"
    line = " ".join(words[:-1] if attached else words)
    if not line.strip():
        raise click.UsageError("There is nothing to record.")
    yield line, _body(_standard_input()) if attached else None


def dictation(text: tuple[str, ...]) -> str:
    """The whole of a dictation: the words, or all of standard input.

    Raises:
        UsageError: there is nothing to record, or standard input can't be read.
    """
    if len(text) > 1 and text[-1] == "-":
        raise click.UsageError(
            "A dictation is the TEXT, or standard input (`-` alone); nothing is attached to it."
        )
    if text == ("-",):
        try:
            said = clean(decode(_standard_input().read()))
        except OSError as error:
            raise _unreadable(error) from error
    else:
        said = " ".join(text)
    if not said.strip():
        raise click.UsageError("There is nothing to record.")
    if len(said) > _LONGEST_DICTATION:
        raise click.UsageError(
            f"That has {len(said):,} characters, and a dictation at most {_LONGEST_DICTATION:,}: "
            "nobody speaks for an hour. `hotwash note -` records it line by line."
        )
    return said.strip()


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise click.UsageError("Standard input is closed.")
    return sys.stdin.buffer


def _lines(stream: BinaryIO) -> Iterator[str]:
    try:
        for number, raw in enumerate(stream):
            if number == 0 and raw.startswith(_UTF_16):
                # What PowerShell writes: its line breaks are not single bytes.
                yield from clean(decode(raw + stream.read())).split("\n")
                return
            # Only the start of a stream can say what it is written in.
            yield clean(raw.decode("utf-8", "replace") if number else decode(raw)).rstrip("\n")
    except OSError as error:
        raise _unreadable(error) from error


def _body(stream: BinaryIO) -> str:
    """What is attached to an entry: machine text, so without colours and without secrets."""
    try:
        text = decode(stream.read())
    except OSError as error:
        raise _unreadable(error) from error
    if "\x1b" in text:
        # An escape sequence can lie inside a secret and hide it.
        from capture.command.screen import as_shown

        text = as_shown(text)
    redacted = redact(clean(text))
    if redacted.count:
        say(f"{count(redacted.count, 'secret', 'secrets')} cut out of what is attached.")
    return _last_part(redacted.text)


def _last_part(text: str) -> str:
    """As much of the end as an entry can hold: of a long output the end tells most."""
    if len(text) <= _MOST_ATTACHED:
        return text
    left_out = len(text) - _MOST_ATTACHED
    say(f"Only the last {_MOST_ATTACHED:,} characters of what is attached are kept.")
    return f"[the first {left_out:,} characters are left out]\n{text[-_MOST_ATTACHED:]}"


def _unreadable(error: OSError) -> click.UsageError:
    return click.UsageError(f"Standard input can't be read: {error.strerror}.")
