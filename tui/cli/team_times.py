"""Moments as commands tell them to a person."""

from datetime import UTC, datetime

from storage.postmortem.clock_face import ClockFace, zone_of
from tui.services import Services


def on_the_clock(when: datetime, services: Services) -> str:
    """``Sun 22 Nov 14:05 (Europe/Copenhagen)``, in the home zone of this person."""
    name = services.zone()
    zone = zone_of(name)
    face = ClockFace(zone or UTC)
    return f"{face.local(when):%a %d %b %H:%M} ({name if zone else 'UTC'})"
