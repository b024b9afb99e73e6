"""Text typed into a part of the starter and not saved yet; kept on disk, so that nothing loses it."""

from threading import Lock

import msgspec

from storage import disk
from storage.errors import RecordError
from storage.paths import Home

NEW = ""
"""Stands for the id of an answer that is not in the record yet."""


class _Kept(msgspec.Struct, frozen=True):
    section: str
    entry: str
    text: str


class Unsaved:
    """What was typed, by section and by the answer it would change.

    One file an incident; the texts of several processes stand in it side by side, by the process
    that saved last where they are for the same place.
    """

    def __init__(self, home: Home, incident: str) -> None:
        """Nothing is read yet."""
        self.path = home.drafts / "starter" / f"{incident}.json"
        self._texts: dict[tuple[str, str], str] = {}
        self._changed: set[tuple[str, str]] = set()
        self._lock = Lock()

    def get(self, section: str, entry: str = NEW) -> str:
        """What was typed there; empty: nothing."""
        return self._texts.get((section, entry), "")

    def of(self, section: str) -> frozenset[str]:
        """Answers of a section with text that is not saved; `NEW` for a new one."""
        return frozenset(entry for part, entry in list(self._texts) if part == section)

    def put(self, section: str, entry: str, text: str) -> None:
        """Keep what is typed there now; empty: nothing is left to keep."""
        key = (section, entry)
        if text.strip():
            self._texts[key] = text
        else:
            self._texts.pop(key, None)
        self._changed.add(key)

    def read(self) -> None:
        """Take up what an earlier screen or process left; a file that can't be read says nothing."""
        for key, text in self._on_disk().items():
            self._texts.setdefault(key, text)

    def save(self) -> None:
        """Put it on the disk.

        Raises:
            RecordError: the disk refuses; the text is still here.
        """
        with self._lock:
            changed, self._changed = self._changed, set()
            if not changed:
                return
            texts = self._on_disk()
            for key in changed:
                if key in self._texts:
                    texts[key] = self._texts[key]
                else:
                    texts.pop(key, None)
            try:
                self._write(texts)
            except RecordError:
                self._changed |= changed
                raise

    def _write(self, texts: dict[tuple[str, str], str]) -> None:
        with disk.saving(self.path):
            if not texts:
                self.path.unlink(missing_ok=True)
                return
            disk.make_folder(self.path.parent)
            kept = [_Kept(section, entry, text) for (section, entry), text in texts.items()]
            disk.replace_file(self.path, msgspec.json.encode(kept) + b"\n")

    def _on_disk(self) -> dict[tuple[str, str], str]:
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=list[_Kept])
        except (OSError, msgspec.DecodeError):
            return {}
        return {(one.section, one.entry): one.text for one in kept}
