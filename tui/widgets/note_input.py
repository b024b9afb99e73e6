"""The text field of the composer: grows with its text, and leaves the app's keys alone."""

from collections.abc import Callable
from typing import ClassVar, Protocol

import msgspec
from rich.text import Text
from textual import events
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from capture.text import clean

# Characters that change the order of others take no room; neither does what is painted for them.
_REORDERING = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\u200b"
)
_JOINING = "\u200c\u200d"
"""What parts of an emoji are joined with, and what Persian words are written with."""

_ROW_BREAKS = {0x2028: "\n", 0x2029: "\n"}


def fit(text: str) -> str:
    """A text as the input can hold it: valid, in rows that end in LF, with no control characters."""
    return clean(text).translate(_ROW_BREAKS)


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the text in the input.

    Attributes:
        text: what was put in; empty when something was only taken out.
        at_start: whether that stands before all other text.
        pasted: whether it came from a clipboard.
        into_blank: whether nothing but white space was there besides.
    """

    text: str
    at_start: bool
    pasted: bool
    into_blank: bool


class Writer(Protocol):
    """Who is told what happens in the input, at once: the key typed next must find it done."""

    def pressed(self, key: str, character: str | None = None) -> bool:
        """Do what a key means here; False leaves it to the input and the app."""

    def edited(self, change: Edited) -> None:
        """Take note of a change that a person made."""

    def removed(self, text: str) -> None:
        """Keep what a person took out in one go, for it may be missed."""


class NoteInput(TextArea, inherit_bindings=False):
    """Several rows of text with the editing keys that people know from a shell.

    Its keys are no bindings of Textual: those are run by the app once the key has come back to it,
    so that in a burst (``a``, Backspace, ``b`` over a slow line) the later letter would go first.
    """

    DEFAULT_CSS = """
    NoteInput, NoteInput:focus {
        width: 1fr;
        height: auto;
        min-height: 1;
        max-height: 6;
        padding: 0;
        border: none;
        background: transparent;
        scrollbar-size-vertical: 0;
        scrollbar-size-horizontal: 0;
    }
    """

    EDITING: ClassVar[dict[str, Callable[["NoteInput"], None]]] = {
        "left": lambda field: field.action_cursor_left(),
        "right": lambda field: field.action_cursor_right(),
        "up": lambda field: field.action_cursor_up(),
        "down": lambda field: field.action_cursor_down(),
        "shift+left": lambda field: field.action_cursor_left(True),
        "shift+right": lambda field: field.action_cursor_right(True),
        "shift+up": lambda field: field.action_cursor_up(True),
        "shift+down": lambda field: field.action_cursor_down(True),
        "ctrl+left": lambda field: field.action_cursor_word_left(),
        "ctrl+right": lambda field: field.action_cursor_word_right(),
        "alt+left": lambda field: field.action_cursor_word_left(),
        "alt+right": lambda field: field.action_cursor_word_right(),
        "ctrl+shift+left": lambda field: field.action_cursor_word_left(True),
        "ctrl+shift+right": lambda field: field.action_cursor_word_right(True),
        "home": lambda field: field.action_cursor_line_start(),
        "end": lambda field: field.action_cursor_line_end(),
        "shift+home": lambda field: field.action_cursor_line_start(True),
        "shift+end": lambda field: field.action_cursor_line_end(True),
        "ctrl+a": lambda field: field.move_cursor(field.row_start),
        "ctrl+e": lambda field: field.move_cursor(field.row_end),
        "backspace": lambda field: field.action_delete_left(),
        "ctrl+h": lambda field: field.action_delete_left(),
        "shift+backspace": lambda field: field.action_delete_left(),
        "delete": lambda field: field.action_delete_right(),
        "ctrl+d": lambda field: field.action_delete_right(),
        "ctrl+w": lambda field: field.action_delete_word_left(),
        "ctrl+backspace": lambda field: field.action_delete_word_left(),
        "alt+backspace": lambda field: field.action_delete_word_left(),
        "alt+d": lambda field: field.action_delete_word_right(),
        "alt+delete": lambda field: field.action_delete_word_right(),
        "ctrl+delete": lambda field: field.action_delete_word_right(),
        "ctrl+u": lambda field: field.take_out_to(field.row_start),
        "super+backspace": lambda field: field.take_out_to(field.row_start),
        "ctrl+k": lambda field: field.take_out_to(field.row_end),
        "ctrl+v": lambda field: field.action_paste(),
    }
    """The keys that move and delete, with what each does."""

    def __init__(self, writer: Writer) -> None:
        """Make an empty input that tells `writer` what happens."""
        super().__init__(compact=True, highlight_cursor_line=False)
        self.match_cursor_bracket = False
        self._writer = writer
        self._pasting = False
        self._has_colours = False

    @property
    def cursor_index(self) -> int:
        """The place of the cursor as an index into the text."""
        row, column = self.cursor_location
        return sum(len(self.document[above]) + 1 for above in range(row)) + column

    @property
    def row_start(self) -> tuple[int, int]:
        """The place before the first character of the cursor's row, however it is wrapped."""
        return self.cursor_location[0], 0

    @property
    def row_end(self) -> tuple[int, int]:
        """The place after the last character of the cursor's row, however it is wrapped."""
        row = self.cursor_location[0]
        return row, len(self.document[row])

    @property
    def on_first_row(self) -> bool:
        """Whether the cursor is in the first row on screen."""
        return self.navigator.is_first_wrapped_line(self.cursor_location)

    @property
    def on_last_row(self) -> bool:
        """Whether the cursor is in the last row on screen."""
        return self.navigator.is_last_wrapped_line(self.cursor_location)

    def show(self, text: str) -> None:
        """Replace the text by another, with the cursor at its end; the writer is not told."""
        self.load_text(fit(text))
        self.move_cursor(self.document.end)

    def put_in(self, text: str) -> None:
        """Put text in the place of the selection or at the cursor, as if it were typed."""
        self._replace_via_keyboard(text, *self.selection)

    def put_in_between(self, text: str, start: int, end: int) -> None:
        """Put text in the place of the characters between two indexes, as if it were typed."""
        self._replace_via_keyboard(text, self._location(start), self._location(end))

    def paste(self, text: str) -> None:
        """Put text from a clipboard in the place of the selection; line breaks at its end are left out."""
        text = fit(text).rstrip("\n")
        self._pasting = True
        try:
            self.put_in(text)
        finally:
            self._pasting = False

    def take_out_to(self, place: tuple[int, int]) -> None:
        """Delete from the cursor to the start or the end of its row; there, the line break."""
        if not self.selection.is_empty:
            self.action_delete_left()
        elif place != self.cursor_location:
            removed = self.get_text_range(self.cursor_location, place)
            self._delete_via_keyboard(self.cursor_location, place)
            self._writer.removed(removed)
        elif place == self.row_start:
            self.action_delete_left()
        else:
            self.action_delete_right()

    def post_message(self, message: Message) -> bool:
        """Send a message, but not those that the writer has been told already."""
        told = isinstance(message, TextArea.Changed | TextArea.SelectionChanged)
        return told or super().post_message(message)

    def notify_style_update(self) -> None:
        """Look up the colours again at the next paint."""
        self._has_colours = False
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint; the base class would look up its colours each time, a fifth of a key's cost."""
        if not self._has_colours:
            self._has_colours = True
            return super().render_lines(crop)
        return super(TextArea, self).render_lines(crop)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text and tell the writer."""
        into_blank = self._pasting and self._blank_but(edit.top, edit.bottom)
        rows = self.virtual_size.height
        result = super().edit(edit)
        if self.virtual_size.height > rows:
            # The base class scrolls before it knows of the new row.
            self.scroll_cursor_visible()
        self._writer.edited(
            Edited(
                text=edit.text,
                at_start=edit.top == (0, 0),
                pasted=self._pasting,
                into_blank=into_blank,
            )
        )
        return result

    def get_line(self, line_index: int) -> Text:
        """A row to paint, in the order in which its characters are recorded."""
        row = self.document.get_line(line_index)
        return Text(row if row.isascii() else row.translate(_REORDERING), end="", no_wrap=True)

    def action_paste(self) -> None:
        """Paste what was cut or copied in the app."""
        self.paste(self.app.clipboard)

    def _location(self, index: int) -> tuple[int, int]:
        row = 0
        while index > len(self.document[row]):
            index -= len(self.document[row]) + 1
            row += 1
        return row, index

    def _blank_but(self, top: tuple[int, int], bottom: tuple[int, int]) -> bool:
        """Whether there is nothing but white space outside of two places."""
        before = self.get_text_range((0, 0), top)
        return not before.strip() and not self.get_text_range(bottom, self.document.end).strip()

    async def _on_key(self, event: events.Key) -> None:
        editing = self.EDITING.get(event.key)
        if self._writer.pressed(event.key, event.character):
            pass
        elif editing is not None:
            editing(self)
        elif event.key == "ctrl+x" and self.selected_text:
            self.action_cut()
        elif event.key in {"ctrl+c", "super+c"} and self.selected_text:
            self.action_copy()
        elif event.character and event.character in _JOINING:
            # The base class takes them for keys that print nothing.
            self.put_in(event.character)
        else:
            # What can be printed is put in by the base class; all other keys are the app's.
            return
        self._restart_blink()
        event.stop()
        event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.paste(event.text)
