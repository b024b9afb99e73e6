"""The header and the instruments on a screen."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from storage.model import Kind
from tests.storage.builders import START, Clock, note
from tests.tui.instruments.scenes import incident_of, kept
from tui.instruments.header_line import Badge
from tui.instruments.pieces import plain
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.widgets.header import IncidentHeader
from tui.widgets.instruments import Instruments
from tui.widgets.piece_row import PieceRow


class Host(App[None]):
    """Two rows."""

    def __init__(self, keeper: Keeper) -> None:
        """Show an incident."""
        super().__init__()
        self.keeper = keeper
        self.watched = Watch(keeper.record)
        self.badge: Callable[[datetime], Badge] = lambda _now: Badge()

    def badge_now(self, now: datetime) -> Badge:
        """What the test has the badge say."""
        return self.badge(now)

    def compose(self) -> ComposeResult:
        """The rows, one over the other."""
        yield IncidentHeader(self.keeper, self.watched, self.badge_now)
        yield Instruments(self.keeper, self.watched)


def painted(widget: PieceRow) -> str:
    """What stands on the screen."""
    return "".join(segment.text for segment in widget.render_line(0))


async def test_the_rows_are_painted_as_they_read(tmp_path: Path) -> None:
    """What the pure rows say is what stands on the screen, at any width."""
    clock = Clock()
    record = incident_of(tmp_path, clock, title="checkout [b]503s[/b]")
    note(record, "restarted the app servers", kind=Kind.ACTION, owner="lee", time_box=10)
    async with kept(record, clock) as keeper:
        app = Host(keeper)
        async with app.run_test(size=(120, 4)) as pilot:
            header, row = app.query_one(IncidentHeader), app.query_one(Instruments)
            assert painted(header) == plain(header.pieces(120))
            assert "checkout [b]503s[/b]" in painted(header)
            assert painted(row).rstrip() == plain(row.pieces(120))
            await pilot.resize_terminal(60, 4)
            assert painted(header) == plain(header.pieces(60))


async def test_only_a_row_that_reads_otherwise_is_painted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A calm screen costs nothing: a second that changes no word repaints nothing."""
    clock = Clock()
    record = incident_of(tmp_path, clock)
    async with kept(record, clock) as keeper:
        app = Host(keeper)
        async with app.run_test(size=(120, 4)) as pilot:
            header = app.query_one(IncidentHeader)
            await pilot.pause()
            refreshed = []
            monkeypatch.setattr(header, "refresh", lambda: refreshed.append(painted(header)))
            clock.move(10)
            header.look()
            assert refreshed == []
            clock.move(60)
            header.look()
            assert len(refreshed) == 1


async def test_the_badge_can_change(tmp_path: Path) -> None:
    """What is known of the server is told as soon as it is known."""
    clock = Clock()
    async with kept(incident_of(tmp_path, clock), clock) as keeper:
        app = Host(keeper)
        async with app.run_test(size=(120, 4)) as pilot:
            header = app.query_one(IncidentHeader)
            assert painted(header).endswith("local")
            app.badge = lambda now: Badge(f"offline {(now - START).seconds // 60} min", "", True)
            header.look()
            await pilot.pause()
            assert painted(header).endswith("offline 0 min")
            clock.move(240)
            header.look()
            await pilot.pause()
            assert painted(header).endswith("offline 4 min"), "it goes on as time does"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
async def test_what_is_loud_is_loud_without_colour(tmp_path: Path, theme: str) -> None:
    """DRILL and what is late are reversed, so that no theme and no NO_COLOR makes them quiet."""
    clock = Clock()
    record = incident_of(tmp_path, clock, drill=True)
    note(record, "restart", kind=Kind.ACTION, owner="lee", time_box=1)
    clock.move(120)
    async with kept(record, clock) as keeper:
        app = Host(keeper)
        async with app.run_test(size=(120, 4)) as pilot:
            app.theme = theme
            await pilot.pause()
            loud = [
                segment.text
                for row in (app.query_one(IncidentHeader), app.query_one(Instruments))
                for segment in row.render_line(0)
                if segment.style and segment.style.reverse
            ]
    assert loud[0].strip() == "DRILL"
    assert loud[1].startswith("lee's 1 minute is up")
