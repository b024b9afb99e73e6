"""Changes of a push are looked at one by one."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ops import DEEPEST, Op
from storage.team.server.limits import DEFAULTS
from storage.team.server.offers import look_at, op_of, parts_of
from storage.team.server.op_log import Caller
from storage.team.server.problems import Refused
from tests.storage.builders import ENTRY, JSON, made, stamp
from tests.storage.team.http.team import push_of

CALLER = Caller("a", "a", datetime(2026, 11, 21, tzinfo=UTC))

MIB = 1 << 20

NOISE = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"NaN", b"1e999", b'"\\ud800"', b"[" * 3000 + b"]" * 3000, b'{"id":1}', b""]),
)
FIELDS = st.dictionaries(st.text("abc", min_size=1), JSON, min_size=1, max_size=3)


@given(FIELDS)
def test_a_good_change_is_kept_as_it_is(fields: dict[str, object]) -> None:
    """Whatever a record can hold comes back as the same change."""
    op = msgspec.json.decode(
        msgspec.json.encode({"id": stamp(1), "entry": ENTRY, "by": "a", "set": fields}), type=Op
    )
    [offered] = look_at(parts_of(push_of(op)), CALLER, DEFAULTS).good
    assert offered.op == op
    assert msgspec.json.decode(offered.body, type=Op) == op


@given(st.lists(st.sampled_from([b"NaN", b'{"x":NaN}', b"[[[", b'"\\ud800"', b"{}", b"-"])))
def test_changes_between_bad_ones_are_found(bad: list[bytes]) -> None:
    """However an outbox is damaged, what is good in it gets through, if it can be told apart."""
    sound = [one for one in bad if one.count(b"[") == one.count(b"]")]
    body = push_of(made(1), *sound, made(2), *sound)
    push = look_at(parts_of(body), CALLER, DEFAULTS)
    assert [offered.op for offered in push.good] == [made(1), made(2)]
    assert len(push.rejected) == 2 * len(sound)


@given(NOISE)
def test_no_bytes_upset_the_look(noise: bytes) -> None:
    """A change is good or it is none; nothing else ever comes out of looking at one."""
    found = op_of(noise)
    assert found is None or isinstance(found, Op)


def test_the_first_of_several_with_one_id_counts() -> None:
    """Everybody has the same change under one id, as if they had come one after the other."""
    other = msgspec.structs.replace(made(1), set={"text": "other"})
    push = look_at(parts_of(push_of(made(1), other)), CALLER, DEFAULTS)
    assert [offered.op for offered in push.good] == [made(1)]
    assert push.rejected == []


def test_brackets_in_words_are_no_depth() -> None:
    """Logs and stack traces are full of brackets, and are pasted into notes."""
    op = Op(stamp(1), ENTRY, "a", {"text": '{[\\"[[' * DEEPEST})
    assert op_of(msgspec.json.encode(op)) == op


def test_depth_has_a_limit() -> None:
    """Readers have less stack than the server may have."""
    nested = '{"id":"%s","entry":"%s","by":"a","set":{"x":%s}}'
    for depth, good in ((DEEPEST, True), (DEEPEST + 1, False), (5000, False)):
        part = nested % (stamp(1), ENTRY, "[" * depth + "0" + "]" * depth)
        assert (op_of(part.encode()) is not None) is good


@pytest.mark.parametrize(
    "body",
    [
        b'{"ops":["' + b'\\"' * (MIB // 2),
        b'{"ops":["' + b"\\" * MIB,
        b'{"ops":["' + b"\\" * (MIB - 1),
        b'{"ops":[' + b'"\\' * (MIB // 2),
        b'{"ops":[' + b'"' * (MIB - 1),
        b'{"ops":[' + b'"\\""' * (MIB // 4) + b'"',
        b'{"ops":["' + b"x" * MIB,
        b'{"ops":[' + b"x" * MIB,
        b'{"ops":[' + b"[" * MIB,
        b'{"ops":[' + b"," * MIB,
        b'{"ops":[]' + b" " * MIB + b"x",
        b'{"ops":[]' + b" " * (MIB // 2) + b"}" + b" " * (MIB // 2) + b"x",
        b" " * MIB,
        b" " * (MIB // 2) + b"{" + b" " * (MIB // 2) + b"x",
        b'{"ops"' + b" " * MIB,
        b'{"ops":' + b" " * MIB,
    ],
    ids=lambda body: f"{body[:12]!r}…{body[-3:]!r}",
)
def test_no_body_takes_long(body: bytes) -> None:
    """A push that was made to be read over and over is refused at once, and holds nobody up."""
    with pytest.raises(Refused):
        parts_of(body)


@pytest.mark.parametrize(
    "part",
    [b'{"id"' + b" " * MIB, b'"id"' * (MIB // 4), b'{"id":"' + b"0" * MIB, b'{"id":"' * (MIB // 7)],
    ids=lambda part: repr(part[:12]),
)
def test_no_change_takes_long(part: bytes) -> None:
    """The id of a change that is no good is not looked for over and over either."""
    push = look_at([part] * 50, CALLER, DEFAULTS)
    assert [one.id for one in push.rejected] == [""] * 50


def test_a_string_that_never_ends_hides_what_comes_after_it() -> None:
    """A quote that is left open in one change is no reason to take its words for changes."""
    with pytest.raises(Refused):
        parts_of(push_of(made(1), b'{"x":"', made(2))[:-3])
