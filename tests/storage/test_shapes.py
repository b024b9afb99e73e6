from datetime import UTC, datetime
from pathlib import Path

import msgspec

from storage.model import Clip, Entry, Incident, JsonValue, KeyTime, Moment
from storage.shapes import entry_shape, incident_shape

AT = Moment(utc=datetime(2026, 11, 21, 2, 47, tzinfo=UTC), zone="Europe/Copenhagen")


def plain(shape: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A shape as a script gets it."""
    return msgspec.json.decode(msgspec.json.encode(shape), type=dict[str, JsonValue])


def test_every_field_of_an_entry_is_there() -> None:
    """Absent values are null, never left out."""
    shape = plain(entry_shape(Entry(id="x")))
    assert list(shape) == list(Entry.__struct_fields__)
    assert shape["owner"] is None
    assert shape["services"] == []


def test_values_are_plain() -> None:
    """Moments, instants and clips are what JSON has, times with Z."""
    shape = plain(
        entry_shape(
            Entry(id="x", at=AT, accepted_at=AT.utc, clip=Clip("a.wav"), doubtful=((0, 3),))
        )
    )
    assert shape["at"] == {
        "utc": "2026-11-21T02:47:00.000Z",
        "precision": "second",
        "plus_minus_min": 0,
        "zone": "Europe/Copenhagen",
        "as_given": "",
    }
    assert shape["accepted_at"] == "2026-11-21T02:47:00.000Z"
    assert shape["clip"] == {"file": "a.wav", "sha256": "", "seconds": 0}
    assert shape["doubtful"] == [[0, 3]]


def test_an_incident_tells_its_marks_and_where_it_lies() -> None:
    """Folds that are only for documents are left out."""
    incident = Incident(id="x", marks={"detected": KeyTime(AT, "e")})
    shape = incident_shape(incident, Path("/home/kim/x.json"))
    assert shape["marks"] == {
        "detected": {"at": entry_shape(Entry(id="", at=AT))["at"], "entry": "e"}
    }
    assert shape["path"] == "/home/kim/x.json"
    assert incident_shape(incident, None)["path"] is None
    assert shape.keys() & {"statuses", "severities"} == set()
    assert isinstance(shape["durations"], dict)


def test_a_path_that_is_no_text() -> None:
    """JSON is Unicode even where a file system is not."""
    shape = incident_shape(Incident(id="x"), Path("/home/caf\udce9/x.json"))
    assert shape["path"] == "/home/caf\ufffd/x.json"
    assert msgspec.json.encode(shape)
