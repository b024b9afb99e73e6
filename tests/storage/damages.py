"""Mishaps that leave a record's files at odds; each returns bytes that a repair must not destroy."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from storage.journal import Journal
from storage.ops import Op
from storage.reading import beside
from tests.storage.histories import INCIDENT, NAME, reopen, start

Damage: TypeAlias = Callable[[Path], bytes]
"""Takes the path of a record that `histories.half_a_life` made."""


def tear(path: Path) -> bytes:
    """A writer was killed half way through a line."""
    half = b'{"n":10,"op":{"id":"half a li'
    with beside(path, "wal").open("ab") as journal:
        journal.write(half)
    return half


def scribble(path: Path) -> bytes:
    """A program wrote rubbish over the record."""
    path.write_bytes(b'{"meta": {"1": ' + b"rubbish " * 50)
    return path.read_bytes()


def put_back(path: Path) -> bytes:
    """Somebody put the last good copy in the place of the record."""
    path.write_bytes(beside(path, "bak").read_bytes())
    return b""


def put_back_the_first(path: Path) -> bytes:
    """Somebody put the very first version of the record in its place."""
    first = path.parent.parent / "first"
    start(first)
    shutil.copy(first / NAME, path)
    shutil.rmtree(first)
    return b""


def drop_all(path: Path) -> bytes:
    """Somebody emptied the database."""
    path.write_text("{}")
    return b""


def damage_the_journal(path: Path) -> bytes:
    """A line of the journal was damaged that the record holds as well; others stand behind it."""
    journal = beside(path, "wal")
    damaged = journal.read_bytes().replace(b"in the same breath", b"in the same b\0\0ath")
    reopen(path.parent).checkpoint()
    journal.write_bytes(damaged)
    return damaged


def put_a_foreign_journal(path: Path) -> bytes:
    """Somebody put another incident's journal beside the record."""
    reopen(path.parent).checkpoint()
    other = Journal(beside(path, "wal"), INCIDENT.replace("0001", "0002"))
    other.create(0)
    other.append([Op("0" * 16 + "-x1", "e", "mallory", {"text": "of another incident"})])
    return other.path.read_bytes()


def edit_by_hand(path: Path) -> bytes:
    """Somebody changed a word, and added an entry."""
    text = path.read_text().replace("second line, edited", "second line, edited by hand")
    end = text.rindex("}\n}")
    path.write_text(text[:end] + '},\n"99": {"text": "added by hand"' + text[end:])
    return b""


def make_it_old(path: Path) -> bytes:
    """The record is of the schema before this one."""
    reopen(path.parent).checkpoint()
    path.write_text(path.read_text().replace('"schema":1', '"schema":0'))
    return path.read_bytes()


DAMAGES = [
    tear,
    scribble,
    put_back,
    put_back_the_first,
    drop_all,
    damage_the_journal,
    put_a_foreign_journal,
    edit_by_hand,
    make_it_old,
]
