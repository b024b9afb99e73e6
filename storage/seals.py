"""Seals: how a record notices that a person edited a document by hand.

``sum`` holds one check for the document's own bookkeeping and one for each field, in the order of
their names, four base64 digits each (24 bits). A check covers the field's name too, so those that
are missing among the stored ones belong to fields that somebody added or changed.
"""

import base64
import zlib
from collections.abc import Mapping

import msgspec

from storage.model import JsonValue
from storage.ops import RESERVED, Document

_BOOKKEEPING = ("by", "id", "old", "op", "purged", "rev")
_WIDTH = 3
_encoder = msgspec.json.Encoder(order="deterministic")


class Tampering(msgspec.Struct, frozen=True):
    """What differs from what hotwash wrote.

    Attributes:
        changed: fields whose value a person set.
        removed: how many fields a person took out (their names are not known any more).
        bookkeeping: whether ids or stamps were touched.
    """

    changed: tuple[str, ...] = ()
    removed: int = 0
    bookkeeping: bool = False


def sealed(document: Document) -> Document:
    """The document with its ``sum``; one that has it already is returned as it is."""
    if "sum" in document:
        return document
    return document | {"sum": _sum(document)}


def tampering(document: Mapping[str, JsonValue]) -> Tampering | None:
    """What a person changed in a sealed document; None when nothing."""
    stored = document.get("sum")
    if stored == _sum(document):
        return None
    try:
        raw = base64.b64decode(str(stored), validate=True)
    except ValueError:
        raw = b""
    checks = [raw[at : at + _WIDTH] for at in range(0, len(raw), _WIDTH)]
    known = set(checks[1:])
    now = {field: _check(field, document[field]) for field in _fields(document)}
    changed = tuple(field for field, check in now.items() if check not in known)
    kept = len(now) - len(changed)
    own = _check("", [document.get(name) for name in _BOOKKEEPING])
    return Tampering(changed, max(0, len(known) - kept - len(changed)), checks[:1] != [own])


def _fields(document: Mapping[str, JsonValue]) -> list[str]:
    return sorted(name for name in document if name not in RESERVED)


def _sum(document: Mapping[str, JsonValue]) -> str:
    checks = [_check("", [document.get(name) for name in _BOOKKEEPING])]
    checks += [_check(field, document[field]) for field in _fields(document)]
    return base64.b64encode(b"".join(checks)).decode("ascii")


def _check(field: str, value: JsonValue) -> bytes:
    data = _encoder.encode([field, value if isinstance(value, str) else _plain(value)])
    return (zlib.crc32(data) & 0xFFFFFF).to_bytes(_WIDTH, "big")


def _plain(value: JsonValue) -> JsonValue:
    """The value with 5 for 5.0: some tools that rewrite JSON know only one of them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
