"""Whole documents: order, determinism, JSON, and what making one imports."""

import json
import os
import subprocess
import sys

import pytest

from storage.model import Entry, JsonValue, Kind, Mark
from storage.postmortem.digest import is_untouched
from storage.postmortem.json_document import json_document, json_text
from storage.postmortem.markdown import markdown
from storage.postmortem.starter import starter
from tests.storage.postmortem.parsing import read
from tests.storage.postmortem.scenes import Scene, moment


def full_scene() -> Scene:
    """An incident with something in every section."""
    scene = Scene()
    scene.change_incident(zone="Europe/Berlin", services=("checkout",))
    scene.mark("impact_started", 0, "503s")
    for kind in Kind:
        scene.say(kind, f"a {kind}")
    scene.add(Entry(id="", kind=Kind.CAUSE, text="dns", claim="ruled_out"))
    scene.add(Entry(id="", kind=Kind.CHANGE, text="deploy", at=moment(-9), body="done"))
    scene.add(Entry(id="", text="calm", section="well", author="kim"))
    return scene


def test_sections_stand_in_the_order_of_the_contract() -> None:
    """The reader who knows one of our documents finds everything in the next."""
    names = [section.name for section in full_scene().document(with_log=True).sections]
    assert names == [
        *("title", "summary", "key_times", "impact", "responders", "detection", "timeline"),
        *("actions", "decisions", "changes", "causes", "ruled_out", "well", "badly", "lucky"),
        *("surprised", "followups", "open_questions", "messages", "log", "evidence", "sources"),
    ]


def test_the_file_is_sealed_and_valid() -> None:
    """The digest is the last line and the only HTML."""
    text = full_scene().markdown(with_log=True)
    assert is_untouched(text)
    assert text.count("<!--") == 1
    for found in read(text):
        assert all(len(set(table)) == 1 for table in found.rows)


def test_every_cited_entry_is_on_record() -> None:
    """No ref leads nowhere."""
    scene = full_scene()
    ids = {entry.id for entry in scene.entries}
    for section in scene.document(with_log=True).sections:
        assert set(section.cited) <= ids


def test_the_same_record_gives_the_same_bytes() -> None:
    """The document is a pure function of the record."""
    given = full_scene().given
    assert markdown(starter(given)) == markdown(starter(given))


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_bytes_do_not_depend_on_the_hash_seed(seed: str) -> None:
    """No set or hash order leaks into the document."""
    code = (
        "from tests.storage.postmortem.test_documents import full_scene as f;"
        "print(f().markdown(True), end='')"
    )
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": "."},
        check=True,
        capture_output=True,
    )
    assert made.stdout.decode().replace("\r\n", "\n") == full_scene().markdown(with_log=True)


def test_making_a_document_imports_nothing_heavy() -> None:
    """One-shot commands start at once: no parser, no screen, no network."""
    code = (
        "import sys, storage.postmortem.starter, storage.postmortem.json_document,"
        " storage.postmortem.digest;"
        "print({'markdown_it', 'jinja2', 'httpx', 'textual', 'tinydb', 'asyncio'}"
        " & set(sys.modules))"
    )
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert made.stdout.strip() == "set()"


def as_json(scene: Scene) -> dict[str, JsonValue]:
    """The starter as JSON, through its text."""
    shapes: list[dict[str, JsonValue]] = [{"id": entry.id} for entry in scene.entries]
    text = json_text(json_document(scene.document(), {"id": scene.incident.id}, shapes))
    decoded: dict[str, JsonValue] = json.loads(text)
    return decoded


def test_json_has_the_names_of_the_contract() -> None:
    """commands.md: incident, key_times, sections, entries."""
    scene = full_scene()
    found = as_json(scene)
    assert list(found) == ["incident", "key_times", "sections", "entries"]
    assert found["incident"] == {"id": scene.incident.id}
    assert found["entries"] == [{"id": entry.id} for entry in scene.entries]


def sections_of(found: dict[str, JsonValue]) -> dict[str, dict[str, JsonValue]]:
    """The sections of a JSON document by name."""
    sections = found["sections"]
    assert isinstance(sections, list)
    by_name: dict[str, dict[str, JsonValue]] = {}
    for section in sections:
        assert isinstance(section, dict)
        by_name[str(section["name"])] = section
    return by_name


def test_json_sections_say_who_fills_them() -> None:
    """What waits for people is told from what the machine has told; nothing is left out."""
    sections = sections_of(as_json(full_scene()))
    well, badly, timeline = (sections[name] for name in ("well", "badly", "timeline"))
    assert (well["filled_by"], well["waits"]) == ("person", False)
    assert (badly["filled_by"], badly["waits"], badly["entries"]) == ("person", True, [])
    assert badly["text"] == "- [ ] nobody has written this yet"
    assert timeline["filled_by"] == "machine"
    assert len(sections) == 22


def test_json_sections_cite_whole_ids() -> None:
    """A program finds the entries that a section comes from."""
    scene = full_scene()
    (well,) = (entry for entry in scene.entries if entry.section == "well")
    assert sections_of(as_json(scene))["well"]["entries"] == [well.id]


def test_json_is_null_where_nothing_is_recorded() -> None:
    """Absent values are null, never left out."""
    found = as_json(Scene())
    key_times = found["key_times"]
    assert isinstance(key_times, dict)
    assert key_times["marks"] == dict.fromkeys(Mark)
    assert isinstance(key_times["durations"], dict)
    assert set(key_times["durations"].values()) == {None}
    assert sections_of(found)["decisions"]["text"] is None


def test_json_carries_key_times() -> None:
    """Marks with moment and entry, as the incident's own JSON has them."""
    scene = full_scene()
    key_times = as_json(scene)["key_times"]
    assert isinstance(key_times, dict)
    marks = key_times["marks"]
    assert isinstance(marks, dict)
    assert marks["impact_started"] == {
        "at": {
            "utc": "2026-11-21T02:47:00.000Z",
            "precision": "minute",
            "plus_minus_min": 0,
            "zone": "UTC",
            "as_given": "",
        },
        "entry": scene.entries[0].id,
    }


def test_json_text_is_utf_8_whatever_it_holds() -> None:
    """A lone surrogate can't keep anybody from their document."""
    assert json.loads(json_text({"a": "ä\ud800"}).encode()) == {"a": "ä\ud800"}
