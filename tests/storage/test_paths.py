import os
from pathlib import Path

import platformdirs
import pytest

from storage.errors import BadValue
from storage.paths import find_home


def test_the_option_wins(tmp_path: Path) -> None:
    """`--home`, then the variable, then the system's usual place."""
    variable = {"HOTWASH_HOME": str(tmp_path / "variable")}
    assert find_home(str(tmp_path / "option"), variable).root == tmp_path / "option"
    assert find_home(None, variable).root == tmp_path / "variable"
    usual = platformdirs.user_data_path("hotwash", appauthor=False)
    assert find_home(None, {}).root == find_home(None, {"HOTWASH_HOME": ""}).root == usual


def test_the_root_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative home means the same after a change of folder, and `~` is the person's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/kim")
    assert find_home("here", {}).root == tmp_path / "here"
    assert find_home("~/there", {}).root == Path("/home/kim/there")


@pytest.mark.parametrize("option", ["", "  "])
def test_an_empty_option_is_a_mistake(option: str) -> None:
    """`--home "$UNSET"` must not write into somebody's real home."""
    with pytest.raises(BadValue, match="names no folder"):
        find_home(option, {"HOTWASH_HOME": "/somewhere"})


def test_everything_lies_in_the_home(tmp_path: Path) -> None:
    """record.md names the places; the cache is not among them."""
    home = find_home(str(tmp_path), {"XDG_CACHE_HOME": "/caches"})
    names = {
        home.incidents: "incidents",
        home.audio: "audio",
        home.drafts: "drafts",
        home.changes: "changes.json",
        home.settings: "settings.toml",
        home.device: "device.json",
        home.log: "log",
    }
    assert names == {path: path.relative_to(tmp_path).as_posix() for path in names}
    assert home.cache == Path("/caches/hotwash")


def test_a_relative_cache_does_not_count() -> None:
    """The XDG specification says to ignore it."""
    cache = find_home("/x", {"XDG_CACHE_HOME": "relative"}).cache
    assert cache == platformdirs.user_cache_path("hotwash", appauthor=False)


def test_a_user_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user may be in no password file: then a home has to be named, and has the cache."""

    def nobody(_uid: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BadValue, match="Set HOTWASH_HOME"):
        find_home(None, dict(os.environ) | {"HOTWASH_HOME": ""})
    with pytest.raises(BadValue, match="names no folder here"):
        find_home("~nobody-here/x", {})
    assert find_home(str(tmp_path), {}).cache == tmp_path / "cache"
