"""Somebody who installs a model of a few bytes."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from capture.voice.fetching import Progress
from capture.voice.install import install
from capture.voice.manifests import Manifest
from capture.voice.models import RECORD, Model, folder_of
from tests.capture.voice.small_models import FILES, Hub, manifest

NOW = datetime(2026, 11, 21, 1, 50, 12, tzinfo=UTC)


class Person:
    """Somebody who installs a model.

    Attributes:
        cache: their cache.
        environment: of their process; no hub and no package index until a test gives one.
        told: what the progress was, in order.
        said: what they read meanwhile.
    """

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PIP_")},
            "HF_HUB_OFFLINE": "1",
            "PIP_NO_INDEX": "1",
        }
        self.told: list[tuple[int, int]] = []
        self.said: list[str] = []

    def use(self, hub: Hub) -> None:
        """Let them reach a hub."""
        self.environment |= {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url}

    def install(
        self,
        pins: Manifest | None = None,
        progress: Progress | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Model:
        """Install the small model."""
        return install(
            "small",
            self.cache,
            progress or (lambda done, total: self.told.append((done, total))),
            say or self.said.append,
            manifests={"small": pins or manifest()},
            environment=self.environment,
            now=lambda: NOW,
        )

    @property
    def folder(self) -> Path:
        """Where the model is to lie."""
        return folder_of(self.cache, "small")

    def has_it(self) -> bool:
        """Whether every byte of it is there, with the record and nothing else."""
        names = sorted(path.name for path in self.folder.iterdir())
        whole = all((self.folder / name).read_bytes() == data for name, data in FILES.items())
        return whole and names == sorted([*FILES, RECORD])

    def leftovers(self) -> list[str]:
        """What lies beside the models."""
        return sorted(path.name for path in self.folder.parent.iterdir() if path.suffix != ".lock")
