"""What incidents are called: titles, slugs, short ids, and which of them somebody meant."""

import re
import unicodedata
from pathlib import Path

from storage.model import Incident, JsonValue
from storage.refs import crockford
from storage.summaries import Summary

UNTITLED = "untitled incident"
_SLUG_LENGTH = 40
_SHORT = 6


def slug(title: str) -> str:
    """A title as a name for commands and files: ``checkout-503s``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii").lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > _SLUG_LENGTH:
            break
        name = f"{name}-{word}" if name else word[:_SLUG_LENGTH]
    return name or "incident"


def retitled(incident: Incident, title: str) -> dict[str, JsonValue]:
    """The fields that give an incident another title, and a slug if it had none worth the name."""
    fields: dict[str, JsonValue] = {"title": title}
    return fields | {"slug": slug(title)} if incident.slug == slug(UNTITLED) else fields


def is_exactly(summary: Summary, wanted: str) -> bool:
    """Whether this is one of an incident's names."""
    incident = summary.incident
    stem = summary.file.removesuffix(".json")
    names = {incident.id, incident.slug, slug(incident.title), short_id(stem), stem, summary.file}
    return wanted in names


def starts_with(summary: Summary, wanted: str) -> bool:
    """Whether a name of an incident begins like this."""
    names = (summary.incident.id, summary.incident.slug, slug(summary.incident.title))
    return bool(wanted) and any(name.startswith(wanted) for name in names)


def is_named(path: Path, wanted: str) -> bool:
    """Whether a file that can't be read has a name that was meant."""
    stem = path.name.removesuffix(".json")
    day = len("2026-11-21-")
    return wanted in {path.name, stem, short_id(stem)} or stem[day:].startswith(wanted)


def short_id(file: str) -> str:
    """The end of a record's file name: it tells incidents of one title apart."""
    return file.removesuffix(".json").rpartition("-")[2]


def short_id_of(incident_id: str) -> str:
    """The end of an incident's id, in the letters of refs."""
    return crockford(incident_id)[-_SHORT:]


def described(summary: Summary) -> str:
    """An incident among several that were meant, for a sentence."""
    incident = summary.incident
    return f"{incident.id} ({incident.slug}, {incident.created_at:%Y-%m-%d %H:%M}Z)"
