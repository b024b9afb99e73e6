"""Where the document is written to, and writing it without destroying anybody's work."""

import os
from pathlib import Path

from storage import disk
from storage.errors import BadValue, OutputExists
from storage.exports import check_export, write_export
from storage.incident_names import slug
from storage.model import Incident
from storage.paths import Home

_ENDING = "-postmortem.md"
_MOST_NAMES = 1000


def usual_path(incident: Incident, home: Home, here: Path | None = None) -> Path:
    """Where the document goes unless somebody says otherwise.

    Args:
        incident: names it.
        home: takes it when the current folder can't be written.
        here: the current folder; None: ask the system, which may have lost it.
    """
    name = f"{slug(incident.slug or incident.title)}{_ENDING}"
    try:
        folder = here or Path.cwd()
    except OSError:
        return home.root / "exports" / name
    return (folder if os.access(folder, os.W_OK) else home.root / "exports") / name


def meant_path(typed: str, usual: Path) -> Path:
    """The file that somebody means; a folder takes the usual name.

    Raises:
        BadValue: it names no file.
    """
    words = typed.strip()
    if not words:
        raise BadValue("Nothing was written: name a file.")
    try:
        path = Path(words).expanduser()
        path = usual.parent / path
        return path / usual.name if path.is_dir() else path
    except (RuntimeError, OSError, ValueError):
        raise BadValue(f"Nothing was written: {words!r} can't be the name of a file.") from None


def why_not(path: Path) -> str:
    """Why a file is left alone, and by whom it may have been changed."""
    if path.exists() and not path.is_file():
        return f"{path} is no file. Nothing was written."
    return f"{path} was edited since it was exported, or is not hotwash's. Nothing was written."


def write(path: Path, text: str, home: Home) -> None:
    """Write the document.

    Raises:
        OutputExists: a person edited the file, or it is not hotwash's.
        RecordError: the disk refuses.
    """
    if path.parent == home.root / "exports":
        with disk.saving(path.parent):
            disk.make_folder(path.parent)
    try:
        write_export(path, text, force=False)
    except OutputExists:
        raise OutputExists(why_not(path)) from None
    except ValueError:
        raise BadValue(f"Nothing was written: {path} can't be the name of a file.") from None


def beside(path: Path, text: str) -> Path:
    """The first of ``…-2.md``, ``…-3.md`` that may be written.

    Raises:
        OutputExists: there are a thousand of them.
    """
    for number in range(2, _MOST_NAMES):
        other = path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            check_export(other, text, force=False)
        except OutputExists:
            continue
        return other
    raise OutputExists(f"{path} and all names beside it are taken. Nothing was written.")


def write_somewhere(path: Path, text: str, home: Home) -> Path:
    """Write the document, beside the file when that is a person's by now; says where it is.

    Raises:
        OutputExists: all names beside it are taken.
        RecordError: the disk refuses.
    """
    try:
        write(path, text, home)
    except OutputExists:
        path = beside(path, text)
        write(path, text, home)
    return path
