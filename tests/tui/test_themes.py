import itertools
import math
from collections.abc import Iterator
from typing import get_args

import pytest
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.color import Color
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Footer, Input, Label, OptionList, Static

from storage.settings import THEME_NAMES, ThemeName
from tui.themes import HUES, THEMES, wear

MIXED: list[ThemeName] = ["dark", "light", "colour-blind"]
"""The themes that choose their colours."""

BACKGROUNDS = ("background", "surface", "panel")
ON_ALL = (
    *("text", "text-muted", "text-disabled", "foreground", "foreground-muted", "link-color"),
    *(f"text-{hue}" for hue in HUES),
    *HUES,
    *(f"markdown-h{level}-color" for level in range(1, 7)),
)
PAIRS = (
    *itertools.product(ON_ALL, BACKGROUNDS),
    *((f"text-{hue}", f"{hue}-muted") for hue in HUES),
    *(("text", f"{hue}-muted") for hue in HUES),
    *(("text-muted", f"{hue}-muted") for hue in HUES),
    *(("button-color-foreground", hue) for hue in HUES),
    *(("text", hue) for hue in HUES),
    ("button-foreground", "surface"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("text", "block-cursor-background"),
    ("text", "block-cursor-blurred-background"),
    ("text-muted", "block-cursor-blurred-background"),
    ("foreground", "block-hover-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
    ("link-color-hover", "link-background-hover"),
)
EDGES = tuple(itertools.product(("border", "border-blurred", "scrollbar-active"), BACKGROUNDS))
"""What shows where something is: WCAG 1.4.11 asks 3 of it."""

Linear = tuple[float, float, float]
Matrix = tuple[Linear, Linear, Linear]

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", IEEE TVCG 15 (2009), severity 1.0; they are applied to linear RGB.
VISIONS: dict[str, Matrix] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
APART = 25.0
"""Distance in CIELAB (CIE76); 2.3 is what can just be told apart side by side."""


class Samples(App[None]):
    """Shows each pair of variables as a text on a background."""

    CSS = "\n".join(
        f"#{text}--{behind} {{ color: ${text}; background: ${behind}; }}"
        for text, behind in (*PAIRS, *EDGES)
    )

    def __init__(self, theme: ThemeName) -> None:
        super().__init__()
        for one in THEMES.values():
            self.register_theme(one)
        wear(self, theme)

    def compose(self) -> ComposeResult:
        """A text a pair."""
        for text, behind in (*PAIRS, *EDGES):
            yield Static("x", id=f"{text}--{behind}")

    def colours(self, text: str, behind: str) -> tuple[Color, Color]:
        """The two colours of a pair, as they arrive at the terminal."""
        style = self.query_one(f"#{text}--{behind}").rich_style
        assert style.color
        assert style.bgcolor
        return Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)


class Widgets(App[None]):
    """Shows some of what the app is made of, in the terminal's own colours."""

    def __init__(self) -> None:
        super().__init__()
        for one in THEMES.values():
            self.register_theme(one)
        wear(self, "ansi")

    def compose(self) -> ComposeResult:
        """Something of each sort."""
        yield Label("label")
        yield Input("typed")
        yield Button("button", variant="error")
        yield Checkbox("checkbox")
        yield OptionList("one", "two")
        yield Footer()

    def frame(self) -> Iterator[Segment]:
        """All that is written to the terminal."""
        for widget in self.screen.walk_children(Widget, with_self=True):
            for strip in widget.render_lines(Region(0, 0, *widget.outer_size)):
                yield from strip


def linear(colour: Color) -> Linear:
    """The amounts of light, from 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return red, green, blue


def luminance(colour: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio (WCAG 2.2), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(colour: Color, vision: str) -> Linear:
    """A colour as somebody sees it, in CIELAB under D65."""
    seen = [
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True))))
        for row in VISIONS[vision]
    ]
    red, green, blue = seen
    x, y, z = (
        _cube(value)
        for value in (
            (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
            0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
            (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube(value: float) -> float:
    return value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29


def distance(one: Color, other: Color, vision: str) -> float:
    """How far two colours are apart to somebody."""
    return math.dist(lab(one, vision), lab(other, vision))


def test_the_measures() -> None:
    """Black on white is 21 by definition, and a published example is met."""
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)
    assert lab(Color.parse("#f00"), "usual") == pytest.approx((53.24, 80.09, 67.20), abs=0.05)
    red, green = Color.parse("#c83232"), Color.parse("#647d00")
    assert distance(red, green, "deuteranopia") < distance(red, green, "usual") / 3


def test_every_setting_is_a_theme() -> None:
    """What settings.toml may say is there, under the name that it has there."""
    assert tuple(THEMES) == THEME_NAMES == get_args(ThemeName)
    assert [theme.name for theme in THEMES.values()] == list(THEMES)


@pytest.mark.parametrize("theme", MIXED)
async def test_every_text_is_legible(theme: ThemeName) -> None:
    """Each text on each background that it stands on has contrast 4.5, muted text as well."""
    app = Samples(theme)
    async with app.run_test():
        found = {pair: round(contrast(*app.colours(*pair)), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", MIXED)
async def test_every_edge_is_seen(theme: ThemeName) -> None:
    """Borders and the scrollbar have contrast 3 with what they stand on."""
    app = Samples(theme)
    async with app.run_test():
        found = {pair: round(contrast(*app.colours(*pair)), 2) for pair in EDGES}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


@pytest.mark.parametrize("vision", VISIONS)
async def test_kinds_stay_apart_for_everybody(vision: str) -> None:
    """Without red, green or blue any two colours of the theme for that differ, and from plain text."""
    app = Samples("colour-blind")
    async with app.run_test():
        names = [f"text-{hue}" for hue in HUES] + ["foreground"]
        colours = {name: app.colours(name, "surface")[0] for name in names}
    found = {
        (one, other): round(distance(colours[one], colours[other], vision), 1)
        for one, other in itertools.combinations(names, 2)
    }
    assert {pair: apart for pair, apart in found.items() if apart < APART} == {}


@pytest.mark.parametrize("theme", MIXED)
async def test_no_color(theme: ThemeName, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR there are greys, and the contrast stays."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = Samples(theme)
    async with app.run_test():
        grey = {pair: [colour.monochrome for colour in app.colours(*pair)] for pair in PAIRS}
    found = {pair: round(contrast(*colours), 2) for pair, colours in grey.items()}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


def mixed(colour: RichColor | None) -> bool:
    """Whether a colour is one that a program chose, and not one of the terminal's own."""
    return colour is not None and colour.type not in {ColorType.DEFAULT, ColorType.STANDARD}


async def test_the_terminals_own_colours() -> None:
    """Every colour is one that the person chose for their terminal, and text is never on itself."""
    app = Widgets()
    async with app.run_test():
        await app.workers.wait_for_complete()
        styles = {segment.style for segment in app.frame() if segment.style}
    assert not [style for style in styles if mixed(style.color) or mixed(style.bgcolor)]
    for style in styles:
        if style.color and style.bgcolor and not style.color.is_default:
            assert style.color != style.bgcolor, style


async def test_no_color_in_the_terminals_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR only the terminal's default colours are left, not black on black."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = Widgets()
    async with app.run_test() as pilot:
        wear(app, "dark")
        await pilot.pause()
        assert any(segment.style and mixed(segment.style.bgcolor) for segment in app.frame())
        wear(app, "ansi")
        await pilot.pause()
        styles = [segment.style for segment in app.frame() if segment.style]
    assert styles
    for style in styles:
        assert style.color is None or style.color.is_default
        assert style.bgcolor is None or style.bgcolor.is_default


def test_no_variable_is_missing() -> None:
    """What a style sheet may name is there in every theme, or the app would not start with it."""
    names = {name: theme.to_color_system().generate().keys() for name, theme in THEMES.items()}
    defined = names["ansi"] | THEMES["ansi"].variables.keys()
    assert names["dark"] - defined == set()


async def test_themes_can_be_switched() -> None:
    """From any to any, as the settings screen does, without a fault."""
    app = Samples("dark")
    async with app.run_test() as pilot:
        for name in (*THEME_NAMES, *reversed(THEME_NAMES)):
            wear(app, name)
            await pilot.pause()
            assert app.native_ansi_color is (name == "ansi")
