"""Screens that lie over another one: a burst of keys leaves one of them, once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input, TextArea

from capture.text import clean
from storage import disk
from storage.drafts import find_drafts
from storage.model import Draft, Kind
from storage.record import Record
from tests.tui.app.running import Running, on_incident, saved_at
from tests.tui.app.test_hostile_words import ESCAPES, assert_tame
from tui.drafting import DraftKeeper
from tui.left_updates import LeftUpdates
from tui.screens.choice import ChoiceScreen
from tui.screens.details import DetailsScreen
from tui.screens.handover import HandoverScreen
from tui.screens.help import HelpScreen
from tui.screens.section_editor import SectionEditor
from tui.screens.settings import SettingsScreen
from tui.screens.starter import StarterScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.update import UpdateScreen
from tui.starter import unsaved


def burst(app: Running, *keys: str) -> None:
    """Press keys faster than the app can answer any of them."""
    for key in keys:
        app.post(key)


async def open_editor(app: Running) -> SectionEditor:
    """Open the part of the starter that asks what went badly."""
    await app.press("f4")
    await app.until(lambda: app.shows(StarterScreen))
    parts = app.app.screen.query_one("#parts")
    parts.highlighted = parts.get_option_index("badly")  # type: ignore[attr-defined]
    parts.focus()
    await app.press("enter")
    await app.until(lambda: app.shows(SectionEditor))
    screen = app.app.screen
    assert isinstance(screen, SectionEditor)
    return screen


def area(app: Running) -> TextArea:
    """The text of the screen in front."""
    return app.app.screen.query_one(TextArea)


class Gate:
    """Holds back what a keeper writes until it is opened."""

    def __init__(self, app: Running, monkeypatch: pytest.MonkeyPatch) -> None:
        """Close it."""
        self.opened = asyncio.Event()
        act = app.keeper.act

        async def slowly(change: Callable[[Record], object]) -> object:
            await self.opened.wait()
            return await act(change)

        monkeypatch.setattr(app.keeper, "act", slowly)


# Bursts


async def test_an_answer_given_twice_is_given_once(tmp_path: Path) -> None:
    """Up, m, s, s: one key time, one way back, and the second s is text, as when typed slowly."""
    async with on_incident(tmp_path) as app:
        await app.press("up", "m")
        burst(app, "s", "s")
        await app.settled()
        assert app.shows(TimelineScreen)
        assert [entry.mark for entry in app.entries if entry.mark] == ["impact_started"]
        assert app.text == "s"


@pytest.mark.parametrize("keys", [("escape", "escape", "escape"), ("s", "escape", "d", "escape")])
async def test_a_question_left_in_a_burst(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Whatever follows, the timeline stays."""
    async with on_incident(tmp_path) as app:
        await app.press("up", "m")
        assert app.shows(ChoiceScreen)
        burst(app, *keys)
        await app.settled()
        assert app.shows(TimelineScreen)
        await app.type_line("still here")
        assert app.texts[-1].endswith("still here")


async def test_a_conflict_is_settled_once(tmp_path: Path) -> None:
    """h, 1, 1 settles and goes back; the app goes on."""
    async with on_incident(tmp_path) as app:
        entry = app.entry("dashboards")
        base = app.keeper.record.base(entry.id, ["text"])

        def changes(record: Record) -> None:
            for words in ("theirs", "mine"):
                record.edit(entry.id, {"text": words}, words, base)

        await app.keeper.act(changes)
        await app.press("up", "h")
        screen = app.app.screen
        assert isinstance(screen, DetailsScreen)
        assert screen._versions
        burst(app, "1", "1", "escape", "escape")
        await app.settled()
        assert app.shows(TimelineScreen)
        assert not app.saved().conflicts(entry.id)


@pytest.mark.parametrize(
    ("opens", "screen"),
    [
        (("f1",), HelpScreen),
        (("up", "h"), DetailsScreen),
        (("f2",), UpdateScreen),
        (("f3",), HandoverScreen),
        (("f4",), StarterScreen),
    ],
)
async def test_escape_in_a_burst_leaves_one_screen(
    tmp_path: Path, opens: tuple[str, ...], screen: type
) -> None:
    """The timeline is never taken away with it."""
    async with on_incident(tmp_path) as app:
        await app.press(*opens)
        assert app.shows(screen)
        burst(app, *["escape"] * 5)
        await app.settled()
        assert app.shows(TimelineScreen)
        await app.type_line("still here")
        assert "still here" in app.texts


async def test_escape_in_a_burst_out_of_what_the_starter_asks(tmp_path: Path) -> None:
    """The prompt for the owner, and Enter in it, end once each."""
    async with on_incident(tmp_path) as app:
        await app.press("f4", "o")
        line = app.app.screen.query_one("#line", Input)
        line.value = "lee"
        burst(app, "enter", "enter", "enter")
        await app.until(lambda: app.shows(StarterScreen))
        await app.settled()
        assert app.incident.document_owner == "lee"
        await app.press("escape")


@pytest.mark.parametrize("key", ["ctrl+s", "f2"])
async def test_an_update_recorded_in_a_burst(tmp_path: Path, key: str) -> None:
    """It is recorded once, and only its own screen goes."""
    async with on_incident(tmp_path) as app:
        await app.press("f2")
        burst(app, key, "ctrl+s", "escape", "escape")
        await app.until(lambda: app.shows(TimelineScreen))
        await app.settled()
        assert [entry.kind for entry in app.entries].count(Kind.UPDATE) == 1


# A save under another screen


async def test_the_palette_over_an_update_that_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The palette stays until it is left; then the update goes too, and is told."""
    async with on_incident(tmp_path) as app:
        await app.press("f2")
        gate = Gate(app, monkeypatch)
        await app.pilot.press("ctrl+s", "ctrl+p")
        assert isinstance(app.app.screen, CommandPalette)
        gate.opened.set()
        await app.until(lambda: any(e.kind == Kind.UPDATE for e in app.entries))
        await app.pilot.pause()
        assert isinstance(app.app.screen, CommandPalette)
        await app.press("escape")
        await app.until(lambda: app.shows(TimelineScreen))
        await app.settled()
        assert "The update is recorded" in app.notices


async def test_the_palette_over_a_hand_over_that_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an update."""
    async with on_incident(tmp_path) as app:
        await app.press("f3")
        gate = Gate(app, monkeypatch)
        await app.pilot.press("ctrl+o", "ctrl+p")
        gate.opened.set()
        await app.until(lambda: any(e.kind == Kind.ROLE for e in app.entries))
        await app.pilot.pause()
        assert isinstance(app.app.screen, CommandPalette)
        await app.press("escape")
        await app.until(lambda: app.shows(TimelineScreen))
        assert "dana is IC" in app.notices


async def test_an_answer_that_is_saved_takes_no_more_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is typed after ctrl+s would be in neither; the palette does not keep the editor."""
    async with on_incident(tmp_path) as app:
        await open_editor(app)
        await app.write("late page")
        gate = Gate(app, monkeypatch)
        await app.pilot.press("ctrl+s", "x", "y")
        assert area(app).text == "late page"
        await app.pilot.press("ctrl+p")
        gate.opened.set()
        await app.until(lambda: any(e.text == "late page" for e in app.entries))
        await app.pilot.pause()
        await app.press("escape")
        await app.until(lambda: app.shows(StarterScreen))
        await app.press("escape")


# Words that nothing may lose


async def test_the_editor_keeps_words_typed_just_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ctrl+q within the quarter second that a save may wait costs nothing."""
    monkeypatch.setattr("tui.screens.section_editor.SAVE_AFTER_S", 60)
    async with on_incident(tmp_path) as app:
        screen = await open_editor(app)
        await app.write("late page")
        await app.pilot.press("ctrl+q")
        assert not screen._unsaved.path.exists()
    assert "late page" in screen._unsaved.path.read_text("utf-8")


async def test_going_home_from_the_editor_keeps_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The palette's way home is as safe as Escape."""
    monkeypatch.setattr("tui.screens.section_editor.SAVE_AFTER_S", 60)
    async with on_incident(tmp_path) as app:
        screen = await open_editor(app)
        await app.write("late page")
        await app.app.run_action("app.home")
        await app.until(lambda: app.at_home)
        assert "late page" in screen._unsaved.path.read_text("utf-8")


async def test_the_editor_says_farewell(tmp_path: Path) -> None:
    """A process that has to go saves what is typed, and says so, as often as it is asked."""
    async with on_incident(tmp_path) as app:
        screen = await open_editor(app)
        assert screen.farewell() is None
        area(app).insert("late page")
        for _ in range(2):
            said = await asyncio.to_thread(screen.farewell)
            assert said is not None
            assert "is kept" in said
            assert "late page" in screen._unsaved.path.read_text("utf-8")


async def test_a_full_disk_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what is true, and the text is there when the part is opened again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with on_incident(tmp_path) as app:
        screen = await open_editor(app)
        with monkeypatch.context() as patch:
            patch.setattr(disk, "replace_file", full)
            await app.write("late page")
            await app.press("escape")
            await app.until(lambda: app.shows(StarterScreen))
            assert "not safe" in app.notices
            await app.press("escape")
            assert "late page" in (unsaved.farewell() or "")
        screen = await open_editor(app)
        assert area(app).text == "late page"
        await app.press("escape", "escape")
        assert "late page" in screen._unsaved.path.read_text("utf-8")


def left_updates(app: Running) -> LeftUpdates:
    """What an app keeps of updates."""
    return LeftUpdates(app.app.set_timer, lambda _: None)


async def test_an_edited_update_is_on_the_disk_while_it_is_typed(tmp_path: Path) -> None:
    """A crash costs a quarter of a second; what is recorded is offered no more."""
    async with on_incident(tmp_path) as app:
        left = left_updates(app)

        def kept() -> list[str]:
            return [path.read_text("utf-8") for path in (app.home / "drafts").glob("*.json")]

        async def show() -> DraftKeeper:
            draft = left.of(app.keeper, app.home / "drafts")
            watch = app.timeline.lookout
            await app.app.push_screen(UpdateScreen(app.keeper, watch, drafts=draft))
            await app.pilot.pause()
            return draft

        draft = await show()
        assert kept() == []
        await app.write("Hi all ")
        await app.until(lambda: any("Hi all" in text for text in kept()))
        await app.press("escape")
        assert any("Hi all" in text for text in kept())
        await show()
        assert area(app).text.startswith("Hi all")
        area(app).insert("Dear ")
        screen = app.app.screen
        assert isinstance(screen, UpdateScreen)
        said = await asyncio.to_thread(screen.farewell)
        assert (
            said == left.farewell() == "What you had typed is kept, and offered at the next start."
        )
        assert "Dear" in kept()[0]
        await app.press("ctrl+s")
        await app.until(lambda: app.shows(TimelineScreen))
        assert kept() == []
        assert draft.text == ""
        await show()
        await app.write("left ")
        await app.press("escape")
        left.close()
        [found] = find_drafts(app.home / "drafts")[0]
        assert found.draft.text.startswith("left ")
        await show()
        await app.write("nobody wants ")
        await app.press("escape")
        left.drop(app.keeper)
        assert len(kept()) == 1


# Keys that work everywhere


@pytest.mark.parametrize(
    "opens", [("f1",), ("up", "h"), ("up", "m"), ("f4", "o"), ("f2",), ("f3",)]
)
async def test_ctrl_q_leaves_the_app_from_anywhere(tmp_path: Path, opens: tuple[str, ...]) -> None:
    """The table of keys says anywhere."""
    async with on_incident(tmp_path) as app:
        await app.press(*opens)
        await app.pilot.press("ctrl+q")
        await app.until(lambda: app.app._exit)


@pytest.mark.parametrize(("key", "screen"), [("f2", UpdateScreen), ("f3", HandoverScreen)])
async def test_the_starter_goes_on_to_other_screens(tmp_path: Path, key: str, screen: type) -> None:
    """F2 and F3 do there what they do elsewhere; in the editor a sentence says how."""
    async with on_incident(tmp_path) as app:
        await open_editor(app)
        await app.press(key)
        assert "Escape, Escape goes back first" in app.notices
        await app.press("escape")
        await app.until(lambda: app.shows(StarterScreen))
        await app.press(key)
        assert app.shows(screen)
        await app.press("escape")
        assert app.shows(TimelineScreen)


async def test_settings_ask_before_ctrl_q_drops_changes(tmp_path: Path) -> None:
    """The same question as for Escape; the second time it is meant."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/settings")
        assert app.shows(SettingsScreen)
        await app.press("x", "ctrl+q")
        assert not app.app._exit
        assert "Not saved: Name. ctrl+q again drops that" in app.painted
        await app.pilot.press("ctrl+q")
        await app.until(lambda: app.app._exit)


# Words of the record


@pytest.mark.parametrize("words", ESCAPES.values(), ids=ESCAPES)
async def test_words_of_the_record_in_inputs(tmp_path: Path, words: str) -> None:
    """An owner, a suggestion, a name taken with Tab, an answer: the terminal obeys none of it."""
    name = f"zz{words}"
    async with on_incident(tmp_path) as app:
        await app.keeper.act(
            lambda record: record.add([Draft(text=words, owner=name, section="badly")], name)
        )
        await app.keeper.act(lambda record: record.edit_incident({"document_owner": name}, name))
        assert name in app.keeper.record.names()[0]
        await app.press("f3", "z", "z")
        assert_tame(app)
        await app.press("tab")
        assert_tame(app)
        await app.press("enter")
        assert saved_at(app.keeper.record.path).entries[-1].role_to == name
        await app.press("f4", "o")
        assert_tame(app)
        await app.press("end", "ctrl+u", "z", "tab")
        assert_tame(app)
        await app.press("enter", "escape")
        assert app.incident.document_owner == " ".join(clean(name).split())
        await open_editor(app)
        await app.press("shift+tab", "home", "enter")
        if "\u202e" not in words:
            assert_tame(app)
        await app.press("escape", "escape")
