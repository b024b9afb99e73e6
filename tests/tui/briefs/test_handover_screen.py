"""The hand-over on the screen: who gives, who takes, and what the record says of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import DiskFull
from storage.model import Entry, Kind
from storage.record import Record
from tests.storage.builders import START, Clock, note
from tests.tui.briefs.hosting import Stage, stage
from tests.tui.instruments.scenes import incident_of
from tui.instruments.roles import Holding
from tui.instruments.topics import Topic
from tui.screens.handover import HandoverDone


@pytest.fixture
def clock() -> Clock:
    """Stands at the declaration."""
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    """An incident that nobody commands."""
    return incident_of(tmp_path, clock)


def command_of(record: Record, **fields: object) -> Entry:
    """Record who gets the command."""
    return note(record, "", **{"kind": Kind.ROLE, "role": "ic", **fields})


def roles(it: Stage[object]) -> list[Entry]:
    """The role entries that stand in the record."""
    return it.app.open.entries(Topic.ROLE)


def said(it: Stage[object]) -> str:
    """The sentence that the screen ended with."""
    done = it.ended[-1]
    assert isinstance(done, HandoverDone)
    return done.said


async def test_the_command_is_handed_over(record: Record, clock: Clock) -> None:
    """One role entry says from whom and to whom; until it is taken the giver commands."""
    command_of(record, role_to="dana")
    note(record, "look at the [b]pool[/b]", kind=Kind.ACTION, owner="lee")
    async with stage(record, clock) as it:
        await it.handover()
        assert "“look at the [b]pool[/b]”" in it.told("#handover-text")
        assert it.told("#handover-state") == "IC: dana."
        await it.type("le")
        assert it.told("#handover-state") == "Enter records: IC dana -> lee."
        await it.press("enter")
        assert said(it) == "IC handed over to lee, who has not taken it yet."
        entry = roles(it)[-1]
        assert (entry.role, entry.role_from, entry.role_to) == ("ic", "dana", "lee")
        assert entry.accepted_at is None
        assert it.app.open.command() == Holding(
            role="ic", holder="dana", successor="lee", entry=entry.id
        )


async def test_the_successor_takes_it_with_one_key(record: Record, clock: Clock) -> None:
    """The moment of taking over stands in the record, as the giving does."""
    command_of(record, role_to="dana")
    entry = command_of(record, role_from="dana", role_to="lee")
    async with stage(record, clock) as it:
        await it.handover()
        assert it.told("#handover-state") == "IC dana -> lee, not yet taken."
        assert it.told("#handover-keys").startswith("h lee: I have it   b call it back")
        clock.move(90)
        await it.press("h")
        assert said(it) == "lee is IC."
        assert roles(it)[-1].id == entry.id
        assert roles(it)[-1].accepted_at == START + timedelta(seconds=90)
        assert it.app.open.command() == Holding(role="ic", holder="lee", entry=entry.id)


async def test_a_hand_over_is_called_back(record: Record, clock: Clock) -> None:
    """Whoever gave it can take it back before the other picks it up."""
    first = command_of(record, role_to="dana")
    entry = command_of(record, role_from="dana", role_to="lee")
    async with stage(record, clock) as it:
        await it.handover()
        await it.press("b")
        assert said(it) == "The hand-over to lee is called back. dana is IC."
        assert it.app.open.command() == Holding(role="ic", holder="dana", entry=first.id)
        assert it.app.keeper.record.entry(entry.id).deleted


async def test_who_is_alone_takes_the_command_with_one_key(record: Record, clock: Clock) -> None:
    """Nobody has to type their own name at 3 AM."""
    async with stage(record, clock) as it:
        await it.handover()
        assert it.told("#handover-state") == "IC: nobody."
        assert "ctrl+o I am IC" in it.told("#handover-keys")
        await it.press("ctrl+o")
        assert said(it) == "dana is IC."
        (entry,) = roles(it)
        assert (entry.role, entry.role_from, entry.role_to) == ("ic", None, "dana")
        assert entry.accepted_at == START


async def test_who_takes_over_from_somebody_has_it_at_once(record: Record, clock: Clock) -> None:
    """The one who writes their own name need not be asked whether they have it."""
    command_of(record, role_to="kim")
    async with stage(record, clock) as it:
        await it.handover()
        await it.type("dana")
        await it.press("enter")
        assert said(it) == "dana is IC."
        assert it.app.open.command().holder == "dana"
        assert roles(it)[-1].role_from == "kim"


async def test_the_role_in_use_is_handed_over(record: Record, clock: Clock) -> None:
    """Who is called lead here stays called lead."""
    command_of(record, role="lead", role_to="dana")
    async with stage(record, clock) as it:
        await it.handover()
        await it.type("somebody new")
        told = "Enter records: lead dana -> somebody new, a name that nothing here knows yet."
        assert it.told("#handover-state") == told
        await it.press("enter")
        assert (roles(it)[-1].role, roles(it)[-1].role_to) == ("lead", "somebody new")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Nobody is named. Type who takes over, then press Enter."),
        ("dana", "dana is IC already."),
    ],
)
async def test_what_changes_nothing_is_not_recorded(
    record: Record, clock: Clock, typed: str, sentence: str
) -> None:
    """A slip of the keys leaves no entry, and says why."""
    command_of(record, role_to="dana")
    async with stage(record, clock) as it:
        await it.handover()
        await it.type(typed)
        await it.press("enter")
        assert it.told("#handover-said") == sentence
        await it.press("ctrl+o")
        assert it.told("#handover-said") == "dana is IC."
        assert len(roles(it)) == 1


async def test_letters_are_names_unless_a_hand_over_waits(record: Record, clock: Clock) -> None:
    """A successor called hob is no key."""
    command_of(record, role_to="dana")
    async with stage(record, clock) as it:
        await it.handover()
        await it.type("hob")
        assert it.ended == []
        assert "IC dana -> hob" in it.told("#handover-state")


async def test_what_the_field_shows_is_what_is_recorded(record: Record, clock: Clock) -> None:
    """Nobody hands over to "le" because the rest of the name was only grey."""
    command_of(record, role_to="dana")
    async with stage(record, clock) as it:
        await it.handover()
        await it.type("LE")
        assert it.told("#handover-state") == "Enter records: IC dana -> lee."
        await it.type(" ")
        assert "IC dana -> LE, a name" in it.told("#handover-state")
        await it.press("backspace", "tab", "enter")
        assert roles(it)[-1].role_to == "lee"


async def test_a_failure_is_said_and_nothing_is_claimed(
    record: Record, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads "dana is IC" may rely on it."""

    def refuse(*_: object) -> None:
        raise DiskFull("There is no room on the disk.")

    async with stage(record, clock) as it:
        await it.handover()
        monkeypatch.setattr(Record, "add", refuse)
        await it.press("ctrl+o")
        assert it.told("#handover-said") == "Not recorded. There is no room on the disk."
        assert it.ended == []
        assert it.app.open.command().holder is None


async def test_what_others_do_meanwhile_is_shown(record: Record, clock: Clock) -> None:
    """Two who want to help don't both take the command."""
    async with stage(record, clock, follows=False) as it:
        await it.handover()
        draft = {"kind": Kind.ROLE, "role": "ic", "role_to": "kim"}
        await it.app.keeper.act(lambda record: note(record, "", **draft))
        await it.pilot.pause()
        assert it.told("#handover-state") == "IC: kim."
        await it.press("ctrl+o")
        assert it.told("#handover-said") == "kim is IC."
        assert len(roles(it)) == 1


async def test_the_brief_can_be_copied_and_read_to_its_end(record: Record, clock: Clock) -> None:
    """At 80x24 everything can be reached without leaving the name."""
    command_of(record, role_to="dana")
    for number in range(10):
        note(record, f"decision {number}", kind=Kind.DECISION)
    async with stage(record, clock, size=(80, 24)) as it:
        screen = await it.handover()
        await it.press("ctrl+l")
        assert it.app.copied == [screen.brief]
        brief = screen.query_one("#handover-brief")
        await it.press("pagedown")
        assert brief.scroll_y > 0
        await it.press("pageup", "pageup")
        assert brief.scroll_y == 0
        await it.press("escape")
        assert it.ended == [None]
        assert len(roles(it)) == 1
