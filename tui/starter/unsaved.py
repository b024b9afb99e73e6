"""Text typed into a part of the starter and not saved yet; kept on disk, so that nothing loses it."""

from pathlib import Path
from threading import Lock
from typing import ClassVar

import msgspec

from storage import disk
from storage.errors import RecordError
from storage.paths import Home

NEW = ""
"""Stands for the id of an answer that is not in the record yet."""

_PATIENCE_S = 1.0
"""How long a departing process waits for a save that is under way on a slow disk."""


class _Kept(msgspec.Struct, frozen=True):
    section: str
    entry: str
    text: str


_Texts = dict[tuple[str, str], str]


class Unsaved:
    """What was typed, by section and by the answer it would change.

    One file an incident; the texts of several processes stand in it side by side, by the process
    that saved last where they are for the same place. Every method may be called on any thread.
    """

    _of_incidents: ClassVar[dict[Path, "Unsaved"]] = {}

    def __init__(self, home: Home, incident: str) -> None:
        """Nothing is read yet."""
        self.path = home.drafts / "starter" / f"{incident}.json"
        self._texts: _Texts = {}
        self._changed: set[tuple[str, str]] = set()
        self._notices: list[str] = []
        self._memory = Lock()
        self._disk = Lock()

    @classmethod
    def of_incident(cls, home: Home, incident: str) -> "Unsaved":
        """The one of this process, so that what a full disk refused outlives its screen."""
        made = cls(home, incident)
        return cls._of_incidents.setdefault(made.path, made)

    def get(self, section: str, entry: str = NEW) -> str:
        """What was typed there; empty: nothing."""
        with self._memory:
            return self._texts.get((section, entry), "")

    def of(self, section: str) -> frozenset[str]:
        """Answers of a section with text that is not saved; `NEW` for a new one."""
        with self._memory:
            return frozenset(entry for part, entry in self._texts if part == section)

    def put(self, section: str, entry: str, text: str) -> None:
        """Keep what is typed there now; empty: nothing is left to keep."""
        # What is no valid Unicode can't be encoded, and must not cost the rest.
        text = text.encode("utf-8", "replace").decode("utf-8") if text.strip() else ""
        key = (section, entry)
        with self._memory:
            if self._texts.get(key, "") == text:
                return
            if text:
                self._texts[key] = text
            else:
                del self._texts[key]
            self._changed.add(key)

    def read(self) -> None:
        """Take up what an earlier screen or process left; what was typed here and not saved wins."""
        with self._disk:
            try:
                found = self._on_disk()
            except OSError as error:
                self._notices.append(f"{self.path} can't be read ({error.strerror or error}).")
                return
            except RecordError as error:
                self._notices.append(str(error))
                return
            with self._memory:
                own = {key: self._texts[key] for key in self._changed if key in self._texts}
                others = {key: text for key, text in found.items() if key not in self._changed}
                self._texts = {**others, **own}

    def take_notices(self) -> list[str]:
        """Sentences about files that could not be read; each is given once."""
        notices, self._notices = self._notices, []
        return notices

    def save(self) -> None:
        """Put it on the disk.

        Raises:
            RecordError: the disk refuses; the text is still here.
        """
        with self._disk:
            self._save()

    def farewell(self) -> str | None:
        """Save at once what is typed, for a process that is about to end.

        Returns:
            The sentence to leave the person with; None when nothing was typed here.
        """
        # A disk that hangs must not keep a process that has to go.
        if self._disk.acquire(timeout=_PATIENCE_S):
            try:
                self._save()
            except RecordError:
                return self._lost()
            finally:
                self._disk.release()
            return None
        return self._lost()

    def _lost(self) -> str | None:
        with self._memory:
            lost = [self._texts[key] for key in sorted(self._changed) if key in self._texts]
        return "What you had typed could not be kept: " + "\n".join(lost) if lost else None

    def _save(self) -> None:
        with self._memory:
            changed, self._changed = self._changed, set()
            own = {key: self._texts[key] for key in changed if key in self._texts}
        if not changed:
            return
        try:
            with disk.saving(self.path):
                others = self._on_disk_or_aside()
                self._write({**{k: t for k, t in others.items() if k not in changed}, **own})
        except BaseException:
            with self._memory:
                self._changed |= changed
            raise

    def _write(self, texts: _Texts) -> None:
        if not texts:
            self.path.unlink(missing_ok=True)
            return
        disk.make_folder(self.path.parent)
        kept = [_Kept(section, entry, text) for (section, entry), text in texts.items()]
        disk.replace_file(self.path, msgspec.json.encode(kept) + b"\n")

    def _on_disk_or_aside(self) -> _Texts:
        """What stands in the file; one that the system will not let us read is set aside."""
        try:
            return self._on_disk()
        except OSError:
            self._set_aside()
            return {}

    def _on_disk(self) -> _Texts:
        """What stands in the file; one that is damaged is set aside, since a save would replace it.

        Raises:
            OSError: it can't be read.
            RecordError: it is damaged, and can't be set aside.
        """
        try:
            kept = msgspec.json.decode(disk.read(self.path), type=list[_Kept])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._set_aside()
            return {}
        return {(one.section, one.entry): one.text for one in kept}

    def _set_aside(self) -> None:
        with disk.saving(self.path):
            aside = disk.set_aside(self.path, "damaged")
        self._notices.append(
            f"{self.path} should hold what was typed before and can't be read. It is now {aside}."
        )


def farewell() -> str | None:
    """Save at once what was typed into any incident's starter, on whatever thread.

    Returns:
        The sentence to leave the person with; None when everything is on the disk.
    """
    said = [unsaved.farewell() for unsaved in list(Unsaved._of_incidents.values())]
    return " ".join(sentence for sentence in said if sentence) or None
