"""Seals: whether, and where, a person changed a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import JsonValue
from storage.ops import RESERVED, Document, fold
from storage.seals import Tampering, sealed, tampering
from tests.storage.builders import ENTRY, JSON, edited, made, stamp

DOCUMENT = sealed(fold(fold(None, made(1)), edited(2, 1, "b", text="fast", owner="lee")))
FIELDS = sorted(DOCUMENT.keys() - RESERVED)


def changed(**values: JsonValue) -> Document:
    """The sealed document, changed by hand; `...` in its place takes a field out."""
    return DOCUMENT | values


@given(st.dictionaries(st.text(min_size=1, max_size=5), JSON, max_size=5))
def test_what_hotwash_wrote_is_untouched(values: dict[str, JsonValue]) -> None:
    """Through any JSON file and back; the order of the fields means nothing."""
    fields = {name: value for name, value in values.items() if name not in RESERVED}
    document = sealed({"id": ENTRY, **fields, "op": stamp(1), "by": "a"})
    again = json.loads(json.dumps(document, sort_keys=True))
    assert tampering(again) is None
    assert sealed(again) is again


@pytest.mark.parametrize("name", FIELDS)
def test_each_changed_field_is_named(name: str) -> None:
    """Only what was changed becomes a change."""
    assert tampering(changed(**{name: "x"})) == Tampering((name,))


def test_several_changed_fields_are_named() -> None:
    """People change more than one thing before they save."""
    found = tampering(changed(text="x", owner=None, kind="action"))
    assert found is not None
    assert set(found.changed) == {"text", "owner", "kind"}


def test_an_added_field_is_named() -> None:
    """It was set by a person, too."""
    assert tampering(changed(due="2026-12-01")) == Tampering(("due",))


@pytest.mark.parametrize("name", FIELDS)
def test_a_removed_field_is_counted(name: str) -> None:
    """Its name is not known any more: the seal is short."""
    document = {key: value for key, value in DOCUMENT.items() if key != name}
    assert tampering(document) == Tampering(removed=1)


@pytest.mark.parametrize(
    "values",
    [{"by": "kim"}, {"op": stamp(9)}, {"rev": {}}, {"old": []}, {"purged": []}, {"id": "x"}],
)
def test_a_touched_history_is_noticed(values: dict[str, JsonValue]) -> None:
    """Who said what, and when, is not for editors to say."""
    assert tampering(changed(**values)) == Tampering(bookkeeping=True)


@pytest.mark.parametrize("seal", ["", None, 5, "?", "ä", "AAAA", ["x"]])
def test_a_seal_that_is_none_fits_nothing(seal: JsonValue) -> None:
    """All must be taken for changed then, and nothing may crash."""
    found = tampering(changed(sum=seal))
    assert found is not None
    assert (set(found.changed), found.bookkeeping) == (set(FIELDS), True)


def test_two_fields_that_swapped_values_are_both_changed() -> None:
    """A check covers the name as well."""
    found = tampering(changed(text=DOCUMENT["owner"], owner=DOCUMENT["text"]))
    assert found == Tampering(("owner", "text"))


def test_a_tool_that_knows_one_kind_of_number_changes_nothing() -> None:
    """JavaScript and jq write 5 for 5.0, and re-indenting a file is no edit."""
    at: JsonValue = {"utc": None, "plus_minus_min": 30.0, "list": [1.0, 2.5]}
    document = sealed({"id": ENTRY, "at": at, "seconds": 2.0, "op": stamp(1), "by": "a"})
    document |= {"seconds": 2, "at": {"list": [1, 2.5], "plus_minus_min": 30, "utc": None}}
    assert tampering(document) is None
    document["seconds"] = 3
    assert tampering(document) == Tampering(("seconds",))


def test_words_that_look_like_numbers_are_words() -> None:
    """Version 1.0 is not version 1."""
    document = sealed({"id": ENTRY, "text": "1.0", "op": stamp(1), "by": "a"})
    assert tampering(document | {"text": "1"}) == Tampering(("text",))
