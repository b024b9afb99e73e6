"""What a person does with the key begins and ends a recording as they expect, in any terminal."""

from collections.abc import Iterable

import pytest

from capture.voice.push_to_talk import (
    FIRST_REPEAT_S,
    LOCAL_GAP_S,
    REMOTE_GAP_S,
    TAP_S,
    UNEVEN_GAP_S,
    Ask,
    PushToTalk,
)

START, STOP = Ask.START, Ask.STOP
Asked = list[tuple[Ask, float]]

KEYBOARDS = [(0.66, 0.04), (0.50, 0.033), (0.375, 0.09), (0.25, 0.033)]
"""Seconds until a held key repeats, and from one repeat to the next: X11, Linux, macOS, Windows."""


def repeats(start: float, length: float, delay: float, period: float) -> list[float]:
    """When a key that is held down sends something."""
    times = [start]
    at = start + delay
    while at < start + length:
        times.append(at)
        at += period
    return times


def played(ptt: PushToTalk, presses: Iterable[float], until: float = 99.0) -> Asked:
    """What is asked for and when, with every deadline kept."""
    asked: Asked = []

    def note(ask: Ask | None, at: float) -> None:
        if ask is not None:
            asked.append((ask, at))

    for at in [*presses, until]:
        while (deadline := ptt.deadline) is not None and deadline < at:
            note(ptt.expire(deadline), deadline)
            assert ptt.deadline != deadline, "what was due is done"
        if at != until:
            note(ptt.press(at), at)
    return asked


def exact() -> PushToTalk:
    """In a terminal that reports releases."""
    return PushToTalk(reports_release=True)


# Without releases


@pytest.mark.parametrize(("delay", "period"), KEYBOARDS)
@pytest.mark.parametrize("length", [1.5, 5.0])
def test_a_hold(delay: float, period: float, length: float) -> None:
    """It records from the press on, ends soon after the last repeat, and the audio ends with that."""
    ptt = PushToTalk()
    pressed = repeats(10, length, delay, period)
    assert played(ptt, pressed) == [(START, 10), (STOP, pytest.approx(pressed[-1] + LOCAL_GAP_S))]
    assert ptt.cut_at == pytest.approx(pressed[-1] + period / 2)
    assert ptt.started_at == 10
    assert not ptt.is_recording


def test_a_short_hold_is_not_ended_in_haste() -> None:
    """After a few repeats nobody knows yet how evenly they come; the audio ends where they did."""
    ptt = PushToTalk()
    pressed = repeats(10, 0.8, 0.66, 0.04)
    assert played(ptt, pressed) == [(START, 10), (STOP, pytest.approx(pressed[-1] + UNEVEN_GAP_S))]
    assert ptt.cut_at == pytest.approx(pressed[-1] + 0.02)


def test_taps() -> None:
    """A tap begins, and latches; the next one ends, and all that was said between is kept."""
    ptt = PushToTalk()
    assert played(ptt, [10], until=12) == [(START, 10)]
    assert ptt.is_latched
    assert played(ptt, [20]) == [(STOP, 20)]
    assert ptt.cut_at is None


def test_the_tap_that_ends_may_be_a_long_one() -> None:
    """Its repeats don't begin another recording."""
    ptt = PushToTalk()
    asked = played(ptt, [10, *repeats(20, 3, 0.66, 0.04)])
    assert asked == [(START, 10), (STOP, 20)]
    assert played(ptt, [30], until=31) == [(START, 30)]


@pytest.mark.parametrize("after", [0.15, 0.3, 0.6])
def test_somebody_who_goes_on_at_once(after: float) -> None:
    """A press soon after the end begins the next recording, and its time is that press."""
    ptt = PushToTalk()
    asked = played(ptt, [0, 5, 5 + after], until=8)
    assert [ask for ask, _ in asked] == [START, STOP, START]
    assert ptt.started_at == 5 + after
    assert ptt.is_latched


def test_somebody_who_goes_on_at_once_and_holds() -> None:
    """The repeats of that press are no presses."""
    presses = [0.0, 5.0, *repeats(5.4, 3.0, 0.5, 0.033)]
    asked = played(PushToTalk(), presses)
    assert [ask for ask, _ in asked] == [START, STOP, START, STOP]
    assert asked[-1][1] == pytest.approx(8.4, abs=0.3)


@pytest.mark.parametrize(("delay", "period"), KEYBOARDS)
def test_the_press_that_ends_may_be_held(delay: float, period: float) -> None:
    """Its repeats begin nothing, however long it is held."""
    presses = [0.0, *repeats(5.0, 4.0, delay, period)]
    assert [ask for ask, _ in played(PushToTalk(), presses)] == [START, STOP]


def test_two_quick_taps() -> None:
    """They can't be told from a hold, and come to the same: what was said between them is kept."""
    ptt = PushToTalk()
    assert [ask for ask, _ in played(ptt, [10, 10.5])] == [START, STOP]
    assert ptt.cut_at == pytest.approx(10.52)


@pytest.mark.parametrize("stall", [0.3, 0.5, 0.9])
def test_a_line_that_stalls_while_the_key_is_held(stall: float) -> None:
    """Where repeats have come unevenly, a hold is not cut in two."""
    ptt = PushToTalk(release_gap_s=REMOTE_GAP_S)
    even = repeats(10, 4, 0.66, 0.04)
    late = [at if at < 11 else max(at, 11.25) for at in even]
    late = [at if at < 12 else max(at, 12 + stall) for at in late]
    assert played(ptt, late) == [(START, 10), (STOP, pytest.approx(late[-1] + UNEVEN_GAP_S))]


def test_a_line_that_was_even_and_stalls_all_the_same() -> None:
    """What is said after the stall is recorded too, and nothing latches."""
    ptt = PushToTalk()
    pressed = [at for at in repeats(10, 4, 0.66, 0.04) if not 12 < at < 12.5]
    asked = played(ptt, pressed)
    assert [ask for ask, _ in asked] == [START, STOP, START, STOP]
    assert asked[2][1] == pytest.approx(12.5, abs=0.05)
    assert not ptt.is_recording


def test_a_key_that_repeats_no_more_while_its_app_stalls() -> None:
    """A press that was made before the deadline and is told after it begins again: nothing is lost."""
    ptt = PushToTalk()
    played(ptt, repeats(10, 2, 0.66, 0.04), until=11.99)
    assert ptt.expire(13) is STOP
    assert ptt.press(12.02) is START
    assert ptt.started_at == 13


# With releases


def test_a_hold_whose_release_is_reported() -> None:
    """It ends at once, wherever the repeats are."""
    ptt = exact()
    assert ptt.press(10) is START
    assert ptt.press(10.6, repeated=True) is None
    assert ptt.release(10.61) is STOP
    assert ptt.cut_at is None
    assert not ptt.is_recording


def test_a_tap_whose_release_is_reported() -> None:
    """It latches at once, and no time ends it."""
    ptt = exact()
    ptt.press(10)
    assert ptt.release(10 + TAP_S - 0.01) is None
    assert ptt.is_latched
    assert ptt.expire(20) is None
    assert ptt.press(30) is STOP
    assert ptt.release(30.1) is None
    assert ptt.press(30.3) is START


def test_repeats_after_the_end_begin_nothing() -> None:
    """The key that ended a recording is still down for as long as it repeats."""
    ptt = exact()
    ptt.press(10)
    ptt.release(10.1)
    assert ptt.press(20) is STOP
    assert [ptt.press(at, repeated=True) for at in (20.6, 20.7, 22)] == [None] * 3
    ptt.blur()
    assert ptt.press(23, repeated=True) is None
    assert ptt.press(24) is START


def test_a_release_that_got_lost() -> None:
    """The next press ends what would else be recorded until the limit."""
    ptt = exact()
    ptt.press(10)
    ptt.press(11, repeated=True)
    assert ptt.press(15, repeated=True) is None
    assert ptt.press(16) is STOP
    assert ptt.release(16.1) is None


def test_repeats_that_are_not_told_from_presses() -> None:
    """A terminal that reports releases and no repeats holds as well as any other."""
    ptt = exact()
    asked = [ptt.press(at) for at in repeats(10, 3, 0.66, 0.04)]
    assert [ask for ask in asked if ask] == [START]
    assert ptt.release(13) is STOP


@pytest.mark.parametrize("held_s", [0.1, 0.5, 2.0])
def test_the_first_release_proves_that_there_are_some(held_s: float) -> None:
    """A terminal that did not answer when it was asked is believed from then on."""
    ptt = PushToTalk()
    played(ptt, [10], until=10 + held_s)
    is_tap = held_s < TAP_S
    assert ptt.release(10 + held_s) is (None if is_tap else STOP)
    assert ptt.is_latched is is_tap
    assert ptt.reports_release


# Otherwise


def test_losing_the_focus_while_the_key_is_held() -> None:
    """Its release goes elsewhere, so it ends here."""
    for ptt in (PushToTalk(), exact()):
        ptt.press(10)
        ptt.press(10.6, repeated=ptt.reports_release)
        assert ptt.blur() is STOP
        assert ptt.press(15) is START


def test_losing_the_focus_while_latched() -> None:
    """Who tapped may look at a dashboard and speak on."""
    ptt = PushToTalk()
    ptt.press(10)
    assert ptt.blur() is None
    assert ptt.is_latched
    assert ptt.blur() is None
    assert ptt.press(20) is STOP


@pytest.mark.parametrize("is_held", [False, True])
def test_stopping_by_another_key(is_held: bool) -> None:
    """Enter, Escape or the button; a key that is still down does not begin again."""
    ptt = PushToTalk()
    assert ptt.stop() is None
    played(ptt, [10, *([10.5] if is_held else [])], until=10.9)
    assert ptt.stop() is STOP
    assert ptt.stop() is None
    assert ptt.press(10.95) is (None if is_held else START)


def test_beginning_without_a_key() -> None:
    """A button or a command latches at once, and does nothing while something is recorded."""
    ptt = PushToTalk()
    assert ptt.latch(10) is START
    assert (ptt.is_latched, ptt.started_at) == (True, 10)
    assert ptt.latch(11) is None
    assert ptt.expire(12) is None
    assert ptt.press(13) is STOP


@pytest.mark.parametrize("is_exact", [False, True])
def test_the_limit(is_exact: bool) -> None:
    """What nobody ends, ends; a key that lies on the keyboard does not begin again."""
    ptt = PushToTalk(reports_release=is_exact, limit_s=60)
    ptt.press(10)
    asked = []
    for at in repeats(10.7, 100, 0.04, 0.04):
        asked += [ptt.expire(at), ptt.press(at, repeated=is_exact)]
    assert [ask for ask in asked if ask] == [STOP]
    assert not ptt.is_recording


def test_a_recording_that_is_latched_and_forgotten() -> None:
    """It ends after ten minutes, and the next press begins another."""
    ptt = PushToTalk()
    assert played(ptt, [10], until=1000) == [(START, 10), (STOP, 610)]
    assert played(ptt, [1000], until=1000 + FIRST_REPEAT_S) == [(START, 1000)]
