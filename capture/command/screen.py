"""What a reader of a terminal was left with after a program drew on it.

Progress bars overwrite their line, `docker compose` goes up and redraws its list, `less` and
`vim` draw on a second screen that vanishes. `as_shown` replays that on rows of characters, so
that the record holds the last state of each line and not every state it went through. It knows
what line-oriented programs use, no more; colours and titles are dropped.
"""

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"""
      (?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)                    # tabs count as text
    | \x1b\[ (?P<private>[<-?]?) (?P<numbers>[0-9;:]*) [ -/]* (?P<final>[@-~])
    | \x1b\] [^\x07\x1b]* (?:\x07|\x1b\\)?                         # titles, links
    | \x1b[PX^_] [^\x1b\x07]* (?:\x07|\x1b\\)?                     # device strings
    | \x1b [ -/]* (?P<escape>[0-~])                                # character sets, resets
    | (?P<control>[\x00-\x1f\x7f-\x9f])
    """,
    re.VERBOSE,
)
_SECOND_SCREEN = {"47", "1047", "1049"}
# Bell, shift out and in: nothing to see.
_SILENT = frozenset("\x07\x0e\x0f")
# A program may move the cursor anywhere; no real terminal is wider.
_WIDEST = 500


def as_shown(text: str, height: int = 24) -> str:
    """Replay `text` on a terminal `height` rows high; lines come back without blanks at the end.

    Lines that scrolled off the top are kept. Control characters that move nothing are kept too.
    """
    screen = _Screen(height)
    for token in _TOKEN.finditer(text):
        if token["text"]:
            screen.write(token["text"])
        elif token["final"]:
            screen.sequence(token["private"], token["numbers"], token["final"])
        elif token["escape"]:
            screen.escape(token["escape"])
        elif token["control"]:
            screen.control(token["control"])
    return screen.shown()


class _Screen:
    """Rows of single characters, a cursor, and the main screen while the second one is on."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.rows: list[list[str]] = [[]]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.main: tuple[list[list[str]], int, int] | None = None

    def shown(self) -> str:
        rows = self.main[0] if self.main else self.rows
        return "\n".join("".join(row).rstrip(" ") for row in rows)

    def write(self, text: str) -> None:
        row = self.rows[self.row]
        if self.column > len(row):
            row.extend(" " * (self.column - len(row)))
        row[self.column : self.column + len(text)] = text
        self.column += len(text)

    def control(self, character: str) -> None:
        if character in "\n\v\f":
            self.row += 1
            self.column = 0
            if self.row == len(self.rows):
                self.rows.append([])
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(self.column - 1, 0)
        elif character not in _SILENT:
            self.write(character)

    def escape(self, final: str) -> None:
        if final == "7":
            self.saved = (self.row, self.column)
        elif final == "8":
            self.row = min(self.saved[0], len(self.rows) - 1)
            self.column = self.saved[1]
        elif final == "M":
            self.row = max(self.row - 1, 0)
        elif final == "c":
            self.clear()

    def sequence(self, private: str, numbers: str, final: str) -> None:
        if private:
            if private == "?" and _SECOND_SCREEN & set(numbers.split(";")):
                self.switch(to_second=final == "h")
            return
        given = [int(number[:4]) if number.isdigit() else 0 for number in numbers.split(";")]
        if action := _ACTIONS.get(final):
            action(self, given)

    def switch(self, *, to_second: bool) -> None:
        if to_second and self.main is None:
            self.main = (self.rows, self.row, self.column)
            self.clear()
        elif not to_second:
            # Without the start of the second screen, all that was drawn so far belongs to it.
            self.rows, self.row, self.column = self.main or ([[]], 0, 0)
            self.main = None

    def clear(self) -> None:
        self.rows, self.row, self.column = [[]], 0, 0

    def move(self, rows: int, columns: int) -> None:
        self.row = min(max(self.row + rows, 0), len(self.rows) - 1)
        if columns:
            self.column = min(max(self.column + columns, 0), max(_WIDEST, self.column))

    def go_to(self, given: list[int]) -> None:
        top = max(len(self.rows) - self.height, 0)
        self.row = top + min(max(given[0], 1), self.height) - 1
        self.rows.extend([] for _ in range(self.row + 1 - len(self.rows)))
        self.to_column(given[1] if len(given) > 1 else 1)

    def to_column(self, column: int) -> None:
        self.column = min(max(column, 1), _WIDEST) - 1

    def erase_in_line(self, given: list[int]) -> None:
        row = self.rows[self.row]
        if given[0] == 0:
            del row[self.column :]
        elif given[0] == 1:
            row[: self.column + 1] = " " * len(row[: self.column + 1])
        else:
            row.clear()

    def erase_in_screen(self, given: list[int]) -> None:
        if given[0] == 0:
            del self.rows[self.row + 1 :]
            del self.rows[self.row][self.column :]
        elif given[0] > 1:
            self.clear()

    def delete(self, count: int) -> None:
        del self.rows[self.row][self.column : self.column + count]

    def insert(self, count: int) -> None:
        self.rows[self.row][self.column : self.column] = " " * min(count, _WIDEST)

    def next_line(self, rows: int) -> None:
        self.move(rows, 0)
        self.column = 0


# The final letter of a control sequence (ECMA-48), with its numbers; a missing one is 0.
_ACTIONS: dict[str, Callable[[_Screen, list[int]], None]] = {
    "A": lambda screen, given: screen.move(-(given[0] or 1), 0),
    "B": lambda screen, given: screen.move(given[0] or 1, 0),
    "C": lambda screen, given: screen.move(0, given[0] or 1),
    "D": lambda screen, given: screen.move(0, -(given[0] or 1)),
    "E": lambda screen, given: screen.next_line(given[0] or 1),
    "F": lambda screen, given: screen.next_line(-(given[0] or 1)),
    "G": lambda screen, given: screen.to_column(given[0]),
    "H": _Screen.go_to,
    "f": _Screen.go_to,
    "J": _Screen.erase_in_screen,
    "K": _Screen.erase_in_line,
    "P": lambda screen, given: screen.delete(given[0] or 1),
    "@": lambda screen, given: screen.insert(given[0] or 1),
    "s": lambda screen, _: screen.escape("7"),
    "u": lambda screen, _: screen.escape("8"),
}
