"""What the durability tests have in common: a small record, and what must be found of it again."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from storage.model import Draft
from storage.ops import Op
from storage.record import Record

INCIDENT = "01937f0a-0000-7000-8000-000000000001"
NAME = "2026-11-21-checkout-503s-1.json"


class NoSync:
    """The `os` of `storage.disk` without waiting for the disk.

    For recoveries whose own durability is not the question: they take a tenth of the time then.
    """

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def fsync(self, descriptor: int) -> None:
        """Return at once."""

    fdatasync = fsync


def start(folder: Path, device: str = "dana1") -> Record:
    """A new record in a folder that need not exist."""
    fields = {"id": INCIDENT, "title": "Checkout 503s", "zone": "UTC"}
    return Record.create(folder / NAME, fields, "dana", device)


def reopen(folder: Path, device: str = "dana1") -> Record:
    """The record in a folder, as a process that starts now sees it."""
    return Record.open(folder / NAME, "dana", device)


def add(record: Record, *texts: str) -> list[str]:
    """Record notes in one act; returns their ids."""
    return [entry.id for entry in record.add([Draft(text=text) for text in texts], "dana")]


def texts(record: Record) -> list[str]:
    """What a person sees."""
    return [entry.text for entry in record.entries]


def lost(record: Record, ops: Iterable[Op]) -> list[Op]:
    """Those of the acknowledged changes that the record does not have, word for word."""
    known = {(op.id, op.entry): op for op in record.ops()}
    return [op for op in ops if known.get((op.id, op.entry)) != op]


def look_at_everything(record: Record) -> None:
    """Read what a screen reads: damage that was let in would show as a traceback here."""
    assert record.incident.entries_count == len(record.entries)
    for entry in record.all_entries:
        assert record.entry(entry.id).ref == entry.ref


def half_a_life(folder: Path) -> list[Op]:
    """A record with every file that one can have, each holding something that others lack.

    Returns:
        All its changes.
    """
    record = start(folder)
    for stretch in ("first", "second", "third"):
        ids = add(record, f"{stretch} line", f"{stretch} line, said in the same breath")
        record.edit(ids[0], {"text": f"{stretch} line, edited"}, "lee")
        if stretch != "third":
            record.checkpoint()
    return record.ops()


def copy_of(folder: Path, to: Path) -> Path:
    """The files as they are now, as after a kill; hard links become files of their own."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(folder, to))
