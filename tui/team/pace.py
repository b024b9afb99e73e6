"""How often the app looks after the team, and for how long it is patient."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from storage.team.sync.pace import Pace


class TeamPace(msgspec.Struct, frozen=True):
    """Seconds, all of them.

    Attributes:
        look: how often it is asked whether the incident is still to be synced, and by this process.
        patience: trouble that is over sooner is not told in words.
        calm: how long something may wait to be sent before the badge says so: a line that goes out
            at once moves nothing in the header.
        farewell: what the last changes may take to go out when an incident is left.
        arrivals: how often the home screen looks for incidents of the team.
        answer: how long a person who asked for something waits for the server.
        sync: how often the server is asked; None: as usual. Its module is loaded with the others.
    """

    look: float = 1.0
    patience: float = 3.0
    calm: float = 1.5
    farewell: float = 1.0
    arrivals: float = 30.0
    answer: float = 10.0
    sync: "Pace | None" = None


USUAL = TeamPace()
"""That of people."""
