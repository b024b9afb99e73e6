"""Other widths and heights."""

from pathlib import Path

import pytest

from storage.record import Record
from tests.storage.builders import new_record, note
from tests.tui.timeline.scene import Scene, minute, record_of, showing

WORDS = "connections to the primary are refused and the pool is full again " * 3


async def resize(scene: Scene, width: int, height: int) -> None:
    """Give the terminal another size."""
    await scene.pilot.resize_terminal(width, height)
    await scene.settle()


async def test_the_tail_stays_while_following(tmp_path: Path) -> None:
    """A terminal that is made narrower, wider, lower or higher still shows the newest entry."""
    async with showing(record_of(tmp_path, 100, WORDS)) as scene:
        for size in ((60, 20), (100, 12), (140, 40), (10, 5), (120, 20)):
            await resize(scene, *size)
            assert scene.at_end
            assert scene.follows()
            assert scene.lines[-1].strip()


async def test_the_uppermost_entry_stays_when_not_following(tmp_path: Path) -> None:
    """Somebody who reads further up still does after a resize."""
    async with showing(record_of(tmp_path, 100, WORDS)) as scene:
        await scene.press(*["pageup"] * 4)
        first = next(line for line in scene.lines if "connections" in line).split()[2]
        for size in ((60, 20), (140, 30), (120, 12)):
            await resize(scene, *size)
            assert any(f" {first} connections" in line for line in scene.lines[:7])
            assert not scene.follows()


async def test_the_selected_entry_stays_in_view(tmp_path: Path) -> None:
    """What is selected is what matters, also on a terminal of half the height."""
    async with showing(record_of(tmp_path, 100, WORDS)) as scene:
        scene.timeline.select(scene.id_of("50 connections"))
        for size in ((60, 20), (60, 6), (140, 30), (120, 20)):
            await resize(scene, *size)
            assert scene.row_of(" 50 connections") is not None


@pytest.mark.parametrize(
    ("width", "seen"), [(120, "cbtar"), (80, "cbtr"), (60, "cbt"), (40, "cbt"), (30, "ct")]
)
async def test_columns_drop_one_after_the_other(tmp_path: Path, width: int, seen: str) -> None:
    """The words are what is read; whatever else there is room for stands beside them."""
    record = new_record(tmp_path)
    entry = note(record, "pool is full", kind="symptom")
    parts = {"c": "02:47", "b": "SYMPTOM", "t": "pool is", "a": " a ", "r": entry.ref}
    async with showing(record, (width, 10)) as scene:
        row = f"{scene.lines[1]} "
        assert "".join(part for part, words in parts.items() if words in row) == seen


@pytest.mark.parametrize("size", [(10, 10), (5, 4), (2, 2), (1, 1)])
async def test_tiny_terminals_show_what_they_can(tmp_path: Path, size: tuple[int, int]) -> None:
    """A terminal may be made any size for a moment, which must not end the app."""
    async with showing(hostile(tmp_path), size) as scene:
        await scene.press("up", "up", "pageup", "home", "end", "down")
        scene.timeline.filter("o")
        await scene.settle()
        await resize(scene, 80, 24)
        assert "SYMPTOM" in scene.screen


def hostile(folder: Path) -> Record:
    """A record of texts that screens have trouble with."""
    record = new_record(folder)
    for text in (
        "日本語" * 40,
        "👩\u200d👩\u200d👧" * 30,
        "a" * 500,
        "[red]o\n\n\x1b[2J\to",
        "שלום " * 30,
    ):
        note(record, text, kind="symptom")
    record.drain()
    return record


@pytest.mark.parametrize("width", [2, 3, 8, 15, 22, 29, 36, 50, 80, 120])
async def test_every_row_is_as_wide_as_the_screen(tmp_path: Path, width: int) -> None:
    """A row that is too short or too long leaves rags of what was there before."""
    async with showing(hostile(tmp_path), (width, 30)) as scene:
        region = scene.timeline.scrollable_content_region
        strips = [scene.timeline.render_line(y) for y in range(region.height)]
        assert {strip.cell_length for strip in strips} == {region.width}
        assert all("\x1b" not in strip.text and "\n" not in strip.text for strip in strips)


async def test_a_resize_across_a_change_of_day_keeps_rules(tmp_path: Path) -> None:
    """The date stands above the first entry of its day at every width."""
    record = record_of(tmp_path, 3, WORDS)
    note(record, "next day", at=minute(1440))
    async with showing(record) as scene:
        await resize(scene, 50, 40)
        assert scene.row_of("Sun 22 Nov 2026") == (scene.row_of("next day") or 0) - 1
