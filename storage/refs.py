"""Refs: what people call an entry, such as ``7f3a``.

A ref is the start of the Crockford base32 form (lower case; https://www.crockford.com/base32.html)
of the last 60 bits of the entry's uuid7: 12 digits, cut to the shortest prefix of at least four that
no entry with a smaller id shares. So a ref never grows because of what is recorded later, and a
printed ref stays valid. (Unless an older entry comes in from another replica that has the same four
digits, one in a million: then the younger one needs more digits, and the older one has the four.)
"""

from collections.abc import Iterable

from storage.errors import Ambiguous, NotFound

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
MINIMUM = 4
PRINTED = 6
"""Digits that a document prints at least: it outlives the record it was made from."""

_PAIRS = [one + two for one in DIGITS for two in DIGITS]
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})


def crockford(entry_id: str) -> str:
    """The 12 base32 digits of an entry's id.

    Raises:
        ValueError: the id is not a uuid.
    """
    number = int(entry_id.replace("-", "")[-15:], 16)
    return "".join([_PAIRS[number >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0)])


def normalise(ref: str) -> str:
    """A ref as somebody typed it, in lower case and with lookalike letters read as digits."""
    return ref.strip().lower().translate(_LOOKALIKES)


class RefIndex:
    """Refs of one record, computed only where somebody looks."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """Index the ids of a record by the first digits of their refs."""
        self._groups: dict[str, list[str]] = {}
        self._lengths: dict[str, dict[str, int]] = {}
        """first digits -> entry id -> digits that its ref needs"""
        for entry_id in dict.fromkeys(ids):
            self._groups.setdefault(_group(entry_id), []).append(entry_id)

    def add(self, entry_id: str) -> list[str]:
        """Take in one more entry; one that is known already changes nothing.

        Returns:
            Entries that now may have another ref: made later and recorded here earlier.
        """
        first = _group(entry_id)
        group = self._groups.setdefault(first, [])
        if entry_id in group:
            return []
        group.append(entry_id)
        self._lengths.pop(first, None)
        return [other for other in group if other > entry_id]

    def ref(self, entry_id: str, minimum: int = MINIMUM) -> str:
        """The ref of an entry that is in the index."""
        first = _group(entry_id)
        group = self._groups[first]
        if len(group) > 1 and first not in self._lengths:
            self._lengths[first] = _lengths(group)
        needed = self._lengths[first][entry_id] if len(group) > 1 else MINIMUM
        return crockford(entry_id)[: max(minimum, needed)]

    def find(self, ref: str) -> str:
        """The id of the entry that somebody means by `ref`: a ref, a longer prefix, or an id.

        Raises:
            NotFound: no entry has that ref.
            Ambiguous: several have, and it is the ref of none.
        """
        wanted = normalise(ref)
        matches = self._matches(wanted, ref)
        if not matches:
            message = f"No entry has the ref {ref!r}. `hotwash show` lists the refs."
            raise NotFound(message)
        if len(matches) == 1:
            return matches[0]
        # Of several, the one whose ref this is, on the screen or in a document.
        for entry_id in matches:
            if wanted in {self.ref(entry_id), self.ref(entry_id, PRINTED)}:
                return entry_id
        names = [crockford(entry_id) for entry_id in sorted(matches)]
        message = f"{ref!r} could be {', '.join(names)}. Type more of it."
        raise Ambiguous(message, names)

    def _matches(self, wanted: str, ref: str) -> list[str]:
        given_id = ref.strip().lower()
        if len(wanted) < MINIMUM:
            return []
        if len(given_id) > LENGTH:
            return [i for group in self._groups.values() for i in group if i == given_id]
        group = self._groups.get(wanted[:MINIMUM], ())
        return [entry_id for entry_id in group if crockford(entry_id).startswith(wanted)]


def _lengths(group: Iterable[str]) -> dict[str, int]:
    """How many digits each of some entries needs that share the first ones."""
    taken: set[str] = set()
    lengths = {}
    for entry_id in sorted(group):
        code = crockford(entry_id)
        prefixes = [code[:length] for length in range(MINIMUM, LENGTH + 1)]
        own = next((prefix for prefix in prefixes if prefix not in taken), code)
        lengths[entry_id] = len(own)
        taken.update(prefixes)
    return lengths


def _group(entry_id: str) -> str:
    """The first four digits of the ref, without the work for the other eight."""
    number = int(entry_id[20:23] + entry_id[24:26], 16)
    return _PAIRS[number >> 10] + _PAIRS[number & 1023]
