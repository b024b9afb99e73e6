"""Typing what happens: the note line through the input, onto the disk."""

from pathlib import Path

import pytest

from storage.model import Kind, Mark, Outcome, Status
from tests.tui.app.running import SEED, at_home, on_incident
from tui.screens.starter import StarterScreen
from tui.screens.timeline import TimelineScreen

TITLE_LINE = "checkout is down"


async def test_the_first_minute(tmp_path: Path) -> None:
    """From an empty home: a title and three lines are a record with kinds and times."""
    async with at_home(tmp_path) as app:
        assert "No incidents yet" in app.painted
        for sign in TITLE_LINE:
            app.post(sign)
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        assert app.incident.title == TITLE_LINE
        assert app.incident.severity is None
        assert "SEV?" in app.painted
        await app.type_line("/s 503 errors on all API endpoints @-5m")
        app.clock.move(60)
        await app.type_line("/a restarted the app servers")
        app.clock.move(60)
        await app.type_line("/r flag service leaks connections @~02:30")
        told = [(e.kind, e.text, f"{e.happened:%H:%M}") for e in app.entries if e.text]
        assert told == [
            ("cause", "flag service leaks connections", "02:30"),
            ("symptom", "503 errors on all API endpoints", "02:42"),
            ("action", "restarted the app servers", "02:48"),
        ]
        assert app.entry("leaks").at.precision == "about"
    assert app.drafts == []


async def test_an_action_is_done(tmp_path: Path) -> None:
    """``/done worked`` closes the newest action, and says which."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.type_line("/done worked")
        action = app.entry("increased")
        assert action.outcome == Outcome.WORKED
        assert action.ref in app.notices
        assert "ctrl+z takes it back" in app.notices
        await app.press("ctrl+z")
        assert app.entries == before


async def test_words_of_a_closing_line_are_kept(tmp_path: Path) -> None:
    """A closing line with words is a note beside, and one undo takes back both."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.type_line("/done worked and the graphs are flat")
        assert app.entry("increased").outcome == Outcome.WORKED
        assert app.texts[-1] == "worked and the graphs are flat"
        await app.press("ctrl+z")
        assert app.entries == before


async def test_nothing_fits_a_closing_line(tmp_path: Path) -> None:
    """The words come back, with a sentence why, and can be recorded after a change."""
    async with on_incident(tmp_path, lines=()) as app:
        await app.type_line("/done worked")
        assert "There is no open action or follow-up that /done could close." in app.notices
        assert app.text == "/done worked"
        await app.press("ctrl+r")
        assert app.texts == ["/done worked"]
        assert app.text == ""


async def test_resolved_offers_the_starter(tmp_path: Path) -> None:
    """The end of an incident is the beginning of its postmortem: F4 is named, and works."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/status resolved")
        assert app.incident.status == Status.RESOLVED
        assert "F4 opens the postmortem starter." in app.notices
        await app.press("f4")
        assert isinstance(app.app.screen, StarterScreen)


async def test_a_title_is_given(tmp_path: Path) -> None:
    """It is on disk and in the header; undo brings the old one back."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/title payments down")
        assert app.incident.title == "payments down"
        assert "The incident is now called 'payments down'." in app.notices
        assert "payments down" in app.rows[0]
        await app.press("ctrl+z")
        assert app.incident.title == "checkout 503s"
        assert "checkout 503s" in app.rows[0]


async def test_severity_and_roles_are_in_the_header(tmp_path: Path) -> None:
    """What a line sets is on disk and visible at once."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/sev 2")
        await app.type_line("/role ic kim")
        assert app.incident.severity == "SEV2"
        assert "SEV2" in app.rows[0]
        assert app.incident.roles["ic"] == "kim"
        assert "kim" in app.rows[0]


async def test_a_line_of_marks_is_for_the_selected_entry(tmp_path: Path) -> None:
    """With an entry selected, and typed from there, marks apply to it; else to one's own last."""
    async with on_incident(tmp_path) as app:
        await app.select("increased")
        await app.write(">kim")
        assert app.text == ">kim"
        await app.press("enter")
        assert app.entry("increased").owner == "kim"
        await app.type_line("/i")
        assert app.entry("dashboards").kind == Kind.IMPACT


async def test_the_preview_names_the_entry_that_a_line_of_marks_is_for(tmp_path: Path) -> None:
    """Before Enter one sees what would be changed."""
    async with on_incident(tmp_path) as app:
        await app.write("@-5m")
        entry = app.entry("dashboards")
        assert f"{entry.ref} dashboards are slow" in app.painted.replace("  ", " ")


async def test_a_bare_key_time(tmp_path: Path) -> None:
    """``/m start`` with a time is an entry of its own and the incident's."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/m start @02:30")
        assert app.entries[0].mark == Mark.IMPACT_STARTED
        assert "impact 00:17" in app.rows[0]


async def test_where_a_backdated_entry_went_is_said(tmp_path: Path) -> None:
    """It is not in view, so the status line says how far up it is."""
    lines = [f"line {number}" for number in range(60)]
    async with on_incident(tmp_path, lines=lines) as app:
        await app.type_line("it began @-50m")
        assert app.notices.startswith("saved 02:47, ")
        assert app.notices.endswith(" rows up.")
        await app.type_line("still going on")
        assert app.notices == "saved 02:47."


async def test_a_line_that_the_filter_hides_is_recorded(tmp_path: Path) -> None:
    """It is on disk, and that it is hidden is said."""
    async with on_incident(tmp_path) as app:
        await app.press("ctrl+f")
        await app.write("zzz")
        await app.press("enter")
        await app.type_line("not what is looked for")
        assert app.texts[-1] == "not what is looked for"
        assert "hidden by the filter" in app.notices


async def test_remarks_are_told(tmp_path: Path) -> None:
    """What in a line was not read as somebody may expect is said after it was recorded."""
    async with on_incident(tmp_path) as app:
        await app.write("/s slow @tomorrow")
        remarks = app.timeline.composer.preview.remarks
        await app.press("enter")
        assert remarks
        assert all(remark in app.notices for remark in remarks)


async def test_a_secret_is_recorded_and_flagged(tmp_path: Path) -> None:
    """It is said at once, with the keys that remove it, and they do."""
    secret = "AKIAIOSFODNN7EXAMPLE"
    async with on_incident(tmp_path) as app:
        await app.type_line(f"the key is {secret}")
        assert "That looks like a secret" in app.notices
        assert "Up, then X, removes the words for good" in app.notices
        await app.press("up", "X", "y")
        await app.until(lambda: "gone for good" in app.notices)
        assert secret.encode() not in b"".join(
            path.read_bytes() for path in app.home.rglob("*") if path.is_file()
        )
        assert "That looks like a secret" not in app.notices


@pytest.mark.parametrize("line", SEED)
async def test_what_is_typed_is_read_as_on_the_command_line(tmp_path: Path, line: str) -> None:
    """The same words make the same entry."""
    async with on_incident(tmp_path / "seeded", lines=[line]) as app:
        seeded = [(e.kind, e.text, e.at, e.owner, e.state) for e in app.entries]
    async with on_incident(tmp_path / "typed", lines=()) as app:
        await app.type_line(line)
        assert [(e.kind, e.text, e.at, e.owner, e.state) for e in app.entries] == seeded


async def test_what_others_record_appears(tmp_path: Path) -> None:
    """A line from another process is on the screen without a key."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        with app.saved() as other:
            from storage.model import Draft

            other.add([Draft(text="from the command line")], "lee")
        await app.until(lambda: "from the command line" in app.painted)
        assert app.text == "half a line"
