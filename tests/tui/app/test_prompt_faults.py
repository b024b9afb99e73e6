"""Words that are asked for, while others write, the disk fails, or something else is begun."""

import errno
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.drafts import find_drafts
from storage.model import Kind
from tests.tui.app.running import NARROW, WIDE, Running, on_incident
from tests.tui.app.test_bad_disk import refusing, slow
from tests.tui.app.test_entry_acts import ACTION, NOTE, QUESTION
from tests.tui.waiting import until
from tui.screens.timeline import TimelineScreen


async def other_edits(app: Running, words: str, **changes: str | bool) -> None:
    """Another process changes an entry, and this one has noticed."""
    entry = app.entry(words)
    with app.saved() as other:
        other.edit(entry.id, dict(changes), "lee")
    name, value = next(iter(changes.items()))
    await app.until(lambda: app.keeper.record.values(entry.id, (name,)) == (value,))


@pytest.mark.parametrize(("words", "key"), [(QUESTION, "y"), (NOTE, "e")])
async def test_the_entry_is_deleted_while_words_are_typed(
    tmp_path: Path, words: str, key: str
) -> None:
    """They are in the input as a note in which nothing is read, and it is said so."""
    async with on_incident(tmp_path) as app:
        ref = app.entry(words).ref
        await app.select(words)
        await app.press(key, "ctrl+u")
        await app.write("/s kim did >lee")
        await other_edits(app, words, deleted=True)
        await app.press("enter")
        assert app.text == "/s kim did >lee"
        assert app.timeline.composer.asking is None
        assert "not there any more" in app.notices
        assert ref in app.notices
        assert "in the input as a note" in app.notices
        await app.press("enter")
        assert (app.entries[-1].text, app.entries[-1].kind) == ("/s kim did >lee", Kind.NOTE)


async def test_the_entry_is_deleted_while_the_answer_is_saved(tmp_path: Path) -> None:
    """An answer to an entry that nobody sees any more is not taken for done."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("y")
        await app.write("kim did")
        entry = app.entry(QUESTION)
        other = app.saved()
        act = app.keeper.act

        async def late(change: object) -> object:
            other.edit(entry.id, {"deleted": True}, "lee")
            return await act(change)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(app.keeper, "act", late)
            await app.pilot.press("enter")
            await app.until(lambda: app.text)
        other.close()
        assert app.text == "kim did"
        assert "not there any more" in app.notices


async def test_a_late_failure_never_answers_another_question(tmp_path: Path) -> None:
    """The words of one entry don't stand where those of another are asked for."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.press("e")
        await app.write(" at night")
        with slow() as go_on, refusing(errno.ENOSPC):
            await app.pilot.press("enter", "up", "up", "w")
            asked = app.timeline.composer.asking
            assert asked is not None
            go_on.set()
            await app.settled()
        assert app.timeline.composer.asking == asked
        assert app.text == ""
        assert f"Your words (text of {app.entry(NOTE).ref}) are in the input" in app.notices
        await app.type_line("kim")
        assert app.entry(QUESTION).owner == "kim"
        assert app.text == f"{app.entry(NOTE).text} at night"
        assert app.timeline.composer.asking is None


async def test_a_late_failure_asks_for_nothing_in_the_middle_of_a_line(tmp_path: Path) -> None:
    """What is typed meanwhile never becomes part of an answer, nor does an answer get lost."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("y")
        await app.write("kim did")
        with slow() as go_on, refusing(errno.ENOSPC):
            await app.pilot.press("enter")
            await app.write("half a line")
            go_on.set()
            await app.settled()
        assert app.timeline.composer.asking is None
        assert app.text == "kim did"
        await app.press("enter")
        assert app.text == "half a line"


async def test_each_question_keeps_its_own_entry(tmp_path: Path) -> None:
    """A question within a question: each answer goes where it was asked for."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("y")
        await app.write("kim did")
        app.timeline.timeline.select_newest()
        app.timeline.action_owner()
        await app.press("escape")
        app.timeline.timeline.select_newest()
        app.timeline.action_edit_text()
        await app.press("ctrl+u")
        await app.type_line("all graphs are slow")
        assert app.text == "kim did"
        await app.press("enter")
        assert app.entry(QUESTION).answer == "kim did"
        assert app.entry("all graphs are slow").kind == Kind.NOTE


CONFLICTING = [
    (NOTE, "e", "text", "graphs of lee", "graphs of dana"),
    (QUESTION, "y", "answer", "nobody", "kim"),
    (ACTION, "w", "owner", "lee", "kim"),
]


@pytest.mark.parametrize(("words", "key", "field", "theirs", "mine"), CONFLICTING)
async def test_what_others_change_meanwhile_is_a_conflict(
    tmp_path: Path, words: str, key: str, field: str, theirs: str, mine: str
) -> None:
    """What somebody wrote while one typed is kept beside one's own, and it is said so."""
    async with on_incident(tmp_path) as app:
        entry = app.entry(words)
        await app.select(words)
        await app.press(key, "ctrl+u")
        await app.write(mine)
        await other_edits(app, words, **{field: theirs})
        await app.press("enter")
        [lost] = app.saved().conflicts(entry.id)[field]
        assert lost.value == theirs
        assert f"Somebody else has changed {entry.ref} meanwhile" in app.notices
        assert app.notices.endswith("ctrl+z takes it back.")


async def test_what_others_change_meanwhile_in_the_time(tmp_path: Path) -> None:
    """A time is no exception; without a change by others there is no conflict."""
    async with on_incident(tmp_path) as app:
        entry = app.entry(NOTE)
        await app.select(NOTE)
        await app.press("t", "ctrl+u")
        await app.type_line("02:31")
        assert app.saved().conflicts(entry.id) == {}
        assert "Somebody else" not in app.notices


async def test_words_of_a_question_are_a_draft_until_they_are_saved(tmp_path: Path) -> None:
    """A process that is killed meanwhile has them on disk, like a line on its way."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("y")
        await app.write("kim did")
        with slow() as go_on:
            await app.pilot.press("enter")
            await app.pilot.pause()
            assert app.timeline.drafts.text == "kim did"
            go_on.set()
            await app.settled()
        assert app.timeline.drafts.text == ""
    assert app.drafts == []


async def leave_under_way(app: Running, line: str, half: str) -> TimelineScreen:
    """Send a line that the disk keeps waiting, type half another, and be told to stop."""
    await app.write(line)
    await app.pilot.press("enter")
    await app.write(half)
    await app.pilot.pause()
    screen = app.timeline
    screen.farewell()
    app.app.exit()
    await until(lambda: not app.app.is_running)
    return screen


async def test_what_is_saved_after_a_signal_is_not_offered_again(tmp_path: Path) -> None:
    """A line that reaches the disk once the app is told to stop is taken out of the draft."""
    with ExitStack() as hindered:
        async with on_incident(tmp_path) as app:
            go_on = hindered.enter_context(slow())
            screen = await leave_under_way(app, "last words", "half")
            go_on.set()
    assert screen.keeper.record.entries[-1].text == "last words"
    for _ in range(2):
        screen.keep_words()
        assert app.drafts == ["half"]


async def test_what_fails_after_a_signal_stays_a_draft(tmp_path: Path) -> None:
    """Whatever is in no record is offered at the next start."""
    with ExitStack() as hindered:
        async with on_incident(tmp_path) as app:
            go_on = hindered.enter_context(slow())
            screen = await leave_under_way(app, "last words", "")
            hindered.enter_context(refusing(errno.ENOSPC))
            go_on.set()
    screen.keep_words()
    assert app.drafts == ["last words"]


async def test_a_draft_that_another_tab_took_is_left_alone(tmp_path: Path) -> None:
    """What becomes of the words from then on is that one's business."""
    with ExitStack() as hindered:
        async with on_incident(tmp_path) as app:
            go_on = hindered.enter_context(slow())
            screen = await leave_under_way(app, "last words", "half")
            go_on.set()
    [found] = find_drafts(app.home / "drafts")[0]
    found.path.unlink()
    screen.keep_words()
    assert app.drafts == []


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_that_one_entry_is_needed_can_be_seen(tmp_path: Path, size: tuple[int, int]) -> None:
    """The sentence is on the screen, also on a small one, while the entries stay selected."""
    async with on_incident(tmp_path, size=size) as app:
        await app.select(NOTE, QUESTION)
        for key, act in (("e", "edit"), ("y", "answer"), ("v", "support")):
            await app.press(key)
            assert f"2 entries are selected: select one to {act}." in app.painted
        assert len(app.timeline.timeline.selected) == 2


async def test_two_key_times_are_not_joined(tmp_path: Path) -> None:
    """A sentence says why; both stay."""
    async with on_incident(tmp_path) as app:
        for words, letter in ((NOTE, "d"), (QUESTION, "a")):
            await app.select(words)
            await app.press("m", letter)
        before = app.entries
        await app.select(NOTE, QUESTION)
        await app.press("j")
        assert app.entries == before
        assert "one entry can be only one of them" in app.notices
        assert app.typing


async def test_a_line_that_comes_back_tells_its_first_time(tmp_path: Path) -> None:
    """It gets the time of the next Enter, so how to keep the first one is said, and works."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.type_line("the queue is full")
            app.clock.move(300)
            await app.press("enter")
            told = "The line was typed at 02:47: put @02:47 at its end to keep that time."
            assert app.notices.count("The line was typed at") == 1
            assert told in app.notices
        app.clock.move(300)
        await app.type_line(" @02:47")
        assert f"{app.entry('the queue is full').happened:%H:%M}" == "02:47"
        with refusing(errno.ENOSPC):
            await app.type_line("the queue is full")
            assert "The line was typed at 02:57" in app.notices


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("it was slow @02:31", "enter", False),
        ("it was slow", "ctrl+r", True),
        ("$ kubectl get pods", "enter", True),
    ],
)
async def test_what_is_said_of_the_first_time_is_true(
    tmp_path: Path, line: str, key: str, told: bool
) -> None:
    """Nothing of a line with a time of its own; no mark is advised where none would be read."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.type_line(line, key)
        assert ("once it is saved, t corrects its time" in app.notices) == told
        assert "put @" not in app.notices
