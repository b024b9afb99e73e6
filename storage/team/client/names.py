"""Which addresses a machine has, looked up where nobody has to wait for it.

Nothing ends a look-up that no name server answers: no deadline, and no end of the event loop or of the
process, both of which wait for threads of their own. So it has a thread that neither knows of.
"""

import asyncio
import ipaddress
import socket
from concurrent.futures import Future
from itertools import zip_longest
from threading import BoundedSemaphore, Thread

_MOST = 16
_room = BoundedSemaphore(_MOST)
"""Look-ups that never end must not become ever more threads."""


class NotLookedUp(Exception):
    """A look-up had not come to an end in time."""


async def look_up(host: str, port: int, patience_s: float | None) -> list[str]:
    """The addresses of a machine, the best first; those of IPv4 and IPv6 take turns.

    Args:
        host: its name, or an address, which is the only one then.
        port: what is wanted of it.
        patience_s: how long to wait; None: as long as it takes.

    Raises:
        NotLookedUp: it takes longer.
        socket.gaierror: it has none.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    if not _room.acquire(blocking=False):
        raise NotLookedUp
    found: Future[list[str]] = Future()
    # From now on nobody takes the thread's work away, who waits for it or not.
    found.set_running_or_notify_cancel()
    Thread(target=_ask, args=(host, port, found), name=f"look up {host}", daemon=True).start()
    try:
        async with asyncio.timeout(patience_s):
            return await asyncio.wrap_future(found)
    except TimeoutError:
        raise NotLookedUp from None


def _ask(host: str, port: int, found: "Future[list[str]]") -> None:
    try:
        addresses = _addresses(host, port)
    except OSError as error:
        found.set_exception(error)
    except UnicodeError:
        found.set_exception(socket.gaierror(socket.EAI_NONAME, "no name of a machine"))
    else:
        found.set_result(addresses)
    finally:
        _room.release()


def _addresses(host: str, port: int) -> list[str]:
    best: list[str] = []
    other: list[str] = []
    answer = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, _, _, _, address in answer:
        chosen = best if family == answer[0][0] else other
        chosen.append(str(address[0]))
    if not answer:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    turns = (one for pair in zip_longest(best, other) for one in pair if one is not None)
    return list(dict.fromkeys(turns))
