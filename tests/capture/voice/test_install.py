import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from capture.errors import ModelError
from capture.voice.install import install
from capture.voice.models import Model, read_record
from tests.capture.voice.installing import Person
from tests.capture.voice.small_models import FILES, HALF, Hub, fill, manifest, serving

WEIGHTS = FILES["model.bin"]
TOTAL = sum(map(len, FILES.values()))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody without a model."""
    return Person(tmp_path / "cache")


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub that answers."""
    with serving(Hub()) as running:
        yield running


def test_from_the_hub(person: Person, hub: Hub) -> None:
    """Every file comes from the pinned revision, is counted, checked, and noted as checked."""
    hub.redirects = True
    person.use(hub)
    found = person.install()
    assert (found.name, found.path, found.size) == ("small", person.folder, TOTAL)
    assert found.checked_at == "2026-11-21T01:50:12.000Z"
    assert person.has_it()
    assert person.leftovers() == ["small"]
    assert person.told[-1] == (TOTAL, TOTAL)
    assert person.told == sorted(person.told)
    noted = read_record(person.folder)
    assert noted is not None
    assert (noted.revision, noted.files) == ("a" * 40, manifest().files)
    assert person.said == ["Fetching it from the model hub, someone/small: 1 MB."]


def test_a_second_time_nothing_is_fetched(person: Person, hub: Hub) -> None:
    """What is there and checked stays as it is."""
    person.use(hub)
    first = person.install()
    hub.asked.clear()
    person.said.clear()
    assert person.install() == first
    assert (hub.asked, person.said) == ([], [])


def test_a_cut_connection_is_taken_up_again(person: Person, hub: Hub) -> None:
    """After a cut only the rest is asked for."""
    person.use(hub)
    hub.cut_at, hub.cuts = HALF, 1
    person.install()
    assert person.has_it()
    assert hub.ranges("model.bin") == [None, f"bytes={HALF}-"]


def test_a_hub_that_knows_no_ranges(person: Person, hub: Hub) -> None:
    """What it sends from the beginning takes the place of what was there."""
    person.use(hub)
    hub.cut_at, hub.cuts, hub.knows_ranges = HALF, 1, False
    person.install()
    assert person.has_it()


def test_the_next_attempt_goes_on(person: Person, hub: Hub) -> None:
    """Whoever stops it, or loses the network, loses nothing of what came."""
    person.use(hub)

    class Enough(Exception):
        """What a progress may raise to end it."""

    def stop(done: int, _total: int) -> None:
        if done > HALF:
            raise Enough

    with pytest.raises(Enough):
        person.install(progress=stop)
    assert not person.folder.exists()
    kept = (person.cache / "models" / ".small.part" / "files" / "model.bin").stat().st_size
    assert kept > HALF
    person.install()
    assert person.has_it()
    assert hub.ranges("model.bin") == [None, f"bytes={kept}-"]


_SCRIPT = """
import sys, pathlib, msgspec
from capture.voice.install import install
from capture.voice.manifests import Manifest
pins = msgspec.json.decode(sys.argv[1], type=Manifest)
def told(done, total):
    if done >= int(sys.argv[3]):
        print(done, flush=True)
        sys.stdin.read()
install("small", pathlib.Path(sys.argv[2]), told, manifests={"small": pins})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process as POSIX does")
def test_a_killed_installation(person: Person, hub: Hub) -> None:
    """A process that dies in the middle leaves no model, no lock, and what it had."""
    person.use(hub)
    with subprocess.Popen(
        [sys.executable, "-P", "-c", _SCRIPT, msgspec.json.encode(manifest()), person.cache,
         str(HALF)],
        env=person.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert int(running.stdout.readline()) >= HALF
        running.send_signal(signal.SIGKILL)
    assert person.leftovers() == [".small.part"]
    person.install()
    assert person.has_it()
    assert hub.ranges("model.bin")[1] is not None


def test_wrong_bytes(person: Person, hub: Hub) -> None:
    """They are refused with the file's name, nothing is installed or kept; a later attempt works."""
    person.use(hub)
    hub.files = {**FILES, "model.bin": WEIGHTS[:-1] + b"\0"}
    with pytest.raises(
        ModelError, match=r"^model\.bin of the speech model small arrived with other"
    ):
        person.install()
    assert person.leftovers() == []
    hub.files = FILES
    person.install()
    assert person.has_it()


def test_a_page_in_place_of_the_file(person: Person, hub: Hub) -> None:
    """A network that asks for a login is no hub, and nothing of its page is kept."""
    person.use(hub)
    hub.page = b"<html>Please log in</html>"
    with pytest.raises(ModelError, match="not from the hub, it sent something else in place of"):
        person.install()
    assert person.leftovers() == []


@pytest.mark.parametrize("status", [404, 503])
def test_a_hub_that_has_none(person: Person, hub: Hub, status: int) -> None:
    """The sentence says what it answered, and how to try again."""
    person.use(hub)
    hub.answer = status
    with pytest.raises(
        ModelError, match=rf"could not be fetched: not from the hub, it answered {status}.*small$"
    ):
        person.install()


def test_a_hub_that_is_not_there(person: Person) -> None:
    """One attempt and one sentence: whoever has no network knows it soon."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    person.environment |= {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": f"http://127.0.0.1:{port}"}
    with pytest.raises(ModelError, match=r"it can't be reached \(Connection refused\)"):
        person.install()


@pytest.mark.parametrize("address", ["nowhere", "http://nowhere:port"])
def test_an_address_that_is_none(person: Person, address: str) -> None:
    """A mistake in the variable is told, not thrown."""
    person.environment |= {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": address}
    with pytest.raises(ModelError, match="not from the hub, its address can't be used"):
        person.install()


def test_two_at_once(person: Person, hub: Hub) -> None:
    """One of them fetches; the other waits for it, says so, and has it then too."""
    person.use(hub)
    found: list[Model] = []
    said: list[str] = []
    is_waiting = threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        is_waiting.set()

    second = threading.Thread(target=lambda: found.append(person.install(say=say)))

    def hold(_done: int, _total: int) -> None:
        if second.ident is None:
            second.start()
            assert is_waiting.wait(60)

    found.append(person.install(progress=hold))
    second.join(60)
    assert [model.path for model in found] == [person.folder, person.folder]
    assert said == ["Somebody else is installing the speech model small already: waiting for it."]
    assert hub.ranges("model.bin") == [None]


def test_a_damaged_model_is_replaced(person: Person, hub: Hub) -> None:
    """What is there and is not whole gives way to what is."""
    person.use(hub)
    person.install()
    (person.folder / "model.bin").write_bytes(b"12")
    person.install()
    assert person.has_it()
    assert person.leftovers() == ["small"]


def test_a_model_that_was_copied_here(person: Person) -> None:
    """A machine without a network takes a folder from another one: it is checked and noted."""
    fill(person.folder)
    assert person.install().checked_at == "2026-11-21T01:50:12.000Z"
    assert person.has_it()
    assert person.said == []


def test_a_wrong_model_that_was_copied_here(person: Person) -> None:
    """It is not noted as checked, whatever its size."""
    fill(person.folder, {**FILES, "model.bin": WEIGHTS[:-1] + b"\0"})
    with pytest.raises(ModelError, match="could not be fetched"):
        person.install()
    assert read_record(person.folder) is None


def test_too_little_room(person: Person, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is not filled: an entry that can't be saved is worse."""
    person.use(hub)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=7_000_000))
    with pytest.raises(
        ModelError, match=r"needs 51 MB while it is installed, and .* only 7 MB left"
    ):
        person.install()
    assert hub.asked == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up(person: Person, hub: Hub) -> None:
    """The system's refusal is a sentence too."""
    person.use(hub)
    files = person.cache / "models" / ".small.part" / "files"
    files.mkdir(parents=True)
    (files / "model.bin").symlink_to("/dev/full")
    with pytest.raises(ModelError, match=r"No room left on the disk for .*Free some space"):
        person.install()
    assert not person.folder.exists()


def test_a_cache_that_can_not_be_written(person: Person) -> None:
    """A folder that is in the way is named."""
    person.cache.write_bytes(b"")
    with pytest.raises(ModelError, match=r"models could not be saved: "):
        person.install()


def test_a_model_that_there_is_not(person: Person) -> None:
    """The ones that there are are named."""
    with pytest.raises(ModelError, match=r"^There is no speech model 'large'\. There are base, "):
        install("large", person.cache, lambda *_: None)
