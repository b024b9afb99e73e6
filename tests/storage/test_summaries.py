from pathlib import Path

import msgspec
import pytest

from storage import summaries
from storage.paths import Home
from storage.record import Record
from tests.storage.home import Person


@pytest.fixture
def kim(tmp_path: Path) -> Person:
    """Kim's library, with two incidents that were listed once."""
    person = Person(tmp_path)
    for title in ("one", "two"):
        person.start(title).close()
    person.library.summaries()
    return person


def cache_of(home: Home) -> Path:
    """The cache's file."""
    (path,) = home.cache.glob("incidents-*.json")
    return path


def opened(kim: Person, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the records that listing all incidents opens."""
    names: list[str] = []
    library = kim.another()
    real = library.open

    def watched(path: Path) -> Record:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(library, "open", watched)
    assert len(library.summaries()) == 2
    return names


def test_what_is_known_is_not_opened(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand incidents must not be read for each line that is noted."""
    assert opened(kim, monkeypatch) == []


def test_what_changed_is(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line in the journal is enough for the cache to count as old, and only for that incident."""
    path = kim.library.find("one")
    kim.say(kim.library.open(path), "a line")
    assert opened(kim, monkeypatch) == [path.name]


def test_another_machine_asks_again(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether something was recorded here depends on where that is."""
    kim.device = "d2"
    assert len(opened(kim, monkeypatch)) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"\xff\xfe", b"[]", b'{"version": 1}', b'{"version": 2, "summaries": []}'],
)
def test_a_cache_that_can_not_be_used(
    kim: Person, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """Everything is read again, and the cache is right afterwards."""
    cache_of(kim.home).write_bytes(content)
    assert len(opened(kim, monkeypatch)) == 2
    assert opened(kim, monkeypatch) == []


def test_an_incident_that_is_gone(kim: Person) -> None:
    """Nothing is told of it from the cache."""
    path = kim.library.find("one")
    for file in kim.home.incidents.glob(f"{path.name}*"):
        file.unlink()
    assert [found.incident.title for found in kim.another().summaries()] == ["two"]
    cached = msgspec.json.decode(cache_of(kim.home).read_bytes())
    assert len(cached["summaries"]) == 1


def test_a_cache_that_can_not_be_written(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache is no failure."""
    cache_of(kim.home).unlink()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert len(kim.another().summaries()) == 2


def test_each_home_has_a_cache_of_its_own(kim: Person, tmp_path: Path) -> None:
    """Two homes of one person share the cache folder and nothing in it."""
    other = Home(tmp_path / "other", kim.home.cache)
    assert summaries.read_cache(other) == {}
    assert len(summaries.read_cache(kim.home)) == 2


def test_a_name_that_is_no_text(kim: Person) -> None:
    """A file that somebody put there, in an encoding of theirs, does not keep others from being listed."""
    path = kim.library.find("one")
    path.rename(path.with_name("caf\udce9.json"))
    assert len(kim.another().summaries()) == 2
    assert len(kim.another().summaries()) == 2
