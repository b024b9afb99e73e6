"""Looking for secrets in what somebody types, without making them wait."""

import asyncio
from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from capture.secret.hints import may_hold_typed_secret

_PAUSE = 0.15
_LONG = 4_000


async def kinds_of_secret(text: str) -> tuple[str, ...]:
    """What kinds of secret a text seems to hold; in a thread, for the detectors take their time."""
    if len(text) <= _LONG and not may_hold_typed_secret(text):
        return ()
    from capture.redaction import flag

    return tuple(found.kind for found in await asyncio.to_thread(flag, text))


class SecretWatch:
    """Knows what kinds of secret the latest text seems to hold.

    At every key a pattern says whether there can be one at all. Only then, or in a long text, do the
    detectors look, when the person pauses for 150 ms, in a thread: they take a tenth of a second
    to load.
    """

    def __init__(self, widget: Widget, changed: Callable[[], None]) -> None:
        """Look on behalf of `widget`, and call `changed` when `kinds` has other ones."""
        self.kinds: tuple[str, ...] = ()
        self._widget = widget
        self._changed = changed
        self._text = ""
        self._pause: Timer | None = None

    def look_at(self, text: str) -> None:
        """Take the text as it is now; what was found before counts until that is looked through."""
        if text == self._text:
            return
        self._text = text
        if len(text) <= _LONG and not may_hold_typed_secret(text):
            self.kinds = ()
            self._stop()
        elif self._pause:
            self._pause.reset()
        else:
            self._pause = self._widget.set_timer(_PAUSE, self._look_closer)

    def _look_closer(self) -> None:
        self._stop()
        self._widget.run_worker(self._flagged(self._text), group="secrets", exclusive=True)

    async def _flagged(self, text: str) -> None:
        kinds = await kinds_of_secret(text)
        if text == self._text and kinds != self.kinds:
            self.kinds = kinds
            self._changed()

    def _stop(self) -> None:
        if self._pause:
            self._pause.stop()
            self._pause = None
