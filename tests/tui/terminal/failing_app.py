"""hotwash itself, whose help key fails in one of the ways in which an app can.

Run in a terminal: ``python -m tests.tui.terminal.failing_app WHERE INCIDENT``.
"""

import sys

import tui.app
from tui.__main__ import main
from tui.app import HotwashApp


class Boom(Exception):
    """What goes wrong."""


class FailingApp(HotwashApp):
    """Fails when help is asked for.

    Attributes:
        where: the way in which it fails.
    """

    where = "action"

    def action_show_help(self) -> None:
        """Fail."""
        match self.where:
            case "action":
                raise Boom("in an action")
            case "timer":
                self.set_timer(0.01, self._fail)
            case "worker":
                self.run_worker(self._fail_soon())
            case "thread":
                self.run_worker(self._fail, thread=True)

    def _fail(self) -> None:
        raise Boom("in a callback")

    async def _fail_soon(self) -> None:
        raise Boom("in a coroutine")


if __name__ == "__main__":
    FailingApp.where = sys.argv.pop(1)
    tui.app.HotwashApp = FailingApp  # type: ignore[misc]
    main()
