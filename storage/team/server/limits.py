"""How much the team server takes from anybody: every number that keeps it standing, in one place."""

import msgspec

from storage.team.protocol import MAX_BYTES, MAX_OP_BYTES, MAX_OPS, PING_S


class Rate(msgspec.Struct, frozen=True):
    """How often something may be done.

    Attributes:
        a_second: on average.
        burst: at once, after a while of quiet.
    """

    a_second: float
    burst: float


class Limits(msgspec.Struct, frozen=True):
    """What is refused beyond, each with an answer of its own; seconds and bytes.

    A device that catches up after hours offline pushes 200 changes a request, so a person never comes
    near these.

    Attributes:
        body_bytes: of one request, packed and unpacked.
        small_body_bytes: of a request that carries no changes.
        drained_bytes: of a body that is too large, read on and dropped so that its sender reads the
            answer instead of a broken connection.
        bodies_bytes: of all bodies that are being read or looked at.
        body_s: for a request's body to arrive, after its head or after `head_s`.
        ops: changes in one push.
        op_bytes: of one change.
        requests: calls of one device.
        pushes: of one device.
        calls_at_once: of one device, streams among them.
        streams_of_device: live streams and waiting pulls of one device.
        streams_of_user: of all devices of one user.
        streams: of everybody.
        enrolments_of_address: attempts from one address.
        enrolments: attempts of everybody.
        remembered: addresses and devices whose rates are remembered.
        connections: of everybody; one in ten more are told so, what comes beyond is closed unheard.
        head_bytes: of a request's line and headers.
        head_s: for them to arrive.
        keep_alive_s: between two requests of a connection.
        pipelined: requests of one connection that wait for the answer to an earlier one.
        send_s: for a reader to take something of what waits for it.
        ping_s: between two signs of life on a stream.
        health_s: for the database to answer when somebody asks for the server's health.
        closing_s: for calls under way to end when the server is told to stop.
        request_lines: whether each request is a line in the log.
    """

    body_bytes: int = MAX_BYTES
    small_body_bytes: int = 64 << 10
    drained_bytes: int = 16 << 20
    bodies_bytes: int = 128 << 20
    body_s: float = 30.0
    ops: int = MAX_OPS
    op_bytes: int = MAX_OP_BYTES
    requests: Rate = Rate(100, 400)
    pushes: Rate = Rate(50, 200)
    calls_at_once: int = 32
    streams_of_device: int = 16
    streams_of_user: int = 64
    streams: int = 8000
    enrolments_of_address: Rate = Rate(0.2, 20)
    enrolments: Rate = Rate(2, 200)
    remembered: int = 20_000
    connections: int = 10_000
    head_bytes: int = 32 << 10
    head_s: float = 10.0
    keep_alive_s: int = 75
    pipelined: int = 16
    send_s: float = 30.0
    ping_s: float = PING_S
    health_s: float = 2.0
    closing_s: int = 8
    request_lines: bool = True


DEFAULTS = Limits()
