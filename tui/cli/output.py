"""What commands print: results to stdout, words for people to stderr."""

import sys
from collections.abc import Iterable

import click
import msgspec

from capture.text import for_terminal
from storage.model import Entry, Incident, JsonValue
from storage.record import Record
from storage.shapes import entry_shape, incident_shape


def say(sentence: str) -> None:
    """Tell the person something. Their own text in it can't steer their terminal."""
    click.echo(for_terminal(sentence), err=True)


def print_json(value: JsonValue) -> None:
    """One line of JSON on stdout, there at once."""
    click.echo(msgspec.json.encode(value))
    sys.stdout.flush()


def print_entries(entries: Iterable[Entry], *, as_json: bool) -> None:
    """Each entry on a line of its own: ``REF KIND TEXT``, or JSON."""
    for entry in entries:
        if as_json:
            print_json(entry_shape(entry))
        else:
            click.echo(line_of(entry))
    sys.stdout.flush()


def line_of(entry: Entry) -> str:
    """``7f3a symptom 503s on checkout``."""
    return f"{entry.ref} {for_terminal(entry.kind)} {for_terminal(entry.wording)}".rstrip()


def tell_incident(record: Record) -> None:
    """Name on stderr the incident that something went to, and what had to be repaired."""
    for notice in record.take_notices():
        say(notice)
    say(f"-> {headline(record.incident)}")


def headline(incident: Incident) -> str:
    """``checkout 503s (SEV2, investigating)``."""
    facts = [incident.severity, incident.status, "drill" if incident.drill else None]
    return f"{incident.title} ({', '.join(fact for fact in facts if fact)})"


def shape_of(record: Record) -> dict[str, JsonValue]:
    """The JSON of the record's incident."""
    return incident_shape(record.incident, record.path)
