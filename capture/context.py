"""What the reader of a note line must know about the incident and the moment."""

from collections.abc import Callable
from datetime import datetime

import msgspec

ROLES = frozenset(
    {"ic", "commander", "lead", "deputy", "ops", "comms", "scribe", "liaison", "planning", "sme"}
)
"""Roles that most playbooks know: ICS and the incident guides of PagerDuty and Google."""


def _no_entry(_ref: str) -> str | None:
    return None


class LineContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is read against.

    Attributes:
        now: the instant at which it is read, aware.
        zone: the incident's home zone, an IANA name or an offset.
        author: who writes.
        people: names known from roles, owners and authors of this and past incidents.
        services: names of services known so far.
        roles: names of roles that somebody can take.
        find_entry: the id of the entry with a ref, None when there is none or several.
    """

    now: datetime
    zone: str = "UTC"
    author: str = ""
    people: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    roles: frozenset[str] = ROLES
    find_entry: Callable[[str], str | None] = _no_entry

    def person(self, name: str) -> str | None:
        """The known person of that name in any case, spelt as known."""
        return _spelt(name, self.people | {self.author})

    def service(self, name: str) -> str | None:
        """The known service of that name in any case, spelt as known."""
        return _spelt(name, self.services)

    def role(self, name: str) -> str | None:
        """The known role of that name in any case."""
        return _spelt(name, self.roles)


def _spelt(name: str, known: frozenset[str]) -> str | None:
    if name in known:
        return name or None
    return next((other for other in sorted(known) if other.casefold() == name.casefold()), None)
