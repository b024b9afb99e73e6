"""Refs: what people call an entry, such as ``7f3a``.

A ref is the start of the Crockford base32 form (lower case; https://www.crockford.com/base32.html)
of the last 60 bits of the entry's uuid7: 12 digits, cut to the shortest prefix of at least four that
no entry with a smaller id shares. So a ref never grows because of what is recorded later, and a
printed ref stays valid.
"""

from collections.abc import Iterable

from storage.errors import Ambiguous, NotFound

DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
MINIMUM = 4
PRINTED = 6
"""Digits that a document prints at least: it outlives the record it was made from."""

_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})


def crockford(entry_id: str) -> str:
    """The 12 base32 digits of an entry's id.

    Raises:
        ValueError: the id is not a uuid.
    """
    number = int(entry_id.replace("-", "")[-15:], 16)
    return "".join(DIGITS[number >> shift & 31] for shift in range(55, -5, -5))


def normalise(ref: str) -> str:
    """A ref as somebody typed it, in lower case and with lookalike letters read as digits."""
    return ref.strip().lower().translate(_LOOKALIKES)


def refs(ids: Iterable[str], minimum: int = MINIMUM) -> dict[str, str]:
    """The ref of every entry of a record.

    Args:
        ids: all entries of the record, deleted ones too, in any order.
        minimum: digits that a ref has at least.
    """
    index = RefIndex(ids)
    return {entry_id: index.ref(entry_id, minimum) for entry_id in ids}


class RefIndex:
    """Refs of one record, computed only where somebody looks."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """Index the ids of a record by the first digits of their refs."""
        self._groups: dict[str, list[str]] = {}
        for entry_id in ids:
            self.add(entry_id)

    def add(self, entry_id: str) -> None:
        """Take in one more entry; one that is known already changes nothing."""
        group = self._groups.setdefault(_group(entry_id), [])
        if entry_id not in group:
            group.append(entry_id)

    def ref(self, entry_id: str, minimum: int = MINIMUM) -> str:
        """The ref of an entry that is in the index."""
        code = crockford(entry_id)
        earlier = [crockford(i) for i in self._groups.get(_group(entry_id), ()) if i < entry_id]
        length = minimum
        while length < LENGTH and any(other[:length] == code[:length] for other in earlier):
            length += 1
        return code[:length]

    def find(self, ref: str) -> str:
        """The id of the entry that somebody means by `ref`: a ref, a longer prefix, or an id.

        Raises:
            NotFound: no entry has that ref.
            Ambiguous: several have, and it is the ref of none.
        """
        wanted = normalise(ref)
        matches = self._matches(wanted, ref)
        exact = [entry_id for entry_id in matches if self.ref(entry_id) == wanted]
        if len(matches) > 1 and exact:
            return exact[0]
        if not matches:
            message = f"No entry has the ref {ref!r}. `hotwash show` lists the refs."
            raise NotFound(message)
        if len(matches) > 1:
            names = [crockford(entry_id) for entry_id in sorted(matches)]
            message = f"{ref!r} could be {', '.join(names)}. Type more of it."
            raise Ambiguous(message, names)
        return matches[0]

    def _matches(self, wanted: str, ref: str) -> list[str]:
        given_id = ref.strip().lower()
        if len(wanted) < MINIMUM:
            return []
        if len(given_id) > LENGTH:
            return [i for group in self._groups.values() for i in group if i == given_id]
        group = self._groups.get(wanted[:MINIMUM], ())
        return [entry_id for entry_id in group if crockford(entry_id).startswith(wanted)]


def _group(entry_id: str) -> str:
    """The first four digits of the ref, without the work for the other eight."""
    number = int(entry_id.replace("-", "")[-15:-10], 16)
    return "".join(DIGITS[number >> shift & 31] for shift in (15, 10, 5, 0))
