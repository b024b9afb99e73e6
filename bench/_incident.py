"""Incidents as the benchmarks of the app show them: entries of many lengths, some of them open."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench._support import AUTHOR, DEVICE
from storage.clock import new_uuid7
from storage.model import Draft, Kind, Mark, Moment, State
from storage.record import Record

NEWEST = "xylophone"
"""A word that only the newest entry has."""

_TEXT = """
replica lag on db-primary climbing past 40s after failover rolled back deploy 8123 paged network
team checkout error rate p99 latency recovering drained node pool restarted consumer group while
customers in eu-west see timeouts and support has 12 tickets
"""
_WORDS = _TEXT.split()
_LENGTHS = (4, 8, 8, 15, 25, 45)
_KINDS = (Kind.NOTE, Kind.NOTE, Kind.SYMPTOM, Kind.ACTION, Kind.ACTION, Kind.CAUSE, Kind.QUESTION)
_PEOPLE = ("lee", "kim", "sam", "alex")
_AT_ONCE = 10_000


def slug(size: int) -> str:
    """What the incident of so many entries is called at the command line."""
    return f"bench-{size}"


def write_incident(home: Path, size: int) -> Path:
    """An incident of so many entries in a home; the same ones in every run.

    Every tenth entry has an owner, every hundredth action a time box that is over, and each key
    time is marked once. The entries lie a second apart, the newest a minute ago.

    Returns:
        The record's path.
    """
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'name = "{AUTHOR}"\nzone = "UTC"\n', "utf-8")
    path = home / "incidents" / f"{slug(size)}.json"
    path.parent.mkdir(exist_ok=True)
    title = f"checkout 503s {size}"
    incident = {"id": new_uuid7(), "title": title, "slug": slug(size), "zone": "UTC"}
    record = Record.create(path, dict(incident), AUTHOR, DEVICE)
    drafts = _drafts(size)
    for begun in range(0, size, _AT_ONCE):
        record.add(drafts[begun : begun + _AT_ONCE], AUTHOR)
    record.close()
    return path


def _drafts(size: int) -> list[Draft]:
    chance = random.Random(7)
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    drafts = []
    for number in range(size):
        words = chance.choices(_WORDS, k=chance.choice(_LENGTHS))
        if number == size - 1:
            words = [*words[:8], NEWEST]
        kind = chance.choice(_KINDS)
        is_boxed = kind == Kind.ACTION and number % 100 == 50
        text = " ".join(words)
        drafts.append(
            Draft(
                kind=kind,
                text=text,
                as_written=text,
                at=Moment(utc=newest - timedelta(seconds=size - 1 - number)),
                owner=chance.choice(_PEOPLE) if number % 10 == 0 or is_boxed else None,
                time_box=10 if is_boxed else None,
                state=State.OPEN if is_boxed else None,
                mark=str(list(Mark)[number]) if number < 3 else None,
            )
        )
    return drafts
