"""The clipboard of a system whose clipboard is no program to run: Windows, and Windows' Linux."""

import sys
import threading

from tui.clipboard_tools import PATIENCE_S


def hand_to_system(text: str) -> bool | None:
    """Hand text to the system's clipboard through pyperclip.

    It runs in a thread that is left behind when the system does not answer.

    Returns:
        True when the clipboard was seen to hold it, False when it was handed over and nothing more
        is known, None when there is no clipboard.
    """
    steps: list[bool] = []
    thread = threading.Thread(target=_hand_over, args=(text, steps), daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return any(steps) if steps else None


def _hand_over(text: str, steps: list[bool]) -> None:
    """Append False once the text is handed over, and True once it was read back."""
    import pyperclip

    try:
        pyperclip.copy(text)
        steps.append(False)
        if sys.platform == "win32":
            held = pyperclip.paste()
            steps.append(held.replace("\r\n", "\n") == text.replace("\r\n", "\n"))
    except (pyperclip.PyperclipException, OSError, UnicodeError):
        return
