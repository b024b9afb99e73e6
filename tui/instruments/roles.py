"""Who holds which role, and which hand-overs nobody has taken yet.

The record names the successor at once (`storage.folds`). Who stands at the end of a rope that nobody
has picked up must not count as the one who holds it, so here a hand-over counts once it is taken.
"""

from collections.abc import Iterable, Mapping

import msgspec

COMMANDERS = ("ic", "commander", "lead")
"""Roles that mean the incident's commander; of several that are held the first counts."""

COMMS = ("comms", "communications", "liaison")
SCRIBES = ("scribe",)


class RoleSaid(msgspec.Struct, frozen=True, kw_only=True):
    """What one entry says about a role.

    Attributes:
        entry: its id.
        role: which role, in lower case.
        before: who gives it.
        after: who gets it; None: nobody has it any more.
        taken: whether the one who gets it said so, or was not to be asked.
    """

    entry: str
    role: str
    before: str | None
    after: str | None
    taken: bool


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a role.

    Attributes:
        role: which.
        holder: who has it; None: nobody.
        successor: to whom it was handed over without being taken yet.
        entry: id of the entry that says so last.
    """

    role: str
    holder: str | None = None
    successor: str | None = None
    entry: str | None = None

    @property
    def pending(self) -> bool:
        """Whether a hand-over waits for the successor."""
        return self.successor is not None


def holdings(said: Iterable[RoleSaid]) -> dict[str, Holding]:
    """How it stands with every role that was ever mentioned.

    Args:
        said: what entries say, in the order of the screen.
    """
    found: dict[str, Holding] = {}
    for one in said:
        if one.after is None or one.taken:
            found[one.role] = Holding(role=one.role, holder=one.after, entry=one.entry)
            continue
        before = found.get(one.role)
        # Whoever wrote this may have gone by the record, where a successor holds the role at once.
        goes_by_record = before is not None and before.successor == one.before
        holder = before.holder if before is not None and goes_by_record else one.before
        found[one.role] = Holding(
            role=one.role, holder=holder, successor=one.after, entry=one.entry
        )
    return found


def command(found: Mapping[str, Holding]) -> Holding:
    """How it stands with the command; role ``ic`` without a holder when nobody ever had it."""
    held = [found[role] for role in COMMANDERS if role in found and found[role].holder]
    mentioned = [found[role] for role in COMMANDERS if role in found]
    return next(iter([*held, *mentioned]), Holding(role=COMMANDERS[0]))


def is_held(found: Mapping[str, Holding], names: Iterable[str]) -> bool:
    """Whether somebody has one of these roles."""
    return any(name in found and found[name].holder for name in names)
