"""How long the client waits for what."""

import msgspec


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds; tests have shorter ones.

    Attributes:
        connect: until a connection stands.
        read: between two pieces of an answer. A pull that waits gets its wait on top.
        whole: until an answer is complete, however steadily it trickles in.
        greeting: until the live stream says its first word. A proxy that holds streams back is known
            by its being late.
        live: between two signs of life on the live stream: three pings, see `protocol.PING_S`.
    """

    connect: float = 3.0
    read: float = 15.0
    whole: float = 120.0
    greeting: float = 5.0
    live: float = 45.0


USUAL = Timeouts()
"""What fits a real network."""
