"""An incident with a commander, actions and questions, for the tests of what a glance tells."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from storage.model import JsonValue, Moment, Precision, moment_value
from storage.record import Record
from tests.storage.builders import START, Clock, new_record
from tui.keeper import Keeper


def after(minutes: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=minutes)


def at(minutes: float, *, about: float = 0) -> Moment:
    """A moment so many minutes after the start, to the minute or about."""
    precision = Precision.ABOUT if about else Precision.MINUTE
    return Moment(utc=after(minutes), precision=precision, plus_minus_min=about)


UNKNOWN = Moment(utc=None, precision=Precision.UNKNOWN)


def incident_of(
    folder: Path, clock: Clock | None = None, by: str = "dana", **fields: JsonValue
) -> Record:
    """The record of an incident that was declared at the start."""
    declared: dict[str, JsonValue] = {"declared_at": moment_value(at(0))}
    return new_record(folder, by, clock, **(declared | fields))


@asynccontextmanager
async def kept(record: Record, clock: Clock, author: str = "dana") -> AsyncIterator[Keeper]:
    """A record in the hands of its keeper, which follows it."""
    keeper = Keeper(record, author, now=clock, people=["dana", "lee", "kim"])
    keeper.start()
    try:
        yield keeper
    finally:
        await keeper.close()
