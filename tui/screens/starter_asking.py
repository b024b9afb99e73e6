"""What the starter screen asks for in one line: the document's owner, and a file to save it to."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from capture.errors import CaptureError
from capture.text import for_terminal
from storage.errors import OutputExists, StorageError
from storage.paths import Home
from tui.keeper import Keeper
from tui.screens.starter_prompt import PromptScreen, Refusal
from tui.starter import files
from tui.starter.answering import set_owner


def ask_owner(keeper: Keeper) -> PromptScreen:
    """Asks who sees to the document."""
    owner = keeper.record.incident.document_owner or ""
    names = {_one_line(name): name for name in (*sorted(keeper.line_context().people), owner)}

    async def take(typed: str) -> str | Refusal:
        name = names.get(typed.strip(), typed)
        try:
            return await keeper.act(lambda record: set_owner(record, name, keeper.author))
        except (StorageError, CaptureError) as error:
            return Refusal(str(error))

    return PromptScreen(
        "Who owns this document?",
        _one_line(owner),
        take,
        hint="Enter saves, empty: nobody   Tab completes   Escape back",
        known=filter(None, names),
    )


def ask_file(usual: Path, home: Home, text: Callable[[], Awaitable[str]]) -> PromptScreen:
    """Asks where the document goes, and writes it.

    Args:
        usual: what is offered.
        home: the person's home.
        text: gives the document as it stands when it is written.
    """

    async def take(typed: str) -> str | Refusal:
        try:
            path = files.meant_path(typed, usual)
            return await asyncio.to_thread(_write, path, await text(), home)
        except (StorageError, CaptureError) as error:
            return Refusal(str(error))

    hint = "Enter saves   Escape back"
    return PromptScreen("Save the document to", str(usual), take, hint=hint)


def _one_line(name: str) -> str:
    """A name of the record as an input may show it: there, an escape sequence would act."""
    return " ".join(for_terminal(name).split())


def _write(path: Path, text: str, home: Home) -> str | Refusal:
    """Write the file, or offer to write beside one that is a person's by now."""
    try:
        files.write(path, text, home)
    except OutputExists as error:
        other = files.beside(path, text)
        return Refusal(f"{error} Enter writes beside it, to {other.name}.", str(other))
    return f"Saved to {path}."
