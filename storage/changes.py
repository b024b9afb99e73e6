"""What changed in a record, for those who show it."""

import msgspec


class Changes(msgspec.Struct, frozen=True):
    """What differs from what was last told.

    Attributes:
        entries: ids of the entries whose fields changed, new ones too.
        incident: whether the incident's own fields changed.
        everything: the record was read anew: anything may have changed.
    """

    entries: frozenset[str] = frozenset()
    incident: bool = False
    everything: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.entries) or self.incident or self.everything
