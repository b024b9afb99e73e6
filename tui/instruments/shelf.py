"""Some entries in the order of the screen, kept while they come and go."""

from bisect import bisect_left, insort

from storage.ordering import SortKey


class Shelf:
    """Entries that have something in common."""

    def __init__(self) -> None:
        """Empty."""
        self._keys: list[SortKey] = []
        self._key_of: dict[str, SortKey] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)

    def __contains__(self, entry_id: str) -> bool:
        """Whether an entry stands here."""
        return entry_id in self._key_of

    def put(self, entry_id: str, key: SortKey | None) -> None:
        """Give an entry its place; None: it has none here."""
        old = self._key_of.get(entry_id)
        if old == key:
            return
        if old is not None:
            del self._keys[bisect_left(self._keys, old)]
            del self._key_of[entry_id]
        if key is not None:
            self._key_of[entry_id] = key
            if not self._keys or self._keys[-1] < key:
                self._keys.append(key)
            else:
                insort(self._keys, key)

    def ids(self, newest: int | None = None) -> list[str]:
        """Ids in the order of the screen; only so many of the newest if that is said."""
        start = 0 if newest is None else max(0, len(self._keys) - newest)
        return [key[2] for key in self._keys[start:]]

    @property
    def last(self) -> str | None:
        """The id of the newest."""
        return self._keys[-1][2] if self._keys else None
