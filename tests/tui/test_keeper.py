"""The open incident: writes on a thread of its own, reads at any time, others' writes noticed."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage.changes import Changes
from storage.errors import BadValue, SaveFailed
from storage.model import Draft
from storage.record import Record
from tests.storage.builders import Clock, new_record, note, open_record, texts
from tests.tui.waiting import until
from tui.keeper import Keeper


@pytest.fixture
async def keeper(tmp_path: Path) -> AsyncIterator[Keeper]:
    """An open incident that is followed."""
    keeper = Keeper(new_record(tmp_path), "dana", Clock(), people=["lee"], services=["checkout"])
    keeper.start()
    yield keeper
    await keeper.close()


async def test_what_is_done_is_on_disk_and_told(keeper: Keeper) -> None:
    """Once an act has returned another process can read it, and every listener has heard of it."""
    told: list[Changes] = []
    keeper.listen(told.append)
    [entry] = await keeper.act(lambda record: record.add([Draft(text="503s")], keeper.author))
    assert texts(open_record(keeper.record.path, "b").entries) == ["503s"]
    assert [changes.entries for changes in told] == [frozenset({entry.id})]


async def test_acts_are_done_in_the_order_in_which_they_were_asked_for(keeper: Keeper) -> None:
    """Lines that are typed faster than the disk writes stay in their order, and none is lost."""

    def recorder(text: str) -> Callable[[Record], object]:
        return lambda record: record.add([Draft(text=text)], keeper.author)

    await asyncio.gather(*(keeper.act(recorder(str(n))) for n in range(30)))
    assert texts(keeper.record.entries) == [str(n) for n in range(30)]


async def test_an_act_does_not_run_on_the_event_loop(keeper: Keeper) -> None:
    """A slow disk must not stop typing."""
    thread = await keeper.act(lambda _record: threading.current_thread())
    assert thread is not threading.current_thread()


async def test_an_act_whose_screen_is_gone_is_done_all_the_same(keeper: Keeper) -> None:
    """Saving belongs to the incident, not to the dialog that asked for it."""
    started, go_on = threading.Event(), threading.Event()

    def slowly(record: Record) -> object:
        started.set()
        go_on.wait(20)
        return record.add([Draft(text="kept")], keeper.author)

    asked = asyncio.create_task(keeper.act(slowly))
    await asyncio.to_thread(started.wait, 20)
    asked.cancel()
    go_on.set()
    await until(lambda: texts(keeper.record.entries) == ["kept"])


async def test_a_refusal_reaches_who_asked(keeper: Keeper) -> None:
    """What can't be recorded is told as a sentence to whoever wanted it."""
    with pytest.raises(BadValue, match="no field"):
        await keeper.act(lambda record: record.edit_incident({"colour": "red"}, "dana"))


async def test_what_another_process_writes_is_told(keeper: Keeper) -> None:
    """`hotwash note` in another pane appears by itself."""
    told: list[Changes] = []
    keeper.listen(told.append)
    other = open_record(keeper.record.path, "b")
    entry = note(other, "from the other pane")
    await until(lambda: bool(told))
    assert told[0].entries == {entry.id}
    assert texts(keeper.record.entries) == ["from the other pane"]


async def test_a_record_that_was_folded_by_another_process_is_read_anew(keeper: Keeper) -> None:
    """Another tab that folds the journal takes nothing away from this one."""
    told: list[Changes] = []
    keeper.listen(told.append)
    other = open_record(keeper.record.path, "b")
    note(other, "before the fold")
    other.checkpoint()
    note(other, "after it")
    await until(lambda: any(changes.everything for changes in told))
    await until(lambda: len(keeper.record.entries) == 2)


async def test_who_stopped_listening_hears_no_more(keeper: Keeper) -> None:
    """A closed screen is not painted any more."""
    told: list[Changes] = []
    stop = keeper.listen(told.append)
    stop()
    stop()
    await keeper.act(lambda record: record.add([Draft(text="503s")], "dana"))
    assert told == []


async def test_names_are_learnt_from_entries_and_other_incidents(keeper: Keeper) -> None:
    """Completion knows who was named a second ago, and who was named last year."""
    assert keeper.line_context().people == {"lee"}
    draft = Draft(text="restarted", owner="kim", services=("pgbouncer",))
    await keeper.act(lambda record: record.add([draft], "dana"))
    keeper.learn(["ada"], ["search"])
    context = keeper.line_context()
    assert {"lee", "kim", "ada", "dana"} <= context.people
    assert {"checkout", "pgbouncer", "search"} <= context.services


async def test_trouble_with_the_files_is_said_once(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that can't be followed is told in one sentence, not four times a second."""
    said: list[str] = []
    tries: list[Record] = []

    def fails(record: Record) -> bool:
        tries.append(record)
        raise SaveFailed("The folder is gone.")

    keeper.on_notice(said.append)
    monkeypatch.setattr(Record, "follow", fails)
    await until(lambda: len(tries) > 2)
    assert said == ["The folder is gone."]


async def test_a_full_disk_loses_nothing_that_was_there(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act that could not be saved is refused, and the next one works."""

    def full(*_: object, **__: object) -> None:
        raise SaveFailed("No room left on the disk.")

    with monkeypatch.context() as patch:
        patch.setattr(Record, "add", full)
        with pytest.raises(SaveFailed):
            await keeper.act(lambda record: record.add([Draft(text="lost")], "dana"))
    await keeper.act(lambda record: record.add([Draft(text="kept")], "dana"))
    assert texts(keeper.record.entries) == ["kept"]


async def test_closing_folds_and_lets_go(tmp_path: Path) -> None:
    """After closing the record is whole in its one file."""
    before = threading.enumerate()
    keeper = Keeper(new_record(tmp_path), "dana", Clock())
    keeper.start()
    await keeper.act(lambda record: record.add([Draft(text="503s")], "dana"))
    path = keeper.record.path
    await keeper.close()
    assert "503s" in path.read_text("utf-8")
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert not any(thread.name.startswith("record") for thread in left)
