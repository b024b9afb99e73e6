import pytest

from tests.tui.session import Session


def test_a_change_goes_into_the_standing_log(kim: Session) -> None:
    """A deploy belongs to no incident yet; the log is a record like any other."""
    result = kim.ok("change", "deployed", "auth", "1.4", "@-10m")
    assert result.out.split(" ", 1)[1] == "change deployed auth 1.4\n"
    assert result.err == "-> Standing change log\n"
    assert (kim.home / "changes.json").exists()
    assert kim.ok("list", "--json").json == []


def test_every_flag(kim: Session) -> None:
    """Risk, watch and until when are fields of the entry."""
    entry = kim.ok(
        *("change", "--json", "--risk", "sessions drop", "--watch", "auth errors"),
        *("--watch-until", "4h", "token expiry 24h -> 1h"),
    ).json
    assert (entry["kind"], entry["text"]) == ("change", "token expiry 24h -> 1h")
    assert (entry["risk"], entry["watch"]) == ("sessions drop", "auth errors")
    assert entry["watch_until"]["utc"] == "2026-11-21T05:50:12.000Z"


def test_into_an_incident(kim: Session) -> None:
    """With -i it stands in that incident, and the incident is named."""
    kim.ok("new", "x")
    result = kim.ok("change", "-i", "x", "rolled back")
    assert result.err == "-> x (investigating)\n"
    assert kim.entries()[0]["kind"] == "change"


def test_the_log_has_the_zone_of_its_person(kim: Session) -> None:
    """A bare clock time in a change is on the clock of whoever writes it."""
    (kim.home / "settings.toml").write_text('zone = "Europe/Copenhagen"\n', "utf-8")
    entry = kim.ok("change", "--json", "deployed @02:30").json
    assert entry["at"]["utc"] == "2026-11-21T01:30:00.000Z"


def test_the_starter_tells_of_changes_before(kim: Session) -> None:
    """What was changed in the 48 hours before an incident is in its starter."""
    kim.ok("change", "deployed auth 1.4")
    kim.later(hours=3)
    kim.ok("new", "Logins fail")
    assert "deployed auth 1.4" in kim.ok("export").out


@pytest.mark.parametrize("text", ["- rolled back", "/done", "@-5m", "--", "/s it hangs"])
def test_any_text_is_a_change(kim: Session, text: str) -> None:
    """A change is a change, whatever its text would mean to a note line."""
    entry = kim.ok("change", "--json", "--", text).json
    assert entry["kind"] == "change"
    assert entry["as_written"] == text


def test_what_can_not_be_recorded_is_kept(kim: Session) -> None:
    """The words are given back and kept when an option means nothing."""
    result = kim.run("change", "--watch-until", "later", "deployed auth 1.4")
    assert (result.code, result.out) == (2, "")
    assert "Not saved:\ndeployed auth 1.4\n" in result.err
    assert kim.drafts() == ["deployed auth 1.4"]
    assert kim.run("change", " ").code == 2
    assert kim.run("change", "-i", "nosuch", "x").code == 3


def test_an_option_behind_the_text_is_text(kim: Session) -> None:
    """The person is told, since they may have meant otherwise."""
    result = kim.ok("change", "deployed", "--risk=none")
    assert "--risk=none stands behind the text" in result.err
    assert result.out.endswith("change deployed --risk=none\n")
