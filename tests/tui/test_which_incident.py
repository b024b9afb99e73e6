"""Which incident a command means (commands.md)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.presence import Presence
from tests.storage.builders import START
from tests.tui.session import Session, finish, process


def started(session: Session, title: str, *options: str) -> str:
    """Start an incident a minute later; gives its id."""
    session.later(minutes=1)
    return session.ok("new", title, *options).out.strip()


@pytest.mark.parametrize("option", ["argument", "option", "variable"])
@pytest.mark.parametrize("name", ["id", "start", "slug", "start of the slug", "short", "file"])
def test_ways_to_name_one(kim: Session, name: str, option: str) -> None:
    """An id, the start of one, a slug, or what the list and the folder show; three ways to say it."""
    wanted = started(kim, "Checkout 503s")
    file = kim.record().name
    started(kim, "Something else")
    given = {
        "id": wanted,
        "start": wanted[:23],
        "slug": "checkout-503s",
        "start of the slug": "check",
        "short": file.removesuffix(".json").rpartition("-")[2].upper(),
        "file": file,
    }[name]
    if option == "variable":
        kim.environment["HOTWASH_INCIDENT"] = given
    arguments = {"argument": [given], "option": ["-i", given], "variable": []}[option]
    assert kim.incident(*arguments)["id"] == wanted


def test_an_option_wins_over_the_variable(kim: Session) -> None:
    """What is said with the command counts most."""
    started(kim, "one")
    started(kim, "two")
    kim.environment["HOTWASH_INCIDENT"] = "two"
    kim.ok("note", "-i", "one", "here")
    assert kim.texts("one") == ["here"]


def test_the_newest_unresolved_one(kim: Session) -> None:
    """Without a name it is what is going on."""
    first, second = started(kim, "first"), started(kim, "second")
    assert kim.incident()["id"] == second
    kim.ok("set", "--status", "resolved")
    assert kim.incident()["id"] == first
    kim.ok("set", "second", "--status", "monitoring")
    assert kim.incident()["id"] == second


def test_never_a_drill_over_a_real_one(kim: Session) -> None:
    """A note of a real incident must not end up in an exercise."""
    real = started(kim, "real")
    drill = started(kim, "drill", "--drill")
    assert kim.incident()["id"] == real
    kim.ok("set", "--status", "resolved")
    assert kim.incident()["id"] == drill, "nothing real is going on any more"


def test_never_one_that_only_came_by_merge(kim: Session, lee: Session) -> None:
    """Somebody else's incident is nobody's default until they have worked in it."""
    started(kim, "sent by kim")
    kim.ok("show")
    lee.ok("merge", str(kim.record()))
    assert lee.run("show").code == 3
    lee.ok("note", "a line of mine")
    assert lee.incident()["title"] == "untitled incident"
    lee.ok("note", "-i", "sent-by-kim", "seen here too")
    assert lee.incident()["title"] == "sent by kim"


def test_never_one_that_was_merged_into_another(kim: Session) -> None:
    """What was joined into another goes on there."""
    started(kim, "target")
    started(kim, "source")
    kim.ok("merge", "source", "target")
    assert kim.incident()["title"] == "target"


def test_a_note_starts_an_untitled_incident(kim: Session) -> None:
    """Nobody is refused for want of an incident; every other command says what is missing."""
    result = kim.ok("note", "/s 503s")
    assert "No incident was going on, so one was started." in result.err
    assert "-> untitled incident" in result.err
    assert kim.incident()["title"] == "untitled incident"


def test_an_untitled_incident_gets_its_slug_with_its_title(kim: Session) -> None:
    """Once it has a title it is named by it, and no longer `untitled-incident`."""
    kim.ok("note", "/s 503s")
    kim.ok("set", "--title", "Checkout 503s")
    assert kim.incident("checkout-503s")["slug"] == "checkout-503s"
    kim.ok("note", "/title Payment 503s")
    assert kim.incident("payment-503s")["slug"] == "checkout-503s", "a real slug stays"


@pytest.mark.parametrize(
    "command",
    [["show"], ["set", "--status", "resolved"], ["export"], ["edit", "7f3a", "--text", "x"]],
)
def test_other_commands_start_nothing(kim: Session, command: list[str]) -> None:
    """Without an incident they end with 3 and one sentence."""
    result = kim.run(*command)
    assert (result.code, result.out) == (3, "")
    assert result.err == (
        "No incident is going on here. Name one with its id or slug (`hotwash list`), or start "
        "one: hotwash new TITLE\n"
    )
    assert kim.ok("list", "--json").json == []


def test_the_last_one_is_named_when_all_is_over(kim: Session) -> None:
    """The next thing after resolving is the export, and the way there is told."""
    started(kim, "Checkout 503s")
    kim.note("/status resolved")
    result = kim.run("export")
    assert result.code == 3
    assert "'Checkout 503s', is resolved: name it with its slug, checkout-503s." in result.err
    assert "hotwash note -i checkout-503s" in kim.ok("note", "one more thing").err


def test_an_ambiguous_name_lists_its_candidates_on_one_line(kim: Session) -> None:
    """One line that a person or a script can act on."""
    ids = [started(kim, "same title") for _ in range(2)]
    result = kim.run("show", "same-title")
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert all(incident_id in result.err for incident_id in ids)


def test_many_candidates_stay_one_line(kim: Session) -> None:
    """A hundred candidates help nobody: some are named, and how many more there are."""
    for number in range(10):
        started(kim, f"incident {number}")
    result = kim.run("show", "incident")
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert "and 2 more" in result.err


def test_a_name_that_nothing_has(kim: Session) -> None:
    """Not found is 3, and the variable is named when the name came from there."""
    started(kim, "x")
    assert kim.run("show", "nosuch").code == 3
    kim.environment["HOTWASH_INCIDENT"] = "nosuch"
    result = kim.run("show")
    assert result.code == 3
    assert result.err.startswith("$HOTWASH_INCIDENT: There is no incident 'nosuch'.")
    assert kim.run("show", "x", "-i", "y").code == 2


def test_home_before_and_after_the_command(kim: Session, lee: Session) -> None:
    """`--home` moves all data, wherever it stands, and wins over the variable."""
    started(kim, "kim's")
    assert kim.ok("--home", str(lee.home), "list", "--json").json == []
    assert kim.ok("list", "--home", str(lee.home), "--json").json == []
    kim.ok("note", "--home", str(lee.home), "over there")
    assert lee.texts() == ["over there"]
    assert kim.texts() == []
    assert kim.run("--home", "", "list").code == 2


def test_a_machine_that_changes_its_name_keeps_its_incidents(
    kim: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laptops and containers change their host names; the incident that is going on stays the same."""
    here = started(kim, "going on")
    monkeypatch.setattr("storage.identity._host", lambda: "another-name")
    assert kim.incident()["id"] == here
    assert kim.note("and on")["incident"] == here


def test_first_notes_at_once_belong_to_one_incident(tmp_path: Path) -> None:
    """Several panes that note at the same moment start one incident, not one each."""
    running = [process(tmp_path / "home", "note", f"line {number}") for number in range(6)]
    assert [finish(each).code for each in running] == [0] * 6
    assert len(list((tmp_path / "home" / "incidents").glob("*.json"))) == 1
    assert len(Session(tmp_path / "home").texts()) == 6


@pytest.fixture
def shown(kim: Session) -> Iterator[Presence]:
    """An app of this person's, which shows nothing yet."""
    presence = Presence(kim.home / "open")
    yield presence
    presence.leave()


def test_the_one_that_an_app_shows_comes_first(kim: Session, shown: Presence) -> None:
    """Lines from another pane go to the timeline that is on the screen, not to a newer one."""
    on_screen = started(kim, "on the screen")
    started(kim, "newer")
    shown.enter(on_screen, START)
    kim.ok("note", "for the screen")
    assert "for the screen" in kim.ok("show", "on-the-screen").out
    kim.ok("set", "on-the-screen", "--status", "resolved")
    kim.ok("note", "for the debrief")
    assert "for the debrief" in kim.ok("show", "on-the-screen").out
    shown.leave()
    kim.ok("note", "for the newer one")
    assert "for the newer one" in kim.ok("show", "newer").out


def test_a_drill_on_the_screen_is_no_real_one(kim: Session, shown: Presence) -> None:
    """What happens for real is never written into an exercise."""
    drill = started(kim, "an exercise", "--drill")
    shown.enter(drill, START)
    kim.ok("note", "for the exercise")
    started(kim, "real")
    kim.ok("note", "really")
    assert "really" in kim.ok("show", "real").out
