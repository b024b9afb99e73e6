"""Words that were sent and are in no record yet: the draft on disk holds them until they are."""

from collections.abc import Callable
from typing import TypeVar

from textual import on

from storage.record import Record
from tui.screens.input_acts import InputActs
from tui.widgets.composer import Composer

T = TypeVar("T")


class SentWords:
    """Words on their way to the record.

    Attributes:
        text: the words, as typed.
        is_saved: whether they are on disk; becomes true on the record's own thread, for who sent
            them may be gone by then.
    """

    def __init__(self, text: str) -> None:
        """They were sent just now."""
        self.text = text
        self.is_saved = False

    def saved_by(self, change: Callable[[Record], T]) -> Callable[[Record], T]:
        """The change of the record that saves them, which takes note of it as well."""

        def act(record: Record) -> T:
            done = change(record)
            self.is_saved = True
            return done

        return act


class WordKeeping(InputActs):
    """A screen whose draft holds all that is in no record: what is typed and what was sent."""

    def __init__(self) -> None:
        """Nothing is sent yet."""
        super().__init__()
        self._sent: list[SentWords] = []
        self._typed = ""

    def sent(self, words: SentWords) -> None:
        """Keep words until `arrived`."""
        self._sent.append(words)

    def arrived(self, words: SentWords) -> None:
        """They are in the record, or in the input again."""
        self._sent = [other for other in self._sent if other is not words]
        self.keep_words()

    def keep_words(self) -> None:
        """Let the draft on disk hold what is in no record.

        It may be called once more after this screen is gone and its record is closed: what was
        saved last of all is then taken out.
        """
        if self.is_running:
            self._typed = self.composer.unsent()
        texts = (*(words.text for words in self._sent if not words.is_saved), self._typed)
        self.drafts.changed("\n".join(text for text in texts if text.strip()))

    @on(Composer.Changed)
    def _typed_more(self, event: Composer.Changed) -> None:
        event.stop()
        self.keep_words()
