"""The colours of the app: four themes, all of high contrast, the last being the terminal's own.

Nothing is told by colour alone. The colours that the kinds have stand apart by lightness and hue;
those of ``colour-blind`` also do so to people who see no red, no green, or no blue.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from textual.app import App
from textual.color import Color
from textual.filter import Monochrome, NoColor
from textual.theme import Theme

from storage.settings import ThemeName

Result = TypeVar("Result")

HUES = ("primary", "secondary", "warning", "error", "success", "accent")
"""The colours that mean something, each with a ``$text-…`` to write in and a ``$…-muted`` behind it."""

_TINT = 0.82
"""How far the colour behind a badge is moved from its text's colour to the background's."""


class _Palette(msgspec.Struct, frozen=True):
    """What a theme is made from.

    Attributes:
        dark: whether text is lighter than what is behind it.
        background: the screen.
        surface: what most text stands on.
        panel: bars.
        foreground: text.
        selected: behind a selected line.
        hues: the colour of each of `HUES`.
    """

    dark: bool
    background: str
    surface: str
    panel: str
    foreground: str
    selected: str
    hues: Mapping[str, str]


_DARK = _Palette(
    dark=True,
    background="#0b0f14",
    surface="#11161d",
    panel="#1b232d",
    foreground="#f0f3f6",
    selected="#243b53",
    hues={
        "primary": "#71b7ff",
        "secondary": "#9db1c7",
        "warning": "#f0c33c",
        "error": "#ff8f88",
        "success": "#5fd98b",
        "accent": "#d5a6ff",
    },
)
_LIGHT = _Palette(
    dark=False,
    background="#ffffff",
    surface="#f8f9fb",
    panel="#eaeef2",
    foreground="#101418",
    selected="#cfe3fa",
    hues={
        "primary": "#0349a8",
        "secondary": "#43505e",
        "warning": "#6f4400",
        "error": "#a0111f",
        "success": "#0a5425",
        "accent": "#622cbc",
    },
)
# Near the set of Okabe and Ito ("Color Universal Design", 2008), moved apart in lightness until the
# two nearest of them and white differ as much as possible in each of the simulations of the test.
_COLOUR_BLIND = _Palette(
    dark=True,
    background="#0b0f14",
    surface="#11161d",
    panel="#1b232d",
    foreground="#f2f2f2",
    selected="#33383f",
    hues={
        "primary": "#6b8efd",
        "secondary": "#8b9979",
        "warning": "#ffd00a",
        "error": "#ec7e2d",
        "success": "#3bef7f",
        "accent": "#d174b7",
    },
)


def _theme(name: ThemeName, palette: _Palette) -> Theme:
    """A theme whose every pair of text and background is chosen, where Textual would derive some."""
    background = Color.parse(palette.background)
    hues = palette.hues
    variables = {f"text-{hue}": hues[hue] for hue in HUES}
    variables |= {
        f"{hue}-muted": Color.parse(hues[hue]).blend(background, _TINT).hex for hue in HUES
    }
    variables |= {
        "text": "auto 95%",
        "text-muted": "auto 78%",
        "text-disabled": "auto 70%",
        "foreground-muted": Color.parse(palette.foreground).blend(background, 0.25).hex,
        "border": hues["primary"],
        "border-blurred": hues["secondary"],
        "block-cursor-background": hues["primary"],
        "block-cursor-foreground": palette.background,
        "block-cursor-blurred-background": palette.selected,
        "block-cursor-blurred-foreground": palette.foreground,
        "input-selection-background": palette.selected,
        "input-selection-foreground": palette.foreground,
        "screen-selection-background": palette.selected,
        "screen-selection-foreground": palette.foreground,
        "footer-key-foreground": hues["primary"],
        "link-background-hover": palette.selected,
    }
    return Theme(
        name=name,
        dark=palette.dark,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        foreground=palette.foreground,
        primary=hues["primary"],
        secondary=hues["secondary"],
        warning=hues["warning"],
        error=hues["error"],
        success=hues["success"],
        accent=hues["accent"],
        variables=variables,
    )


def _terminals_own() -> Theme:
    """The sixteen colours that the person gave their terminal, dark or light, on its background.

    A terminal can't mix colours, so nothing has a tinted background. Black on cyan, for what is
    selected, stands out and is legible in dark palettes and in light ones; the underline is for
    NO_COLOR, which takes both colours away.
    """
    variables = {f"{hue}-muted": "transparent" for hue in HUES}
    variables |= {
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "foreground-disabled": "ansi_default",
        "surface-active": "ansi_default",
        "border": "ansi_blue",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_cyan",
        "block-cursor-foreground": "ansi_black",
        "block-cursor-text-style": "bold underline",
        "block-cursor-blurred-background": "ansi_cyan",
        "block-cursor-blurred-foreground": "ansi_black",
        "block-cursor-blurred-text-style": "underline",
        "footer-key-foreground": "ansi_blue",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_cyan",
        "screen-selection-foreground": "ansi_black",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    }
    own = "ansi_default"
    return Theme(
        name="ansi",
        ansi=True,
        background=own,
        surface=own,
        panel=own,
        boost=own,
        foreground=own,
        primary="ansi_blue",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_magenta",
        variables=variables,
    )


THEMES: dict[ThemeName, Theme] = {
    "dark": _theme("dark", _DARK),
    "light": _theme("light", _LIGHT),
    "colour-blind": _theme("colour-blind", _COLOUR_BLIND),
    "ansi": _terminals_own(),
}
"""Every theme, under the name that it has in settings.toml and that `App.theme` takes."""


def wear(app: App[Result], name: ThemeName) -> None:
    """Show an app that has `THEMES` registered in one of them.

    With NO_COLOR Textual chooses once, before it knows the theme, between greys and the terminal's
    default colours; greys of the terminal's own colours would be black on black.
    """
    theme = THEMES[name]
    if app.no_color:
        kept = [one for one in app._filters if not isinstance(one, Monochrome | NoColor)]
        app._filters = [*kept, NoColor() if theme.ansi else Monochrome()]
    app.theme = theme.name
