"""Makes every picture of README, by doing what it shows.

Run it with ``.venv/bin/python screenshots/make.py``. The commands and the app are the real ones, in a
throw-away home, with a clock that stands at the night in question. The app's pictures are scenes of
the snapshot tests, as SVG and, through Chromium, as PNG.
"""

import asyncio
import contextlib
import io
import itertools
import math
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.scenes import SCENES, Scene, picture
from tui.cli.main import run
from tui.services import Start

HERE = Path(__file__).parent
COLUMNS = 100
START = datetime(2026, 11, 21, 2, 38, tzinfo=UTC)
FIRST_MINUTE: list[tuple[int, str]] = [
    (0, "hotwash new 'checkout 503s' --severity 2 --service checkout"),
    (120, "hotwash note '/s 503 errors on all API endpoints @2:36 mark:start'"),
    (260, "hotwash note '/a raised max connections from 100 to 200 >lee !10m'"),
    (610, "hotwash note '/done worked'"),
    (640, "hotwash note '/r by:lee the new flag service opens connections and keeps them'"),
    (900, "hotwash note '/m mitigated'"),
    (910, "hotwash show"),
]
"""Seconds after the start, and what is typed."""

# Rich's own template fetches its fonts from the web; a picture of ours asks nobody for anything.
_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


OF_APP = ("timeline", "composer", "talking", "starter", "home", "timeline-80x24")
"""Scenes that README shows."""

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_QUIETLY = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
)
"""What keeps the browser to the picture, and off the network."""


def main() -> None:
    """Make all pictures."""
    session("first-minute", "hotwash", FIRST_MINUTE)
    browser = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    for scene in SCENES:
        if scene.name in OF_APP:
            of_app(scene, browser)
    if browser is None:
        print("Chromium is not installed: no PNG was made.", file=sys.stderr)


def of_app(scene: Scene, browser: str | None) -> None:
    """A picture of the app."""
    with tempfile.TemporaryDirectory() as folder:
        svg = asyncio.run(picture(Path(folder, "home"), scene))
    path = HERE / f"{scene.name}.svg"
    path.write_text(svg, "utf-8")
    print(path.relative_to(HERE.parent))
    if browser is not None:
        print(as_png(path, svg, browser).relative_to(HERE.parent))


def as_png(path: Path, svg: str, browser: str) -> Path:
    """The picture as Chromium paints it: the only one of many that keeps columns in line."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found is not None, "Textual's pictures have a size"
    width, height = (math.ceil(float(side)) for side in found.groups())
    png = path.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                *_QUIETLY,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={png}",
                path.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return png


def session(name: str, title: str, typed: list[tuple[int, str]]) -> None:
    """A picture of commands and what they print."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor")
    with tempfile.TemporaryDirectory() as home:
        environment = {"HOTWASH_HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "TZ": "UTC"}
        (Path(home) / "settings.toml").write_text('name = "dana"\nzone = "UTC"\n', "utf-8")
        (Path(home) / "device.json").write_text('{"device": "0000dada"}\n', "utf-8")
        new_id = _ids()
        for seconds, line in typed:
            at = START + timedelta(seconds=seconds)
            start = Start(now=_standing(at), new_id=new_id, environment=environment)
            console.print(Text.assemble(("$ ", "bold green"), (line, "bold")))
            for text, style in _outputs(shlex.split(line)[1:], start):
                console.print(Text(text, style), end="")
    svg = console.export_svg(title=title, code_format=_SVG, unique_id=name)
    path = HERE / f"{name}.svg"
    path.write_text(svg, "utf-8")
    print(f"{path.relative_to(HERE.parent)}")


def _outputs(arguments: list[str], start: Start) -> list[tuple[str, str]]:
    """What a command prints, with the style to show it in."""
    printed, said = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        code = run(arguments, start)
    texts = []
    for stream, style in ((said, "dim"), (printed, "")):
        stream.flush()
        stream.seek(0)
        texts.append((stream.read(), style))
    if code:
        raise SystemExit(f"{shlex.join(arguments)} left with {code}: {texts}")
    return texts


def _standing(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def _ids() -> Callable[[], str]:
    """Ids as they might have been, the same in every run."""
    numbers = itertools.count(1)

    def new_id() -> str:
        number = next(numbers)
        return f"019aa8b2-c3d4-7{number:03x}-8{number * 2654435761 % 0xFFF:03x}-{number * 0x9E3779B97F4A7 % (1 << 48):012x}"

    return new_id


if __name__ == "__main__":
    main()
