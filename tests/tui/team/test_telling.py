"""What is told of the syncing: trouble once, its end once, nothing of a blink."""

from datetime import timedelta

import msgspec
import pytest

from storage.team.sync.sync_status import SyncState, SyncStatus
from tests.storage.builders import START
from tui.instruments.header_line import Badge
from tui.team.pace import TeamPace
from tui.team.telling import Telling, Told

SYNCED = SyncStatus(SyncState.SYNCED)
OFFLINE = SyncStatus(SyncState.OFFLINE, since=START, why="Nothing listens there.")


@pytest.fixture
def telling() -> Telling:
    """One incident's."""
    return Telling(TeamPace(patience=3, calm=1))


def told(telling: Telling, status: SyncStatus, *at: float) -> list[str]:
    """What is said of a status that comes at the first of these seconds, until the last."""
    telling.take(status, at[0])
    return [one.sentence for second in at for one in telling.due(second)]


def test_trouble_and_its_end_are_told_once(telling: Telling) -> None:
    """A server that is gone for hours is one sentence; when it comes back that is another one."""
    assert told(telling, SYNCED, 0) == []
    assert told(telling, OFFLINE, 1, 4.1, 5) == [
        "Nothing listens there. What you record waits here and goes out by itself."
    ]
    assert told(telling, msgspec.structs.replace(OFFLINE, waiting=3), 60) == []
    busy = SyncStatus(SyncState.WAITING, waiting=3)
    assert told(telling, busy, 61) == []
    back = SyncStatus(SyncState.SYNCED, sent=3, came_in=5)
    assert told(telling, back, 62, 63) == ["The team server is back: 3 sent, 5 came in."]


def test_what_came_before_is_not_counted(telling: Telling) -> None:
    """Only what waited meanwhile is told of."""
    told(telling, msgspec.structs.replace(OFFLINE, sent=10, came_in=20), 0, 5)
    back = SyncStatus(SyncState.SYNCED, sent=11, came_in=20)
    assert told(telling, back, 6) == ["The team server is back: 1 sent, 0 came in."]


def test_the_end_takes_the_trouble_away(telling: Telling) -> None:
    """Nobody should read that the server is gone beside that it is back."""
    telling.take(OFFLINE, 0)
    (gone,) = telling.due(4)
    telling.take(SyncStatus(SyncState.SYNCED), 5)
    (back,) = telling.due(5)
    assert back.settles == gone.sentence


def test_a_blink_is_not_told(telling: Telling) -> None:
    """A server that is restarted within a second or two is nobody's business."""
    assert told(telling, OFFLINE, 0, 2) == []
    assert told(telling, SYNCED, 2.5, 9) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SyncState.READ_ONLY, "/team names them"),
        (SyncState.REVOKED, "With a new code you join again: /team."),
        (SyncState.NO_ACCESS, "on this machine only"),
    ],
)
def test_what_stays_here_is_said_plainly(telling: Telling, state: SyncState, words: str) -> None:
    """At once, once, and again only after it was well."""
    status = SyncStatus(state, why="So it is.")
    [sentence] = told(telling, status, 0, 1, 100)
    assert words in sentence
    assert "What you record is on this machine only." in sentence
    telling.take(SYNCED, 101)
    assert [one.settles for one in telling.due(101) if not one.sentence] == [sentence]
    assert len(told(telling, status, 102, 103)) == 1


def test_read_only_after_an_outage_is_not_said_again(telling: Telling) -> None:
    """Whoever knows it is told that the server is back, and no more."""
    status = SyncStatus(SyncState.READ_ONLY)
    assert len(told(telling, status, 0)) == 1
    assert len(told(telling, OFFLINE, 1, 9)) == 1
    assert told(telling, status, 10, 11) == ["The team server is back."]


def test_a_clock_that_is_off_is_told_once_with_how_much(telling: Telling) -> None:
    """Two seconds are nothing, more is said with its length and direction."""
    assert told(telling, SyncStatus(SyncState.SYNCED, clock_offset_s=1.9), 0) == []
    [sentence] = told(telling, SyncStatus(SyncState.SYNCED, clock_offset_s=-7.2), 1, 2)
    assert "7 s ahead of the team server's" in sentence
    assert told(telling, SyncStatus(SyncState.SYNCED, clock_offset_s=-9.0), 3) == []


def test_refused_changes_are_told_as_they_come(telling: Telling) -> None:
    """Each refusal once, with where to read why."""
    telling.take(SyncStatus(SyncState.SYNCED, refused=2), 0)
    [first] = telling.due(0)
    assert first == Told(
        "The team server refused 2 changes, which stay on this machine: /team says why.", True
    )
    assert told(telling, SyncStatus(SyncState.SYNCED, refused=2), 1) == []
    assert len(told(telling, SyncStatus(SyncState.SYNCED, refused=3), 2)) == 1


def test_the_badge(telling: Telling) -> None:
    """Calm when all is well, and otherwise one that finds room in a narrow terminal."""
    now = START + timedelta(minutes=4)
    assert telling.badge(now, 0) == Badge("connecting")
    telling.take(SYNCED, 0)
    assert telling.badge(now, 0) == Badge("synced")
    telling.take(msgspec.structs.replace(OFFLINE, waiting=3), 1)
    assert telling.badge(now, 1) == Badge("offline 4 min, 3 waiting", "offline 4m 3 waiting", True)


def test_a_line_that_goes_out_at_once_moves_nothing(telling: Telling) -> None:
    """The header would else jump at every Enter."""
    telling.take(SYNCED, 0)
    telling.take(SyncStatus(SyncState.WAITING, waiting=1), 10)
    assert telling.badge(START, 10.5) == Badge("synced")
    assert telling.badge(START, 11.5) == Badge("1 waiting", "1 waiting", True)
