"""Changes as people make them, as fast as they can be made up."""

import time
from collections.abc import Iterator

import msgspec

from bench._support import TEXT
from storage.clock import new_uuid7
from storage.model import JsonValue
from storage.ops import Op


class Ops:
    """The changes of one device, each an entry of its own."""

    def __init__(self, user: str, device: str) -> None:
        """Those of a user on a device."""
        self._user = user
        self._device = device
        self._ms = time.time_ns() // 1_000_000
        self._number = 0

    def take(self, number: int) -> list[Op]:
        """The next ones."""
        return [self._one() for _ in range(number)]

    def bodies(self, pushes: int, at_once: int) -> Iterator[bytes]:
        """Bodies of so many pushes."""
        for _ in range(pushes):
            yield msgspec.json.encode({"ops": self.take(at_once)})

    def _one(self) -> Op:
        self._number += 1
        ms, count = self._ms + (self._number >> 8), self._number & 0xFF
        return Op(f"{ms:012x}{count:04x}-{self._device}", new_uuid7(), self._user, self._fields())

    def _fields(self) -> dict[str, JsonValue]:
        moment = "2026-11-21T02:47:00.000Z"
        at: JsonValue = {
            "utc": moment, "precision": "second", "plus_minus_min": 0, "zone": "UTC", "as_given": "",
        }  # fmt: skip
        return {
            "kind": "action", "text": TEXT, "as_written": TEXT, "source": "typed", "story": True,
            "at": at, "recorded_at": moment, "author": self._user, "state": "done",
            "device": self._device,
        }  # fmt: skip
