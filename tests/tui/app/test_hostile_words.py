"""Words that would do something elsewhere are words on every screen, whole, and only words."""

import re
from pathlib import Path

import pytest

from storage.model import Draft
from tests.storage.builders import Clock
from tests.tui.app.running import (
    NARROW,
    Running,
    at_home,
    on_incident,
    running,
    saved_at,
    seeded,
    services_of,
)
from tui.app import HotwashApp

WORDS = {
    "brackets": "[brackets] and [/red] [bold red]x[/] [@click=app.quit]y[/]",
    "unclosed": "[/red",
    "colon": ":warning: [link=https://a.example]x",
    "chinese": "数据库连接池已满，请求超时",
    "emoji": "👩\u200d🚒 on call 🇩🇪 👍🏽",
    "combining": "e\u0301cole Z\u0351\u036b\u0343\u036aalgo",
    "arabic": "الخادم لا يستجيب 503",
    "hebrew": "השרת נפל",
    "backslash": "C:\\temp\\[x] \\",
    "percent": "100% {x} {0} $VAR `id`",
}
"""What people type and paste."""

ESCAPES = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "clear": "\x1b[2J\x1b[H",
    "c1": "\x9b31mred",
    "bell": "a\x07b\x00c\x7f",
    "override": "abc\u202edef",
    "separators": "one\u2028two\u2029three",
    "surrogate-like": "\ufffd\ufeff",
}
"""What only a file edited by hand, an import or a pasted log holds."""

ACTS_ON_A_TERMINAL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def assert_tame(app: Running) -> None:
    """Nothing that is painted does anything to a terminal."""
    for row in app.rows:
        assert not ACTS_ON_A_TERMINAL.search(row), repr(row)


async def look_everywhere(app: Running) -> None:
    """Go through every screen, with the newest entry selected where that matters."""
    assert_tame(app)
    await app.press("up")
    assert_tame(app)
    for key in ("h", "m", "X", "w", "e", "t"):
        await app.press(key)
        assert_tame(app)
        await app.press("escape")
        if not app.timeline.timeline.has_focus:
            await app.press("up")
    await app.press("escape")
    for key in ("f1", "f2", "f3", "f4", "ctrl+p"):
        await app.press(key)
        assert_tame(app)
        await app.press("escape")
    await app.type_line("/settings")
    assert_tame(app)
    await app.press("escape")


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
async def test_words_of_people(tmp_path: Path, words: str) -> None:
    """Typed as an entry, a name, a title: they are on disk as typed, and on every screen."""
    async with on_incident(tmp_path, size=NARROW) as app:
        await app.type_line(words, "ctrl+r")
        assert app.texts[-1] == words
        shown = "".join(app.painted.split())
        assert "".join(words.split())[:20] in shown
        await app.type_line(f"/title {words}")
        await app.keeper.act(
            lambda record: record.add(
                [Draft(text=words, owner=words, said_by=words, kind="action")], words
            )
        )
        await app.press("ctrl+f")
        await app.write(words)
        assert_tame(app)
        await app.press("escape")
        await look_everywhere(app)
        await app.type_line("/home")
        await app.until(lambda: app.at_home)
        assert_tame(app)
        await app.press("up", "enter")
        await app.settled()


@pytest.mark.parametrize("words", ESCAPES.values(), ids=ESCAPES)
async def test_escape_sequences_are_shown_and_not_obeyed(tmp_path: Path, words: str) -> None:
    """Whatever a record holds, the terminal is told nothing but what to draw."""
    services = services_of(
        tmp_path / "home",
        Clock(),
        settings=f'people = ["{words.encode("unicode_escape").decode()}"]\n'.replace(
            "\\x", "\\u00"
        ),
    )
    record = seeded(services, ["dashboards are slow"])
    record.add(
        [
            Draft(text=words, owner=words, said_by=words, kind="action", services=(words,)),
            Draft(text="q", kind="question", body=words, time_box=10, owner=words),
            Draft(kind="role", role=words, role_to=words),
        ],
        words,
    )
    record.edit_incident({"title": words, "document_owner": words}, words)
    async with running(HotwashApp(services, services.library.open(record.path))) as app:
        await look_everywhere(app)
        await app.type_line("/home")
        await app.until(lambda: app.at_home)
        assert_tame(app)


@pytest.mark.parametrize("words", ESCAPES.values(), ids=ESCAPES)
async def test_escape_sequences_that_are_pasted(tmp_path: Path, words: str) -> None:
    """They are visible in the input and in the entry, and act in neither."""
    async with on_incident(tmp_path) as app:
        await app.paste(words)
        assert_tame(app)
        await app.press("enter")
        assert len(app.entries) == 6
        assert_tame(app)


async def test_a_home_of_hostile_names(tmp_path: Path) -> None:
    """The list of incidents shows every title as it is, and opens each."""
    services = services_of(tmp_path / "home", Clock())
    titles = [*WORDS.values(), *ESCAPES.values()]
    for title in titles:
        seeded(services, [], title).close()
    async with at_home(tmp_path, size=(120, 50)) as app:
        assert len(app.listed) == len(titles) + 1
        assert_tame(app)
        for _ in range(3):
            await app.press("up", "enter")
            await app.settled()
            await app.type_line("/home")
            await app.until(lambda: app.at_home)
            assert "is left as it is" in app.notices


async def test_a_very_long_entry(tmp_path: Path) -> None:
    """5,000 characters are typed, recorded, shown and edited, and the input stays usable."""
    words = "word " * 1000
    async with on_incident(tmp_path) as app:
        await app.paste(words)
        await app.press("enter")
        assert app.entries[-1].text.strip() == words.strip()
        await app.press("up", "e")
        await app.write("!")
        await app.press("enter")
        assert app.entries[-1].text.endswith("!")
        await app.type_line("after it")
        assert "after it" in app.painted


async def test_a_word_without_an_end(tmp_path: Path) -> None:
    """10,000 letters without a blank are wrapped and whole."""
    async with on_incident(tmp_path, size=NARROW) as app:
        await app.paste("x" * 10_000)
        await app.press("enter")
        assert app.texts[-1] == "x" * 10_000
        await app.press("up", "up", "down", "escape")
        await app.type_line("y")
        assert saved_at(app.keeper.record.path).entries[-1].text == "y"
