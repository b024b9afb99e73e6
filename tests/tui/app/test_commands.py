"""Commands that work anywhere: by key, typed as a line, and from the palette."""

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.screen import Screen

from storage.model import Kind
from tests.tui.app.covering import COVERED, covers, keys_of
from tests.tui.app.running import Running, at_home, on_incident, saved_at
from tests.tui.waiting import until
from tui.commands import COMMANDS, TYPED, Where
from tui.screens.handover import HandoverScreen
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.join_team import JoinScreen
from tui.screens.settings import SettingsScreen
from tui.screens.starter import StarterScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.update import UpdateScreen

SCREENS: dict[str, type[Screen[Any]]] = {
    "show_help": HelpScreen,
    "update": UpdateScreen,
    "hand_over": HandoverScreen,
    "starter": StarterScreen,
    "settings": SettingsScreen,
    "team": JoinScreen,
    "home": HomeScreen,
}
_MODULES = (
    "test_commands",
    "test_moving",
    "test_input_keys",
    "test_entry_acts",
    "test_prompts",
    "test_speech",
    "test_team_sharing",
)


def test_every_command_has_a_test() -> None:
    """No command is added to the table without somebody pressing its key here."""
    for module in _MODULES:
        importlib.import_module(f"{__package__}.{module}")
    names = {command.name for command in COMMANDS}
    assert names - COVERED == set(), "these have no test"
    assert COVERED - names == set(), "these are no commands"


async def by_key(app: Running, name: str) -> None:
    """Ask for a command with its key."""
    await app.press(keys_of(name)[0])


async def by_line(app: Running, name: str) -> None:
    """Ask for a command by typing it."""
    [typed] = [line for line, command in TYPED.items() if command.name == name]
    await app.type_line(typed)


async def by_palette(app: Running, name: str) -> None:
    """Ask for a command in the palette, by its label."""
    [label] = [command.label for command in COMMANDS if command.name == name]
    await from_palette(app, label)


async def from_palette(app: Running, words: str) -> None:
    """Open the palette, type words, and take the first thing that it finds."""
    await app.press("ctrl+p")
    assert isinstance(app.app.screen, CommandPalette)
    await app.pilot.press(*words.replace(" ", ""))
    palette = app.app.screen
    await until(lambda: palette._list_visible and not palette._show_busy)
    await app.pilot.pause()
    await app.pilot.press("enter")
    await until(lambda: app.app.screen is not palette)
    await app.settled()


Ask = Callable[[Running, str], Awaitable[None]]
EVERY_WAY = pytest.mark.parametrize("ask", [by_key, by_line, by_palette])
UNTYPED = pytest.mark.parametrize("ask", [by_key, by_palette])


@covers(*SCREENS)
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        (name, ask)
        for name in SCREENS
        for ask in (by_key, by_line, by_palette)
        if ask is not by_key or keys_of(name)
    ],
)
async def test_a_screen_opens(tmp_path: Path, name: str, ask: Ask) -> None:
    """Each screen opens in every way that its command has, and Escape comes back from it."""
    async with on_incident(tmp_path) as app:
        await ask(app, name)
        assert app.shows(SCREENS[name])
        if name != "home":
            await app.press("escape")
            assert app.shows(TimelineScreen)
            assert app.typing
            assert app.text == ""


@pytest.mark.parametrize("name", SCREENS)
async def test_half_a_line_waits_while_another_screen_is_open(tmp_path: Path, name: str) -> None:
    """What stands in the input is still there afterwards, or offered when the incident opens again."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        await by_palette(app, name)
        if name == "home":
            await app.until(lambda: app.at_home)
            await app.press("up", "enter")
            await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        else:
            await app.press("escape")
        assert app.text == "half a line"


@covers("update")
async def test_an_update_is_recorded(tmp_path: Path) -> None:
    """F2 twice records what was composed, and says so."""
    async with on_incident(tmp_path) as app:
        await app.press("f2")
        await app.press("f2")
        assert app.entries[-1].kind == Kind.UPDATE
        assert "503 errors on all API endpoints" in app.entries[-1].text
        assert f"The update is recorded as {app.entries[-1].ref}." in app.notices
        assert app.typing


async def test_an_update_that_was_left_is_there_again(tmp_path: Path) -> None:
    """Escape never loses text: neither does it on the update."""
    async with on_incident(tmp_path) as app:
        await app.press("f2")
        await app.pilot.press("ctrl+home", *"Ours")
        await app.press("escape")
        await app.press("f2")
        assert "Ours" in app.painted


@covers("hand_over")
async def test_command_is_handed_over(tmp_path: Path) -> None:
    """F3, a name and Enter; the record has the successor, and the timeline says so."""
    async with on_incident(tmp_path) as app:
        await app.press("f3")
        await app.pilot.press(*"lee")
        await app.press("enter")
        entry = app.entries[-1]
        assert (entry.kind, entry.role, entry.role_to) == (Kind.ROLE, "ic", "lee")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        assert "lee" in app.notices


async def test_the_brief_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ctrl+l on the hand-over hands the brief out and says what became of it."""
    async with on_incident(tmp_path) as app:
        copied: list[str] = []

        async def copy(text: str, _file: Path | None) -> str:
            copied.append(text)
            return "Copied."

        monkeypatch.setattr(app.app, "copy", copy)
        await app.press("f3")
        await app.press("ctrl+l")
        await app.until(lambda: copied)
        assert "503 errors on all API endpoints" in copied[0]


async def test_home_leaves_the_incident_as_it_is(tmp_path: Path) -> None:
    """It is in the list, and opens again with all that was recorded."""
    async with on_incident(tmp_path) as app:
        path = app.keeper.record.path
        await app.type_line("one more line")
        await app.type_line("/home")
        await app.until(lambda: app.at_home)
        assert "checkout 503s" in app.listed[0]
        assert "checkout 503s is left as it is; choose it to go on." in app.notices
        assert app.app.keeper is None
        assert saved_at(path).entries[-1].text == "one more line"
        await app.press("up", "enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        assert "one more line" in app.painted


@covers("command_palette")
async def test_the_palette_lists_every_command(tmp_path: Path) -> None:
    """With an entry selected those of entries, too; without one only those that would do something."""
    async with on_incident(tmp_path) as app:
        titles = {c.title for c in app.app.get_system_commands(app.app.screen)}
        anywhere = [
            c for c in COMMANDS if c.where is Where.ANYWHERE and c.name != "command_palette"
        ]
        for command in anywhere:
            assert any(title.startswith(command.label.capitalize()) for title in titles)
        assert not any(title.startswith("Owner") for title in titles)
        await app.press("up")
        titles = {c.title for c in app.app.get_system_commands(app.app.screen)}
        assert any(title.startswith("Owner") for title in titles)
        await app.press("ctrl+p")
        assert isinstance(app.app.screen, CommandPalette)
        await app.press("escape")
        assert isinstance(app.app.screen, TimelineScreen)


async def test_the_palette_acts_on_the_selected_entry(tmp_path: Path) -> None:
    """Opening the palette does not lose what was selected."""
    async with on_incident(tmp_path) as app:
        await app.select("dashboards")
        await from_palette(app, "impact")
        assert app.entry("dashboards").kind == Kind.IMPACT
        assert app.typing


async def test_at_home_the_palette_offers_only_what_works_there(tmp_path: Path) -> None:
    """A command that needs an incident is not offered where none is open."""
    async with at_home(tmp_path) as app:
        titles = " ".join(c.title for c in app.app.get_system_commands(app.app.screen))
        for label in ("Help", "Settings", "Quit", "Theme"):
            assert label in titles
        for label in ("Update", "Hand over", "Starter", "Undo", "Filter", "Jump", "Newest"):
            assert label not in titles


@pytest.mark.parametrize("key", ["f2", "f3", "f4"])
async def test_at_home_a_key_says_that_it_needs_an_incident(tmp_path: Path, key: str) -> None:
    """A key that can do nothing does not do nothing in silence."""
    async with at_home(tmp_path) as app:
        await app.press(key)
        assert "That needs an open incident" in app.notices


@pytest.mark.parametrize("key", ["f2", "f3", "f4"])
async def test_a_key_on_another_screen_leaves_no_wrong_sentence(tmp_path: Path, key: str) -> None:
    """On the settings of an open incident nobody is told that none is open."""
    async with on_incident(tmp_path) as app:
        await app.type_line("/settings")
        await app.press(key)
        await app.press("escape")
        assert "needs an open incident" not in app.notices


@covers("undo", "redo")
@EVERY_WAY
async def test_undo_and_redo(tmp_path: Path, ask: Ask) -> None:
    """A line is taken back and done again, and each is said."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        await app.type_line("wrong channel")
        after = app.entries
        await ask(app, "undo")
        assert app.entries == before
        assert "Took back" in app.notices
        await ask(app, "redo")
        assert app.entries == after
        assert "Did again" in app.notices


async def test_there_is_nothing_to_take_back(tmp_path: Path) -> None:
    """A fresh app has done nothing yet, and says that when asked to undo or redo."""
    async with on_incident(tmp_path) as app:
        await app.press("ctrl+z")
        assert "Nothing to take back." in app.notices
        await app.press("ctrl+y")
        assert "Nothing to do again." in app.notices


async def test_undo_takes_back_ones_own_acts_only(tmp_path: Path) -> None:
    """A field that somebody else has changed meanwhile stays as they left it, and that is said."""
    async with on_incident(tmp_path) as app:
        await app.select("dashboards")
        await app.press("i")
        with app.saved() as other:
            other.edit(app.entry("dashboards").id, {"kind": "symptom"}, "lee")
        await app.until(lambda: app.keeper.record.entries[-1].kind == Kind.SYMPTOM)
        await app.press("ctrl+z")
        assert app.entry("dashboards").kind == Kind.SYMPTOM
        assert "others have changed it" in app.notices


@covers("quit")
@pytest.mark.parametrize("ask", ["key", "line"])
async def test_quit_keeps_everything(tmp_path: Path, ask: str) -> None:
    """What was recorded is in the record, and half a line is offered at the next start."""
    async with on_incident(tmp_path) as app:
        path = app.keeper.record.path
        await app.type_line("last words")
        if ask == "key":
            await app.write("half a line")
            await app.pilot.press(*keys_of("quit"))
        else:
            await app.write("/quit")
            await app.pilot.press("enter")
        await until(lambda: not app.app.is_running)
    assert saved_at(path).entries[-1].text == "last words"
    assert app.drafts == (["half a line"] if ask == "key" else [])


@pytest.mark.parametrize("line", sorted(TYPED))
async def test_a_command_that_is_typed_is_no_entry(tmp_path: Path, line: str) -> None:
    """Nothing of it gets into the record, and no draft of it stays; ctrl+r records even that."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        await app.type_line(line, "ctrl+r")
        assert app.texts == [*before, line]
