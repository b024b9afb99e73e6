"""What the preview shows of a line: chips, remarks, and a time on one key."""

import pytest

from capture.note_line import literal
from capture.readings import Reading
from tests.capture.lines import CONTEXT, NOW, moment, new_entry, read


def labels(reading: Reading) -> list[tuple[str, str]]:
    """Each chip: the words of the line and the label."""
    return [(reading.as_written[chip.start : chip.end], chip.label) for chip in reading.chips]


def test_every_mark_is_a_chip() -> None:
    """The preview of the design's own example reads as drawn there."""
    assert labels(read("/a restarted the app servers @-2m >lee")) == [
        ("/a", "ACTION"),
        ("@-2m", "[02:48]"),
        (">lee", "[owner lee]"),
    ]


@pytest.mark.parametrize(
    ("line", "chip"),
    [
        ("/r leak", ("/r", "ROOT CAUSE?")),
        ("Root  cause: leak", ("Root  cause:", "ROOT CAUSE?")),
        ("/f alert", ("/f", "FOLLOW-UP")),
        ("/badly nobody was paged", ("/badly", "BADLY")),
        ("/m ack", ("ack", "[ack]")),
        ("503s mark:start", ("mark:start", "[start]")),
        ("503s @14:05", ("@14:05", "[2026-11-20 14:05]")),
        ("503s @~02:05", ("@~02:05", "[~02:05]")),
        ("503s @02:??", ("@02:??", "[02:??]")),
        ("503s @01:05:30Z", ("@01:05:30Z", "[02:05:30]")),
        ("503s @2026-03-29 02:30", ("@2026-03-29 02:30", "[~2026-03-29 03:30]")),
        ("503s @yesterday  2:47 AM UTC", ("@yesterday  2:47 AM UTC", "[2026-11-20 03:47]")),
        ("/q why? !90m", ("!90m", "[box 1h30m]")),
        ("/q why? box:2h", ("box:2h", "[box 2h]")),
        ("/q why? !10m", ("!10m", "[box 10m]")),
        ("/f alert due:fri", ("due:fri", "[due Fri 2026-11-27]")),
        ("lee: 503s", ("lee:", "[by lee]")),
        ("/d wait because of x", ("because", "[because]")),
        (r"503s \@02:47", ("\\", "[as text]")),
        ("/status monitoring", ("/status monitoring", "[status monitoring]")),
        ("/sev2", ("/sev2", "[SEV2]")),
        ("/role comms dana", ("/role comms dana", "[comms dana]")),
        ("/title 503s", ("/title", "TITLE")),
        ("/done 9c21", ("9c21", "[9c21]")),
        ("/done no effect", ("no effect", "[no effect]")),
    ],
)
def test_labels(line: str, chip: tuple[str, str]) -> None:
    """Each sort of mark has a label that a tired person can read."""
    assert chip in labels(read(line))


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("/a x >lee", False),
        ("/a x >zoe", True),
        ("x by:zoe", True),
        ("Teams were notified on #dev-peer-support", True),
        ("x #payments", False),
        ("/role comms zoe", True),
        ("/role on-call dana", True),
        ("/role comms dana", False),
        ("@02:05 x", False),
    ],
)
def test_unknown_names_are_warnings(line: str, unknown: bool) -> None:
    """A name that nobody has used before is recorded and shown as a warning: it may be a slip."""
    assert any(chip.unknown for chip in read(line).chips) is unknown


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("next update to execs @03:30", "03:30 is ahead, kept as text"),
        ("03:30 next update to execs", "03:30 is ahead, kept as text"),
        ("/a @03:30 call them", "03:30 is ahead, kept as text"),
        ("/a @03:30", "03:30 is ahead, kept as text"),
        ("/f alert due:2026-02-30", "2026-02-30 is no date, kept as text"),
        ("/a x @-2m @-5m", "[02:48] is the second of its sort: @-2m kept as text"),
        (
            "/s slow since >lee",
            "only actions, follow-ups and questions have an owner: lee kept as text",
        ),
        (
            "/s slow !10m",
            "only actions, follow-ups and questions have a time box: 10m kept as text",
        ),
        ("/q why? due:fri", "only follow-ups and actions have a due date: fri kept as text"),
        ("/done 9c2x worked", "no entry has the ref 9c2x, kept as a note"),
        ("/cleared 9c2x", "no entry has the ref 9c2x, kept as a note"),
        ("/answer", "an answer needs words, kept as a note"),
    ],
)
def test_why_something_stays_text(line: str, remark: str) -> None:
    """Once, and in one sentence, the preview says why a likely mark was not taken."""
    assert read(line).remarks == (remark,)


def test_no_remark_about_plain_text() -> None:
    """Ordinary words raise no remark, or people stop reading them."""
    for line in ("p99 >2s, errors >baseline", "outage due: cache", "CPU @ 95%", "cut by:ten #4"):
        assert read(line).remarks == ()


@pytest.mark.parametrize(
    ("line", "words", "meant"),
    [
        ("503s since 02:47", "02:47", "02:47"),
        ("503s since 02:47, then 02:49", "02:47", "02:47"),
        ("503s (from 2:47 AM).", "2:47 AM", "2:47 AM"),
        ("meeting at 03:30, 503s since ~02:40!", "~02:40", "~02:40"),
        ("/s 02:47 503s", "02:47", "02:47"),
        ("deployed @02:47 twice", "02:47", "02:47"),
        ("$ at 02:47", "02:47", "02:47"),
        ("seen 14:05 UTC there", "14:05 UTC", "14:05 UTC"),
    ],
)
def test_a_time_in_the_text_is_offered(line: str, words: str, meant: str) -> None:
    """A time in the sentence is offered on one key, and the entry is not dated by it."""
    reading = new_entry(line)
    (offer,) = reading.offers
    assert line[offer.start : offer.end] == words
    assert offer.moment == moment(meant)
    assert reading.draft.at is None


@pytest.mark.parametrize(
    "line", ["503s since 02:47 @-2m", "503s since `02:47`", "call at 03:30", "ratio 16:9", "503s"]
)
def test_nothing_to_offer(line: str) -> None:
    """Nothing is offered for an entry that has its time, or for what can't be meant."""
    assert new_entry(line).offers == ()


def test_an_offer_for_literal_text() -> None:
    """Text taken as typed can still be given the time that it names."""
    (offer,) = literal("/s 503s since 02:47", CONTEXT).offers
    assert offer.moment.utc is not None
    assert offer.moment.utc < NOW
