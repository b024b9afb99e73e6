"""Incidents of the team become records on a machine that has never heard of them."""

from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.clock import system_now
from storage.errors import NotEnrolled, TeamError
from storage.identity import identify
from storage.library import Library
from storage.ops import Op
from storage.paths import Home
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.protocol import Hello, IncidentPage, IncidentRow, Pulled
from storage.team.sync import bringing_in
from storage.team.sync.bringing_in import bring_in
from storage.team.sync.sharing import share
from tests.storage.builders import INCIDENT, JSON, Ids, made, stamp
from tests.storage.home import Person
from tests.storage.team.running_server import enrolled
from tests.storage.team.sync.laptops import Laptop, Team
from tests.storage.team.sync.tampering import Tampering


@pytest.fixture
def kim(tmp_path: Path) -> Person:
    """Kim, who has a library of her own."""
    return Person(tmp_path)


async def server_of(team: Team, url: str, user: str) -> TeamServer:
    """The server as a user's machine sees it; the caller closes it."""
    (token,) = await enrolled(team.database, user, user)
    return TeamServer(address_of(url), token, Tampering())


async def shared(team: Team, url: str, *lines: str) -> Laptop:
    """Ann's incident, on the server."""
    ann = await team.laptop(url, "ann")
    for line in lines:
        ann.say(line)
    await share(ann.act, ann.server)
    return ann


async def test_what_the_team_has_comes_here(team: Team, url: str, kim: Person) -> None:
    """A new commander sees the incident that is going on, whole, and in sync."""
    ann = await shared(team, url, "pages are slow", "restarted the api")
    async with await server_of(team, url, "kim") as server:
        (path,) = await bring_in(server, kim.library, team="blue")
        assert await bring_in(server, kim.library) == []
    record = kim.library.open(path)
    assert record.ops() == ann.record.ops()
    mark = record.sync
    assert mark is not None
    assert (mark.server, mark.team, mark.cursor) == (url, "blue", 3)
    assert (mark.pushed, mark.refill) == ("", None)
    assert "checkout-503s" in path.name


async def test_it_does_not_count_as_recorded_here(team: Team, url: str, kim: Person) -> None:
    """A note without the name of an incident does not land in somebody else's."""
    await shared(team, url)
    async with await server_of(team, url, "kim") as server:
        await bring_in(server, kim.library)
    assert [summary.recorded_here for summary in kim.library.summaries()] == [False]
    assert kim.library.current() is None


async def test_a_large_incident_comes_in_parts(
    team: Team, url: str, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server can't make a machine hold more in memory than a bound."""
    monkeypatch.setattr(bringing_in, "MOST_AT_ONCE", 3)
    ann = await shared(team, url, *map(str, range(8)))
    real = TeamServer.pull

    async def small(self: TeamServer, incident: str, after: int) -> Pulled:
        return await real(self, incident, after, 2)

    monkeypatch.setattr(TeamServer, "pull", small)
    async with await server_of(team, url, "kim") as server:
        (path,) = await bring_in(server, kim.library)
    record = kim.library.open(path)
    assert record.ops() == ann.record.ops()
    assert record.sync is not None
    assert record.sync.cursor == 9


async def test_what_was_not_shared_here_is_not_sent(team: Team, url: str, kim: Person) -> None:
    """That a colleague shared her copy of an incident lets nothing out of one's own, nor is it made twice."""
    ann = await shared(team, url, "pages are slow")
    record, _ = kim.library.take_in(INCIDENT, [*ann.record.ops(), made(9, "zoe")])
    record.close()
    async with await server_of(team, url, "kim") as server:
        assert await bring_in(server, kim.library) == []
        assert await bring_in(server, kim.library) == []
    [notice] = kim.library.notices
    assert "checkout 503s is shared by ann on the team server" in notice
    assert f"hotwash share {record.incident.slug}" in notice
    again = kim.another().open(record.path)
    assert again.sync is None
    assert not again.incident.shared


async def test_what_was_unshared_here_stays_away(team: Team, url: str, kim: Person) -> None:
    """Whoever left an incident does not get it back with the next start."""
    await shared(team, url)
    async with await server_of(team, url, "kim") as server:
        (path,) = await bring_in(server, kim.library)
        record = kim.library.open(path)
        mark = record.sync
        assert mark is not None
        record.mark_sync(msgspec.structs.replace(mark, left=True), durable=True)
        assert await bring_in(server, kim.library) == []
        assert not kim.another().open(path).incident.shared
        path.unlink()
        assert await bring_in(server, kim.another(), {INCIDENT}) == []


async def test_an_incident_whose_file_can_not_be_read(team: Team, url: str, kim: Person) -> None:
    """It is not made a second time beside the damaged one."""
    await shared(team, url)
    async with await server_of(team, url, "kim") as server:
        (path,) = await bring_in(server, kim.library)
        for file in path.parent.glob(f"{path.name}*"):
            file.write_text("garbage")
        library = kim.another()
        assert await bring_in(server, library) == []
        assert library.notices


async def test_without_a_token_nothing_comes(team: Team, url: str, kim: Person) -> None:
    """Whoever is not enrolled is told so."""
    async with TeamServer(address_of(url), "hw_" + "x" * 43, Tampering()) as server:
        with pytest.raises(NotEnrolled):
            await bring_in(server, kim.library)


# A hostile server

IDS = st.sampled_from([INCIDENT, "01a1ffc7-55f5-7000-8000-000000000009", "../../etc/passwd", "x"])
OPS = st.builds(
    Op,
    st.integers(0, 9).map(stamp) | st.text(max_size=5),
    st.sampled_from([INCIDENT, "01a1ffc7-55f6-7000-8000-000000000002"]) | st.text(max_size=5),
    st.text(max_size=5),
    st.dictionaries(
        st.sampled_from(["title", "declared_at", "created_at", "text", "id", "op", "slug", "zone"]),
        JSON
        | st.sampled_from(
            [
                "../../../tmp/evil",
                "CON",
                "\u0000",
                "x" * 3000,
                "0001-01-01T00:00:00.000Z",
                {"utc": "9999-12-31T23:59:59.999Z"},
                {"utc": "0001-01-01T00:00:00.000Z"},
            ]
        ),
        max_size=4,
    ),
)


def answers(ids: list[str], ops: list[Op], title: str) -> httpx.MockTransport:
    """A server that says that."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1":
            found: object = Hello(1, "e1", "2026-11-21T00:00:00.000Z", 200, 1 << 20)
        elif request.url.path == "/v1/incidents":
            found = IncidentPage(None, [IncidentRow(one, title, 1, "owner") for one in ids])
        else:
            found = Pulled(ops, len(ops), False, "e1")
        headers = {"content-type": "application/json"}
        return httpx.Response(200, headers=headers, content=msgspec.json.encode(found))

    return httpx.MockTransport(answer)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ids=st.lists(IDS, max_size=3), ops=st.lists(OPS, max_size=4), title=st.text(max_size=9))
async def test_a_hostile_server_makes_no_file_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], ops: list[Op], title: str
) -> None:
    """Titles and ids that lead out of the folder, or are no text: files stay where they belong."""
    root = tmp_path_factory.mktemp("hostile")
    home = Home(root / "home", root / "cache")
    device = identify(home.device)
    library = Library(home, device.device, "kim", system_now, Ids(), device.here)
    address = address_of("https://team.example")
    async with TeamServer(address, "hw_" + "x" * 43, answers(ids, ops, title)) as server:
        try:
            found = await bring_in(server, library)
        except TeamError:
            found = []
    assert len(found) <= len({one for one in ids if "-" in one})
    for path in found:
        assert path.parent == home.incidents
        assert path.name.isascii()
        assert len(path.name) < 120
        library.open(path).close()
    outside = {path.name for path in root.iterdir()} - {"home", "cache"}
    assert not outside
