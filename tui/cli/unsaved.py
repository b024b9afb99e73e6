"""Words that could not be saved: given back to the person, and kept in a file."""

from pathlib import Path
from types import TracebackType
from typing import Self

from capture.errors import CaptureError
from storage.drafts import keep_draft
from storage.errors import StorageError
from tui.cli.exit_codes import exit_code
from tui.cli.output import say
from tui.services import Services


class Unsaved:
    """Takes the words that a command could not save; none of them is lost, whatever happens.

    Attributes:
        incident: id of the incident that they were meant for, as soon as it is known.
        code: exit code of the first failure; 0 while there is none.
    """

    def __init__(self, services: Services) -> None:
        """Nothing is unsaved yet."""
        self.incident: str | None = None
        self.code = 0
        self._services = services
        self._texts: list[str] = []
        self._in_hand: str | None = None
        self._said = ""
        self._path: Path | None = None
        self._is_kept = False

    def take(self, text: str) -> None:
        """Words that are about to be saved."""
        self._in_hand = text

    def saved(self) -> None:
        """Those words are on the disk."""
        self._in_hand = None

    def failed(self, error: StorageError | CaptureError) -> None:
        """Those words are not saved, and this is why."""
        self.code = self.code or exit_code(error)
        if str(error) != self._said:
            self._said = str(error)
            say(self._said)
        self._give_back()

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Keep what is left, words that were in hand when something unforeseen happened too."""
        if self._in_hand is not None:
            self._give_back()
        if self._texts:
            self._keep()
            say(
                f"The text is kept in {self._path}."
                if self._is_kept
                else "It is kept nowhere else."
            )

    def _give_back(self) -> None:
        words, self._in_hand = self._in_hand or "", None
        say("Not saved:")
        for line in words.split("\n"):
            say(line)
        self._texts.append(words)
        # A stream may never end. Each time twice as many lines have come, they are kept.
        if len(self._texts) & (len(self._texts) - 1) == 0:
            self._keep()

    def _keep(self) -> None:
        text, folder = "\n".join(self._texts), self._services.home.drafts
        try:
            self._path = keep_draft(folder, self.incident, text, self._services.now(), self._path)
            self._is_kept = True
        except StorageError:
            # The disk that refused the entry refuses this as well; the words were given back.
            self._is_kept = False
