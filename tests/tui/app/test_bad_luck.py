"""Terminals without room, records without end, colours that are off, and defects."""

import time
from pathlib import Path
from typing import NoReturn

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from storage.drafts import find_drafts
from storage.model import Draft
from storage.record import Record
from storage.settings import ThemeName
from tests.storage.builders import Clock
from tests.tui.app.running import (
    NARROW,
    Running,
    at_home,
    on_incident,
    running,
    saved_at,
    services_of,
)
from tui.app import HotwashApp
from tui.themes import THEMES

SIZES = [(10, 3), (1, 1), (20, 5), (2, 40), (200, 2), (40, 12)]


async def test_a_terminal_of_one_cell(tmp_path: Path) -> None:
    """What is typed blindly is recorded, and all is shown once there is room again."""
    async with on_incident(tmp_path, size=(1, 1)) as app:
        await app.type_line("the queue is full")
        await app.press("up", "i")
        assert app.entry("queue").kind == "impact"
        await app.resize(80, 24)
        assert "the queue is full" in app.painted


@pytest.mark.parametrize("size", [size for size in SIZES if size != (1, 1)])
async def test_a_terminal_without_room(tmp_path: Path, size: tuple[int, int]) -> None:
    """Typing and recording work however small it is, and every screen opens and closes."""
    async with on_incident(tmp_path, size=size) as app:
        await app.type_line("the queue is full")
        assert app.texts[-1] == "the queue is full"
        for key in ("f1", "f2", "f3", "f4", "ctrl+p", "ctrl+f", "ctrl+g", "up"):
            await app.press(key)
            await app.press("escape")
        await app.press("up", "m", "escape", "up", "h", "escape")
        assert app.typing
        await app.type_line("/home")
        await app.until(lambda: app.at_home)


async def test_the_input_is_visible_in_a_small_terminal(tmp_path: Path) -> None:
    """Three rows are enough to see what one types."""
    for size in ((10, 3), (20, 5), (40, 6)):
        async with on_incident(tmp_path / str(size), size=size) as app:
            await app.write("abc")
            assert "abc" in app.painted, size


async def test_resizing_while_somebody_types(tmp_path: Path) -> None:
    """Not a letter is lost, and what was in view still is."""
    async with on_incident(tmp_path) as app:
        typed = ""
        for number, size in enumerate([*SIZES, (120, 40), (80, 24)]):
            await app.write(f"{number} ")
            typed += f"{number} "
            await app.resize(*size)
            assert app.text == typed
        await app.press("enter")
        assert app.texts[-1] == typed.strip()
        assert typed.strip() in app.painted


async def test_a_line_taller_than_the_terminal(tmp_path: Path) -> None:
    """The end of what is typed, where the cursor is, stays in view."""
    async with on_incident(tmp_path, size=(20, 5)) as app:
        await app.write("word " * 60 + "END")
        assert "END" in app.painted


async def with_entries(folder: Path, count: int) -> HotwashApp:
    """An app on an incident with so many entries."""
    services = services_of(folder / "home", Clock())
    record = services.library.create("long night", "UTC")
    record.add([Draft(text=f"line {number}") for number in range(count)], "dana")
    record.close()
    return HotwashApp(services, services.library.open(record.path))


async def use(app: Running, count: int) -> None:
    """Do what people do, in a record of so many entries."""
    assert f"line {count - 1}" in app.painted
    await app.type_line("one more")
    assert app.texts[-1] == "one more"
    await app.press("ctrl+f")
    await app.write(f"line {count // 2}")
    assert f"line {count // 2}" in app.painted
    await app.press("escape", "up", "home")
    assert "line 0" in app.painted
    await app.press("i")
    assert app.saved().entries[0].kind == "impact"
    await app.press("ctrl+z")
    assert app.saved().entries[0].kind == "note"
    await app.resize(*NARROW)
    await app.press("f2", "escape", "f4")
    await app.press("escape")
    assert app.typing


async def test_ten_thousand_entries(tmp_path: Path) -> None:
    """Everything works, and each key within a time that nobody minds."""
    async with running(await with_entries(tmp_path, 10_000)) as app:
        started = time.perf_counter()
        await app.write("x" * 50)
        assert (time.perf_counter() - started) / 50 < 0.1
        await app.press("ctrl+u")
        await use(app, 10_000)


@pytest.mark.slow
async def test_a_hundred_thousand_entries(tmp_path: Path) -> None:
    """More than any incident has."""
    async with running(await with_entries(tmp_path, 100_000)) as app:
        await use(app, 100_000)


async def test_without_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR=1: kinds, selection and trouble are words and signs all the same."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with on_incident(tmp_path) as app:
        assert "ROOT CAUSE?" in app.painted
        plain = app.rows
        await app.press("up")
        selected = app.rows
        assert any(a != b for a, b in zip(plain[:20], selected[:20], strict=True))
        await app.press("g")
        assert " ! " in app.painted
        await app.type_line("works")
        assert app.texts[-1] == "works"


@pytest.mark.parametrize("name", THEMES)
async def test_every_theme_on_every_screen(tmp_path: Path, name: ThemeName) -> None:
    """No screen lacks a colour that it asks for."""
    async with on_incident(tmp_path, settings=f'theme = "{name}"\n') as app:
        assert app.app.theme == THEMES[name].name
        for key in ("f1", "f2", "f3", "f4", "ctrl+p", "ctrl+f", "ctrl+g"):
            await app.press(key)
            assert app.painted.strip()
            await app.press("escape")
        await app.type_line("/settings")
        await app.press("escape", "up", "h", "escape", "up", "m", "escape")
        await app.type_line("/done nonsense zzzz")
        await app.type_line("/home")
        await app.until(lambda: app.at_home)


async def test_a_theme_is_changed_in_the_palette(tmp_path: Path) -> None:
    """All of the screen takes it over at once."""
    async with on_incident(tmp_path) as app:
        for command in app.app.get_system_commands(app.app.screen):
            if command.title.startswith("Theme: "):
                await app.pilot.pause()
                command.callback()
                await app.settled()
                assert "dashboards are slow" in app.painted


class Defect(Exception):
    """What nobody foresaw."""


async def test_a_defect_in_an_act_costs_no_words(tmp_path: Path) -> None:
    """The app ends; what stood in the input is on disk, and so is what was recorded."""

    async def meet_it() -> None:
        async with on_incident(tmp_path) as app:
            seen.append(app)
            await app.type_line("recorded")
            await app.write("half a line")
            app.timeline.action_story = fail  # type: ignore[method-assign]
            await app.press("up")
            await fails(app.pilot, "p")

    seen: list[Running] = []
    with pytest.raises(Defect):
        await meet_it()
    [app] = seen
    assert app.drafts == ["half a line"]
    assert saved_at(app.keeper.record.path).entries[-1].text == "recorded"
    last_words = app.app.departure.last_words
    assert last_words is not None
    assert "What you had typed is kept, and offered at the next start." in last_words


async def test_a_defect_while_recording_costs_no_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line on its way to the disk is a draft as well."""

    async def meet_it() -> None:
        async with on_incident(tmp_path) as app:
            monkeypatch.setattr(Record, "add", fail)
            await app.write("the queue is full")
            await fails(app.pilot, "enter")

    with pytest.raises(WorkerFailed):
        await meet_it()
    assert drafts_in(tmp_path) == ["the queue is full"]


async def test_a_defect_on_the_home_screen_costs_no_words(tmp_path: Path) -> None:
    """The title is offered again."""

    async def meet_it() -> None:
        async with at_home(tmp_path) as app:
            await app.type_at_home("payments down")
            app.app.action_show_help = fail  # type: ignore[method-assign]
            await fails(app.pilot, "f1")

    with pytest.raises(Defect):
        await meet_it()
    assert drafts_in(tmp_path) == ["payments down"]


def fail(*_: object) -> NoReturn:
    """Do what nobody foresaw."""
    raise Defect


def drafts_in(folder: Path) -> list[str]:
    """What the next start will offer."""
    return [one.draft.text for one in find_drafts(folder / "home" / "drafts")[0]]


async def fails(pilot: Pilot[None], key: str) -> None:
    """Press a key after which the app comes down."""
    await pilot.press(key)
    while pilot.app.is_running:
        await pilot.pause()
