"""Who takes part once an incident is shared: those who are named, and nobody whom that leaves out."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from storage.errors import NotAllowed, RequestRefused
from storage.team.protocol import Role
from storage.team.sync.sharing import set_members, share
from tests.storage.team.running_server import invite
from tests.storage.team.sync.laptops import Laptop, Team, pair
from tests.storage.team.sync.test_members import roles


async def shared_by_ann(team: Team, url: str, members: Mapping[str, Role]) -> Laptop:
    """An incident of Ann's; Bob and Cat are in the team."""
    ann = await team.laptop(url, "ann")
    for name in ("bob", "cat"):
        await invite(team.database, name)
    ann.say("pages are slow")
    await share(ann.act, ann.server, members)
    return ann


@pytest.mark.parametrize(
    ("before", "offered", "wanted", "after"),
    [
        ({"*": "write"}, ["*"], {"bob": "read"}, {"bob": "read"}),
        ({"*": "write"}, [], {"bob": "read"}, {"bob": "read"}),
        ({"*": "write"}, ["*"], {"*": "read", "bob": "write"}, {"*": "read", "bob": "write"}),
        ({"bob": "read"}, [], {"cat": "read"}, {"bob": "read", "cat": "read"}),
        ({"bob": "read"}, ["bob"], {"cat": "read"}, {"cat": "read"}),
        ({"bob": "read"}, ["bob", "cat", "ann"], {"ann": "owner"}, {}),
        ({"bob": "owner", "cat": "read"}, ["bob", "cat"], {"cat": "read"}, {"cat": "read"}),
    ],
)
async def test_who_is_left_out(
    team: Team,
    url: str,
    before: Mapping[str, Role],
    offered: Collection[str],
    wanted: Mapping[str, Role],
    after: Mapping[str, Role],
) -> None:
    """Everyone, and who stood in the list; never others, and never whoever asks."""
    ann = await shared_by_ann(team, url, before)
    await share(ann.act, ann.server, wanted, offered=offered)
    assert await roles(ann) == {"ann": "owner", **after}
    assert ann.record.sync is not None
    assert ann.record.sync.members == {"ann": "owner", **after}, "it is known without another round"


async def test_giving_ones_own_role_away(team: Team, url: str) -> None:
    """It is done last, so that all the rest of the line still is."""
    ann = await shared_by_ann(team, url, {"*": "write"})
    await share(ann.act, ann.server, {"ann": "read", "bob": "owner", "cat": "read"})
    assert await roles(ann) == {"ann": "read", "bob": "owner", "cat": "read"}


async def test_the_only_owner_stays(team: Team, url: str) -> None:
    """Whoever gives the last owner's role away is refused."""
    ann = await shared_by_ann(team, url, {"bob": "write"})
    with pytest.raises(RequestRefused, match="only owner"):
        await share(ann.act, ann.server, {"ann": "read"})
    assert await roles(ann) == {"ann": "owner", "bob": "write"}


async def test_nobody_is_taken_out_for_a_name_that_is_none(team: Team, url: str) -> None:
    """A slip of the finger must not shut everybody out."""
    ann = await shared_by_ann(team, url, {"*": "write"})
    with pytest.raises(RequestRefused, match="hotwash invite"):
        await share(ann.act, ann.server, {"bobb": "read"}, offered=["*"])
    assert await roles(ann) == {"ann": "owner", "*": "write"}


async def test_whoever_owns_nothing_changes_nobody(team: Team, url: str) -> None:
    """A list that is so already needs no owner; another one does."""
    ann, bob, _ = await pair(team, url)
    await set_members(bob.server, ann.record.incident.id, {"*": "write"}, ["*"])
    with pytest.raises(NotAllowed):
        await set_members(bob.server, ann.record.incident.id, {"bob": "read"}, ["*"])
    assert await roles(ann) == {"ann": "owner", "*": "write"}


@pytest.mark.parametrize("again", ["bob", "ann"])
async def test_sharing_what_is_shared_by_somebody_already(
    team: Team, url: str, again: str, tmp_path: Path
) -> None:
    """Whoever has a copy takes part with it, and lets nobody else in: Bob, or Ann's second laptop."""
    ann = await shared_by_ann(team, url, {"bob": "write"})
    (tmp_path / "second").mkdir()
    elsewhere = Team(tmp_path / "second", team.database, team._stack)
    laptop = await elsewhere.laptop(url, again, ann.record.ops())
    laptop.say("only here until now")
    await share(laptop.act, laptop.server)
    assert await roles(laptop) == {"ann": "owner", "bob": "write"}
    assert laptop.record.waiting(laptop.here) == 0
    pulled = await laptop.server.pull(ann.record.incident.id, 0)
    assert {op.id for op in pulled.ops} == {op.id for op in laptop.record.ops()}


async def test_sharing_anew_what_nobody_takes_part_in(team: Team, url: str) -> None:
    """Without names it is for the whole team."""
    ann = await shared_by_ann(team, url, {})
    assert await roles(ann) == {"ann": "owner"}
    await share(ann.act, ann.server)
    assert await roles(ann) == {"ann": "owner", "*": "write"}
