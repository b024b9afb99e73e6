"""A model's files from the model hub, going on where an earlier attempt was cut off."""

import os
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from capture.voice.fetching import Progress, disk_trouble, tell
from capture.voice.manifests import Manifest, PinnedFile

if TYPE_CHECKING:
    import httpx

_CONNECT_S = 5.0
"""Time in which a hub that can be reached has answered."""

_READ_S = 10.0
"""Time without a byte after which the connection counts as broken."""

_PAUSES_S = (0.0, 1.0, 4.0)
"""How long to wait before going on after a cut; after as many cuts without a byte it is over."""

_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
_YES = {"1", "ON", "YES", "TRUE"}


def fetch_from_hub(
    manifest: Manifest,
    folder: Path,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
    sleep: Callable[[float], None] = time.sleep,
) -> str | None:
    """Put the files into `folder`.

    ``HF_ENDPOINT`` names a mirror, ``HF_HUB_OFFLINE`` forbids the hub, and the usual variables name
    a proxy. No account and no token is used.

    Returns:
        None when all are there; else why not.

    Raises:
        ModelError: the disk refuses.
    """
    for name in _OFFLINE:
        if environment.get(name, "").upper() in _YES:
            return f"{name} is set"
    import httpx
    from huggingface_hub import hf_hub_url

    timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
    try:
        with httpx.Client(timeout=timeout, follow_redirects=True) as client:
            before = 0
            for file in manifest.files:
                url = hf_hub_url(
                    manifest.repo,
                    file.name,
                    revision=manifest.revision,
                    endpoint=environment.get("HF_ENDPOINT"),
                )
                told = partial(tell, progress, before, manifest.size)
                if why := _Download(client, url, file, folder / file.name, told).run(sleep):
                    return why
                before += file.size
    except httpx.InvalidURL as error:
        return f"its address can't be used: {error}"
    return None


class _Download:
    """One file on its way."""

    def __init__(
        self,
        client: "httpx.Client",
        url: str,
        file: PinnedFile,
        path: Path,
        told: Callable[[int], None],
    ) -> None:
        """Say where it comes from, what it should be, where it goes, and who counts the bytes."""
        self._client = client
        self._url = url
        self._file = file
        self._path = path
        self._told = told

    def run(self, sleep: Callable[[float], None]) -> str | None:
        """Fetch what is missing; after a cut go on from there."""
        import httpx

        cuts = 0
        while (had := self._size()) < self._file.size:
            try:
                if why := self._attempt(had):
                    return why
                why = "it sent less than the file"
            except httpx.HTTPError as error:
                why = _reason(error)
            if self._size() > had:
                cuts = 0
            elif had == 0 or cuts == len(_PAUSES_S):
                return why
            if self._size() < self._file.size:
                sleep(_PAUSES_S[cuts])
                cuts += 1
        self._told(self._file.size)
        return None

    def _attempt(self, had: int) -> str | None:
        """Append what one answer brings; says why when the hub answers something else."""
        # Compressed on the way, a file's stretches would not fit together.
        headers = {"Accept-Encoding": "identity"}
        if had:
            headers["Range"] = f"bytes={had}-"
        with self._client.stream("GET", self._url, headers=headers) as answer:
            if had and answer.status_code == 416:
                # What is there is no beginning of that file.
                with disk_trouble(self._path):
                    self._path.unlink()
                return "it knows a shorter file by that name"
            if answer.status_code not in {200, 206}:
                return f"it answered {answer.status_code} {answer.reason_phrase}".rstrip()
            goes_on = answer.status_code == 206
            if self._whole_size(answer) not in {None, self._file.size}:
                # A page that asks for a login, as networks in hotels send in place of anything.
                return "it sent something else in place of the file"
            with disk_trouble(self._path), self._path.open("ab" if goes_on else "wb") as target:
                here = had if goes_on else 0
                for block in answer.iter_bytes():
                    # More than the pinned size is wrong in any case, and could fill the disk.
                    here += target.write(block[: self._file.size - here])
                    self._told(here)
                    if here == self._file.size:
                        break
        return None

    @staticmethod
    def _whole_size(answer: "httpx.Response") -> int | None:
        """Bytes of the file that an answer is, or is a part of, as far as it says."""
        if answer.status_code == 206:
            said = answer.headers.get("Content-Range", "").rpartition("/")[2]
        else:
            said = answer.headers.get("Content-Length", "")
        return int(said) if said.isdigit() else None

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0


def _reason(error: "httpx.HTTPError") -> str:
    import httpx

    if isinstance(error, httpx.UnsupportedProtocol):
        return f"its address can't be used: {error}"
    if isinstance(error, httpx.ConnectError):
        words = _NUMBER.sub("", str(error))
        return f"it can't be reached ({words})" if words else "it can't be reached"
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    return f"the connection broke ({error})" if str(error) else "the connection broke"
