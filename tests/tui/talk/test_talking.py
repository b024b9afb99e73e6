"""What the keys ask for becomes recordings, and the screen says what is going on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from capture.voice.clips import ClipState
from tests.storage.builders import START
from tests.tui.talk.desk import Desk
from tui.talk.shown import TalkState


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """An incident with a microphone and without a speech model."""
    desk = Desk(tmp_path, releases=True)
    yield desk
    await desk.talking.close()
    await desk.keeper.close()


async def test_what_is_said_while_the_key_is_held_is_recorded(desk: Desk) -> None:
    """And it is a whole file on the disk, whether anybody can transcribe it or not."""
    desk.talking.press(desk.time)
    await desk.settled()
    assert desk.microphone.records()
    desk.wait(3)
    desk.talking.release(desk.time)
    await desk.settled()
    assert not desk.microphone.records()
    (note,) = desk.clips.all()
    assert (note.state, note.seconds, note.author) == (ClipState.WAITING, 3.0, "dana")
    assert desk.clips.audio(note.id) is not None
    assert "hotwash voice install" in desk.sentences[-1]


async def test_its_time_is_when_the_key_went_down(desk: Desk) -> None:
    """Also when the app was busy, and hears of it two seconds later."""
    desk.talking.press(desk.time - 2)
    await desk.settled()
    (note,) = desk.clips.all()
    assert note.pressed_at == START - timedelta(seconds=2)


async def test_a_tap_goes_on_until_the_next(desk: Desk) -> None:
    """The hands are free meanwhile, and the screen says that it goes on."""
    desk.talking.press(desk.time)
    desk.wait(0.1)
    desk.talking.release(desk.time)
    await desk.settled()
    desk.wait(30)
    shown = desk.talking.shown()
    assert shown is not None
    assert shown.latched
    desk.talking.press(desk.time)
    await desk.settled()
    assert not desk.microphone.records()


async def test_escape_keeps_the_recording_and_makes_no_entries(desk: Desk) -> None:
    """And the very next undo makes them after all."""
    desk.talking.toggle()
    await desk.settled()
    desk.talking.stop_and_keep()
    await desk.settled()
    assert desk.states() == [ClipState.KEPT]
    assert desk.talking.bring_back()
    await desk.settled()
    assert desk.states() == [ClipState.WAITING]
    assert not desk.talking.bring_back(), "it is brought back once"


async def test_undo_means_what_was_done_since(desk: Desk) -> None:
    """A recording that was kept long ago is not what ctrl+z takes back."""
    desk.talking.toggle()
    await desk.settled()
    desk.talking.stop_and_keep()
    await desk.settled()
    await desk.keeper.act(lambda record: record.edit_incident({"title": "another"}, "dana"))
    assert not desk.talking.bring_back()
    assert desk.states() == [ClipState.KEPT]


async def test_the_next_is_recorded_while_the_last_is_being_saved(desk: Desk) -> None:
    """Somebody who talks fast loses nothing."""
    for _ in range(3):
        desk.talking.toggle()
        desk.talking.toggle()
    await desk.settled()
    assert len(desk.states()) == 3
    assert not desk.microphone.records()


async def test_a_microphone_that_refuses_is_told_at_length_once(desk: Desk) -> None:
    """Nothing is left behind, and the keys work again when it does."""
    desk.microphone.why_not = "There is no microphone here. Plug one in."
    for _ in range(2):
        desk.talking.toggle()
        await desk.settled()
        assert not desk.talking.is_recording
        assert desk.talking.shown() is None
    assert desk.sentences[0] == "There is no microphone here. Plug one in."
    assert desk.sentences[1].startswith("Nothing can be recorded; type it instead.")
    assert desk.states() == []
    desk.microphone.why_not = ""
    desk.talking.toggle()
    await desk.settled()
    assert desk.microphone.records()


async def test_a_microphone_that_is_unplugged_keeps_what_was_said(desk: Desk) -> None:
    """The screen does not go on saying that somebody listens."""
    desk.talking.toggle()
    await desk.settled()
    desk.microphone.recorders[0].ended()
    await desk.settled()
    assert not desk.talking.is_recording
    assert desk.states() == [ClipState.WAITING]


async def test_the_button_is_held_like_the_key(desk: Desk) -> None:
    """A long press ends when it is let go; a short one goes on until the next."""
    heard = []
    for held in (2, 0.1, 0.1):
        desk.talking.hold(desk.time)
        desk.wait(held)
        desk.talking.let_go(desk.time)
        heard.append(desk.talking.is_recording)
    assert heard == [False, True, False]
    await desk.settled()


async def test_a_farewell_leaves_everything_on_the_disk(desk: Desk) -> None:
    """A process that gets a signal says so, and the next start takes the recording up."""
    assert desk.talking.farewell() is None
    desk.talking.toggle()
    await desk.settled()
    assert "What you said is kept" in str(desk.talking.farewell())
    assert desk.microphone.recorders[0].farewells == 1


async def test_the_screen_says_what_is_going_on(desk: Desk) -> None:
    """From the key to the text, one state after the other."""
    assert desk.talking.shown() is None
    desk.talking.toggle()
    shown = desk.talking.shown()
    assert shown is not None
    assert shown.state is TalkState.OPENING
    await desk.settled()
    shown = desk.talking.shown()
    assert shown is not None
    assert (shown.state, shown.level, shown.seconds) == (TalkState.LISTENING, 0.5, 3.0)
    desk.talking.stop()
    shown = desk.talking.shown()
    assert shown is not None
    assert shown.state is TalkState.SAVING
    await desk.settled()
    shown = desk.talking.shown()
    assert shown is not None
    assert (shown.state, shown.said) == (
        TalkState.FAILED,
        "1 recording is not heard yet: /retry",
    )


async def test_talking_that_is_switched_off_says_so(tmp_path: Path) -> None:
    """No microphone is touched then."""
    desk = Desk(tmp_path, is_on=False)
    desk.talking.press(desk.time)
    await desk.settled()
    assert not desk.talking.is_recording
    assert "switched off" in desk.sentences[0]
    assert not desk.microphone.recorders
    await desk.keeper.close()
