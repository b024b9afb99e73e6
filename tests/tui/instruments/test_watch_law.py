"""Keeping up with changes comes to the same as looking at everything anew."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.storage.builders import Clock, exchange, replica
from tests.tui.instruments.acts import ACTS, Act, do
from tests.tui.instruments.scenes import incident_of
from tui.instruments.topics import Topic
from tui.instruments.watch import Watch


def seen(watch: Watch) -> dict[str, object]:
    """All that a watch knows."""
    listed = {str(topic): [entry.id for entry in watch.entries(topic)] for topic in Topic}
    boxes = {entry.id: watch.box(entry.id) for entry in watch.record.all_entries}
    return listed | {
        "conflicts": watch.conflicts,
        "boxes": boxes,
        "holdings": watch.holdings(),
        "command": watch.command(),
    }


@given(st.lists(st.lists(ACTS, max_size=4), max_size=8))
def test_a_watch_that_kept_up_equals_a_new_one(rounds: list[list[Act]]) -> None:
    """After any acts of two people, undone, deleted, merged or in conflict, nothing is missed."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("dana", "lee"):
            (Path(folder) / name).mkdir()
        clock = Clock()
        mine = incident_of(Path(folder) / "dana", clock)
        theirs = replica(mine, Path(folder) / "lee", "lee", clock)
        watch = Watch(mine)
        mine.drain()
        for acts in rounds:
            for act in acts:
                do(act, theirs if act.by_other else mine, clock)
            watch.apply(mine.drain())
            assert seen(watch) == seen(Watch(mine))
            exchange(mine, theirs)
            watch.apply(mine.drain())
            assert seen(watch) == seen(Watch(mine))
