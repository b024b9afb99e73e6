"""The button to talk with: held with the mouse, or clicked, in any terminal that knows a mouse."""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

_TALK, _STOP = " TALK ", " STOP "
_LEFT = 1


class TalkButton(Widget):
    """See the module. It never takes the focus from what is being typed.

    A mouse tells when its button goes up where a terminal does not tell it of a key, as inside tmux.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"talk--idle", "talk--on"}
    DEFAULT_CSS = """
    TalkButton {
        display: none;
        height: 1;
        width: 6;
        &.-there { display: block; }
        & .talk--idle { text-style: bold reverse; color: $text-primary; }
        & .talk--on { text-style: bold reverse; color: $text-error; }
    }
    """

    class Held(Message):
        """The button went down.

        Attributes:
            at: when, in seconds of the monotonic clock.
        """

        def __init__(self, at: float) -> None:
            """When it was."""
            super().__init__()
            self.at = at

    class LetGo(Message):
        """The button that went down went up, wherever the mouse is by then.

        Attributes:
            at: when, in seconds of the monotonic clock.
        """

        def __init__(self, at: float) -> None:
            """When it was."""
            super().__init__()
            self.at = at

    def __init__(self) -> None:
        """Nobody talks, and nobody knows yet whether there is a microphone."""
        super().__init__()
        self._is_recording = False
        self._is_held = False

    def show(self, *, is_there: bool, is_recording: bool = False) -> None:
        """Show something else.

        Args:
            is_there: whether there is anything to talk into.
            is_recording: whether a press ends what is being recorded.
        """
        self.set_class(is_there, "-there")
        if is_recording != self._is_recording:
            self._is_recording = is_recording
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The button."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        text, style = (_STOP, "talk--on") if self._is_recording else (_TALK, "talk--idle")
        segment = Segment(text, self.get_component_rich_style(style))
        return Strip([segment]).adjust_cell_length(width, self.rich_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold it, and the mouse with it: it may move off before the button goes up."""
        event.stop()
        if event.button == _LEFT and not self._is_held:
            self._is_held = True
            self.capture_mouse()
            self.post_message(self.Held(event.time))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let it go."""
        event.stop()
        if event.button == _LEFT and self._is_held:
            self._let_go(event.time)
            self.release_mouse()

    def on_mouse_release(self, event: events.MouseRelease) -> None:
        """Somebody else took the mouse, such as a screen that came up: it is let go."""
        if self._is_held:
            self._let_go(event.time)

    def on_click(self, event: events.Click) -> None:
        """Pressing and letting go is all there is to it."""
        event.stop()

    def _let_go(self, at: float) -> None:
        self._is_held = False
        self.post_message(self.LetGo(at))
