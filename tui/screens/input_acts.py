"""The commands of the input as actions, for whoever finds them by name and not by key."""

from tui.screens.drafting_screen import DraftingScreen
from tui.widgets.composer import Composer
from tui.widgets.notices import Notices


class InputActs(DraftingScreen):
    """A screen with a composer: what its keys do, by the names of the table of commands."""

    @property
    def composer(self) -> Composer:
        """The input."""
        return self.query_one(Composer)

    @property
    def notices(self) -> Notices:
        """What was done, and what went wrong."""
        return self.query_one(Notices)

    def action_record(self) -> None:
        """Send what is typed."""
        self._send("enter")

    def action_literally(self) -> None:
        """Send it, and let nothing in it be read as a mark."""
        self._send("ctrl+r")

    def action_new_line(self) -> None:
        """Begin another row of the same entry."""
        self.composer.press("ctrl+j")

    def action_select(self) -> None:
        """Go to the newest entry."""
        if self.composer.asking is None:
            self.post_message(Composer.UpPressed())
        else:
            self.notices.done("Something is asked for in the input: Enter or Escape comes first.")

    def action_complete(self) -> None:
        """Complete the word at the cursor."""
        self.composer.press("tab")

    def action_take_time(self) -> None:
        """Let it have happened at the time that its text mentions."""
        self.composer.press("ctrl+o")

    def action_split(self) -> None:
        """Make an entry of each pasted row."""
        self._press("alt+s", "There are no pasted rows in the input to be split.")

    def action_read_marks(self) -> None:
        """Read the marks in pasted text, or leave them text again."""
        self._press("alt+m", "No text was pasted into the input: marks in it are read anyway.")

    def action_earlier(self) -> None:
        """Bring back the line sent before."""
        self.composer.press("alt+up")

    def action_keep(self) -> None:
        """Clear selection and filter, and never the text; or give up what is asked for."""
        self.composer.press("escape")

    def _send(self, key: str) -> None:
        if self.composer.asking is None and not self.composer.text.strip():
            self.notices.done("Nothing is typed yet.")
        self.composer.press(key)

    def _press(self, key: str, otherwise: str) -> None:
        if not self.composer.press(key):
            self.notices.done(otherwise)
