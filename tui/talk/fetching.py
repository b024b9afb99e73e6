"""Fetching the speech model while somebody watches, and may leave."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from capture.voice.install import install
from capture.voice.manifests import MANIFESTS, megabytes
from capture.voice.models import DEFAULT, Model
from storage.clock import Now


class _Left(Exception):
    """Nobody waits for it any more."""


class Fetch:
    """One attempt. What it has fetched when it ends early is there for the next one.

    Attributes:
        sentence: how far it is.
    """

    def __init__(self, cache: Path, environment: Mapping[str, str], now: Now) -> None:
        """Nothing is fetched yet.

        Args:
            cache: the folder for what can be made again.
            environment: that of the process.
            now: reads the clock.
        """
        size = megabytes(MANIFESTS[DEFAULT].size)
        self.sentence = f"Fetching the speech model {DEFAULT}, {size} …"
        self._cache = cache
        self._environment = environment
        self._now = now
        self._is_left = False

    async def run(self) -> str:
        """Fetch it.

        Returns:
            What is to be told.

        Raises:
            ModelError: it can't be had.
        """
        try:
            model = await asyncio.to_thread(self._install)
        except asyncio.CancelledError:
            self._is_left = True
            raise
        return f"The speech model {model.name} is installed and checked. Hold F9 in an incident and speak."

    def _install(self) -> Model:
        return install(
            DEFAULT, self._cache, self._progress, environment=self._environment, now=self._now
        )

    def _progress(self, done: int, total: int) -> None:
        if self._is_left:
            raise _Left
        share = done / total if total else 1.0
        self.sentence = f"Fetching the speech model {DEFAULT}: {megabytes(done)} of {megabytes(total)} ({share:.0%})"
