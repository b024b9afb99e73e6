"""Makes every picture of README, by doing what it shows.

Run it with ``.venv/bin/python screenshots/make.py``. The commands are the real ones, in a throw-away
home, with a clock that stands at the night in question.
"""

import contextlib
import io
import itertools
import shlex
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

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


def main() -> None:
    """Make all pictures."""
    session("first-minute", "hotwash", FIRST_MINUTE)


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
