"""Acts that ask for words in the input: good words, bad ones that can be corrected, Escape."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.model import Entry, State
from tests.tui.app.covering import covers
from tests.tui.app.running import Running, on_incident
from tests.tui.app.test_entry_acts import ACTION, CAUSE, NOTE, QUESTION, SYMPTOM

Check = Callable[[Running, Entry], bool]

GOOD: list[tuple[str, str, str, str, Check]] = [
    ("edit_text", NOTE, "e", "graphs are slow", lambda _a, e: e.text == "graphs are slow"),
    ("edit_time", NOTE, "t", "02:31", lambda _a, e: f"{e.happened:%H:%M}" == "02:31"),
    ("edit_time", NOTE, "t", "@~02:31", lambda _a, e: f"{e.happened:%H:%M}" == "02:31"),
    ("owner", ACTION, "w", ">kim", lambda _a, e: e.owner == "kim" and e.state == State.OPEN),
    ("owner", ACTION, "w", "", lambda _a, e: e.owner is None),
    ("evidence", CAUSE, "v", "{}", lambda a, e: e.evidence == (a.entry(SYMPTOM).id,)),
    ("answer", QUESTION, "y", "kim did", lambda _a, e: e.answer == "kim did"),
]
"""Command, the entry it is done to, its key, what is answered, and what is so afterwards."""


@covers(*(name for name, *_ in GOOD))
@pytest.mark.parametrize(("name", "words", "key", "answer", "is_so"), GOOD)
async def test_words_are_taken(
    tmp_path: Path, name: str, words: str, key: str, answer: str, is_so: Check
) -> None:
    """They are on disk, half a line comes back to the input, undo and redo are exact."""
    async with on_incident(tmp_path) as app:
        before, entry = app.entries, app.entry(words)
        await app.write("half a line")
        await app.select(words)
        await app.press(key)
        assert f"{entry.ref}>" in app.painted, name
        await app.press("ctrl+u")
        await app.type_line(answer.format(app.entry(SYMPTOM).ref))
        assert is_so(app, app.saved().entry(entry.id))
        assert app.notices.endswith("ctrl+z takes it back.")
        assert app.text == "half a line"
        assert app.typing
        after = app.entries
        await app.press("ctrl+z")
        assert app.entries == before
        await app.press("ctrl+y")
        assert app.entries == after


BAD = [
    (NOTE, "t", "teatime", "teatime"),
    (NOTE, "t", "25:99", "25 is out of range"),
    (CAUSE, "v", "zzzz", "No entry has the ref 'zzzz'"),
    (NOTE, "v", "{}", "no root cause"),
    (NOTE, "w", "kim", "no action or follow-up or question"),
    (NOTE, "y", "kim did", "no question"),
]


@pytest.mark.parametrize(("words", "key", "answer", "told"), BAD)
async def test_bad_words_stay_to_be_corrected(
    tmp_path: Path, words: str, key: str, answer: str, told: str
) -> None:
    """Nothing is changed, a sentence tells why, the words are still asked for; Escape gives it up."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        answer = answer.format(app.entry(SYMPTOM).ref)
        await app.write("half a line")
        await app.select(words)
        await app.press(key)
        await app.press("ctrl+u")
        await app.type_line(answer)
        assert told in app.notices
        assert app.text == answer
        assert f"{app.entry(words).ref}>" in app.painted
        assert app.typing
        await app.press("enter")
        assert app.text == answer
        await app.press("escape")
        assert app.text == "half a line"
        assert app.entries == before


async def test_bad_words_are_corrected(tmp_path: Path) -> None:
    """After a slip the right words go to the same entry, and not into the timeline."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.press("t", "ctrl+u")
        await app.type_line("2:6")
        await app.press("ctrl+u")
        await app.type_line("2:06")
        assert f"{app.entry(NOTE).happened:%H:%M}" == "02:06"
        assert len(app.entries) == 5
        assert app.text == ""


@pytest.mark.parametrize(
    ("words", "key"), [(NOTE, "e"), (NOTE, "t"), (ACTION, "w"), (CAUSE, "v"), (QUESTION, "y")]
)
async def test_escape_gives_a_question_up(tmp_path: Path, words: str, key: str) -> None:
    """Nothing is changed, and half a line comes back."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.write("half a line")
        await app.select(words)
        await app.press(key)
        await app.write("other words")
        await app.press("escape")
        assert app.text == "half a line"
        assert app.typing
        assert app.timeline.timeline.selected == ()
        assert app.entries == before


async def test_an_empty_text_is_no_answer(tmp_path: Path) -> None:
    """An entry does not lose its words because somebody cleared the input and pressed Enter."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE)
        await app.press("e", "ctrl+u", "enter")
        assert app.entries == before
        assert "Escape gives it up" in app.painted


async def test_the_time_of_several_entries(tmp_path: Path) -> None:
    """One answer is for all that are selected."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE, QUESTION)
        await app.press("t", "ctrl+u")
        await app.type_line("02:06")
        for words in (NOTE, QUESTION):
            assert f"{app.entry(words).happened:%H:%M}" == "02:06"


@pytest.mark.parametrize("key", ["e", "v", "y", "h"])
async def test_a_question_about_one_entry_is_not_asked_about_two(tmp_path: Path, key: str) -> None:
    """Which one would be meant can't be told, which is said."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE, QUESTION)
        await app.press(key)
        assert "2 entries are selected: select one" in app.notices
        assert app.entries == before


async def test_the_entry_goes_while_somebody_answers(tmp_path: Path) -> None:
    """A sentence says so, and no other entry gets the words."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("y")
        await app.write("kim")
        entry = app.entry(QUESTION)
        with app.saved() as other:
            other.edit(entry.id, {"deleted": True}, "lee")
        await app.until(lambda: QUESTION not in app.painted)
        before = app.entries
        await app.press("enter")
        assert app.entries == before
        assert "not there any more" in app.notices


async def test_tab_completes_an_owner(tmp_path: Path) -> None:
    """The first letter of a known name is enough."""
    async with on_incident(tmp_path) as app:
        await app.select(QUESTION)
        await app.press("w")
        await app.write("l")
        await app.press("tab", "enter")
        assert app.entry(QUESTION).owner == "lee"
