"""What the clock shows, in the incident's home zone and in UTC."""

from datetime import UTC, datetime, timedelta

from storage.postmortem.clock_face import zone_of


def local_clock(now: datetime, zone: str) -> str:
    """``03:29 CET``; the time in UTC where nobody knows the zone."""
    local = now.astimezone(zone_of(zone) or UTC)
    return f"{local:%H:%M} {local.tzname() or zone}"


def utc_clock(now: datetime, zone: str) -> str:
    """``02:29Z``; empty where the home zone shows the same."""
    local = now.astimezone(zone_of(zone) or UTC)
    return f"{now.astimezone(UTC):%H:%M}Z" if local.utcoffset() != timedelta() else ""


def both_clocks(now: datetime, zone: str) -> str:
    """``03:29 CET 02:29Z``; one time where both are the same."""
    return f"{local_clock(now, zone)} {utc_clock(now, zone)}".rstrip()
