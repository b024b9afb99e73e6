"""The files of a recording, and what a purge takes away of them."""

from pathlib import Path

import pytest

from storage import recordings
from storage.identity import identify
from storage.library import Library
from storage.model import Clip, Draft
from storage.paths import Home
from tests.storage.builders import OTHER, Clock, Ids, folder_bytes


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A home in which nothing happened yet."""
    home = Home(tmp_path / "home", tmp_path / "cache")
    machine = identify(home.device)
    return Library(home, machine.device, "dana", Clock(), Ids(), machine.here)


def spoken(*texts: str) -> list[Draft]:
    """The entries of one dictation."""
    heard = " ".join(texts)
    return [
        Draft(
            text=text,
            as_written=text,
            source="voice",
            utterance=OTHER,
            heard=heard,
            clip=Clip(file=f"{OTHER}.wav", sha256="0" * 64, seconds=3),
        )
        for text in texts
    ]


def recorded(folder: Path) -> None:
    """A recording on disk."""
    folder.mkdir(parents=True)
    for ending in (recordings.WHOLE, recordings.PART, recordings.NOTE):
        (folder / f"{OTHER}{ending}").write_bytes(b"the password is swordfish")


def test_a_purge_takes_spoken_words_out_of_every_file(library: Library) -> None:
    """Also out of the undivided original beside the other entries, and the sound of them."""
    record = library.create("checkout 503s", "UTC")
    recorded(library.home.audio / record.incident.id)
    first, second = record.add(spoken("503s on checkout", "the password is swordfish"), "dana")
    record.edit(first.id, {"services": ["checkout"]}, "dana")
    record.close()
    library.purge(record, second.id, "dana")
    assert b"swordfish" not in b"".join(folder_bytes(library.home.root).values())
    kept = library.open(record.path).entry(first.id)
    assert (kept.text, kept.as_written, kept.services) == (
        "503s on checkout",
        "503s on checkout",
        ("checkout",),
    )
    assert kept.utterance == OTHER
    assert [entry.clip for entry in library.open(record.path).entries] == [None, None]


def test_a_purge_of_joined_entries_takes_what_was_joined(library: Library) -> None:
    """The deleted entries that went into it hold the same words."""
    record = library.create("checkout 503s", "UTC")
    first, second = record.add(spoken("the password", "is swordfish"), "dana")
    record.act(
        "dana",
        edits={first.id: {"text": "the password is swordfish"}, second.id: {"deleted": True}},
    )
    library.purge(record, first.id, "dana")
    assert b"swordfish" not in b"".join(folder_bytes(library.home.root).values())


def test_what_an_entry_calls_its_recording_leads_nowhere_else(
    library: Library, tmp_path: Path
) -> None:
    """A record that came by mail can't have another file deleted."""
    record = library.create("checkout 503s", "UTC")
    folder = library.home.audio / record.incident.id
    folder.mkdir(parents=True)
    victim = tmp_path / "home" / "precious.wav"
    victim.write_bytes(b"mine")
    draft = Draft(text="hello", utterance="../../precious", clip=Clip(file=str(victim)))
    (entry,) = record.add([draft], "dana")
    library.purge(record, entry.id, "dana")
    assert victim.read_bytes() == b"mine"


def test_a_purge_finds_the_recording_of_a_joined_incident(library: Library) -> None:
    """What was said in one incident lies in its folder, whatever it was joined with."""
    one, other = library.create("checkout 503s", "UTC"), library.create("database down", "UTC")
    recorded(library.home.audio / one.incident.id)
    one.add(spoken("the password is swordfish"), "dana")
    library.join(one, other, "dana")
    (entry,) = [entry for entry in other.entries if entry.utterance]
    library.purge(other, entry.id, "dana")
    assert not list(library.home.audio.rglob("*.*"))
