"""What becomes of a person whose words the server does not take, or whose server does not answer."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from storage.record import Record
from storage.team.client.address import Address
from storage.team.client.credentials import Credentials, forget_credentials, write_credentials
from storage.team.client.team_server import connect
from storage.team.client.timeouts import USUAL
from storage.team.sync.sharing import share as share_record
from tests.tui.app.running import NARROW, saved_at
from tests.tui.team.people import Person, Team, badge, opened, share, texts
from tests.tui.waiting import until

T = TypeVar("T")


async def revoked(person: Person) -> None:
    """Somebody has this person's machine thrown out."""
    credentials = person.services.credentials()
    assert credentials is not None
    async with await connect(credentials.address(), credentials.token) as server:
        await server.revoke(person.services.library.device)


@contextmanager
def hanging(team: Team) -> Iterator[None]:
    """The server takes connections, and answers nothing."""
    process = team.server._process.pid
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def test_read_only(tmp_path: Path, team: Team) -> None:
    """Whoever may only read records all the same, and is told once that it stays on this machine."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        await share(one, "everyone=read")
        assert "everyone in the team, who may read" in one.notices
        await opened(other, "checkout 503s")
        await other.until(lambda: badge(other) == "synced")
        await other.type_line("a line of lee")
        await other.until(lambda: badge(other) == "read only")
        assert "may read this incident, and not write" in other.notices
        assert "on this machine only" in other.notices
        await other.type_line("another line of lee")
        assert "may read this incident" not in other.notices
        await one.type_line("from dana")
        await other.until(lambda: "from dana" in texts(other))
        assert other.texts[-3:] != one.texts[-3:]
        assert "a line of lee" not in one.texts
        assert "another line of lee" in other.texts
        await share(one)
        await one.until(lambda: "another line of lee" in texts(one))
        await other.until(lambda: badge(other) == "synced")


async def test_revoked(tmp_path: Path, team: Team) -> None:
    """A machine that is thrown out says so, with what to do, and goes on recording for itself."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path, size=NARROW) as one:
        await one.type_line("/share")
        await one.press("enter")
        await one.until(lambda: "Shared with" in one.notices)
        await revoked(dana)
        await one.until(lambda: "revoked" in one.rows[0])
        assert "on this machine only" in one.notices.replace("\n", " ")
        assert "/team" in one.notices
        await one.type_line("still here")
        assert one.texts[-1] == "still here"
        assert "on this machine only" not in one.notices


@pytest.mark.parametrize("name", ["dana", "dana2"])
async def test_enrolled_again_beside_the_app(tmp_path: Path, team: Team, name: str) -> None:
    """The app goes on as whom the machine is let in now, and what was recorded meanwhile is sent."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        await share(one)
        await opened(other, "checkout 503s")
        await revoked(dana)
        await one.until(lambda: badge(one) == "revoked")
        await one.type_line("meanwhile")
        await team.enrol(dana, name)
        await one.until(lambda: badge(one) == "synced" and one.keeper.author == name)
        # Until then this clock shows a time before the machine was let in anew.
        dana.clock.move(60)
        await one.type_line("let in again")
        await other.until(lambda: {"meanwhile", "let in again"} <= set(texts(other)))
        assert one.keeper.record.sync is not None
        assert not one.keeper.record.sync.refused
        assert [entry.author for entry in other.keeper.record.entries[-2:]] == ["dana", name]


async def test_left_by_another_app(tmp_path: Path, team: Team) -> None:
    """Where the credentials are taken away beside the app, it signs and syncs as without a team."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one:
        await share(one)
        forget_credentials(dana.services.home.credentials)
        await one.until(lambda: badge(one) == "local")
        await one.type_line("on my own")
        assert one.entries[-1].author == "dana-login"


@pytest.mark.parametrize("where", ["link", "arrivals"])
async def test_a_ca_file_that_does_not_come_stops_nobody(
    tmp_path: Path, team: Team, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """It may lie on a disk that hangs: it is not read where keys are."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    await shared_by_a_command(dana, path)
    threads: set[int] = set()
    read = Credentials.address

    def reading(credentials: Credentials) -> Address:
        threads.add(threading.get_ident())
        return read(credentials)

    monkeypatch.setattr(Credentials, "address", reading)
    async with dana.on(path) if where == "link" else dana.at_home() as one:
        await one.until(lambda: threads)
        assert threading.get_ident() not in threads


async def test_quitting_while_the_server_hangs(tmp_path: Path, team: Team) -> None:
    """Nobody waits for a server that does not answer; what was recorded is on the disk, and sent later."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(dana.on(path))
        await share(one)
        with hanging(team):
            await one.type_line("last words")
            await one.pilot.press("ctrl+q")
            await until(lambda: not one.app.is_running)
            # Below what the client waits for an answer, which would be the end of this as well.
            async with asyncio.timeout(USUAL.read * 0.8):
                await stack.aclose()
    assert saved_at(path).entries[-1].text == "last words"
    async with dana.on(path), lee.at_home() as other:
        await opened(other, "checkout 503s")
        await other.until(lambda: "last words" in texts(other))


async def test_the_last_line_goes_out_before_the_app_ends(tmp_path: Path, team: Team) -> None:
    """Whoever records and quits at once leaves nothing behind that the others miss."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one:
        await share(one)
        await one.write("last words")
        await one.pilot.press("enter", "ctrl+q")
        await until(lambda: not one.app.is_running)
    async with lee.at_home() as other:
        await opened(other, "checkout 503s")
        assert "last words" in texts(other)


async def test_leaving_for_home_while_the_server_hangs(tmp_path: Path, team: Team) -> None:
    """The list of incidents is there at once."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one:
        await share(one)
        with hanging(team):
            await one.type_line("last words")
            await one.write("/home")
            await one.pilot.press("enter")
            await one.until(lambda: one.at_home)


async def test_a_second_tab(tmp_path: Path, team: Team) -> None:
    """Of two apps on one incident one syncs, and the other takes over when that one ends."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with lee.at_home() as other:
        first_tab = AsyncExitStack()
        first = await first_tab.enter_async_context(dana.on(path))
        # Shared before there is a second one: either of two could be the first to sync it.
        await share(first)
        async with first_tab, dana.on(path) as second:
            await opened(other, "checkout 503s")
            await second.until(lambda: badge(second) == "shared")
            await second.type_line("from the second tab")
            await other.until(lambda: "from the second tab" in texts(other))
            await other.type_line("from lee")
            await second.until(lambda: "from lee" in texts(second))
            await first_tab.aclose()
            await second.until(lambda: badge(second) == "synced")
            await second.type_line("the first is gone")
            await other.until(lambda: "the first is gone" in texts(other))


async def test_a_command_shares_beside_the_app(tmp_path: Path, team: Team) -> None:
    """What `hotwash enroll` and `hotwash share` do in a shell shows in an app that is open."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one:
        assert badge(one) == "local"
        await one.until(lambda: one.app.link is not None)
        await shared_by_a_command(dana, path)
        await one.until(lambda: badge(one) == "synced")
        await one.type_line("after that")
        async with lee.at_home() as other:
            await opened(other, "checkout 503s")
            await other.until(lambda: "after that" in texts(other))


async def test_what_only_a_person_can_mend_is_told(tmp_path: Path, team: Team) -> None:
    """Credentials that can't be used any more are one sentence, and the badge says offline."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    await shared_by_a_command(dana, path)
    credentials = dana.services.credentials()
    assert credentials is not None
    gone = msgspec.structs.replace(credentials, ca=str(tmp_path / "gone.pem"))
    write_credentials(dana.services.home.credentials, gone)
    async with dana.on(path) as one:
        await one.until(lambda: "gone.pem can't be read" in one.notices)
        assert badge(one) == "offline 0 min"
        await one.type_line("still here")
        assert one.texts[-1] == "still here"


async def test_a_fault_in_the_syncing_ends_only_that(
    tmp_path: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody in an incident goes on recording, and knows that nobody else sees it."""
    dana = await team.person("dana")
    path = dana.incident(["/s 503 errors"]).path
    await shared_by_a_command(dana, path)

    def broken(_self: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("storage.team.sync.sync_lock.SyncLock.acquire", broken)
    async with dana.on(path) as one:
        await one.until(lambda: "Nothing is synced" in one.notices)
        assert "Please report it with" in one.notices
        assert badge(one).startswith("offline")
        await one.type_line("still here")
        assert one.texts[-1] == "still here"


async def shared_by_a_command(person: Person, path: Path) -> None:
    """Share a record as another process would."""
    credentials = person.services.credentials()
    assert credentials is not None
    with saved_at(path) as record:

        async def act(change: Callable[[Record], T], /) -> T:
            return change(record)

        async with await connect(credentials.address(), credentials.token) as server:
            await share_record(act, server)
