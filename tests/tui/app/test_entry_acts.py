"""One letter acts on the selected entries, on disk, and one undo takes all of it back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.model import Claim, Entry, Kind, Mark, Outcome, State, Status
from tests.storage.builders import replica
from tests.tui.app.covering import covers
from tests.tui.app.running import on_incident
from tui.commands import COMMANDS, KIND_KEYS, Where
from tui.screens.choice import ChoiceScreen
from tui.screens.details import DetailsScreen

SYMPTOM, ACTION, CAUSE, QUESTION, NOTE = "503", "increased", "leaks", "deployed", "dashboards"

Check = Callable[[Entry], bool]

ACTS: list[tuple[str, str, str, Check]] = [
    *(
        (
            f"kind('{kind}')",
            NOTE if kind != Kind.NOTE else SYMPTOM,
            key,
            lambda e, k=kind: e.kind == k,
        )
        for key, kind in KIND_KEYS.items()
    ),
    ("mark", NOTE, "m s", lambda e: e.mark == Mark.IMPACT_STARTED),
    ("mark", NOTE, "m d", lambda e: e.mark == Mark.DETECTED),
    ("mark", NOTE, "m a", lambda e: e.mark == Mark.ACKNOWLEDGED),
    ("mark", NOTE, "m m", lambda e: e.mark == Mark.MITIGATED),
    ("mark", NOTE, "m e", lambda e: e.mark == Mark.IMPACT_ENDED),
    ("mark", NOTE, "m r", lambda e: e.mark == Mark.RESOLVED and e.status == Status.RESOLVED),
    ("story", NOTE, "p", lambda e: not e.story),
    ("clear", SYMPTOM, "g", lambda e: e.cleared_at is not None),
    ("outcome", ACTION, "o w", lambda e: e.outcome == Outcome.WORKED and e.state == State.DONE),
    ("outcome", ACTION, "o n", lambda e: e.outcome == Outcome.NO_EFFECT),
    ("outcome", ACTION, "o o", lambda e: e.outcome == Outcome.WORSE),
    ("outcome", ACTION, "o u", lambda e: e.outcome == Outcome.UNKNOWN),
    ("claim", CAUSE, "k c", lambda e: e.claim == Claim.CONFIRMED),
    ("claim", CAUSE, "k r", lambda e: e.claim == Claim.RULED_OUT),
    ("delete", NOTE, "x", lambda e: e.deleted),
]
"""Command, the entry it is done to, the keys, and what is so afterwards."""


@covers(*(name for name, *_ in ACTS))
@pytest.mark.parametrize(
    ("name", "words", "keys", "is_so"), ACTS, ids=[f"{a[0]} {a[2]}" for a in ACTS]
)
async def test_a_letter_acts(
    tmp_path: Path, name: str, words: str, keys: str, is_so: Check
) -> None:
    """It is on disk, it is said with how to take it back, and undo and redo are exact."""
    async with on_incident(tmp_path) as app:
        before, incident = app.entries, app.incident
        assert not is_so(app.entry(words)), name
        await app.select(words)
        for key in keys.split():
            await app.press(key)
        assert is_so(app.entry(words))
        assert app.typing
        assert app.timeline.timeline.selected == ()
        assert app.notices.endswith("ctrl+z takes it back.")
        assert app.entry(words).ref in app.notices
        after = app.entries
        await app.press("ctrl+z")
        assert app.entries == before
        assert app.incident == incident
        await app.press("ctrl+y")
        assert app.entries == after


EMPTIED: list[tuple[str, str, str, Check]] = [
    ("mark", NOTE, "m n", lambda e: e.mark is None),
    ("story", NOTE, "p", lambda e: e.story),
    ("clear", SYMPTOM, "g", lambda e: e.cleared_at is None),
    ("claim", CAUSE, "k p", lambda e: e.claim == Claim.PROPOSED),
]
FIRST = {"mark": "m s", "story": "p", "clear": "g", "claim": "k c"}


@pytest.mark.parametrize(("name", "words", "keys", "is_so"), EMPTIED, ids=[a[0] for a in EMPTIED])
async def test_an_act_has_an_opposite(
    tmp_path: Path, name: str, words: str, keys: str, is_so: Check
) -> None:
    """A key time, the log, a symptom that is gone, a conclusion: each can be taken back later."""
    async with on_incident(tmp_path) as app:
        for sequence, expected in ((FIRST[name], False), (keys, True)):
            await app.select(words)
            for key in sequence.split():
                await app.press(key)
            assert is_so(app.entry(words)) is expected


MISFITS = [
    ("g", NOTE, "no symptom"),
    ("o w", NOTE, "no action or follow-up"),
    ("k c", NOTE, "no root cause"),
    ("m n", NOTE, "no key time"),
    ("j", NOTE, "several entries"),
]


@pytest.mark.parametrize(("keys", "words", "told"), MISFITS)
async def test_an_act_that_makes_no_sense_says_why(
    tmp_path: Path, keys: str, words: str, told: str
) -> None:
    """Nothing is changed, a sentence tells why, and typing goes on."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(words)
        for key in keys.split():
            await app.press(key)
        assert app.entries == before
        assert told in app.notices
        assert app.typing


@covers("toggle_mark")
async def test_an_act_on_several_entries_is_one_act(tmp_path: Path) -> None:
    """All that were added with space are changed, and one undo brings all of them back."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE, QUESTION, SYMPTOM)
        assert len(app.timeline.timeline.selected) == 3
        await app.press("d")
        assert [app.entry(words).kind for words in (NOTE, QUESTION, SYMPTOM)] == ["decision"] * 3
        assert app.entry(ACTION).kind == Kind.ACTION
        assert "3 entries are decision entries now" in app.notices
        await app.press("ctrl+z")
        assert app.entries == before


async def test_an_act_on_several_changes_those_that_it_fits(tmp_path: Path) -> None:
    """An outcome for an action and a note is one for the action."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE, ACTION)
        await app.press("o", "w")
        assert app.entry(ACTION).outcome == Outcome.WORKED
        assert app.entry(NOTE).outcome is None
        assert f"Outcome of {app.entry(ACTION).ref}: worked" in app.notices


async def test_space_takes_an_entry_out_again(tmp_path: Path) -> None:
    """A slip is mended with the same key."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE, QUESTION)
        await app.press("space")
        await app.press("x")
        assert app.entry(NOTE).deleted
        assert not app.entry(QUESTION).deleted


@covers("join")
async def test_entries_are_joined(tmp_path: Path) -> None:
    """The first keeps the words of both; undo makes two of them again."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE, QUESTION)
        await app.press("j")
        joined = app.entry("who deployed last? dashboards are slow")
        assert joined.kind == Kind.QUESTION
        assert len(app.entries) == 4
        await app.press("ctrl+z")
        assert app.entries == before
        await app.press("ctrl+y")
        assert len(app.entries) == 4


@covers("details")
@pytest.mark.parametrize("leave", ["escape", "enter", "q", "h"])
async def test_all_of_an_entry_is_shown(tmp_path: Path, leave: str) -> None:
    """H shows its fields and history, and comes back to the input."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.press("p")
        await app.select(NOTE)
        await app.press("h")
        assert isinstance(app.app.screen, DetailsScreen)
        assert "History, oldest first" in app.painted
        assert "story: no" in app.painted
        await app.press(leave)
        assert app.typing
        assert app.text == ""


async def test_an_edited_entry_that_somebody_else_deletes(tmp_path: Path) -> None:
    """It goes, as everywhere; whoever edited it is told where the words are."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.press("e")
        await app.type_line(" since the deploy")
        entry = app.entry(NOTE)
        app.saved().edit(entry.id, {"deleted": True}, "lee")
        await app.until(lambda: f"lee deleted {entry.ref}" in app.notices)
        assert "dashboards" not in "".join(app.rows[2:20])


@covers("settle")
async def test_what_was_changed_at_once_is_settled_one_after_the_other(tmp_path: Path) -> None:
    """The title is in conflict as entries are; one line leads through all of it."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/settle")
        assert app.notices == "Nothing is in conflict."
        entry, incident = app.entry(NOTE), app.incident.id
        (tmp_path / "elsewhere").mkdir()
        with app.saved() as here, replica(here, tmp_path / "elsewhere", "b") as there:
            there.edit(entry.id, {"text": "dashboards: lee's words"}, "lee")
            there.edit_incident({"title": "flag service leak"}, "lee")
            here.edit(entry.id, {"text": "dashboards: kim's words"}, "kim")
            here.edit_incident({"title": "pool exhausted"}, "kim")
            here.merge(there.ops())
        await app.until(lambda: "2 conflicts to settle: /settle" in app.painted)
        [words] = {"dashboards: lee's words", "dashboards: kim's words"} - {app.entry(NOTE).text}
        await app.type_line("/settle")
        assert f"2  text: {words}   (by " in app.painted
        await app.press("2")
        assert "The incident itself" in app.painted
        shown = app.incident.title
        [other] = {"flag service leak", "pool exhausted"} - {shown}
        assert f"1  title: {shown}   (shown now)" in app.painted
        await app.press("2")
        assert app.typing
        assert app.notices == "The title of the incident is settled. ctrl+z takes it back."
        assert app.incident.title == other
        assert app.entry("dashboards").text == words
        assert app.saved().conflicts(incident) == app.saved().conflicts(entry.id) == {}
        await app.until(lambda: "to settle" not in app.painted)


async def test_settling_can_wait(tmp_path: Path) -> None:
    """Escape leaves what is in conflict as it is, and counted."""
    async with on_incident(tmp_path) as app:
        (tmp_path / "elsewhere").mkdir()
        with app.saved() as here, replica(here, tmp_path / "elsewhere", "b") as there:
            there.edit_incident({"title": "flag service leak"}, "lee")
            here.edit_incident({"title": "pool exhausted"}, "kim")
            here.merge(there.ops())
        await app.until(lambda: "1 conflict to settle" in app.painted)
        await app.type_line("/settle")
        assert "title: flag service leak" in app.painted
        await app.press("escape")
        assert app.typing
        assert "1 conflict to settle" in app.painted


async def test_a_conflict_is_settled(tmp_path: Path) -> None:
    """Two people edited at once: both versions are shown, a number picks, and that is on disk."""
    async with on_incident(tmp_path) as app:
        entry = app.entry(NOTE)
        with app.saved() as other:
            base = other.base(entry.id, ["text"])
            other.edit(entry.id, {"text": "dashboards: lee's words"}, "lee", base)
            other.edit(entry.id, {"text": "dashboards: kim's words"}, "kim", base)
        await app.until(lambda: "kim's words" in app.painted)
        await app.select(NOTE)
        await app.press("h")
        assert "1  text: dashboards: kim's words   (shown now)" in app.painted
        assert "2  text: dashboards: lee's words   (by lee)" in app.painted
        await app.press("9", "2")
        saved = app.saved()
        assert saved.entry(entry.id).text == "dashboards: lee's words"
        assert not saved.in_conflict(entry.id)
        assert f"The text of {entry.ref} is settled" in app.notices
        assert app.typing


@covers("purge")
async def test_words_are_removed_for_good(tmp_path: Path) -> None:
    """X and y take them out of every file of the record; undo does not bring them back."""
    async with on_incident(tmp_path) as app:
        await app.type_line("the password is hunter2hunter2")
        await app.press("up", "X")
        assert isinstance(app.app.screen, ChoiceScreen)
        await app.press("y")
        await app.until(lambda: "gone for good" in app.notices)
        folder = app.keeper.record.path.parent
        assert not [p for p in app.home.rglob("*") if p.is_file() and b"hunter2" in p.read_bytes()]
        assert folder.is_dir()
        assert app.typing
        await app.press("ctrl+z")
        assert "hunter2" not in " ".join(app.texts)


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_words_are_not_removed_by_a_slip(tmp_path: Path, key: str) -> None:
    """X alone removes nothing."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE)
        await app.press("X", key)
        assert app.entries == before
        assert app.typing


async def test_words_are_removed_one_entry_at_a_time(tmp_path: Path) -> None:
    """With several selected nothing is asked, and a sentence says why."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE, QUESTION)
        await app.press("X")
        assert not isinstance(app.app.screen, ChoiceScreen)
        assert "one entry at a time" in app.notices


@covers("back")
@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_back_to_the_input(tmp_path: Path, key: str) -> None:
    """Nothing is changed, and what was typed before is still there."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.write("half a line")
        await app.press("up", "up", key)
        assert app.typing
        assert app.timeline.timeline.selected == ()
        assert app.text == "half a line"
        assert app.entries == before


async def test_down_from_the_newest_goes_back_to_the_input(tmp_path: Path) -> None:
    """Up and Down are a way there and back."""
    async with on_incident(tmp_path) as app:
        await app.press("up", "up", "down", "down")
        assert app.typing


UNBOUND = sorted(
    set("bluzXAQ1/>@#?ß界")
    - {key for command in COMMANDS if command.where is Where.ENTRY for key in command.keys}
)


async def test_a_letter_without_a_meaning_begins_a_line(tmp_path: Path) -> None:
    """It goes to the input, and so does what is typed after it, whatever that means elsewhere."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        for letter in UNBOUND:
            await app.press("up")
            await app.press(letter)
            await app.write("xs")
            assert app.text == f"{letter}xs"
            await app.press("ctrl+u")
        assert app.entries == before


async def test_letters_in_the_input_never_act(tmp_path: Path) -> None:
    """Every letter that means something for an entry is only a letter while one types."""
    keys = "".join(
        command.keys[0] if command.keys[0] != "space" else " "
        for command in COMMANDS
        if command.where is Where.ENTRY and command.name != "back"
    )
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.write(f"a{keys}z")
        assert app.text == f"a{keys}z"
        assert app.entries == before


async def test_a_choice_takes_its_own_keys_only(tmp_path: Path) -> None:
    """A letter that is no answer does nothing, and Escape chooses nothing."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.select(NOTE)
        await app.press("m", "z", "f2", "x")
        assert isinstance(app.app.screen, ChoiceScreen)
        await app.press("escape")
        assert app.typing
        assert app.entries == before


async def test_what_the_filter_hides_is_not_changed(tmp_path: Path) -> None:
    """An entry that was marked and then filtered away is left as it is."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE, QUESTION)
        await app.press("ctrl+f")
        await app.write("slow")
        await app.press("enter", "x")
        assert app.entry(NOTE).deleted
        assert not app.entry(QUESTION).deleted


async def test_a_selected_entry_that_somebody_deletes_is_left_alone(tmp_path: Path) -> None:
    """Another process deletes what is selected here: the next key changes nothing else."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        with app.saved() as other:
            other.edit(app.entry(NOTE).id, {"deleted": True}, "lee")
        await app.until(lambda: NOTE not in app.painted)
        before = app.entries
        await app.press("d")
        assert app.entries == before


async def test_only_the_first_letter_of_a_burst_acts(tmp_path: Path) -> None:
    """Letters that follow at once are text, however slow the screen is."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.write("ixdeploy")
        await app.settled()
        assert app.entry(NOTE).kind == Kind.IMPACT
        assert not app.entry(NOTE).deleted
        assert app.text == "xdeploy"


async def test_the_answer_of_a_burst_is_an_answer(tmp_path: Path) -> None:
    """The letter after m says which key time, and is no act of its own."""
    async with on_incident(tmp_path) as app:
        await app.select(NOTE)
        await app.write("md")
        await app.settled()
        assert app.entry(NOTE).mark == Mark.DETECTED
        assert app.entry(NOTE).kind == Kind.NOTE
