"""What commands print: results to stdout, words for people to stderr."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress

import click
import msgspec

from capture.text import for_terminal
from storage.model import Entry, Incident, JsonValue
from storage.record import Record
from storage.shapes import entry_shape, incident_shape


class StdoutGone(Exception):
    """Nothing can be printed any more: the reader has gone, or the disk that it goes to is full.

    Attributes:
        error: what the system said.
    """

    def __init__(self, error: OSError) -> None:
        """Keep what the system said."""
        super().__init__(str(error))
        self.error = error


_LONGEST_TITLE = 80


def say(sentence: str) -> None:
    """Tell the person something. Their own text in it can't steer their terminal.

    If nobody can be told any more, what is being done is still done.
    """
    with suppress(OSError, ValueError):
        click.echo(for_terminal(sentence), err=True)


def show(text: str | bytes, *, end: str = "\n") -> None:
    """Print a result, there at once.

    Raises:
        StdoutGone: it can't be printed.
    """
    if sys.stdout is None:
        # Started without one: `>&-`.
        return
    data = text if isinstance(text, bytes) else None
    if isinstance(text, str):
        encoding = sys.stdout.encoding or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            data = text.encode(encoding, "backslashreplace")
    try:
        click.echo(text if data is None else data, nl=False)
        click.echo(end, nl=False)
        sys.stdout.flush()
    except OSError as error:
        let_go_of_stdout()
        raise StdoutGone(error) from error


def let_go_of_stdout() -> None:
    """Keep Python from flushing what can't be written once more when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def print_json(value: JsonValue) -> None:
    """One line of JSON on stdout, there at once."""
    show(msgspec.json.encode(value))


def print_entries(entries: Iterable[Entry], *, as_json: bool) -> None:
    """Each entry on a line of its own: ``REF KIND TEXT``, or JSON."""
    for entry in entries:
        if as_json:
            print_json(entry_shape(entry))
        else:
            show(line_of(entry))


def line_of(entry: Entry) -> str:
    """``7f3a symptom 503s on checkout``."""
    return f"{entry.ref} {for_terminal(entry.kind)} {for_terminal(entry.wording)}".rstrip()


def count(number: int, one: str, many: str) -> str:
    """``1 entry``, ``2 entries``."""
    return f"{number:,} {one if number == 1 else many}"


def tell_incident(record: Record) -> None:
    """Name on stderr the incident that something went to, and what had to be repaired."""
    for notice in record.take_notices():
        say(notice)
    say(f"-> {headline(record.incident)}")


def headline(incident: Incident) -> str:
    """``checkout 503s (SEV2, investigating)``."""
    facts = [
        incident.severity,
        incident.status,
        "drill" if incident.drill else None,
        "merged into another" if incident.merged_into else None,
    ]
    title = incident.title
    if len(title) > _LONGEST_TITLE:
        title = f"{title[:_LONGEST_TITLE]}…"
    return f"{title} ({', '.join(fact for fact in facts if fact)})"


def shape_of(record: Record) -> dict[str, JsonValue]:
    """The JSON of the record's incident."""
    return incident_shape(record.incident, record.path)
