import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import identity
from storage.clock import HybridClock
from storage.identity import author_name, identify


@pytest.fixture
def on_host(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that moves this process to another machine."""

    def move(name: str) -> None:
        monkeypatch.setattr(identity, "_host", lambda: name)

    return move


def test_an_id_is_made_once(tmp_path: Path) -> None:
    """It fits into op ids, and stays the same."""
    first = identify(tmp_path / "home" / "device.json")
    assert first == identify(tmp_path / "home" / "device.json")
    assert first.here == {first.device}
    assert HybridClock(first.device).tick().endswith(f"-{first.device}")
    assert stat.S_IMODE((tmp_path / "home" / "device.json").stat().st_mode) == 0o600


def test_each_machine_of_a_shared_home_has_its_own(
    tmp_path: Path, on_host: Callable[[str], None]
) -> None:
    """Two machines must not stamp alike, and each finds its id again when it comes back."""
    path = tmp_path / "device.json"
    on_host("laptop")
    laptop = identify(path)
    on_host("desktop")
    desktop = identify(path)
    assert laptop.device != desktop.device
    assert desktop.here == {laptop.device, desktop.device}
    on_host("laptop")
    assert identify(path).device == laptop.device
    assert identify(path).here == desktop.here


def test_machines_are_remembered_within_reason(
    tmp_path: Path, on_host: Callable[[str], None]
) -> None:
    """A container has another name at each start: the file must not grow without end."""
    path = tmp_path / "device.json"
    for number in range(identity._MOST + 20):
        on_host(f"container-{number}")
        last = identify(path)
    assert len(last.here) == identity._MOST + 1
    assert last.device in last.here


def test_a_file_that_names_no_host(tmp_path: Path) -> None:
    """An id that somebody chose counts on any machine."""
    (tmp_path / "device.json").write_text('{"device": "chosen1"}', "utf-8")
    assert identify(tmp_path / "device.json").device == "chosen1"


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"\xff", b"[]", b"{}", b'{"device": 7}', b'{"device": "Not An Id"}',
     b'{"device": "ok", "others": {"a": "../x"}}'],
)  # fmt: skip
def test_what_can_not_be_read_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """A new id is made, and nothing is overwritten."""
    path = tmp_path / "device.json"
    path.write_bytes(content)
    made = identify(path)
    assert made == identify(path)
    assert (tmp_path / "device.json.damaged-1").read_bytes() == content


def test_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id lasts as long as the process; what can't be saved says so elsewhere."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("storage.disk.replace_file", refuse)
    assert identify(tmp_path / "device.json").device
    assert not (tmp_path / "device.json").exists()


def test_all_at_once(tmp_path: Path) -> None:
    """Several first commands come to one id."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(identify, [tmp_path / "device.json"] * 8))
    assert len({one.device for one in found}) == 1


def test_who_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chosen name, else the login name, else nobody in particular; never a failure."""
    monkeypatch.setenv("LOGNAME", "kim")
    assert author_name("dana") == "dana"
    assert author_name(None) == author_name("") == "kim"

    def fail() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", fail)
    assert author_name(None) == "someone"
