"""What happened: impact, people, detection, timeline, attempts, decisions, changes, claims."""

from datetime import UTC, datetime

import msgspec
import pytest

from storage.model import Entry, Kind, Moment, Precision
from tests.storage.postmortem.scenes import START, UNKNOWN, Scene, entry_id, moment


def cells(scene: Scene, section: str, column: int, with_log: bool = False) -> list[str]:
    """One column of the section's last table, without its head."""
    table = scene.text(section, with_log).split("\n\n")[-1].split("\n")[2:]
    return [row.split(" | ")[column].strip("| ") for row in table]


def test_impact_is_quoted_and_its_numbers_stay_blank() -> None:
    """A missing number is a visible blank; nobody's words are reworded."""
    scene = Scene()
    scene.say(Kind.IMPACT, "4,000 checkouts failed", 5)
    text = scene.text("impact")
    assert text.startswith("- “4,000 checkouts failed” — dana, 2026-11-21 02:52 `")
    assert "**Who was affected, how many, and what could they not do?**" in text
    assert "- [ ] How many customers or requests: nobody has written this yet" in text


def test_impact_that_people_filled_has_no_blanks() -> None:
    """Their words, their name, and no box."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.IMPACT, text="412 customers", author="kim", section="impact"))
    text = scene.text("impact")
    assert "- 412 customers — kim, " in text
    assert "[ ]" not in text
    assert text.count("412 customers") == 1


def test_responders_are_counted_in_the_story() -> None:
    """Speaker, writer and owner each took part; whoever only reviewed did not."""
    scene = Scene()
    scene.add(Entry(id="", text="saw it", author="dana", said_by="lee"))
    scene.add(Entry(id="", kind=Kind.ACTION, text="restart", author="dana", owner="sam"))
    scene.add(Entry(id="", kind=Kind.ROLE, role="commander", role_to="dana"))
    scene.add(Entry(id="", text="went fine", author="reviewer", section="well"))
    scene.add(Entry(id="", text="noise", author="bot", story=False))
    people, roles = scene.text("responders").split("\n\n")
    assert people.split("\n")[2:] == [
        "| lee |  | 1 |  |  |",
        "| dana | commander | 2 | 1 |  |",
        "| sam |  |  |  | 1 |",
    ]
    assert roles.split("\n")[2].startswith("| 2026-11-21 02:50 | commander |  | dana |  | `")


def test_hand_overs_say_whether_they_were_taken() -> None:
    """A hand-over that nobody confirmed is told as such."""
    scene = Scene()
    given = {"kind": Kind.ROLE, "role": "commander", "role_from": "dana", "role_to": "lee"}
    scene.add(msgspec.convert({"id": "", **given}, Entry))
    scene.add(msgspec.convert({"id": "", **given, "accepted_at": START}, Entry))
    assert cells(scene, "responders", 2) == ["dana", "dana"]
    assert cells(scene, "responders", 4) == ["not recorded", "yes"]


def test_detection_names_the_mark_and_the_first_symptom() -> None:
    """What saw it first, with its source, and the question that only people can answer."""
    scene = Scene()
    scene.say(Kind.SYMPTOM, "503s", 0)
    scene.add(Entry(id="", text="alert", mark="detected", source="import:pagerduty", at=moment(7)))
    text = scene.text("detection")
    assert "- Marked detected: “alert” — dana, 2026-11-21 02:54 `" in text
    assert "(source: import:pagerduty)" in text
    assert "- First symptom: “503s” — dana, 2026-11-21 02:47 `" in text
    assert "how could detection have taken half as long?**\n\n- [ ] nobody" in text
    assert "Time to detect" not in text


def test_an_alert_in_the_log_may_have_seen_it_first() -> None:
    """What was imported counts, though nobody has put it into the story."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.SYMPTOM, text="alert", story=False, at=moment(-3)))
    scene.say(Kind.SYMPTOM, "503s", 0)
    assert "- First symptom: “alert” — dana, 2026-11-21 02:44 `" in scene.text("detection")


def test_detection_tells_its_time_when_there_is_one() -> None:
    """The number to halve stands above the question."""
    scene = Scene()
    scene.mark("impact_started", 0)
    scene.mark("detected", 8)
    assert "Time to detect: 8 min (detected - impact started) `" in scene.text("detection")


def test_the_timeline_tells_the_story_in_order() -> None:
    """Time with its precision, who, kind and words, ref; log entries are left out."""
    scene = Scene()
    scene.change_incident(zone="Europe/Berlin")
    scene.say(Kind.SYMPTOM, "503s", 0)
    scene.add(Entry(id="", text="noise", story=False))
    scene.add(Entry(id="", text="odd load", said_by="lee", at=moment(14 * 60, about=30)))
    rows = scene.text("timeline").split("\n")
    assert rows[0] == "| Europe/Berlin | UTC | Who | What | Entry |"
    assert [row.rsplit(" | ", 1)[0] for row in rows[2:]] == [
        "| 2026-11-21 03:47 | 2026-11-21 02:47 | dana | symptom: 503s",
        "| ~17:47 ± 30 min | ~16:47 ± 30 min | lee (noted by dana) | odd load",
    ]


def test_marks_stand_out_in_the_timeline() -> None:
    """The six moments are found at a glance; a claim that lost does not look as if it had won."""
    scene = Scene()
    scene.mark("detected", 1)
    scene.add(Entry(id="", text="seen here too", mark="detected"))
    scene.add(Entry(id="", kind=Kind.STATUS, status="resolved", mark="resolved"))
    assert cells(scene, "timeline", 2) == [
        "**DETECTED**",
        "(also marked detected) seen here too",
        "**RESOLVED** status: resolved",
    ]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (Entry(id="", kind="cause", text="leak"), "ROOT CAUSE? leak"),
        (
            Entry(id="", kind="cause", text="leak", claim="confirmed"),
            "ROOT CAUSE (confirmed): leak",
        ),
        (Entry(id="", kind="cause", text="dns", claim="ruled_out"), "ROOT CAUSE? (ruled out) dns"),
        (Entry(id="", kind="status", status="monitoring"), "status: monitoring"),
        (
            Entry(id="", kind="status", status="monitoring", text="errors gone"),
            "status: monitoring. errors gone",
        ),
        (Entry(id="", kind="severity", severity="SEV1", text="SEV1 now"), "severity: SEV1 now"),
        (
            Entry(id="", kind="role", role="comms", role_from="lee", role_to="kim"),
            "role: comms, lee to kim",
        ),
        (Entry(id="", kind="weather", text="rain"), "weather: rain"),
        (Entry(id="", kind="followup", text="alert"), "follow-up: alert"),
        (
            Entry(
                id="", kind="action", text="ls", exit_code=1, seconds=12.4, body="x", owner="lee"
            ),
            "action: ls (owner lee; exit 1 after 12 s; output below)",
        ),
        (
            Entry(id="", kind="symptom", text="503s", at=moment(0), cleared_at=moment(20, about=5)),
            "symptom: 503s (cleared after 20 min ± 5)",
        ),
        (
            Entry(id="", text="restarted ardis", doubtful=((10, 15),)),
            "restarted ardis (heard unclearly: “ardis”)",
        ),
        (
            Entry(id="", text="odd", at=UNKNOWN, recorded_at=START),
            "odd (recorded 2026-11-21 02:47)",
        ),
        (
            Entry(id="", text="graph", links=("https://a.b/c", "javascript:x")),
            "graph [a.b/c](https://a.b/c) javascript:x",
        ),
    ],
)
def test_what_a_row_says(entry: Entry, told: str) -> None:
    """Kind, words and what came of it, and no more."""
    scene = Scene()
    scene.add(entry)
    assert cells(scene, "timeline", 2) == [told]


def test_notes_that_fill_a_section_are_told_there_only() -> None:
    """The retrospective of the next day is no part of what happened; a symptom always is."""
    scene = Scene()
    scene.add(Entry(id="", text="lucky us", section="lucky"))
    scene.add(Entry(id="", text="odd", section="a newer section"))
    scene.add(Entry(id="", kind=Kind.SYMPTOM, text="503s", section="detection"))
    assert cells(scene, "timeline", 2) == ["odd", "symptom: 503s"]


def test_a_timeline_over_a_clock_change() -> None:
    """The hour that repeats is told apart by its offset."""
    scene = Scene()
    scene.change_incident(zone="Europe/Berlin")
    for hour in (0, 1):
        utc = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        scene.add(Entry(id="", text="x", at=Moment(utc=utc, precision=Precision.MINUTE)))
    assert cells(scene, "timeline", 0) == ["2026-10-25 02:30", "02:30 UTC+01:00"]


def test_what_we_tried() -> None:
    """Actions in order with owner, outcome and how long; nothing said is not recorded."""
    scene = Scene()
    scene.add(
        Entry(
            id="",
            kind=Kind.ACTION,
            text="restarted",
            owner="lee",
            outcome="no_effect",
            at=moment(0),
            done_at=moment(4, about=1),
            time_box=10,
        )
    )
    scene.add(Entry(id="", kind=Kind.ACTION, text="drain", state="open", owner="sam"))
    scene.add(Entry(id="", kind=Kind.ACTION, text="undo", exit_code=0, seconds=90))
    scene.add(Entry(id="", kind=Kind.ACTION, text="looked", state="dropped", outcome="unknown"))
    scene.add(Entry(id="", kind=Kind.ACTION, text="unpinned", story=False))
    rows = [row.split(" | ")[1:5] for row in scene.text("actions").split("\n")[2:]]
    assert rows == [
        ["restarted (time box 10 min)", "lee", "no effect", "4 min ± 1"],
        ["drain", "sam", "still open", "not recorded"],
        ["undo", "", "exit 0", "1 min 30 s"],
        ["looked", "", "dropped, unknown", "not recorded"],
    ]


def test_a_change_after_impact_began_is_an_attempt() -> None:
    """A rollback is told under what we tried; an earlier deploy is not."""
    scene = Scene()
    scene.mark("impact_started", 0)
    scene.say(Kind.CHANGE, "deployed", -5)
    scene.say(Kind.CHANGE, "rolled back", 5)
    assert cells(scene, "actions", 1) == ["change: rolled back"]
    assert cells(scene, "changes", 2) == ["deployed"]


def test_decisions_keep_their_rationale_as_said() -> None:
    """Why, in their words, or that nobody said why."""
    scene = Scene()
    scene.add(
        Entry(
            id="",
            kind=Kind.DECISION,
            text="roll back",
            rationale="the deploy is the only change",
            rejected=("scale up", "wait"),
        )
    )
    scene.say(Kind.DECISION, "page the DBA")
    rows = [row.split(" | ")[1:5] for row in scene.text("decisions").split("\n")[2:]]
    assert rows == [
        ["roll back", "dana", "“the deploy is the only change”", "“scale up”, “wait”"],
        ["page the DBA", "dana", "not recorded", ""],
    ]


def change(number: int, minutes: float, text: str) -> Entry:
    """A change of another record."""
    return Entry(
        id=entry_id(number),
        kind=Kind.CHANGE,
        text=text,
        at=moment(minutes),
        author="ci",
        story=False,
    )


def test_changes_of_the_48_hours_before() -> None:
    """This record's and others', in order, with how long before; older and later ones are not."""
    scene = Scene()
    scene.mark("impact_started", 0)
    scene.elsewhere = [
        change(71, -49 * 60, "too old"),
        change(72, -47 * 60, "flag on"),
        change(73, 5, "too late"),
    ]
    scene.add(
        Entry(id="", kind=Kind.CHANGE, text="deploy", risk="sessions", watch="401s", at=moment(-90))
    )
    section = scene.section("changes")
    assert section.title == "Changes in the 48 h before impact started"
    assert cells(scene, "changes", 1) == ["47 h", "1 h 30 min"]
    assert cells(scene, "changes", 2) == [
        "flag on",
        "deploy — risk: “sessions” — watch: “401s”",
    ]
    assert cells(scene, "changes", 4) == ["", ""]


def test_only_people_make_a_change_a_suspect() -> None:
    """A change is named as a cause by those who cited it, with their claim's status."""
    scene = Scene()
    scene.mark("impact_started", 0)
    deploy = scene.say(Kind.CHANGE, "deploy", -90)
    for claim in ("proposed", "confirmed"):
        scene.add(
            Entry(
                id="", kind=Kind.CAUSE, text="x", claim=claim, evidence=(deploy.id,), author="lee"
            )
        )
    (named,) = cells(scene, "changes", 4)
    assert named.replace("`", "").split()[::3] == ["lee", "lee"]
    assert "(suspect)" in named
    assert "(cause)" in named


def test_an_uncertain_beginning_widens_the_window() -> None:
    """A change that may have come first is listed, and told as an attempt if it may not have."""
    scene = Scene()
    scene.add(Entry(id="", mark="impact_started", at=moment(0, about=30)))
    scene.say(Kind.CHANGE, "restart", 10)
    assert cells(scene, "changes", 1) == ["−10 min ± 30"]
    assert cells(scene, "actions", 1) == ["change: restart"]


def test_without_a_beginning_the_declaration_counts_and_is_named() -> None:
    """Nothing is guessed: the heading says from when the 48 hours are counted."""
    scene = Scene()
    scene.say(Kind.CHANGE, "deploy", -90)
    assert scene.section("changes").title == "Changes in the 48 h before it was declared"
    assert scene.text("changes").startswith("When impact started is not recorded; counted from")
    scene.change_incident(declared_at=UNKNOWN)
    assert scene.section("changes").blocks == ()


def test_claims_belong_to_who_made_them() -> None:
    """Never a conclusion: who said it, when, status, owner and evidence."""
    scene = Scene()
    seen = scene.say(Kind.SYMPTOM, "pool is full", 1)
    scene.add(
        Entry(id="", kind=Kind.CAUSE, text="flag service leaks", said_by="lee", evidence=(seen.id,))
    )
    scene.add(Entry(id="", kind=Kind.CAUSE, text="limit", claim="confirmed", owner="kim"))
    first, second = scene.text("causes").split("\n\n")[0].split("\n")
    assert first.startswith("- **ROOT CAUSE?** “flag service leaks” — lee (noted by dana), 2026-")
    assert ". Status: proposed. Owner: nobody yet. Evidence: `" in first
    assert second.startswith("- **ROOT CAUSE** “limit” — dana, 2026-11-21 02:50 `")
    assert second.endswith(". Status: confirmed. Owner: kim. Evidence: not recorded")


def test_ruled_out_claims_stand_apart() -> None:
    """What it was not is kept, away from what it may have been."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.CAUSE, text="dns", claim="ruled_out"))
    assert scene.text("ruled_out").startswith("- “dns” — dana, ")
    assert "dns" not in scene.text("causes")


def test_deleted_claims_are_gone() -> None:
    """What somebody took back is nowhere in the document, not even when it is cited."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.CAUSE, text="blame sam", deleted=True))
    scene.add(Entry(id="", kind=Kind.CAUSE, text="leak", evidence=(scene.entries[0].id,)))
    assert "sam" not in scene.markdown(with_log=True)
    assert "Evidence: `" in scene.text("causes")


def test_evidence_that_is_no_entry_does_no_harm() -> None:
    """A file edited by hand can't keep anybody from their document, nor break it."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.CAUSE, text="leak", evidence=("`x` | **y**", entry_id(99))))
    assert scene.text("causes").split("\n")[0].split("Evidence: `??????` `")[1].endswith("`")
