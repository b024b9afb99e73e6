"""Refs: the names of entries that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import Ambiguous, NotFound
from storage.refs import DIGITS, MINIMUM, PRINTED, RefIndex, crockford, normalise
from tests.storage.builders import id_of

# Few digits, so that many share their first ones.
CODES = st.text("01a", min_size=12, max_size=12)
IDS = st.lists(st.builds(id_of, CODES, st.integers(0, 40)), unique=True, max_size=20)


@given(st.uuids(version=4))
def test_a_ref_is_written_in_crockfords_base32(entry: object) -> None:
    """The digits are those of the id's last 60 bits, so that anybody can work them out."""
    number = int(str(entry).replace("-", ""), 16) % 2**60
    value = 0
    for digit in crockford(str(entry)):
        value = value * 32 + DIGITS.index(digit)
    assert value == number
    assert len(crockford(str(entry))) == 12
    assert not set("ilou") & set(DIGITS)


@given(IDS)
def test_a_ref_is_the_shortest_start_that_no_older_entry_shares(ids: list[str]) -> None:
    """At least four digits, and just as many as it takes, whatever the order of arrival."""
    index = RefIndex(ids)
    for entry in ids:
        older = [crockford(other) for other in ids if other < entry]
        code = crockford(entry)
        lengths = range(MINIMUM, 13)
        wanted = next((n for n in lengths if not any(o[:n] == code[:n] for o in older)), 12)
        assert index.ref(entry) == code[:wanted]
        assert index.ref(entry, PRINTED) == code[: max(wanted, PRINTED)]


@given(IDS)
def test_a_printed_ref_stays_valid(ids: list[str]) -> None:
    """However much is recorded later, what was on a screen or in a document finds its entry."""
    index = RefIndex()
    printed: dict[str, str] = {}
    for entry in sorted(ids):
        if crockford(entry) in {crockford(other) for other in printed.values()}:
            continue
        index.add(entry)
        printed |= {index.ref(entry): entry, index.ref(entry, PRINTED): entry}
        for ref, meant in printed.items():
            assert index.find(ref) == meant


@given(IDS)
def test_an_index_that_grew_is_like_one_made_at_once(ids: list[str]) -> None:
    """Entries that arrive in any order leave every ref as if they had always been there."""
    grown = RefIndex()
    before: dict[str, str] = {}
    for count, entry in enumerate(ids, 1):
        changed = grown.add(entry)
        now = {known: grown.ref(known) for known in ids[:count]}
        assert all(now[known] == ref or known in changed for known, ref in before.items())
        before = now
    assert before == {entry: RefIndex(ids).ref(entry) for entry in ids}


def test_a_known_entry_changes_nothing() -> None:
    """The same entry twice is no reason for longer refs."""
    entry = id_of("7f3a")
    index = RefIndex([entry])
    assert index.add(entry) == []
    assert index.ref(entry) == "7f3a"


def test_lookalikes_are_read_as_digits() -> None:
    """Who reads a ref aloud, or off a photograph, mistakes O for 0 and I or L for 1."""
    assert normalise(" 7OiL ") == "7011"
    index = RefIndex([id_of("70117f3a")])
    for typed in ("7011", "7oil", "7OIL", " 7Oi1", "701L7F3A"):
        assert index.find(typed) == id_of("70117f3a")


def test_a_longer_start_and_the_whole_id_find_the_entry_too() -> None:
    """People paste what they have."""
    entry = id_of("7f3abcde")
    index = RefIndex([entry, id_of("7f3xbcde")])
    assert index.find("7f3abc") == entry
    assert index.find(entry) == entry
    assert index.find(entry.upper()) == entry
    assert index.find(crockford(entry)) == entry


def test_of_two_entries_the_older_keeps_the_short_ref() -> None:
    """The younger one has one digit more, and both are found."""
    older, younger = id_of("7f3abcde", 1), id_of("7f3axyz", 2)
    index = RefIndex([younger, older])
    assert (index.ref(older), index.ref(younger)) == ("7f3a", "7f3ax")
    assert index.find("7f3a") == older
    assert index.find("7f3ax") == younger


def test_an_ambiguous_start_names_the_candidates() -> None:
    """Guessing would change the wrong entry."""
    older, younger = id_of("7f3abcde", 1), id_of("7f3abxyz", 2)
    index = RefIndex([older, younger])
    with pytest.raises(Ambiguous, match="could be 7f3abcde0000, 7f3abxyz0000") as caught:
        index.find("7f3ab")
    assert caught.value.candidates == ("7f3abcde0000", "7f3abxyz0000")


@pytest.mark.parametrize("ref", ["", "7f3", "zzzz", "7f3b", "not a ref", id_of("7f3b")])
def test_what_nobody_has_is_not_found(ref: str) -> None:
    """Neither too short a start nor another entry's id finds anything."""
    with pytest.raises(NotFound, match="No entry has the ref"):
        RefIndex([id_of("7f3a")]).find(ref)


def test_two_ids_with_the_same_digits_have_the_longest_refs() -> None:
    """Twelve digits that are the same may not happen in practice, and must not hang."""
    one, two = id_of("7f3a", 1), id_of("7f3a", 2)
    assert RefIndex([one, two]).ref(two) == "7f3a00000000"
