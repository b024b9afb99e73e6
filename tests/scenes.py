"""Seeded incidents and keys to press: what the snapshot tests compare and README's pictures show."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from capture.context import LineContext
from capture.note_line import read_line
from capture.recording import record_reading
from storage.clock import Now
from storage.model import Moment
from storage.record import Record
from tests.storage.builders import Ids
from tui.app import HotwashApp
from tui.services import Services, Start
from tui.talk.shown import Shown, TalkState
from tui.widgets.talk_button import TalkButton
from tui.widgets.talk_row import TalkRow

ZONE = "Europe/Copenhagen"
AUTHOR = "dana"
_NIGHT = datetime(2026, 11, 20, 23, 48, tzinfo=UTC)
"""When it begins: 00:48 on Saturday morning there."""

_INCIDENT: tuple[tuple[int, str], ...] = (
    (0, "/sev 2"),
    (0, "/role ic dana"),
    (1, "/s 503 errors on all API endpoints @23:47 mark:start #checkout"),
    (2, "PagerDuty woke me mark:ack"),
    (4, "/i about a third of all checkouts fail"),
    (6, "/a raised max connections from 100 to 200 >lee !10m"),
    (9, "/q is the batch job from midnight still running?"),
    (12, "/role comms kim"),
    (17, "/done no effect"),
    (
        18,
        "/r by:lee the new feature flag service opens connections and does not give them back @~00:30",
    ),
    (21, "/d turn the flag service off, because rolling back takes 40 minutes"),
    (
        22,
        "/u we see errors at checkout and are switching a new service off; next update in 20 minutes",
    ),
    (25, "/a switched the flag service off >lee"),
    (33, "/m mitigated error rate is back under 0.1 %"),
    (36, "/f alert on connections in use >kim due:2026-11-27"),
    (38, "/status monitoring"),
)
"""Minutes after the start, and what is typed."""

_EARLIER: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("search is slow in eu-west", 9 * 24 * 60, ("/sev 3", "/s p99 over 4 s", "/status resolved")),
    ("certificate of the status page expired", 3 * 24 * 60, ("/sev 4", "/status resolved")),
)
"""Incidents before this one: title, minutes before it, lines."""


class Stage(msgspec.Struct, frozen=True):
    """A home in which something happened, and the app on it.

    Attributes:
        services: the home.
        record: the incident to open; None for the home screen.
    """

    services: Services
    record: Record | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One picture.

    Attributes:
        name: of its file.
        shows: what it shows, in words: README's text for those who don't see it.
        size: columns and rows.
        keys: pressed one after the other; a text of several letters is typed.
        seeded: whether the incidents are there.
        opened: whether the app starts on the incident.
        theme: what is worn.
        talk: what the row above the input says of talking; None: nobody talks.
    """

    name: str
    shows: str
    size: tuple[int, int] = (120, 40)
    keys: tuple[str, ...] = ()
    seeded: bool = True
    opened: bool = True
    theme: str = "dark"
    talk: Shown | None = None


SCENES: tuple[Scene, ...] = (
    Scene(name="timeline", shows="The timeline of an incident at 120 by 40", size=(120, 40)),
    Scene(
        name="timeline-80x24",
        shows="The same incident in a terminal of 80 by 24",
        size=(80, 24),
    ),
    Scene(
        name="composer",
        shows="A line being typed, and under it the entry that it will become",
        size=(100, 20),
        keys=("/a restarted the app servers @-2m >lee",),
    ),
    Scene(
        name="selected",
        shows="Two entries selected: the bottom row tells what each letter does",
        size=(80, 24),
        keys=("up", "space", "up", "up", "space"),
    ),
    Scene(
        name="filter",
        shows="Only the entries that mention connections",
        size=(100, 24),
        keys=("ctrl+f", "connections"),
    ),
    Scene(name="home", shows="The home screen with three incidents", size=(80, 24), opened=False),
    Scene(
        name="home-empty",
        shows="The home screen on the first day",
        size=(80, 24),
        opened=False,
        seeded=False,
    ),
    Scene(name="starter", shows="The postmortem starter, and what waits for people", keys=("f4",)),
    Scene(name="starter-80x24", shows="The starter at 80 by 24", size=(80, 24), keys=("f4",)),
    Scene(name="update", shows="A status update, made of quotations", size=(80, 24), keys=("f2",)),
    Scene(name="handover", shows="The brief for whoever takes over", size=(100, 36), keys=("f3",)),
    Scene(name="help", shows="Keys and marks", size=(80, 24), keys=("f1",)),
    Scene(name="mark", shows="The question which key time it is", size=(80, 24), keys=("up", "m")),
    Scene(
        name="talking",
        shows="Somebody is speaking: REC, a level meter, the seconds, and what to press",
        size=(100, 24),
        talk=Shown(state=TalkState.LISTENING, level=0.7, seconds=7, keys="F9"),
    ),
    Scene(
        name="talking-80x24",
        shows="Speaking with free hands at 80 by 24, and a microphone that may be muted",
        size=(80, 24),
        talk=Shown(
            state=TalkState.LISTENING,
            seconds=12,
            keys="F9",
            latched=True,
            said="Nothing is to be heard: is the microphone muted?",
        ),
    ),
    Scene(name="light", shows="The light theme", size=(100, 24), theme="light"),
    Scene(name="tiny", shows="What is left in 30 by 8", size=(30, 8)),
)
"""Every picture."""


def stage(home: Path, scene: Scene) -> Stage:
    """Let happen in an empty home what the scene shows.

    Args:
        home: the empty home.
        scene: what is wanted.
    """
    clock = _Clock(_NIGHT)
    home.mkdir(parents=True, exist_ok=True)
    settings = (
        f'name = "{AUTHOR}"\nzone = "{ZONE}"\npeople = ["lee", "kim"]\ntheme = "{scene.theme}"\n'
    )
    (home / "settings.toml").write_text(settings, "utf-8")
    (home / "device.json").write_text('{"device": "0000dada"}\n', "utf-8")
    environment = {
        "HOTWASH_HOME": str(home),
        "HOTWASH_VOICE": "0",
        "XDG_CACHE_HOME": str(home / "cache"),
    }
    services = Services(Start(now=clock.now, new_id=Ids("scene"), environment=environment))
    if not scene.seeded:
        return Stage(services)
    for title, before, lines in _EARLIER:
        clock.time = _NIGHT - timedelta(minutes=before)
        _keep(services, clock, title, [(3 * n, line) for n, line in enumerate(lines)]).close()
    clock.time = _NIGHT
    record = _keep(services, clock, "checkout answers 503", _INCIDENT)
    clock.time = _NIGHT + timedelta(minutes=41)
    if scene.opened:
        return Stage(services, record)
    record.close()
    return Stage(services)


def _keep(
    services: Services, clock: "_Clock", title: str, lines: Iterable[tuple[int, str]]
) -> Record:
    begun = clock.time
    record = services.library.create(title, ZONE, ["checkout"])
    for minutes, line in lines:
        clock.time = begun + timedelta(minutes=minutes)
        context = LineContext(
            now=clock.time, zone=ZONE, author=AUTHOR, people=frozenset({"lee", "kim", AUTHOR})
        )
        now = Moment(utc=clock.time, zone=ZONE)
        record_reading(record, read_line(line, context), AUTHOR, now)
    return record


class _Clock:
    """The wall clock of that night."""

    def __init__(self, time: datetime) -> None:
        self.time = time
        self.now: Now = lambda: self.time


def app_of(home: Path, scene: Scene) -> HotwashApp:
    """The app on a scene's stage."""
    staged = stage(home, scene)
    return HotwashApp(staged.services, staged.record)


def play(scene: Scene) -> Callable[[Pilot[None]], Awaitable[None]]:
    """What presses a scene's keys in the running app."""

    async def perform(pilot: Pilot[None]) -> None:
        await settled(pilot)
        for key in scene.keys:
            for press in (key,) if _is_key(key) else _letters(key):
                await pilot.press(press)
            await settled(pilot)
        if scene.talk is not None:
            pilot.app.screen.query_one(TalkRow).show(scene.talk)
            pilot.app.screen.query_one(TalkButton).show(is_there=True, is_recording=True)
            await settled(pilot)

    return perform


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way any more, and no cursor blinks."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    for widget in pilot.app.screen.query("*"):
        if isinstance(widget, (Input, TextArea)):
            widget.cursor_blink = False
    await pilot.pause()


async def picture(home: Path, scene: Scene) -> str:
    """The scene as SVG that asks nobody for anything: no font from the web."""
    app = app_of(home, scene)
    async with app.run_test(size=scene.size) as pilot:
        await play(scene)(pilot)
        svg = app.export_screenshot(title="hotwash")
    await app.let_go()
    return _without_web_fonts(svg)


def _without_web_fonts(svg: str) -> str:
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    # Dashes in a row must not become one long sign.
    return svg.replace("<style>", "<style>\n    text { font-variant-ligatures: none; }\n", 1)


def _is_key(text: str) -> bool:
    return len(text) == 1 or text in _KEYS


_KEYS = {
    "up",
    "down",
    "space",
    "enter",
    "escape",
    "tab",
    "ctrl+f",
    "ctrl+p",
    "f1",
    "f2",
    "f3",
    "f4",
}
_NAMES = {
    " ": "space",
    "/": "slash",
    "@": "at",
    ">": "greater_than_sign",
    "-": "minus",
    "#": "number_sign",
    ":": "colon",
}


def _letters(text: str) -> list[str]:
    return [_NAMES.get(letter, letter) for letter in text]
