"""Makes a terminal usable again that a killed app left behind. Imports no Textual."""

import sys

_IN_BOTH_SCREENS = (
    "\x1b[=0u"  # kitty's keyboard protocol off: each screen has its own
    "\x1b[0m"  # no colours
)

SEQUENCE = (
    "\x1b[?2026l"  # paint at once
    "\x1b[<u"  # kitty's keyboard protocol as it was
    + _IN_BOTH_SCREENS
    # Mouse: clicks, drags, moves, and the ways to report them.
    + "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    "\x1b[?1004l"  # focus
    "\x1b[?2004l"  # bracketed paste
    "\x1b[?2048l"  # window sizes
    # Leaving the other screen also brings back the cursor that was saved; where no other screen is
    # left, that is the place where it stands.
    "\x1b7\x1b[?1049l" + _IN_BOTH_SCREENS + "\x1b[?25h"  # the cursor is shown
    "\x1b[?7h"  # long lines wrap
    "\x1b[23;2t"  # the title as it was
)
"""What undoes all that the app asks of a terminal; what was not asked for is not changed by it."""


if sys.platform == "win32":  # pragma: no cover

    def make_sane(_descriptor: int) -> None:
        """Nothing: a console's modes end with the process that set them."""

else:
    import termios

    _IFLAG, _OFLAG, _CFLAG, _LFLAG, _CC = 0, 1, 2, 3, 6
    _KEYS = {
        termios.VINTR: b"\x03",
        termios.VQUIT: b"\x1c",
        termios.VERASE: b"\x7f",
        termios.VKILL: b"\x15",
        termios.VEOF: b"\x04",
        termios.VSTART: b"\x11",
        termios.VSTOP: b"\x13",
        termios.VSUSP: b"\x1a",
    }

    def make_sane(descriptor: int) -> None:
        """Do to a terminal what `stty sane` does; a person's own choice of keys is left.

        Args:
            descriptor: of the terminal.

        Raises:
            OSError: it is none, or it is gone.
        """
        try:
            modes = termios.tcgetattr(descriptor)
            modes[_IFLAG] |= termios.BRKINT | termios.ICRNL | termios.IMAXBEL | termios.IXON
            modes[_IFLAG] &= ~(termios.IGNBRK | termios.INLCR | termios.IGNCR)
            modes[_IFLAG] &= ~(termios.IXOFF | termios.IXANY)
            modes[_OFLAG] |= termios.OPOST | termios.ONLCR
            modes[_CFLAG] |= termios.CREAD
            modes[_LFLAG] |= termios.ISIG | termios.ICANON | termios.IEXTEN | termios.ECHO
            modes[_LFLAG] |= termios.ECHOE | termios.ECHOK | termios.ECHOCTL | termios.ECHOKE
            modes[_LFLAG] &= ~(termios.ECHONL | termios.NOFLSH | termios.TOSTOP)
            for key, usual in _KEYS.items():
                if modes[_CC][key] == b"\x00":
                    modes[_CC][key] = usual
            termios.tcsetattr(descriptor, termios.TCSANOW, modes)
        except termios.error as error:
            raise OSError(*error.args) from error
