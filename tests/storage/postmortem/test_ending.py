"""What is left: human questions, follow-ups, open questions, messages, appendix, closing line."""

import hashlib

import pytest

from storage.model import Clip, Entry, FollowupType, Kind, Section
from storage.postmortem.document import FilledBy
from tests.storage.postmortem.scenes import Scene


@pytest.mark.parametrize(
    ("section", "title"),
    [
        ("well", "What went well?"),
        ("badly", "What went badly?"),
        ("lucky", "Where were we lucky?"),
        ("surprised", "What surprised us?"),
    ],
)
def test_questions_for_people(section: str, title: str) -> None:
    """A question and an empty box, then the words and name of whoever wrote there."""
    scene = Scene()
    assert f"\n## {title}\n\n- [ ] nobody has written this yet\n" in scene.markdown()
    scene.add(Entry(id="", text="the runbook\nwas right", author="kim", section=section))
    answer = "- the runbook\\\n  was right — kim, 2026-11-21 02:48 `"
    assert scene.text(section).startswith(answer)
    assert f"## {title}\n\n- [ ]" not in scene.markdown()


def test_every_section_that_people_fill_waits_and_is_filled() -> None:
    """The nine parts of the model's Section all have a place in the document."""
    for part in Section:
        scene = Scene()
        section = scene.section(part)
        assert (section.filled_by, section.waits) == (FilledBy.PERSON, True)
        scene.add(Entry(id="", text="our words", author="kim", section=part))
        assert not scene.section(part).waits
        assert "our words — kim" in scene.text(part)


def test_follow_ups_are_all_listed_and_none_is_chosen() -> None:
    """Every one that was said, log or story, with blanks where nobody decided."""
    scene = Scene()
    scene.add(
        Entry(
            id="",
            kind=Kind.FOLLOWUP,
            text="alert on pool",
            owner="sam",
            due="2026-12-01",
            followup_type=FollowupType.DETECT,
            ticket="https://jira.a.b/browse/OPS-1",
            state="open",
        )
    )
    scene.add(Entry(id="", kind=Kind.FOLLOWUP, text="runbook", story=False, ticket="OPS-2"))
    table, asks, box = scene.text("followups").split("\n\n")
    rows = [row.rsplit(" | ", 1)[0] for row in table.split("\n")]
    assert rows[0].endswith("| Not chosen because")
    assert rows[2:] == [
        "| alert on pool | sam | 2026-12-01 | detect "
        "| [jira.a.b/browse/OPS-1](https://jira.a.b/browse/OPS-1) | open | dana | ",
        "| runbook | nobody yet | not recorded | not recorded | OPS-2 |  | dana | ",
    ]
    assert asks.startswith("**Which of these will be done")
    assert box == "- [ ] nobody has written this yet"


def test_open_questions_name_who_asked_and_what_was_answered() -> None:
    """An answer is quoted from the entry that gives it, or as it was written down."""
    scene = Scene()
    answer = scene.say(Kind.NOTE, "sam did, at noon")
    scene.add(Entry(id="", kind=Kind.QUESTION, text="who deployed?", answer=answer.id))
    scene.add(Entry(id="", kind=Kind.QUESTION, text="why?", answer="no idea"))
    scene.add(Entry(id="", kind=Kind.QUESTION, text="canary?", author="kim"))
    rows = [row.split(" | ")[1:4] for row in scene.text("open_questions").split("\n")[2:]]
    assert rows[0][2].startswith("“sam did, at noon” — dana, 2026-11-21 02:48 `")
    assert rows[1:] == [["why?", "dana", "no idea"], ["canary?", "kim", "**unanswered**"]]


def test_messages_are_told_line_by_line() -> None:
    """What others were told, imported ones too."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.UPDATE, text="Conditions: down\nNeeds: none", story=False))
    text = scene.text("messages")
    assert text.startswith("- 2026-11-21 02:48, dana `")
    assert text.endswith("`: Conditions: down\\\n  Needs: none")


def test_the_closing_line_names_what_is_not_recorded() -> None:
    """Machine sections with nothing in them are named once and not printed."""
    scene = Scene()
    closing = "\n\nNothing recorded: responders, timeline, actions, decisions, changes, ruled out, "
    assert f"{closing}open questions, messages.\n\n" in scene.markdown()
    scene.say(Kind.DECISION, "roll back")
    assert "\n## Decisions\n" in scene.markdown()
    assert "Nothing recorded: actions, changes, ruled out, open questions, messages.\n" in (
        scene.markdown()
    )


def test_a_full_record_has_no_closing_line() -> None:
    """No line about nothing."""
    scene = Scene()
    scene.mark("impact_started", 0)
    scene.say(Kind.CHANGE, "deploy", -5)
    scene.add(Entry(id="", kind=Kind.CAUSE, text="dns", claim="ruled_out"))
    for kind in (Kind.ACTION, Kind.DECISION, Kind.QUESTION, Kind.UPDATE):
        scene.say(kind, "x")
    assert "Nothing recorded" not in scene.markdown()


def test_the_full_log_is_there_when_asked_for() -> None:
    """Without it the log-only entries are counted, with it they are told."""
    scene = Scene()
    scene.add(Entry(id="", text="noise", source="import:slack", story=False))
    scene.say(Kind.SYMPTOM, "503s")
    assert "noise" not in scene.markdown()
    assert "2 entries on record, 1 in the story. The full log is left out" in scene.text("sources")
    rows = scene.text("log", with_log=True).split("\n")
    assert "| dana | import:slack |  | noise | `" in rows[2]
    assert "| dana | typed | yes | symptom: 503s | `" in rows[3]
    assert "left out" not in scene.text("sources", with_log=True)


def test_output_stands_in_the_appendix() -> None:
    """Tables stay tables; the last lines of a command's output are fenced, with their entry."""
    scene = Scene()
    scene.add(
        Entry(
            id="",
            kind=Kind.ACTION,
            text="make deploy",
            source="shell",
            exit_code=2,
            seconds=3,
            body="\n".join(f"line {n}" for n in range(50)),
        )
    )
    head, output = scene.text("evidence").split("\n\n")
    assert "` 2026-11-21 02:48, dana: make deploy (exit 2 after 3 s). Last 40 of 50 lines" in head
    assert output.startswith("```text\nline 10\nline 11\n")
    assert output.endswith("\nline 49\n```")
    assert "line 0\n" in scene.text("evidence", with_log=True)
    assert scene.text("timeline").count("line") == 0


def test_endless_lines_of_output_are_cut() -> None:
    """One line of a megabyte does not drown the document."""
    scene = Scene()
    scene.add(Entry(id="", text="cat", body="x" * 20_000 + "end"))
    assert len(scene.text("evidence")) < 11_000
    assert "cat. Last 10,000 characters\n" in scene.text("evidence")
    assert scene.text("evidence").endswith("xend\n```")


def test_pasted_text_is_told_whole_below_the_tables() -> None:
    """A stack trace pasted as one entry leaves the timeline readable and loses nothing."""
    scene = Scene()
    scene.say(Kind.SYMPTOM, "Traceback:\n" + "  in call\n" * 100 + "ValueError")
    row = scene.text("timeline").split("\n")[2]
    assert "| symptom: Traceback: / in call" in row
    assert "… (whole text below) |" in row
    assert len(row) < 400
    head, output = scene.text("evidence").split("\n\n")
    assert "Traceback: / in call" not in output
    assert output.endswith("  in call\nValueError\n```")
    assert "dana: Traceback:" in head


def test_output_of_log_only_entries_comes_with_the_log() -> None:
    """What is not in the story does not bring its output either."""
    scene = Scene()
    scene.add(Entry(id="", text="noise", body="trace", story=False))
    assert "trace" not in scene.markdown()
    assert "```text\ntrace\n```" in scene.markdown(with_log=True)


def test_sources_have_hashes() -> None:
    """Two exports can be compared, and a clip can be found and checked."""
    scene = Scene()
    first = scene.add(Entry(id="", text="x", as_written="/n x", source="typed"))
    scene.add(Entry(id="", text="y", source="voice", clip=Clip("a.wav", "ab12", 3.5)))
    digest = hashlib.sha256(f"{first.id} /n x\n".encode()).hexdigest()
    text = scene.text("sources")
    assert f"| typed | 1 | {digest} |" in text
    assert "| a.wav | 3.5 | ab12 | `" in text
