"""What a reader sees first: facts, summary, key times."""

import msgspec
import pytest

from storage.model import Entry, Incident, Kind, Mark
from storage.postmortem.material import Material
from storage.postmortem.starter import UNTITLED
from tests.storage.postmortem.scenes import UNKNOWN, Scene, entry_id, moment


def resolved_scene() -> Scene:
    """An incident with all six marks, a symptom and a rollback."""
    scene = Scene()
    scene.change_incident(services=("checkout", "auth"), zone="Europe/Berlin")
    started = Entry(
        id="",
        kind=Kind.SYMPTOM,
        text="503s on checkout",
        said_by="lee",
        mark=Mark.IMPACT_STARTED,
        at=moment(0, about=5),
    )
    scene.add(started)
    scene.add(Entry(id="", kind=Kind.SYMPTOM, text="pager: 5xx", mark=Mark.DETECTED, at=moment(10)))
    scene.mark("acknowledged", 12)
    scene.add(
        Entry(id="", kind=Kind.ACTION, text="rolled back", mark=Mark.MITIGATED, at=moment(30))
    )
    scene.mark("impact_ended", 40)
    scene.mark("resolved", 60)
    return scene


def ref(scene: Scene, number: int) -> str:
    """The printed ref of the n-th entry."""
    return Material(scene.given).ref(scene.entries[number - 1].id).ref


def test_the_document_is_a_draft_that_nobody_owns_yet() -> None:
    """An unread draft can't look finished."""
    assert "- **Document:** Draft, **owner: nobody yet**" in Scene().text("title")


def test_a_document_owner_is_named() -> None:
    """The person who finishes it stands at the top."""
    scene = Scene()
    scene.change_incident(document_owner="kim")
    assert "- **Document:** Draft, owner: kim" in scene.text("title")


def test_facts_come_from_entries() -> None:
    """Severity and status are histories with a ref for every change; dates where they change."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.SEVERITY, severity="SEV2", at=moment(1)))
    scene.add(Entry(id="", kind=Kind.SEVERITY, severity="SEV1", at=moment(9)))
    scene.add(Entry(id="", kind=Kind.STATUS, status="resolved", at=moment(24 * 60)))
    one, two, three = (ref(scene, number) for number in (1, 2, 3))
    text = scene.text("title")
    assert f"- **Severity:** SEV2 from 2026-11-21 02:48 `{one}`, SEV1 from 02:56 `{two}`" in text
    assert f"- **Status:** resolved from 2026-11-22 02:47 `{three}`" in text
    assert "- **Declared:** 2026-11-21 02:50 by dana" in text


def test_what_the_incident_has_not_is_not_invented() -> None:
    """An empty record gives a document that says so."""
    text = Scene(Incident(id=entry_id(1), declared_at=UNKNOWN)).markdown()
    assert text.startswith(f"# {UNTITLED}\n")
    assert "- **Severity:** not recorded" in text
    assert "- **Services:** not recorded" in text
    assert "- **Declared:** time unknown" in text
    assert "Drill" not in text


def test_a_drill_says_so_at_the_top() -> None:
    """Nobody mistakes an exercise for an outage."""
    scene = Scene()
    scene.change_incident(drill=True)
    assert "- **Drill:** yes: an exercise, not a real incident" in scene.text("title")


def test_what_waits_for_people_is_listed_at_the_top() -> None:
    """Whoever finishes the document sees what is left to do; what is done leaves the list."""
    scene = Scene()
    waiting = (
        "summary, impact, detection, causes and contributing factors, what went well, "
        "what went badly, where were we lucky, what surprised us, follow-ups"
    )
    assert f"- **Waiting for people:** {waiting}\n" in scene.text("title")
    scene.add(Entry(id="", text="calm hand-over", section="well"))
    assert "what went well" not in scene.text("title")


def test_custom_fields_and_a_merge_are_told() -> None:
    """What people set on the incident is in the document."""
    scene = Scene()
    scene.change_incident(fields={"team": "payments"}, merged_into=entry_id(5))
    text = scene.text("title")
    assert "- team: payments" in text
    assert "- **Merged into:** `" in text


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "- **Times:** UTC\n"),
        (
            "Europe/Berlin",
            "- **Times:** Europe/Berlin (UTC+01:00); the timeline has UTC beside it\n",
        ),
        ("Mars/Olympus", "- **Times:** UTC; the home zone “Mars/Olympus” is not known here\n"),
    ],
)
def test_the_zone_is_stated(zone: str, said: str) -> None:
    """No time in the document is without its zone."""
    scene = Scene()
    scene.change_incident(zone=zone)
    assert said in f"{scene.text('title')}\n"


def test_every_slot_of_the_summary_is_a_quotation_with_its_ref() -> None:
    """The machine's sentence says nothing that no entry says."""
    scene = resolved_scene()
    one, two, four, five = (ref(scene, number) for number in (1, 2, 4, 5))
    first, *_ = scene.text("summary").split("\n")
    assert first == (
        f"Between 2026-11-21 ~03:47 ± 5 min `{one}` and 04:27 `{five}` (Europe/Berlin), "
        f"checkout, auth: “503s on checkout” (lee (noted by dana)) `{one}`. "
        f"Detected by “pager: 5xx” (dana) at 03:57 `{two}`. "
        f"Mitigated by “rolled back” (dana) at 04:17 `{four}`."
    )


def test_empty_slots_of_the_summary_say_not_recorded() -> None:
    """A gap is a gap, whatever else the record may suggest."""
    scene = Scene()
    scene.say(Kind.ACTION, "rolled back")
    first, *_ = scene.text("summary").split("\n")
    assert first == (
        "Between (impact started: not recorded) and (impact ended: not recorded) (UTC), "
        "(services: not recorded): (symptom: not recorded). Detected: not recorded. "
        "Mitigated: not recorded."
    )


def test_a_mark_alone_names_nobody() -> None:
    """Marking "detected" does not make the one who marked it the one who detected."""
    scene = Scene()
    scene.mark("detected", 5, "Detected")
    assert "Detected at 2026-11-21 02:52 `" in scene.text("summary")


def test_people_confirm_the_summary() -> None:
    """Until somebody does there is a box; then their words stand first, with their name."""
    scene = resolved_scene()
    assert scene.text("summary").endswith("\n\n- [ ] nobody has written this yet")
    scene.add(Entry(id="", text="Checkout was down.", author="kim", section="summary"))
    own, machine = scene.text("summary").split("\n\n")
    assert own.startswith("- Checkout was down. — kim, 2026-11-21 03:54 `")
    assert machine.startswith("From the record: Between ")


def test_key_times_show_every_mark_and_its_entry() -> None:
    """Six rows always; home zone, UTC, the words an approximate time was given in."""
    scene = Scene()
    scene.change_incident(zone="Europe/Berlin")
    scene.add(Entry(id="", mark="impact_started", at=moment(0, about=30, given="02:??")))
    rows = scene.text("key_times").split("\n")
    assert rows[0] == "| Key time | Europe/Berlin | UTC | Entry |"
    assert rows[2] == (
        "| impact started | 2026-11-21 ~03:47 ± 30 min (“02:??”) "
        f"| 2026-11-21 ~02:47 ± 30 min | `{ref(scene, 1)}` |"
    )
    assert rows[3:8] == [
        f"| {name} | not recorded |  |  |"
        for name in ("detected", "acknowledged", "mitigated", "impact ended", "resolved")
    ]


def test_durations_show_formula_and_entries() -> None:
    """A number never goes without where it comes from."""
    scene = resolved_scene()
    text = scene.text("key_times")
    one, two = ref(scene, 1), ref(scene, 2)
    assert f"| time to detect | 10 min ± 5 | detected - impact started | `{two}` `{one}` |" in text
    assert "| customer impact | 40 min ± 5 | impact ended - impact started |" in text


def test_missing_durations_say_what_they_lack() -> None:
    """Not recorded, with what to record, and the ref of what there is."""
    scene = Scene()
    scene.mark("detected", 5)
    text = scene.text("key_times")
    lacks = "not recorded (impact started is missing)"
    assert f"| time to detect | {lacks} | detected - impact started | `{ref(scene, 1)}` |" in text


def test_a_negative_duration_is_remarked_on() -> None:
    """A mistyped mark is shown, not hidden and not mended."""
    scene = Scene()
    scene.mark("impact_started", 10)
    scene.mark("detected", 4)
    told = "−6 min (negative: detected is recorded before impact started)"
    assert f"| time to detect | {told} |" in scene.text("key_times")


def test_one_column_when_home_is_utc() -> None:
    """No column says what the next one says too."""
    scene = resolved_scene()
    scene.change_incident(zone="UTC")
    assert scene.text("key_times").startswith("| Key time | UTC | Entry |\n")
    assert scene.text("timeline").startswith("| UTC | Who | What | Entry |\n")


def test_printed_refs_have_six_digits_at_least() -> None:
    """A document outlives its record; the record's own longer ref is kept."""
    scene = Scene()
    scene.say(Kind.NOTE, "one")
    assert len(ref(scene, 1)) == 6
    scene.entries[0] = msgspec.structs.replace(scene.entries[0], ref=f"{ref(scene, 1)}00")
    assert len(ref(scene, 1)) == 8


def test_the_summary_tells_the_symptom_with_which_the_impact_started() -> None:
    """What was seen before the impact is not taken for it."""
    scene = Scene()
    scene.say(Kind.SYMPTOM, "disk is slow", 1)
    started = Entry(id="", kind=Kind.SYMPTOM, text="503s", mark="impact_started", at=moment(9))
    scene.add(started)
    assert "“503s”" in scene.text("summary").split("\n")[0]
