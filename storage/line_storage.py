"""A TinyDB storage that never leaves half a file, and keeps one document a line.

``TinyDB(path, storage=LineStorage)`` writes what plain ``TinyDB(path)`` opens: the same JSON, with a
line break after each document, so that ``git diff`` shows one line a change. It replaces the whole
file by a rename, where TinyDB's own ``JSONStorage`` writes in place: there a full disk, or a kill
after an edit that made the text shorter, leaves a file that nobody can read.

Document 1 of the table ``meta`` comes first and carries ``check``: the CRC-32 of itself and of
everything behind it. While it matches, nothing but hotwash has written the file.
"""

import gc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from tinydb.storages import Storage

from storage import disk
from storage.model import JsonValue
from storage.ops import Document

Tables = dict[str, dict[str, Document]]
"""Table name -> document number -> document, as TinyDB has it."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Tables)
_META_END = b"\n},\n"
_LARGE = 4 << 20


class LineStorage(Storage):
    """See the module. `intact` says after `read` whether the file is as hotwash wrote it."""

    def __init__(self, path: str | Path, copy: Path | None = None, **_: Any) -> None:
        """Store at `path`; further arguments are TinyDB's and mean nothing here.

        Args:
            path: the file.
            copy: where `write` keeps the file that it replaces; None: nowhere.
        """
        super().__init__()
        self.path = Path(path)
        self.copy = copy
        self.intact = False

    def read(self) -> Tables | None:
        """All tables, or None when there is no file or an empty one.

        Raises:
            msgspec.DecodeError: the file is not JSON, or its tables are not tables.
            OSError: it can't be read.
        """
        try:
            data = disk.read(self.path)
        except FileNotFoundError:
            return None
        if not data or data.isspace():
            return None
        try:
            with _collector_paused(for_good=len(data) > _LARGE):
                tables = _decoder.decode(data)
        except (UnicodeDecodeError, RecursionError) as error:
            raise msgspec.DecodeError(str(error)) from error
        self.intact = _is_intact(data, tables)
        return tables

    def write(self, data: Tables) -> None:
        """Replace the file; it is on disk on return.

        Raises:
            OSError: the disk refused; the old file is still whole.
        """
        disk.replace_file(self.path, encode(data), self.copy)
        self.intact = True


def encode(tables: Tables) -> bytes:
    """The bytes of a file, one document a line."""
    rest = b",\n".join(
        _table(name, documents) for name, documents in tables.items() if name != "meta"
    )
    behind = rest + b"}\n"
    meta = {number: dict(document) for number, document in tables.get("meta", {}).items()}
    if "1" in meta:
        meta["1"].pop("check", None)
        meta["1"]["check"] = _check(meta["1"], behind)
    return b"{" + _table("meta", meta) + (b",\n" if rest else b"\n") + behind


def _table(name: str, documents: dict[str, Document]) -> bytes:
    lines = b",\n".join(
        b"%b: %b" % (_encoder.encode(str(number)), _encoder.encode(document))
        for number, document in documents.items()
    )
    return b"%b: {\n%b\n}" % (_encoder.encode(name), lines)


def _check(meta: Document, behind: bytes | memoryview) -> str:
    own: dict[str, JsonValue] = {name: meta[name] for name in sorted(meta) if name != "check"}
    return f"{zlib.crc32(behind, zlib.crc32(_encoder.encode(own))):08x}"


def _is_intact(data: bytes, tables: Tables) -> bool:
    end = data.find(_META_END)
    meta = tables.get("meta", {}).get("1")
    if end < 0 or meta is None or not data.startswith(b'{"meta": {\n'):
        return False
    return meta.get("check") == _check(meta, memoryview(data)[end + len(_META_END) :])


@contextmanager
def _collector_paused(*, for_good: bool) -> Iterator[None]:
    """Let nobody look for garbage among a million new objects, none of which can be any.

    Args:
        for_good: nor later, when each look would stop the app for a tenth of a second. Documents
            have no cycles: they go, like most objects, when nobody holds them any more.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        if for_good:
            gc.freeze()
    finally:
        if was_on:
            gc.enable()
