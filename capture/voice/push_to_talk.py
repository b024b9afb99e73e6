"""Hold a key and speak, or tap it: when that begins a recording, and when it ends one.

A terminal that reports when a key is let go makes it simple: held is held, and a key that was down
for a moment only is a tap, after which the recording goes on until the next press. Most terminals
report presses alone. There a key that is held repeats, after 0.25 to 0.66 s and then every 33 to
90 ms, and when no more repeats come it was let go.

How long that takes to tell is a matter of the line. Where repeats come evenly, a quarter of a second
of silence is certain. Over a connection that delivers them in bursts it would cut people off, so there
the key counts as held for a whole second, and what the repeats say meanwhile belongs to the same
recording; the audio ends where the last repeat came, so that nobody waits in it.

Nothing said is ever lost to a doubt: recording begins with the very first press, and a press after a
recording has ended begins another, unless it can only be the key that ended it and is still down.
"""

from enum import StrEnum

TAP_S = 0.35
"""A key that was down for less was tapped. Only for terminals that report its release."""

FIRST_REPEAT_S = 0.80
"""A press that comes later than this after the one before is no repeat: X11 waits 0.66 s."""

LOCAL_GAP_S = 0.25
"""Silence that tells that a key was let go at this machine: repeats are 90 ms apart at most (macOS)."""

REMOTE_GAP_S = 0.40
"""The same over SSH, where a packet that is lost costs 0.2 s."""

UNEVEN_GAP_S = 1.0
"""The same where repeats have not come evenly so far, or too few have come to tell."""

LIMIT_S = 600.0
"""A recording that nobody ends is ended after ten minutes."""

AGAIN_S = 0.15
"""A press soon after the one that ended a recording is a repeat of it when another follows within
this; else it begins the next recording."""

_ENOUGH_REPEATS = 8
_USUAL_PERIOD_S = 0.04


class Ask(StrEnum):
    """What the keys ask of the recorder."""

    START = "start"
    STOP = "stop"


class _State(StrEnum):
    IDLE = "idle"
    DOWN = "down"
    """Recording, and nobody knows yet whether the key is held or was tapped."""

    HELD = "held"
    """Recording while repeats come."""

    LATCHED = "latched"
    """Recording until the next press."""

    SPENT = "spent"
    """Not recording, and the key that ended it may still be down."""


class PushToTalk:
    """See the module. Times are seconds of one monotonic clock; one that runs back is taken to stand.

    Call `expire` when `deadline` has come, after every press and release that came before it.

    Attributes:
        reports_release: whether the terminal tells when a key is let go. The first release proves it.
        started_at: when the key went down for the recording that runs, or the last one that did.
        cut_at: where the audio of the last recording ends, when that was before it was stopped.
    """

    def __init__(
        self,
        *,
        reports_release: bool = False,
        release_gap_s: float = LOCAL_GAP_S,
        limit_s: float = LIMIT_S,
    ) -> None:
        """No key is down.

        Args:
            reports_release: whether the terminal says that it does.
            release_gap_s: `LOCAL_GAP_S`, or `REMOTE_GAP_S` where keys come over a network.
            limit_s: longest recording.
        """
        self.reports_release = reports_release
        self.started_at = 0.0
        self.cut_at: float | None = None
        self._release_gap_s = release_gap_s
        self._limit_s = limit_s
        self._state = _State.IDLE
        self._now = 0.0
        self._last_press = 0.0
        self._is_tap_by_silence = False
        self._again_at: float | None = None
        self._is_held_on = False
        self._gaps: list[float] = []

    @property
    def is_recording(self) -> bool:
        """Whether what is said now is recorded."""
        return self._state in {_State.DOWN, _State.HELD, _State.LATCHED}

    @property
    def is_latched(self) -> bool:
        """Whether it is recorded without any key being held."""
        return self._state is _State.LATCHED

    @property
    def deadline(self) -> float | None:
        """When `expire` wants to be called; None: only a key changes anything."""
        silence = self._silence
        ends = [] if silence is None else [self._last_press + silence]
        if self.is_recording:
            ends.append(self.started_at + self._limit_s)
        return min(ends, default=None)

    def press(self, t: float, *, repeated: bool = False) -> Ask | None:
        """The key went down, or repeats.

        Args:
            t: when.
            repeated: whether the terminal says that it was down already. Without releases it never does.
        """
        since, self._last_press = self._at(t) - self._last_press, self._now
        may_repeat = repeated or since <= FIRST_REPEAT_S
        match self._state:
            case _State.IDLE:
                # The key is down since before it was last let go of: it has ended its recording.
                return None if repeated else self._start(_State.DOWN)
            case _State.SPENT:
                if not may_repeat:
                    return self._start(_State.DOWN)
                # The first in doubt may be another press; whatever follows it at once is a repeat.
                is_first = not repeated and self._again_at is None and not self._is_held_on
                self._is_held_on = not is_first
                self._again_at = self._now if is_first and not self.reports_release else None
            case _State.LATCHED:
                # What repeats was there before: the one press that latched.
                return None if repeated else self._stop(_State.SPENT)
            case _State.DOWN | _State.HELD if self.reports_release:
                # A second press without a release between: that one was never reported.
                return None if may_repeat else self._stop(_State.SPENT)
            case _State.DOWN:
                self._state = _State.HELD
            case _State.HELD:
                self._gaps.append(since)
        return None

    def release(self, t: float) -> Ask | None:
        """The key was let go, says the terminal."""
        self._at(t)
        latched_wrongly = self._state is _State.LATCHED and self._is_tap_by_silence
        self.reports_release = True
        self._is_tap_by_silence = False
        if self._state is _State.SPENT:
            self._state = _State.IDLE
        if latched_wrongly:
            # It was down all the time, on a keyboard that does not repeat.
            return self._stop(_State.IDLE)
        if self._state not in {_State.DOWN, _State.HELD}:
            return None
        if self._now - self.started_at < TAP_S:
            self._state = _State.LATCHED
            return None
        return self._stop(_State.IDLE)

    def latch(self, t: float) -> Ask | None:
        """Begin without a key that is held: a button, or a command by its name."""
        self._at(t)
        return None if self.is_recording else self._start(_State.LATCHED)

    def stop(self) -> Ask | None:
        """Stop, by whatever other key or button."""
        if not self.is_recording:
            return None
        return self._stop(_State.IDLE if self.is_latched else _State.SPENT)

    def blur(self) -> Ask | None:
        """The terminal lost the focus, and hears nothing of the key any more.

        A recording with the key held ends. One that is latched goes on: people look at a dashboard
        while they speak. So does one that may have been a tap.
        """
        if self._state is _State.SPENT:
            self._state = _State.IDLE
        if self._state is _State.DOWN and not self.reports_release:
            self._latch_by_silence()
        if self._state in {_State.DOWN, _State.HELD}:
            return self._stop(_State.IDLE)
        return None

    def expire(self, t: float) -> Ask | None:
        """Time has passed; call it at `deadline`, and as often besides as is convenient."""
        now, silence = self._at(t), self._silence
        if self._again_at is not None and self._state is _State.SPENT:
            return self._begin_again(now)
        if self.is_recording and now >= self.started_at + self._limit_s:
            return self.stop()
        if silence is None or now < self._last_press + silence:
            return None
        if self._state is _State.HELD:
            return self._stop(_State.IDLE, cut_at=self._last_press + self._period / 2)
        if self._state is _State.DOWN:
            self._latch_by_silence()
        else:
            self._state = _State.IDLE
        return None

    # Inside

    def _begin_again(self, now: float) -> Ask | None:
        """Begin with the press that was in doubt, once nothing has followed it."""
        again_at = self._again_at
        if again_at is None or now < again_at + self._again_s:
            return None
        self._start(_State.DOWN)
        self.started_at = again_at
        return Ask.START

    @property
    def _again_s(self) -> float:
        """How soon repeats follow each other: later over a network."""
        return AGAIN_S if self._release_gap_s <= LOCAL_GAP_S else self._release_gap_s

    @property
    def _silence(self) -> float | None:
        """How long no press has to come for something to change; None: it makes no difference."""
        if self.reports_release:
            return None
        if self._state is _State.SPENT and self._again_at is not None:
            return self._again_s
        if self._state is _State.HELD:
            return self._release_gap_s if self._is_even else max(UNEVEN_GAP_S, self._release_gap_s)
        return FIRST_REPEAT_S if self._state in {_State.DOWN, _State.SPENT} else None

    @property
    def _is_even(self) -> bool:
        """Whether repeats have come so evenly that their end can be told at once."""
        enough = len(self._gaps) >= _ENOUGH_REPEATS
        return enough and max(self._gaps) <= self._release_gap_s / 2

    @property
    def _period(self) -> float:
        """Seconds from one repeat to the next."""
        return sum(self._gaps) / len(self._gaps) if self._gaps else _USUAL_PERIOD_S

    def _at(self, t: float) -> float:
        self._now = max(self._now, t)
        return self._now

    def _start(self, state: _State) -> Ask:
        self._state, self.started_at, self.cut_at = state, self._now, None
        self._again_at = None
        self._is_tap_by_silence = False
        self._gaps = []
        return Ask.START

    def _stop(self, state: _State, cut_at: float | None = None) -> Ask:
        self._state, self.cut_at = state, cut_at
        self._again_at, self._is_held_on = None, False
        return Ask.STOP

    def _latch_by_silence(self) -> None:
        self._state, self._is_tap_by_silence = _State.LATCHED, True
