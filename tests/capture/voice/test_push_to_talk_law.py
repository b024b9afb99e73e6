"""Whatever happens to keys and focus, in whatever order: what always holds of push-to-talk."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from capture.voice.push_to_talk import Ask, PushToTalk

LIMIT_S = 30.0
STEPS = st.sampled_from([0.0, 0.02, 0.04, 0.09, 0.2, 0.34, 0.36, 0.7, 0.9, 1.1, 5.0, 40.0])
"""Seconds between two events: repeats, taps, and the far side of every threshold."""


class Keys(RuleBasedStateMachine):
    """A person, a keyboard and a terminal that obey no rule at all."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.asked: list[Ask] = []
        self.started = 0.0

    @initialize(exact=st.booleans(), gap=st.sampled_from([0.25, 0.4]))
    def begin(self, exact: bool, gap: float) -> None:
        """Any terminal."""
        self.ptt = PushToTalk(reports_release=exact, release_gap_s=gap, limit_s=LIMIT_S)

    def told(self, ask: Ask | None) -> None:
        """Take down what was asked, and look at what has to be so when it is."""
        if ask is None:
            return
        self.asked.append(ask)
        if ask is Ask.START:
            self.started = self.ptt.started_at
            assert self.ptt.cut_at is None
        elif self.ptt.cut_at is not None:
            assert self.started <= self.ptt.cut_at <= self.now, "audio is cut where there is some"

    def later(self, step: float) -> float:
        """Some time later, with whatever was due in between."""
        end = self.now + step
        while (deadline := self.ptt.deadline) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.told(self.ptt.expire(self.now))
            self.deadline_is_kept()
        self.now = end
        return end

    @rule(step=STEPS, repeated=st.booleans())
    def press(self, step: float, repeated: bool) -> None:
        """A press, or what the terminal says is a repeat."""
        self.told(self.ptt.press(self.later(step), repeated=repeated))

    @rule(step=STEPS, count=st.integers(1, 12))
    def hold(self, step: float, count: int) -> None:
        """A few repeats in a row."""
        for _ in range(count):
            self.told(self.ptt.press(self.later(0.04)))
        self.later(step)

    @rule(step=STEPS)
    def release(self, step: float) -> None:
        """A release, wherever it comes from."""
        self.told(self.ptt.release(self.later(step)))

    @rule(step=STEPS)
    def late(self, step: float) -> None:
        """The timer comes late, and a press that was made before it after it."""
        self.now += step
        self.told(self.ptt.expire(self.now))
        self.told(self.ptt.press(self.now - step))

    @rule(step=STEPS)
    def blur(self, step: float) -> None:
        """Another window."""
        self.later(step)
        was_latched = self.ptt.is_latched
        self.told(self.ptt.blur())
        assert self.ptt.is_latched >= was_latched, "what is latched goes on"

    @rule(step=STEPS)
    def stop(self, step: float) -> None:
        """Enter."""
        self.later(step)
        self.told(self.ptt.stop())
        assert not self.ptt.is_recording

    @rule(step=STEPS)
    def latch(self, step: float) -> None:
        """The button."""
        self.told(self.ptt.latch(self.later(step)))
        assert self.ptt.is_recording

    @rule(exact=st.booleans())
    def answer(self, exact: bool) -> None:
        """The terminal answers late whether it reports releases."""
        self.ptt.reports_release = exact

    @precondition(lambda self: not self.ptt.reports_release)
    @rule()
    def silence(self) -> None:
        """Nobody touches anything: nothing is held any more, though a latched recording goes on."""
        self.later(1.1)
        assert self.ptt.is_latched or not self.ptt.is_recording

    @rule()
    def night(self) -> None:
        """Nobody touches anything for hours: the microphone is off."""
        self.later(LIMIT_S + 1.1)
        assert not self.ptt.is_recording

    @rule()
    def quick_fresh_press(self) -> None:
        """After a silence long enough, a press begins or ends: it never does nothing."""
        self.later(1.1)
        before = len(self.asked)
        self.told(self.ptt.press(self.later(0)))
        assert len(self.asked) == before + 1

    @invariant()
    def alternates(self) -> None:
        """Begin and end come in turns, and what it says is what it asked for."""
        turns = [Ask.START, Ask.STOP] * (len(self.asked) // 2 + 1)
        assert self.asked == turns[: len(self.asked)]
        if hasattr(self, "ptt"):
            assert self.ptt.is_recording is (self.asked[-1:] == [Ask.START])
            assert self.ptt.is_recording or not self.ptt.is_latched

    @invariant()
    def deadline_is_kept(self) -> None:
        """Whoever calls at the deadline is not asked to call at the same one again."""
        if not hasattr(self, "ptt"):
            return
        for _ in range(3):
            deadline = self.ptt.deadline
            if deadline is None or deadline > self.now:
                return
            self.told(self.ptt.expire(self.now))
        raise AssertionError("the deadline stays in the past")


TestKeys = Keys.TestCase
