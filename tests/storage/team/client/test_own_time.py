"""The moment that a device is enrolled at: none of its stamps so far is after it."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from storage.clock import new_uuid7
from storage.errors import RequestRefused
from storage.library import Library
from storage.ops import Op
from storage.paths import find_home
from storage.record import Record
from storage.team.client.own_time import own_time
from storage.team.protocol import EnrollRequest
from tests.storage.builders import START, Clock, note
from tests.storage.team.client.answering import CODE, problem, server

_NEXT = timedelta(milliseconds=1)


@pytest.fixture
def clock() -> Clock:
    """The machine's wall clock."""
    return Clock()


@pytest.fixture
def library(tmp_path: Path, clock: Clock) -> Library:
    """The incidents of device a."""
    return Library(find_home(str(tmp_path / "home"), {}), "a", "ann", clock, new_uuid7)


def _stamped(record: Record, ahead: timedelta, device: str) -> None:
    """Have a change come in that was stamped so much later than the start."""
    ms = int((START + ahead).timestamp() * 1000)
    record.merge([Op(f"{ms:012x}0000-{device}", new_uuid7(), device, {"text": "x"})])


def test_a_clock_that_was_always_right(library: Library, clock: Clock) -> None:
    """It is what the clock shows, or a moment later where something was recorded at this very one."""
    assert own_time(library) == START
    with library.create("checkout 503s", "UTC") as record:
        note(record)
    assert own_time(library) == START + _NEXT
    clock.move(60)
    assert own_time(library) == clock()


def test_a_clock_that_was_fast(library: Library, clock: Clock) -> None:
    """What was recorded before it was put right was still recorded before the enrolment."""
    with library.create("checkout 503s", "UTC"):
        clock.move(3 * 3600)
    with library.create("a later one", "UTC") as record:
        note(record)
        clock.move(-3 * 3600)
        note(record)
    library.create("the newest of all", "UTC").close()
    assert own_time(library) == START + timedelta(hours=3) + _NEXT


def test_a_colleague_s_clock_that_is_fast(library: Library) -> None:
    """Stamps go on from those that came in: what follows them counts, they themselves don't."""
    with library.create("checkout 503s", "UTC") as record:
        _stamped(record, timedelta(hours=2), "b")
        assert own_time(library) == START + _NEXT
        note(record)
    assert own_time(library) == START + timedelta(hours=2) + _NEXT


def test_the_change_log_counts_too(library: Library, clock: Clock) -> None:
    """It is shared and pushed as an incident is."""
    clock.move(3600)
    library.changes(lambda: "UTC").close()
    clock.move(-3600)
    assert own_time(library) == START + timedelta(hours=1) + _NEXT


def test_what_no_server_would_believe(library: Library) -> None:
    """One stamp of another year does not keep the others from counting, nor does one of no year at all."""
    with library.create("checkout 503s", "UTC") as record:
        _stamped(record, timedelta(hours=5), "a")
        _stamped(record, timedelta(days=400), "a")
        record.merge([Op("effffffffffff000-a", new_uuid7(), "a", {"text": "x"})])
    assert own_time(library) == START + timedelta(hours=5) + _NEXT


def test_a_record_that_can_not_be_read(library: Library, clock: Clock) -> None:
    """Joining a team does not need every record to be whole."""
    clock.move(3600)
    good, bad = (library.create(title, "UTC") for title in ("good", "bad"))
    clock.move(-3600)
    for record in (good, bad):
        record.close()
    for path in bad.path.parent.glob(f"{bad.path.name}*"):
        path.write_bytes(b"\0")
    library.home.changes.parent.mkdir(exist_ok=True)
    library.home.changes.write_bytes(b"{")
    assert own_time(library) == START + timedelta(hours=1) + _NEXT


async def test_a_time_that_is_known_is_sent() -> None:
    """The server is told what the caller found out, and the clock of this machine otherwise."""
    sent: list[bytes] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return problem(403, "bad_code")

    later = START + timedelta(hours=1)
    for time in (later, None):
        async with server(refuse, now=Clock()) as team:
            with pytest.raises(RequestRefused):
                await team.enroll(EnrollRequest(CODE, "a", "laptop", time))
    assert b'"time":"2026-11-21T03:47:00Z"' in sent[0]
    assert b'"time":"2026-11-21T02:47:00Z"' in sent[1]
