"""Ops and their fold: the one form of a document, its history, conflicts, purges."""

from collections.abc import Iterable
from itertools import permutations

import msgspec
import pytest

from storage.errors import BadValue
from storage.model import JsonValue
from storage.ops import (
    DEEPEST,
    RESERVED,
    Document,
    History,
    Op,
    check,
    fold,
    holds,
    op_ids,
    ops_of,
    stamp_of,
)
from tests.storage.builders import ENTRY, OTHER, edited, op, purge, stamp

CREATED = op(1, {"kind": "note", "text": "slow", "at": "2026", "services": ["api"]})
EDITED = edited(3, 1, "b", text="fast", owner="lee")
SAME_TIME = edited(2, 1, "c", text="dead")
PURGE = purge(5, stamp(1), stamp(3, "b"), device="b")


def folded(ops: Iterable[Op]) -> Document:
    """The document that these ops make, in the order given."""
    document: Document | None = None
    for one in ops:
        document = fold(document, one)
    assert document is not None
    return document


@pytest.mark.parametrize(
    "ops",
    [
        [CREATED],
        [CREATED, EDITED, SAME_TIME],
        [CREATED, EDITED, SAME_TIME, PURGE],
        [CREATED, EDITED, PURGE, purge(4, stamp(1), device="c"), op(6, {"text": "again"}, "c")],
        [
            EDITED,
            op(4, {"deleted": True}),
            op(5, {"deleted": False}),
            op(5, {"deleted": True}, "b"),
        ],
    ],
)
def test_a_document_has_one_form_whatever_the_order_of_arrival(ops: list[Op]) -> None:
    """Equal sets of ops make equal lines of a file, byte for byte, however often an op comes."""
    lines = {
        msgspec.json.encode(folded([*order, order[0], order[-1]])) for order in permutations(ops)
    }
    assert len(lines) == 1


@pytest.mark.parametrize("order", permutations([CREATED, EDITED, SAME_TIME]))
def test_every_op_comes_out_again_as_it_went_in(order: tuple[Op, ...]) -> None:
    """A server that was lost is refilled from files, which therefore hold every op whole."""
    document = folded(order)
    assert ops_of(document) == [CREATED, SAME_TIME, EDITED]
    assert set(op_ids(document)) == {one.id for one in order}


def test_the_document_is_flat_and_its_history_stands_beside() -> None:
    """People read and edit the file, so that values stand under their own names."""
    assert folded([CREATED, EDITED]) == {
        "id": ENTRY,
        "at": "2026",
        "kind": "note",
        "owner": "lee",
        "services": ["api"],
        "text": "fast",
        "op": stamp(1),
        "by": "a",
        "rev": {"owner": [stamp(3, "b"), "b", stamp(1)], "text": [stamp(3, "b"), "b", stamp(1)]},
        "old": [["text", "slow", stamp(1), "a"]],
    }


def test_an_entry_of_one_op_has_no_history_beside_it() -> None:
    """Most entries are never edited, and their lines stay short."""
    assert set(folded([CREATED])) - set(CREATED.set) == {"id", "op", "by"}


def test_an_edit_may_come_before_what_it_edits() -> None:
    """Devices hear of changes in any order, and nothing is refused for that."""
    early = folded([EDITED])
    assert early["text"] == "fast"
    assert fold(early, CREATED) == folded([CREATED, EDITED])


def test_values_that_no_version_knows_are_kept_as_they_are() -> None:
    """A newer hotwash may put any JSON into any field."""
    value: JsonValue = {"deep": [1, 2.5, None, {"true": True}], "ä": "ö"}
    document = folded([op(1, {"newer": value}), op(2, {"newer": None})])
    assert document["newer"] is None
    assert ops_of(document)[0].set == {"newer": value}


@pytest.mark.parametrize("one", [CREATED, EDITED, PURGE])
def test_what_a_document_holds_changes_nothing(one: Op) -> None:
    """Re-delivery is harmless, and noticed without folding."""
    document = folded([CREATED, EDITED, PURGE])
    assert holds(document, one)
    assert fold(document, one) == document


@pytest.mark.parametrize("one", [SAME_TIME, purge(7, stamp(1)), op(1, {"owner": "kim"})])
def test_what_a_document_lacks_is_noticed(one: Op) -> None:
    """An op counts as known only when each of its values and purges is there."""
    assert not holds(folded([CREATED, EDITED, PURGE]), one)


def test_the_stamp_of_a_value_is_the_op_that_set_it() -> None:
    """Edits say with it what they build on."""
    document = folded([CREATED, EDITED])
    assert stamp_of(document, "kind") == stamp(1)
    assert stamp_of(document, "text") == stamp(3, "b")
    assert stamp_of(document, "due") is None


# Conflicts


def conflicts(*ops: Op, field: str = "text") -> list[JsonValue]:
    """The values that lost to one whose author had not seen them."""
    return [value for _, _, value in History.of(folded(ops)).conflicts(field)]


def test_edits_one_after_the_other_are_no_conflict() -> None:
    """Whoever saw the last value and changed it meant to."""
    again = op(4, {"text": "gone"}, "a", {"text": stamp(3, "b")})
    assert conflicts(CREATED, EDITED, again) == []


def test_two_edits_of_the_same_value_are_a_conflict() -> None:
    """The one that lost is offered with its author."""
    found = History.of(folded([CREATED, EDITED, SAME_TIME])).conflicts("text")
    assert found == [(stamp(2, "c"), "c", "dead")]
    assert conflicts(CREATED, EDITED, SAME_TIME, field="owner") == []
    assert conflicts(CREATED, field="due") == []


def test_two_who_set_an_empty_field_are_a_conflict() -> None:
    """Nobody saw the other's value, although neither edited one."""
    one, other = op(2, {"owner": "lee"}), op(2, {"owner": "kim"}, "b")
    assert conflicts(CREATED, one, other, field="owner") == ["lee"]


def test_the_same_change_by_two_is_no_conflict() -> None:
    """There is nothing to choose from."""
    assert conflicts(CREATED, EDITED, edited(4, 1, "c", text="fast")) == []


def test_who_changes_what_two_have_said_has_seen_both() -> None:
    """Of two who said the same at once only one is in the base of the change that follows."""
    same = edited(4, 1, "c", text="fast")
    later = op(9, {"text": "gone"}, "a", {"text": stamp(4, "c")})
    assert conflicts(CREATED, EDITED, same, later) == []


def test_going_back_to_what_stood_there_before_is_a_change_too() -> None:
    """That somebody saw those words earlier does not mean that they saw them come back."""
    away, back = edited(2, 1, text="dead"), op(3, {"text": "slow"}, "a", {"text": stamp(2)})
    assert conflicts(CREATED, away, back, edited(4, 1, "b", text="fast")) == ["slow"]


def test_a_conflict_outlives_an_edit_that_did_not_see_it() -> None:
    """Going on with one version says nothing about the other."""
    again = op(9, {"text": "gone"}, "b", {"text": stamp(3, "b")})
    assert conflicts(CREATED, EDITED, SAME_TIME, again) == ["dead"]


def test_a_change_that_saw_all_versions_ends_a_conflict() -> None:
    """Settling names every version in its base, and what follows on it is no conflict either."""
    both = f"{stamp(2, 'c')} {stamp(3, 'b')}"
    settled = op(5, {"text": "dead"}, "a", {"text": both})
    check(settled)
    assert conflicts(CREATED, EDITED, SAME_TIME, settled) == []
    later = op(6, {"text": "alive"}, "a", {"text": stamp(5)})
    assert conflicts(CREATED, EDITED, SAME_TIME, settled, later) == []
    assert ops_of(folded([CREATED, EDITED, SAME_TIME, settled]))[-1] == settled


# Purges


def test_a_purge_takes_the_words_out_of_values_and_history() -> None:
    """Nothing but this takes anything out of a record, and this takes it out wherever it stands."""
    document = folded(
        [CREATED, EDITED, SAME_TIME, purge(5, stamp(1), stamp(3, "b"), stamp(2, "c"))]
    )
    line = msgspec.json.encode(document).decode()
    assert not [word for word in ("slow", "fast", "dead", "lee", "api") if word in line]
    assert document["text"] == document["owner"] == "[removed by a]"
    assert document["services"] is None


def test_a_purge_leaves_what_holds_no_words() -> None:
    """The timeline keeps that something happened, and when."""
    document = folded([CREATED, PURGE])
    assert (document["kind"], document["at"]) == ("note", "2026")


def test_a_change_that_a_purge_does_not_name_stays() -> None:
    """What others wrote meanwhile was not meant."""
    assert folded([CREATED, SAME_TIME, PURGE])["text"] == "dead"


def test_a_purge_may_come_before_what_it_purges() -> None:
    """The words must not show up, not even for a moment."""
    shadow = folded([PURGE])
    assert shadow == {
        "id": ENTRY,
        "op": PURGE.id,
        "by": "b",
        "purged": [[PURGE.id, "b", [stamp(1), stamp(3, "b")]]],
    }
    assert ops_of(shadow) == [PURGE]
    assert fold(shadow, CREATED)["text"] == "[removed by b]"


def test_of_two_purges_the_first_says_who() -> None:
    """Whatever the order in which they come."""
    first = purge(4, stamp(1), device="c")
    for order in permutations([CREATED, first, PURGE]):
        assert folded(order)["text"] == "[removed by c]"


def test_a_purged_op_comes_out_without_its_words() -> None:
    """What leaves a record does not go to the server again."""
    made, later = ops_of(folded([CREATED, PURGE]))
    assert (made.id, later) == (CREATED.id, PURGE)
    assert made.set == CREATED.set | {"text": "[removed by b]", "services": None}


# Checking


def nested(deep: int) -> JsonValue:
    """Lists and mappings in turn, so many within each other."""
    value: JsonValue = "x"
    for level in range(deep):
        value = [value] if level % 2 else {"of": value}
    return value


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (op(1, {"text": "x"}, "-"), "has no valid id or entry"),
        (Op("", ENTRY, "a", {"text": "x"}), "has no valid id or entry"),
        (Op(stamp(1), "", "a", {"text": "x"}), "has no valid id or entry"),
        (Op(stamp(1), "entry-1", "a", {"text": "x"}), "has no valid id or entry"),
        (Op(stamp(1), ENTRY, "a"), "changes nothing"),
        *((op(1, {name: "x"}), "reserved for the file's own use") for name in sorted(RESERVED)),
        (purge(2, "all of it"), "purges something that is no change"),
        (op(2, {"text": "x"}, base={"owner": stamp(1)}), "a field that it does not set"),
        (op(2, {"text": "x"}, base={"text": "the old"}), "builds on something that is no change"),
        (op(1, {"x-new": nested(DEEPEST + 1)}), "nested too deeply"),
    ],
)
def test_an_op_that_no_record_could_hold_is_refused(wrong: Op, says: str) -> None:
    """Once it was in a journal it would be there for good."""
    with pytest.raises(BadValue, match=says):
        check(wrong)


@pytest.mark.parametrize(
    "right",
    [
        CREATED,
        EDITED,
        PURGE,
        op(1, {"text": None}, entry=OTHER),
        op(1, {"x-new": nested(DEEPEST)}),
    ],
)
def test_an_op_that_a_record_can_hold_passes(right: Op) -> None:
    """A null is a value: it empties a field."""
    check(right)


@pytest.mark.parametrize(
    "damage",
    [
        {"op": None},
        {"rev": 5},
        {"rev": {"text": "x"}},
        {"rev": {"text": ["no stamp", "a"]}},
        {"old": {"text": 1}},
        {"old": [[]]},
        {"old": [["text", "x"]]},
        {"purged": [["x"]]},
        {"purged": [["x", "a", "y"]]},
    ],
)
def test_a_damaged_history_is_said_and_never_crashes(damage: dict[str, JsonValue]) -> None:
    """Files are edited by hand, and the reader decides what becomes of the document."""
    document = folded([CREATED, EDITED])
    with pytest.raises(BadValue, match="is damaged"):
        History.of(document | damage)


@pytest.mark.parametrize("name", ["op", "by"])
def test_a_document_without_its_first_op_is_said_to_be_damaged(name: str) -> None:
    """Somebody may take out a line's bookkeeping for being ugly."""
    document = folded([CREATED, EDITED])
    del document[name]
    with pytest.raises(BadValue, match="is damaged"):
        History.of(document)


def test_a_history_takes_in_another_of_the_same_entry() -> None:
    """Two versions of one line, of a merge with git for one, become one that holds both."""
    one, other = History.of(folded([CREATED, EDITED])), History.of(folded([CREATED, PURGE]))
    one.add(other)
    assert one.document() == folded([CREATED, EDITED, PURGE])
    assert History(ENTRY).is_empty()
    assert not one.is_empty()
