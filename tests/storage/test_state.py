"""A record in memory: what is shown, in which order, and that looking is cheap and never stale."""

from datetime import timedelta

import pytest

from storage.model import JsonValue, Moment, moment_value
from storage.ops import Op
from storage.state import State
from tests.storage.builders import (
    ENTRY,
    INCIDENT,
    OTHER,
    START,
    made,
    op,
    purge,
    stamp,
    texts,
    uuid,
)

THIRD = "01a1ffc7-55f8-7000-8000-000000000004"


def state_of(*ops: Op) -> State:
    """The state after these ops."""
    state = State(INCIDENT)
    for one in ops:
        state.take(one)
    return state


def at(minutes: float | None) -> JsonValue:
    """A moment so many minutes after the start; None: unknown."""
    utc = None if minutes is None else START + timedelta(minutes=minutes)
    return moment_value(Moment(utc=utc, precision="minute" if utc else "unknown"))


def ids(state: State, deleted: bool = False) -> list[str]:
    """The entries of the screen."""
    return [entry.id for entry in state.listed(deleted=deleted)]


def test_entries_stand_in_the_order_in_which_things_happened() -> None:
    """Not in that of writing them down: people remember things late."""
    state = state_of(
        made(1, at=at(9)), made(2, entry=OTHER, at=at(3)), made(3, entry=THIRD, at=at(6))
    )
    assert ids(state) == [OTHER, THIRD, ENTRY]


def test_an_unknown_time_sorts_by_when_it_was_recorded() -> None:
    """An entry without a time stands where it was written."""
    state = state_of(made(60, at=at(None)), made(1, entry=OTHER, at=at(0.5)), made(2, entry=THIRD))
    assert ids(state) == [THIRD, OTHER, ENTRY]


def test_what_happened_at_one_time_stands_in_the_order_of_recording() -> None:
    """The op that made the entry decides, which is the same on every replica."""
    state = state_of(
        made(2, "b", at=at(0)), made(1, "c", OTHER, at=at(0)), made(2, "a", THIRD, at=at(0))
    )
    assert ids(state) == [OTHER, THIRD, ENTRY]


def test_an_entry_moves_when_its_time_is_changed() -> None:
    """And only then: editing words moves nothing."""
    state = state_of(made(1, at=at(0)), made(2, entry=OTHER, at=at(1)))
    assert ids(state) == [ENTRY, OTHER]
    state.take(op(3, {"at": at(5)}))
    assert ids(state) == [OTHER, ENTRY]
    state.take(op(4, {"text": "other words"}))
    assert ids(state) == [OTHER, ENTRY]


def test_deleted_entries_are_listed_only_when_asked_for() -> None:
    """They are never gone."""
    state = state_of(made(1), made(2, entry=OTHER))
    assert (ids(state), ids(state, deleted=True)) == ([ENTRY, OTHER], [ENTRY, OTHER])
    state.take(op(3, {"deleted": True}))
    assert (ids(state), ids(state, deleted=True)) == ([OTHER], [ENTRY, OTHER])
    assert state.view.entries_count == 1
    state.take(op(4, {"deleted": False}))
    assert ids(state) == [ENTRY, OTHER]


def test_an_edit_without_its_entry_waits_unseen() -> None:
    """Half an entry on the screen would be a riddle; it shows once the rest has come."""
    state = state_of(op(5, {"text": "fast", "mark": "detected"}), purge(4, stamp(2)))
    assert ids(state, deleted=True) == []
    assert (state.view.entries_count, dict(state.view.marks)) == (0, {})
    state.take(made(1, text="slow"))
    assert texts(state.listed(deleted=False)) == ["fast"]


def test_a_list_of_entries_stays_as_it_was_given() -> None:
    """A screen can go through it while others record."""
    state = state_of(made(1), made(2, entry=OTHER))
    before = state.listed(deleted=False)
    state.take(made(3, entry=THIRD))
    assert len(before) == 2
    assert [entry.id for entry in before[-1:]] == [OTHER]
    assert before[0].id == ENTRY
    with pytest.raises(IndexError):
        before[2]


def test_a_view_is_renewed_when_its_entry_changes() -> None:
    """Views are kept, and must not be kept too long."""
    state = state_of(made(1, text="slow"))
    assert state.entry(ENTRY) is state.entry(ENTRY)
    state.take(op(2, {"text": "fast"}))
    assert state.entry(ENTRY).text == "fast"


def test_a_ref_grows_when_an_older_entry_with_the_same_digits_arrives() -> None:
    """Views that were looked at before are renewed, too, and others are left alone."""
    younger = uuid("01a1ffc755f670008" + "1234500000aaaaa")
    older = uuid("01a1ffc755f570008" + "1234500000bbbbb")
    state = state_of(made(2, entry=younger), made(3, entry=OTHER))
    short, other = state.entry(younger).ref, state.entry(OTHER)
    state.take(made(1, entry=older))
    assert state.entry(older).ref == short
    assert state.entry(younger).ref.startswith(short)
    assert len(state.entry(younger).ref) > len(short)
    assert state.entry(OTHER) is other


def test_ops_after_a_stamp_are_those_above_it() -> None:
    """What a server has not seen yet is asked for after each change, so it must be exact."""
    ops = [made(1), op(2, {"text": "x"}), made(3, entry=OTHER), purge(4, stamp(1)), op(5, {"a": 1})]
    state = state_of(*ops)
    for known in range(6):
        assert sorted(one.id for one in state.ops(stamp(known))) == [
            one.id for one in ops if one.id > stamp(known)
        ]
    assert {one.id for one in state.ops()} == {one.id for one in ops}


@pytest.mark.parametrize(
    "change",
    [op(2, {"text": "x"}, "b"), op(1, {"text": "x"}, "b"), purge(2, stamp(1, "c"), device="b")],
)
def test_it_is_known_who_recorded_here(change: Op) -> None:
    """A device that only edited or purged has taken part as well."""
    state = state_of(made(2, "c"), change)
    assert state.made_by("b")
    assert state.made_by("c")
    assert not state.made_by("a")


def test_loaded_documents_are_like_folded_ones() -> None:
    """A restart changes nothing of what is shown, and the clock goes on above all it had seen."""
    ops = [made(1), op(7, {"text": "x"}), op(3, {"text": "y"}, "b"), made(2, entry=OTHER)]
    folded, loaded = state_of(*ops), State(INCIDENT)
    loaded.load(None, folded.entries.values(), "")
    assert loaded.newest == folded.newest == stamp(7)
    assert list(loaded.listed(deleted=True)) == list(folded.listed(deleted=True))
    assert loaded.view == folded.view
    loaded.load(None, [], "")
    assert (loaded.newest, ids(loaded)) == ("", [])


def test_the_incident_is_no_entry() -> None:
    """Its document has an id and a history like theirs, and stands apart."""
    state = state_of(op(1, {"title": "503s"}, entry=INCIDENT), made(2))
    assert state.view.title == "503s"
    assert ids(state, deleted=True) == [ENTRY]
    assert [document["id"] for document in state.documents()] == [INCIDENT, ENTRY]
    with pytest.raises(KeyError):
        state.entry(INCIDENT)


def test_the_people_and_services_of_a_record_are_known() -> None:
    """The note line completes them."""
    state = state_of(
        made(1, "dana", said_by="lee", services=["api", "db"]),
        made(2, "kim", OTHER, owner="ash", role_to="mo"),
    )
    assert state.names() == ({"dana", "lee", "kim", "ash", "mo"}, {"api", "db"})
