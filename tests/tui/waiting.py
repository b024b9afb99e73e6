"""Waiting for something to be so, and never for a time to pass."""

import asyncio
from collections.abc import Callable

_PATIENCE_S = 30


async def until(condition: Callable[[], object]) -> None:
    """Let the event loop run until something is so.

    Raises:
        TimeoutError: it never is.
    """
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110  what is waited for may happen in another process
            await asyncio.sleep(0.01)
