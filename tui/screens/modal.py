"""Screens that lie over another one: each is left once, with one result, whatever is pressed.

`Screen.dismiss` takes away whatever lies on top, and calls back every time (Textual 8.2.8). A key that
was in the queue already would so take away the screen below too, and a save that ends while another
screen lies on top would take that one away.
"""

from typing import ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

T = TypeVar("T")


class PushedScreen(Screen[T]):
    """A screen that goes back to the one below it; see the module."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "quit", show=False)]

    _result: T | None = None
    _has_left = False

    @property
    def has_left(self) -> bool:
        """Whether it is known with what this screen ends; from then on it takes no more keys."""
        return self._has_left

    def leave_with(self, result: T | None) -> None:
        """End with a result: now, or once the screen is on top again; only the first one counts."""
        if self._has_left:
            return
        self._result = result
        self._has_left = True
        self._leave()

    def _leave(self) -> None:
        if self.is_active:
            self.dismiss(self._result)

    @on(events.ScreenResume)
    def _leave_at_last(self) -> None:
        if self._has_left:
            self._leave()

    async def on_key(self, event: events.Key) -> None:
        """Take a key, or hand on what was typed for the screen below before this one was gone."""
        if not self._has_left:
            await self.take_key(event)
        elif event.is_printable and not self.is_active:
            event.stop()
            self.app.screen.post_message(events.Key(event.key, event.character))

    async def take_key(self, event: events.Key) -> None:
        """Take a key that no widget and no binding took; never called once this screen has left."""

    async def go_on_to(self, command: str) -> None:
        """Leave, and do a command of the app from the screen below."""
        self.leave_with(None)
        await self.app.run_action(f"app.{command}")

    async def action_quit(self) -> None:
        """End the app; modal screens hide the app's own key for it."""
        await self.app.action_quit()


class Modal(PushedScreen[T], ModalScreen[T]):
    """A screen that asks or tells something while the one below is still seen."""
