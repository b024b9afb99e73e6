from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from storage.errors import BadValue, SaveFailed
from storage.settings import Settings, read_settings
from tui.screens.settings import SettingsScreen
from tui.screens.settings_choices import Choices
from tui.screens.settings_form import fields, text_of, value_of
from tui.services import Services, Start
from tui.themes import THEMES, wear

FILE = """\
# dana's
name = "dana" # IC
people = ["lee", "kim"]
"""


class Host(App[None]):
    """Shows the settings of a home, and keeps what they end with."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.services = Services(Start(home=str(home)))
        self.ended: list[Settings | None] = []
        for theme in THEMES.values():
            self.register_theme(theme)

    async def on_mount(self) -> None:
        """Show them."""
        await self.push_screen(SettingsScreen(self.services), self.ended.append)

    def text(self, selector: str) -> str:
        """What a part of the screen says."""
        return str(self.screen.query_one(selector, Static).content)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with settings."""
    folder = tmp_path / "dana"
    folder.mkdir()
    (folder / "settings.toml").write_text(FILE, "utf-8")
    return folder


def written(home: Path) -> str:
    """The file."""
    return (home / "settings.toml").read_text("utf-8")


async def retype(pilot: Pilot[None], text: str) -> None:
    """Put text in the place of what the focused field holds."""
    await pilot.press("end", "ctrl+u", *text)


async def test_everything_by_keyboard(home: Path) -> None:
    """All seven fields at 80x24 without a mouse; the file keeps its comments."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await retype(pilot, "kim")
        await pilot.press("enter")
        await retype(pilot, "Europe/Oslo")
        await pilot.press("down")
        await retype(pilot, "web, db ,web,")
        await pilot.press("tab")
        await retype(pilot, "")
        await pilot.press("down", "right", "right", "down")
        await retype(pilot, "30")
        await pilot.press("down", "left", "ctrl+s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.ended == [
            Settings("kim", "Europe/Oslo", ("web", "db"), (), "colour-blind", 30, False)
        ]
    assert (app.ended[0], []) == read_settings(home / "settings.toml")
    assert written(home).startswith('# dana\'s\nname = "kim" # IC\nzone = ')


async def test_all_of_it_is_in_view(home: Path) -> None:
    """At 80x24 no field and no way out is hidden, and each says what it is for when it has the focus."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        for widget in app.screen.query("Input, Choices"):
            widget.focus()
            await pilot.pause()
            field = next(field for field in fields("") if field.key == widget.name)
            assert app.text("#settings-about")[:20] == field.about[:20]
            assert cell_len(field.about) <= 78, "it is one row"
            for shown in [*app.screen.query("Input, Choices, Button")]:
                assert app.screen.region.contains_region(shown.region), shown
                assert shown.region.height == 1, shown
        file = app.text("#settings-file")
        assert file == f"Kept in {home / 'settings.toml'}, which you may edit as well."


async def test_saving_by_the_button(home: Path) -> None:
    """Enter on Save does what ctrl+s does."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await retype(pilot, "kim")
        app.screen.query_one("#save", Button).focus()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [one.name for one in app.ended if one] == ["kim"]


async def test_by_mouse(home: Path) -> None:
    """A choice is taken where it is clicked, and the buttons work."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#setting-theme", offset=(13, 0))
        assert app.screen.query_one("#setting-theme", Choices).chosen == "light"
        await pilot.click("#setting-theme", offset=(8, 0))
        assert app.screen.query_one("#setting-theme", Choices).chosen == "light"
        await pilot.click("#save")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [one.theme for one in app.ended if one] == ["light"]


async def test_a_wrong_value_is_told_while_typing(home: Path) -> None:
    """The line of help becomes the reason, with a sign and not only a colour, and comes back."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        await retype(pilot, "Mars/[red]")
        told = app.text("#about-zone")
        assert told.startswith("! Mars/[red] is no time zone known here")
        await pilot.press("up", "ctrl+s")
        await pilot.pause()
        assert app.text("#settings-said") == (
            "Nothing is saved yet: Home zone can't have that value."
        )
        assert app.screen.query_one("#setting-zone", Input).has_focus
        assert (app.ended, written(home)) == ([], FILE)
        await retype(pilot, "UTC")
        assert app.text("#about-zone").startswith("of new incidents")
        assert app.text("#settings-said") == ""


async def test_zones_are_completed(home: Path) -> None:
    """Nobody knows by heart how a zone is written."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"europe/cop")
        zone = app.screen.query_one("#setting-zone", Input)
        while not zone._suggestion:
            await pilot.pause()
        await pilot.press("right")
        assert zone.value == "Europe/Copenhagen"


async def test_leaving_unchanged_asks_nothing(home: Path) -> None:
    """One Escape is enough, also after something was typed and taken back."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "backspace", "escape")
        await pilot.pause()
        assert app.ended == [None]
    assert written(home) == FILE


async def test_saving_unchanged_writes_nothing(home: Path) -> None:
    """What a person wrote by hand is not touched for nothing."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s", "ctrl+s")
        await pilot.pause()
        assert app.ended == [None]
    assert written(home) == FILE


async def test_leaving_with_changes_asks_once(home: Path) -> None:
    """What would be lost is named; another key goes on, a second Escape drops it."""
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "escape")
        said = "Not saved: Name. Escape again drops that, ctrl+s saves it."
        assert app.text("#settings-said") == said
        await pilot.press("y")
        assert app.text("#settings-said") == ""
        await pilot.press("escape")
        assert app.ended == []
        await pilot.press("escape")
        await pilot.pause()
        assert app.ended == [None]
    assert written(home) == FILE


async def test_what_is_wrong_with_the_file_is_told(home: Path) -> None:
    """As it stands now, not as it stood when the app started; what nobody changes stays there."""
    app = Host(home)
    text = 'theme = "black"\nzone = "Mars"\nnmae = "[bold]\\u001b[31m"\n'
    (home / "settings.toml").write_text(text, "utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        told = app.text("#settings-warnings")
        assert "! " in told
        assert "theme is left at its default" in told
        assert "'nmae' is not known" in told
        assert "Mars is no time zone" in told
        assert app.screen.query_one("#setting-zone", Input).value == ""
        await pilot.press(*"kim", "ctrl+s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.ended == [Settings(name="kim")]
    assert written(home) == text + 'name = "kim"\n'


async def test_a_file_that_can_not_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is shown, and what was typed is still there."""

    def refuse(*_: object) -> None:
        raise SaveFailed("settings.toml could not be saved: [Errno 5].")

    monkeypatch.setattr("tui.screens.settings.write_settings", refuse)
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "ctrl+s")
        await pilot.pause()
        assert app.text("#settings-said") == (
            "Nothing is saved: settings.toml could not be saved: [Errno 5]."
        )
        assert app.screen.query_one("#setting-name", Input).value == "danax"
        assert app.ended == []


async def test_a_file_that_is_no_toml(home: Path) -> None:
    """It is refused to be overwritten, and named."""
    (home / "settings.toml").write_text("name = dana\n", "utf-8")
    app = Host(home)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "is not TOML" in app.text("#settings-warnings")
        await pilot.press("x", "ctrl+s")
        await pilot.pause()
        assert "it was left as it is" in app.text("#settings-said")
    assert written(home) == "name = dana\n"


async def test_a_first_file(tmp_path: Path) -> None:
    """Nothing has to be prepared, and nobody else can read it."""
    app = Host(tmp_path / "new")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"kim", "ctrl+s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.ended == [Settings(name="kim")]
    assert (tmp_path / "new" / "settings.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (160, 50)])
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
async def test_any_size_in_any_theme(home: Path, theme: object, size: tuple[int, int]) -> None:
    """The focused field is in view, and its label says so with more than a colour."""
    app = Host(home)
    async with app.run_test(size=size) as pilot:
        wear(app, next(name for name, one in THEMES.items() if one is theme))
        await pilot.press(*["up"] * 9)
        await pilot.pause()
        focused = app.focused
        assert isinstance(focused, Choices)
        form = app.screen.query_one("#settings-form")
        assert form.region.contains_region(focused.region)
        (here,) = app.screen.query(".setting.-here .setting-label")
        assert here.rich_style.underline
        assert app.screen.has_class("-tall") is (size[1] == 50)


def test_every_setting_has_a_field() -> None:
    """What settings.toml knows can be set on the screen, in the order of the table."""
    assert [field.key for field in fields("kim")] == list(Settings.__struct_fields__)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("name", "  Dana   Holm ", "Dana Holm"),
        ("name", "a\x1b[31m", "a␛[31m"),
        ("name", "   ", None),
        ("zone", "Europe/Copenhagen", "Europe/Copenhagen"),
        ("zone", "+01:00", "+01:00"),
        ("services", "web,  data base ,,web", ["web", "data base"]),
        ("people", " , ", None),
        ("nudge_minutes", "0", 0),
        ("nudge_minutes", "", None),
        ("bell", "yes", True),
        ("bell", "no", False),
        ("voice", "no", False),
        ("talk_key", " F8", "f8"),
        ("talk_key", "ctrl+t", "ctrl+t"),
        ("keep_audio_days", "0", 0),
        ("microphone", "USB  audio", "USB audio"),
    ],
)
def test_what_a_field_means(key: str, text: str, value: object) -> None:
    """Blanks around it mean nothing, and an empty field is the default."""
    assert value_of(key, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("zone", "Mars"),
        ("zone", "../etc"),
        *(("nudge_minutes", text) for text in ("x", "-1", "1441", "1.5", "9" * 99, "٣", "1 0")),
    ],
)
def test_what_a_field_can_not_mean(key: str, text: str) -> None:
    """It is refused with a sentence before anything is written."""
    with pytest.raises(BadValue, match=r"\.$"):
        value_of(key, text)


def test_what_is_shown_means_itself() -> None:
    """Opening the screen and saving it changes nothing, whatever the settings are."""
    chosen = Settings("kim", "UTC", ("web", "db"), ("lee",), "ansi", 5, False)
    for settings in (Settings(), chosen):
        for key in Settings.__struct_fields__:
            value = value_of(key, text_of(settings, key))
            held = getattr(settings, key)
            assert value == (list(held) or None if isinstance(held, tuple) else held)
