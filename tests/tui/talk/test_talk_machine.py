"""The law of talking: the microphone is open exactly when the screen says that it is."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from capture.voice.clips import ClipState
from tests.tui.talk.desk import Desk
from tui.talk.shown import TalkState

_MOMENTS = st.sampled_from([0.0, 0.03, 0.09, 0.3, 0.5, 0.7, 1.1, 5.0, 700.0])


class TalkMachine(RuleBasedStateMachine):
    """Presses, repeats, releases, blurs, buttons, timers and bad luck, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.desk = self.loop.run_until_complete(self._new_desk())
        self.is_down = False

    async def _new_desk(self) -> Desk:
        return Desk(Path(self.folder.name))

    def teardown(self) -> None:
        """Whatever went on, the end leaves no microphone open and no recording half done."""
        self.loop.run_until_complete(self.desk.talking.close())
        assert not self.desk.microphone.records()
        assert set(self.desk.states()) <= {ClipState.WAITING, ClipState.KEPT}
        self.loop.run_until_complete(self.desk.keeper.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.folder.cleanup()

    async def _do(self, name: str, *values: float) -> None:
        getattr(self.desk.talking, name)(*values)

    def do(self, name: str, *values: float) -> None:
        """Do something on the event loop, as the app does."""
        self.loop.run_until_complete(self._do(name, *values))

    @rule(after=_MOMENTS)
    def press(self, after: float) -> None:
        """The key goes down, or repeats."""
        self.loop.run_until_complete(self._pass(after))
        self.do("press", self.desk.time)

    @rule(after=_MOMENTS)
    def release(self, after: float) -> None:
        """A terminal says that it was let go."""
        self.loop.run_until_complete(self._pass(after))
        self.do("release", self.desk.time)

    @rule(after=_MOMENTS)
    def wait(self, after: float) -> None:
        """Nothing happens for a while."""
        self.loop.run_until_complete(self._pass(after))

    async def _pass(self, seconds: float) -> None:
        self.desk.wait(seconds)

    @rule(name=st.sampled_from(["blur", "stop", "stop_and_keep", "toggle"]))
    def other(self, name: str) -> None:
        """Another window, Enter, Escape, the palette."""
        self.do(name)

    @rule(name=st.sampled_from(["hold", "let_go"]))
    def button(self, name: str) -> None:
        """The mouse."""
        self.do(name, self.desk.time)

    @rule()
    def undo(self) -> None:
        """Somebody wants back what Escape left out."""
        self.do("bring_back")

    @rule(works=st.booleans())
    def plug(self, works: bool) -> None:
        """A microphone is plugged in, or out."""
        self.desk.microphone.why_not = "" if works else "There is no microphone."

    @precondition(lambda self: self.desk.microphone.records())
    @rule()
    def die(self) -> None:
        """The sound server is gone while somebody speaks."""
        for recorder in self.desk.microphone.recorders:
            if recorder.is_open:
                recorder.ended()

    @invariant()
    def the_screen_tells_the_truth(self) -> None:
        """Once things have settled; and that takes no timer."""
        self.loop.run_until_complete(self.desk.settled())
        shown = self.desk.talking.shown()
        says = shown is not None and shown.state in {TalkState.OPENING, TalkState.LISTENING}
        assert says == self.desk.microphone.records() == self.desk.talking.is_recording
        assert sum(recorder.is_open for recorder in self.desk.microphone.recorders) <= 1


TestTalking = TalkMachine.TestCase
TestTalking.settings = settings(stateful_step_count=30)
