"""What /team says, and whom a line of names lets in."""

import pytest

from storage.errors import BadValue
from storage.model import Incident
from storage.team.client.credentials import Credentials
from storage.team.protocol import EVERYONE, Member, Role
from storage.team.sync.sync_status import SyncState, SyncStatus
from storage.team.sync_mark import SyncMark
from tests.storage.builders import START
from tui.team.overview import Shared, overview
from tui.team.sharing import as_typed, members_of, who

TOKEN = "hw_secret"
MINE = Credentials("https://team.example.com", "dana", "payments", TOKEN)
INCIDENT = Incident(id="i", title="checkout 503s", zone="UTC")
MARK = SyncMark("https://team.example.com")


def page(shared: Shared | None) -> str:
    """All of it."""
    return "\n".join(row.text for row in overview(MINE, shared))


def test_at_home_only_the_team_is_told() -> None:
    """Server, team and user, and never the token."""
    assert "payments, at https://team.example.com" in page(None)
    assert "You are dana" in page(None)
    assert TOKEN not in page(None)


def test_who_takes_part() -> None:
    """Everyone with their role, and oneself among them."""
    members = [Member(EVERYONE, "read"), Member("dana", "owner"), Member("lee", "write")]
    status = SyncStatus(SyncState.OFFLINE, waiting=3, why="No answer.", seen_at=START)
    shown = page(Shared(INCIDENT, MARK, status, members))
    for words in (
        "everyone in the team     may read",
        "owner   (you)",
        "lee                      may write",
        "No answer.",
        "3 changes to be sent",
        "last answer of the server 2026-11-21 02:47:00",
    ):
        assert words in shown


def test_refused_changes_are_told_with_the_reason() -> None:
    """By the time of the change, in words."""
    op = f"{int(START.timestamp() * 1000):012x}0000-0000dada"
    mark = SyncMark(MARK.server, refused={op: "forged", f"{op}1": "a_new_reason"})
    shown = page(Shared(INCIDENT, mark, SyncStatus(SyncState.SYNCED, refused=2)))
    assert "your change of 2026-11-21 02:47:00: it is signed by somebody else than you" in shown
    assert "a_new_reason" in shown


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        (Shared(INCIDENT), "not shared: /share lets the team take part"),
        (Shared(INCIDENT, SyncMark("https://x", left=True)), "not synced here any more"),
        (Shared(INCIDENT, MARK), "asking the server"),
        (Shared(INCIDENT, MARK, trouble="It does not answer."), "It does not answer."),
    ],
)
def test_what_is_not_so(shared: Shared, words: str) -> None:
    """Each way of not being synced is called by its name."""
    assert words in page(shared)


@pytest.mark.parametrize("state", SyncState)
def test_every_state_has_words(state: SyncState) -> None:
    """No code of the program's is shown to anybody."""
    rows = list(overview(MINE, Shared(INCIDENT, MARK, SyncStatus(state))))
    assert len(rows[4].text.split()) > 1 or state == SyncState.SYNCED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lee", {"lee": "write"}),
        ("lee, kim=read", {"lee": "write", "kim": "read"}),
        (" lee  holm = owner ;; kim,", {"lee holm": "owner", "kim": "write"}),
    ],
)
def test_names(text: str, found: dict[str, Role]) -> None:
    """A name alone may write."""
    assert members_of(text) == found


@pytest.mark.parametrize("text", ["", " , ", "=read", "lee=admin"])
def test_names_that_are_none(text: str) -> None:
    """Nobody is let in by a slip of the finger."""
    with pytest.raises(BadValue):
        members_of(text)


def test_in_words() -> None:
    """What was done is said as it was asked."""
    assert who({"*": "write"}) == "everyone in the team, who may write"
    assert who({"*": "read", "lee": "owner"}) == "everyone (may read), lee (owner)"
    assert who({}) == "nobody else"


def test_members_can_be_typed_again() -> None:
    """What the line begins with says what is so already."""
    members = {"*": "read", "dana": "owner", "kim": "owner", "lee": "write"}
    assert as_typed(members, "dana") == "everyone=read, kim=owner, lee"
    assert members_of(as_typed(members, "dana")) == {"*": "read", "kim": "owner", "lee": "write"}
    assert who({"lee": "write", "kim": "read"}) == "lee (may write), kim (may read)"
