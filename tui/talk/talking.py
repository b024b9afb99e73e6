"""Push-to-talk on an open incident: what the keys ask for, and what the screen says of it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from capture.errors import MicrophoneError
from capture.voice.clips import Clips, ClipState, HeldClip
from capture.voice.push_to_talk import LIMIT_S, TAP_S, Ask, PushToTalk
from capture.voice.recorder import Recorder
from storage.clock import NewId
from storage.errors import StorageError
from tui.keeper import Keeper
from tui.talk.shown import Shown, TalkState
from tui.talk.take import Records, StartRecording, Take
from tui.talk.transcripts import Told, Transcripts
from tui.talk.voice import Voice

KEPT = "Stopped: the recording is kept, without entries. ctrl+z makes them after all."


_LIMIT = f"Stopped after {LIMIT_S / 60:.0f} minutes, the longest recording. It becomes entries now."


class Talking:
    """See the module. Used on the event loop only, but for `farewell`.

    Attributes:
        key: the key to talk with, as people read it.
        keys: knows what presses and releases mean.
    """

    def __init__(
        self,
        keeper: Keeper,
        clips: Clips,
        voice: Voice,
        transcripts: Transcripts,
        new_id: NewId,
        keys: PushToTalk,
    ) -> None:
        """Nothing is being recorded.

        Args:
            keeper: the incident.
            clips: its recordings.
            voice: the microphone.
            transcripts: take over what was recorded.
            new_id: makes ids of recordings.
            keys: knows what presses and releases mean.
        """
        self.key = "F9"
        self.on_change: Callable[[], None] = _nothing
        self.tell: Callable[[Told], None] = _nobody
        self.record: StartRecording = self._recorder
        self.clock = monotonic
        self._keeper = keeper
        self._clips = clips
        self._voice = voice
        self._transcripts = transcripts
        self._new_id = new_id
        self.keys = keys
        self._take: Take | None = None
        self._saving: list[Take] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: HeldClip | None = None
        self._undo_then: object = None
        self._held_since: float | None = None
        self._refusals: set[str] = set()

    # Keys

    @property
    def is_recording(self) -> bool:
        """Whether what is said now is recorded."""
        return self.keys.is_recording

    @property
    def is_busy(self) -> bool:
        """Whether something is going on that ends by itself: a microphone opens, a file is saved."""
        takes = [*self._saving, *([self._take] if self._take is not None else [])]
        return any(take.is_busy for take in takes)

    @property
    def deadline(self) -> float | None:
        """When `expire` wants to be called, in seconds of the monotonic clock; None for never."""
        return self.keys.deadline

    def press(self, at: float, *, repeated: bool = False) -> None:
        """The key went down, or repeats.

        Args:
            at: seconds of the monotonic clock.
            repeated: whether the terminal says that it was down already.
        """
        self._do(self.keys.press(at, repeated=repeated), at)

    def release(self, at: float) -> None:
        """The key was let go."""
        self._do(self.keys.release(at), at)

    def expire(self, at: float) -> None:
        """Time has passed."""
        ask = self.keys.expire(at)
        if ask is Ask.STOP and at - self.keys.started_at >= LIMIT_S:
            self.tell(Told(sentence=_LIMIT))
        self._do(ask, at)

    def blur(self) -> None:
        """The terminal lost the focus: a key that is let go now is not heard of."""
        self.let_go(self.clock())
        self._do(self.keys.blur(), self.clock())

    def toggle(self) -> None:
        """Begin without holding anything, or end: for whoever asks for it by name."""
        if self.is_recording:
            self.stop()
        else:
            now = self.clock()
            self._do(self.keys.latch(now), now)

    def hold(self, at: float) -> None:
        """The button went down, which ends what is being recorded or begins it.

        Args:
            at: seconds of the monotonic clock.
        """
        if self.is_recording:
            self.stop()
        else:
            self._held_since = at
            self._do(self.keys.latch(at), at)

    def let_go(self, at: float) -> None:
        """The button was let go: the end, unless it was only pressed."""
        held_since, self._held_since = self._held_since, None
        if held_since is not None and at - held_since >= TAP_S:
            self.stop()

    def stop(self) -> None:
        """End the recording, and let it become entries."""
        self._do(self.keys.stop(), self.clock())

    def stop_and_keep(self) -> None:
        """End the recording and keep it, without entries."""
        if self._take is not None:
            self._take.is_wanted = False
        self.stop()

    def _do(self, ask: Ask | None, at: float) -> None:
        if ask is Ask.START:
            self._start(at)
        elif ask is Ask.STOP:
            self._end()
        self.on_change()

    def _start(self, at: float) -> None:
        if not self._voice.is_on:
            self.keys.stop()
            self._tell_refusal(self._voice.no_microphone)
            return
        self._voice.playback.stop()
        ago = timedelta(seconds=max(0.0, self.clock() - at))
        incident = self._keeper.record.incident
        pressed_at = self._keeper.now() - ago
        take = Take(self._new_id(), pressed_at, incident.zone, self._keeper.author)
        self._take = take
        task = asyncio.get_running_loop().create_task(self._run(take), name="record")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self) -> None:
        take, self._take = self._take, None
        if take is not None:
            self._saving.append(take)
            take.end(self.keys.cut_at)

    # Recording

    async def _run(self, take: Take) -> None:
        """Record; what goes wrong is told, and what was said is kept."""
        try:
            held = await take.run(self._clips, self.record)
        except (MicrophoneError, StorageError) as error:
            self._refused(take, str(error))
            return
        finally:
            self._over(take)
        if held.note.state is ClipState.SILENT:
            held.release()
            self.tell(Told(sentence=held.note.why, went_wrong=True))
        elif take.is_wanted:
            self._transcripts.add(held)
        else:
            self._keep(held)

    def _over(self, take: Take) -> None:
        """It has ended, and not only because somebody asked for it."""
        if self._take is take:
            self._take = None
            self.keys.stop()
        self._saving = [other for other in self._saving if other is not take]
        self.on_change()

    def _refused(self, take: Take, why: str) -> None:
        if take.held is not None:
            take.held.release()
        self._tell_refusal(why)

    def _tell_refusal(self, why: str) -> None:
        # Once is enough at length: whoever types on knows it by then.
        short = "Nothing can be recorded; type it instead. `hotwash doctor` says why."
        self.tell(Told(sentence=short if why in self._refusals else why, went_wrong=True))
        self._refusals.add(why)

    def _keep(self, held: HeldClip) -> None:
        if self._kept is not None:
            self._kept.release()
        self._kept, self._undo_then = held, self._keeper.next_undo()
        self.tell(Told(sentence=KEPT))

    def bring_back(self) -> bool:
        """Let the recording become entries that was ended with Escape as the very last act.

        Returns:
            False when there is none, or something else was done since.
        """
        held, self._kept = self._kept, None
        if held is None or self._keeper.next_undo() is not self._undo_then:
            if held is not None:
                held.release()
            return False
        self._transcripts.add(held)
        return True

    def _recorder(self, held: HeldClip, on_end: Callable[[], None]) -> Records:
        return Recorder(held, self._voice.microphone, on_end)

    # Leaving

    async def saved(self) -> None:
        """End what is being recorded, and wait until it is a whole file."""
        self.stop()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Save, and let go; what is not heard yet is taken up when the incident is opened again."""
        await self.saved()
        if self._kept is not None:
            self._kept.release()
        await self._transcripts.close()

    def farewell(self) -> str | None:
        """Let all that was said be on the disk, on whatever thread, for a process about to end.

        Returns:
            The sentence to leave the person with; None when nothing was being said.
        """
        takes = [take for take in (self._take, *self._saving) if take is not None]
        said = [take.farewell() for take in takes]
        if not any(said):
            return None
        return "What you said is kept; it becomes entries when the incident is opened again."

    # The screen

    @property
    def shows_level(self) -> bool:
        """Whether what `shown` says changes by itself."""
        return self._take is not None

    def shown(self) -> Shown | None:
        """What the row says of it now; None when there is nothing to say."""
        take = self._take
        if take is not None and not take.has_ended:
            return _of_take(take, latched=self.keys.is_latched, key=self.key)
        if self._saving or take is not None:
            return Shown(state=TalkState.SAVING)
        if waiting := self._transcripts.under_way:
            return Shown(state=TalkState.TRANSCRIBING, seconds=waiting[0].note.seconds)
        if count := self._transcripts.unheard:
            those = "1 recording is" if count == 1 else f"{count} recordings are"
            return Shown(state=TalkState.FAILED, said=f"{those} not heard yet: /retry")
        return None


def _of_take(take: Take, *, latched: bool, key: str) -> Shown:
    recorder = take.recorder
    if recorder is None or not recorder.hears:
        said = recorder.trouble if recorder is not None else ""
        return Shown(state=TalkState.OPENING, latched=latched, keys=key, said=said)
    return Shown(
        state=TalkState.LISTENING,
        level=recorder.level,
        seconds=recorder.seconds,
        latched=latched,
        keys=key,
        said=recorder.trouble,
    )


def _nothing() -> None:
    """Nobody looks yet."""


def _nobody(_told: Told) -> None:
    """Nobody listens yet."""
