"""The composer as painted: its height, its width, its colours, and what it costs."""

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.composing.host import OWNER, Host, burst, paste, write
from tui.widgets.composer import Composer
from tui.widgets.preview import Preview

TOKEN = "ghp_" + "A1b2C3d4E5f6G7h8I9j0" * 2
ACTS = st.lists(
    st.one_of(
        st.text("ab漢 \n[", min_size=1, max_size=3).map(lambda text: ("paste", text)),
        st.sampled_from(
            ["x", "漢", " ", "ctrl+j", "enter", "alt+up", "alt+down", "left", "tab"]
        ).map(lambda name: ("press", name)),
        st.sampled_from([("put back", ""), ("ask", ""), ("press", "escape")]),
    ),
    max_size=15,
)


async def test_an_empty_composer_is_two_rows() -> None:
    """One row to type in and one that says how to start."""
    host = Host()
    async with host.run_test(size=(80, 24)):
        assert host.composer.size.height == 2
        assert host.rows() == [
            " >",
            "   type what happens   /s symptom  /a action  /r root cause   F1 help",
        ]


async def test_it_grows_and_shrinks_with_its_text() -> None:
    """All rows of a text are seen, up to six, and after Enter the room is given back."""
    host = Host()
    async with host.run_test(size=(40, 24)) as pilot:
        for rows in range(1, 10):
            assert host.field.size.height == min(rows, 6)
            assert host.field.scroll_offset.y == max(0, rows - 6)
            await burst(pilot, str(rows), "ctrl+j")
        await pilot.press("enter")
        await pilot.pause()
        assert host.field.size.height == 1
        assert host.field.scroll_offset.y == 0


async def test_a_long_text_stays_small() -> None:
    """5,000 characters take six rows, with the cursor in sight."""
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        await paste(pilot, "word " * 1_000)
        await write(pilot, "end")
        assert host.field.size.height == 6
        assert host.rows()[5].endswith("end")
        assert len(host.composer.text) == 5_003


@pytest.mark.parametrize("width", [1, 4, 10, 20])
async def test_very_narrow(width: int) -> None:
    """However narrow the terminal, nothing breaks and no row is too wide."""
    host = Host()
    async with host.run_test(size=(width, 12)) as pilot:
        await write(pilot, "/a restarted 漢字 @-2m >zoe")
        host.composer.ask(OWNER)
        await write(pilot, "d")
        await pilot.press("tab", "tab")
        assert all(cell_len(row) <= width for row in host.rows())
        await pilot.press("enter")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert host.rows()[0] == " > /a restarted 漢字 @-2m >zoe"


async def test_wide_and_joined_characters() -> None:
    """The cursor stands after the cells that a text takes, not after its characters."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "漢字🔥é")
        assert host.field.cursor_screen_offset.x == 3 + cell_len("漢字🔥é")
        assert "漢字🔥é" in host.rows()[1]


async def test_text_is_never_markup() -> None:
    """Brackets are shown as typed, in the input, the preview and the label."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "[red]x[/] [@click=app.quit]")
        assert host.rows()[0] == " > [red]x[/] [@click=app.quit]"
        assert "[red]x[/]" in host.rows()[1]
        host.composer.ask(msgspec.structs.replace(OWNER, label="[b]\x1b[1m>", help="[i]"))
        await pilot.pause()
        assert host.rows()[0].startswith(" [b]␛[1m>")
        assert "[i]" in host.rows()[1]


async def test_reordering_characters_are_painted_as_nothing() -> None:
    """A pasted U+202E turns nothing round on the screen; it is kept, and the preview shows it."""
    host = Host()
    async with host.run_test() as pilot:
        await paste(pilot, "a\u202eb")
        assert host.composer.text == "a\u202eb"
        assert "\u202e" not in "".join(host.rows())
        assert "U+202E" in host.rows()[1]


async def test_the_preview_follows_names_and_selection() -> None:
    """When the selection or a name changes, the screen asks for the row anew."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, ">zoe")
        assert "applies to 7f3a" in host.rows()[1]
        assert "[owner zoe ?]" in host.rows()[1]
        host.selected = "9c21 more connections"
        host.context = msgspec.structs.replace(host.context, people=frozenset({"zoe"}))
        host.composer.update_preview()
        await pilot.pause()
        assert host.rows()[1] == "   MARKS  applies to 9c21 more connections   [owner zoe]"


async def test_secrets_are_pointed_out_in_a_pause() -> None:
    """A token is named under the input before Enter, and no longer once it is deleted."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, f"token {TOKEN}")
        async with asyncio.timeout(60):
            while not host.composer.preview.remarks:
                await pilot.pause(0.02)
        assert "looks like a secret" in host.composer.preview.remarks[0]
        await write(pilot, "x")
        assert "looks like a secret" in host.composer.preview.remarks[0]
        await pilot.press("ctrl+u")
        assert host.composer.preview.remarks == ()


async def test_colours_follow_the_theme() -> None:
    """Another theme paints the input anew, though its colours are not looked up at every key."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "x")
        before = host.field.render_line(0)
        host.theme = "textual-light"
        await pilot.pause()
        await write(pilot, "y")
        await burst(pilot, "backspace")
        assert list(host.field.render_line(0)) != list(before)


async def test_a_key_moves_nothing() -> None:
    """A key repaints the input and the row under it; nothing is laid out until the height changes."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "some words")
        laid_out: list[bool] = []
        refresh_layout = host.screen._refresh_layout

        def counted(*args: object, **kwargs: object) -> None:
            laid_out.append(True)
            refresh_layout(*args, **kwargs)  # type: ignore[arg-type]

        host.screen._refresh_layout = counted  # type: ignore[method-assign]
        await write(pilot, " and more")
        assert laid_out == []
        await burst(pilot, "ctrl+j")
        assert laid_out


async def test_the_row_is_not_painted_for_nothing() -> None:
    """A line that says the same is not painted again."""
    host = Host()
    async with host.run_test() as pilot:
        await write(pilot, "word")
        row = host.query_one(Preview)
        line = row.line
        host.composer.update_preview()
        assert row.line is line


@settings(max_examples=25)
@given(acts=ACTS)
async def test_no_text_is_lost_on_screen(acts: list[tuple[str, str]]) -> None:
    """Whatever is pressed, the input shows what the composer would save as draft."""
    host = Host()
    async with host.run_test(size=(30, 12)) as pilot:
        for act, value in acts:
            if act == "paste":
                await paste(pilot, value)
            elif act == "press":
                await burst(pilot, value)
            elif act == "ask":
                host.composer.ask(OWNER)
            else:
                host.composer.put_back("not saved")
            await pilot.pause()
            assert host.field.text == host.composer.text
            if host.composer.text.strip():
                assert host.composer.unsent().endswith(host.composer.text)
            assert 1 <= host.field.size.height <= 6
        sent = [told.text for told in host.told if isinstance(told, Composer.Submitted)]
        assert all(text.strip() for text in sent)
