"""Every state in which a power cut may leave a disk, after each call of a recorded history.

The model is weaker than what common file systems promise, so that it covers them all (ALICE does the
same: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014):

* Bytes written since the last sync of a file: each page may be the old or the new one, and the size
  may be the old or the new one.
* Names made, renamed or removed since the last sync of their folder: in order, any first part of
  them is on the disk; out of order, any subset.
* A rename is one step. Two names of a file share its bytes. A folder whose own name is not on the
  disk is gone, with everything in it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import prod
from pathlib import Path
from random import Random

PAGE = 128


@dataclass(frozen=True)
class Call:
    """One call that changes a disk, or an acknowledgement between two of them.

    Attributes:
        kind: ``create write cut sync-file sync-data sync-folder link rename remove folder ack``.
        path: what it is about.
        target: the second name of a link or rename.
        offset: where a write begins; the new size of a cut.
        data: what was written.
        number: of an acknowledgement.
    """

    kind: str
    path: str = ""
    target: str = ""
    offset: int = 0
    data: bytes = b""
    number: int = 0


class Recorder:
    """An `os` for `storage.disk` that does every call and writes down those that change the disk.

    Paths are written down as seen from a folder, which itself is on the disk for certain.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[Call] = []
        self._open: dict[int, tuple[str, int]] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def _seen(self, path: str | Path) -> str:
        return os.path.relpath(path, self.root)

    def acknowledge(self, number: int) -> None:
        """So many changes have been acknowledged by now."""
        self.calls.append(Call("ack", number=number))

    def open(self, path: str | Path, flags: int, mode: int = 0o777) -> int:
        """Open, and remember what the descriptor is."""
        existed = Path(path).exists()
        descriptor = os.open(path, flags, mode)
        self._open[descriptor] = (self._seen(path), flags)
        if flags & os.O_CREAT and not existed:
            self.calls.append(Call("create", self._seen(path)))
        assert not flags & os.O_TRUNC, "a file in use must never be emptied"
        return descriptor

    def close(self, descriptor: int) -> None:
        """Close."""
        self._open.pop(descriptor)
        os.close(descriptor)

    def write(self, descriptor: int, data: memoryview) -> int:
        """Write, and write down where."""
        path, flags = self._open[descriptor]
        at_end = flags & os.O_APPEND
        offset = os.fstat(descriptor).st_size if at_end else os.lseek(descriptor, 0, os.SEEK_CUR)
        written = os.write(descriptor, data)
        self.calls.append(Call("write", path, offset=offset, data=bytes(data[:written])))
        return written

    def ftruncate(self, descriptor: int, size: int) -> None:
        """Cut a file."""
        os.ftruncate(descriptor, size)
        self.calls.append(Call("cut", self._open[descriptor][0], offset=size))

    def fsync(self, descriptor: int) -> None:
        """Write down what is durable now; really waiting for it would prove nothing here."""
        path, flags = self._open[descriptor]
        self.calls.append(Call("sync-folder" if flags & os.O_DIRECTORY else "sync-file", path))

    def fdatasync(self, descriptor: int) -> None:
        """Like `fsync`, for files."""
        self.calls.append(Call("sync-data", self._open[descriptor][0]))

    def replace(self, source: str | Path, target: str | Path) -> None:
        """Rename."""
        Path(source).replace(target)
        self.calls.append(Call("rename", self._seen(source), self._seen(target)))

    def link(self, source: str | Path, target: str | Path) -> None:
        """Give a file a second name."""
        os.link(source, target)
        self.calls.append(Call("link", self._seen(source), self._seen(target)))

    def unlink(self, path: str | Path) -> None:
        """Remove a name."""
        Path(path).unlink()
        self.calls.append(Call("remove", self._seen(path)))

    def mkdir(self, path: str | Path, mode: int = 0o777) -> None:
        """Make a folder."""
        Path(path).mkdir(mode)
        self.calls.append(Call("folder", self._seen(path)))


@dataclass(frozen=True)
class Names:
    """One change of the names in a folder: some that go, one that comes."""

    folder: str
    gone: str = ""
    come: str = ""
    inode: int = 0

    def apply(self, names: dict[str, int]) -> None:
        """Change them."""
        names.pop(self.gone, None)
        if self.come:
            names[self.come] = self.inode


FOLDER = 0
"""The inode that stands for all folders."""


@dataclass
class Disk:
    """What is on the disk for certain, and what may be.

    Attributes:
        durable: inode -> bytes at its last sync.
        current: inode -> bytes now.
        kept: names that are on the disk.
        names: names as the processes see them.
        pending: changes of names that may have reached the disk.
    """

    durable: dict[int, bytes] = field(default_factory=dict)
    current: dict[int, bytes] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    pending: list[Names] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path) -> "Disk":
        """What is in a folder, which has been left in peace for a while."""
        disk = cls()
        for path in sorted(root.rglob("*")):
            inode = FOLDER if path.is_dir() else path.stat().st_ino
            disk.names[str(path.relative_to(root))] = inode
            if inode:
                disk.durable[inode] = disk.current[inode] = path.read_bytes()
        disk.kept = dict(disk.names)
        return disk

    def take(self, call: Call) -> None:
        """Go through one call."""
        match call.kind:
            case "create" | "folder":
                inode = FOLDER if call.kind == "folder" else max([FOLDER, *self.current]) + 1
                if inode:
                    self.durable[inode] = self.current[inode] = b""
                self._rename("", call.path, inode)
            case "write" | "cut":
                self._write(call)
            case "sync-file" | "sync-data":
                inode = self.names[call.path]
                self.durable[inode] = self.current[inode]
            case "sync-folder":
                self._sync_folder(call.path)
            case "link":
                self._rename("", call.target, self.names[call.path])
            case "rename" if self.names[call.path] != self.names.get(call.target):
                # Otherwise both are names of one file already, and POSIX wants nothing done.
                self._rename(call.path, call.target, self.names[call.path])
            case "remove":
                self._rename(call.path, "", 0)

    def _write(self, call: Call) -> None:
        inode = self.names[call.path]
        data = self.current[inode]
        if call.kind == "cut":
            self.current[inode] = data[: call.offset].ljust(call.offset, b"\0")
        else:
            head = data[: call.offset].ljust(call.offset, b"\0")
            self.current[inode] = head + call.data + data[call.offset + len(call.data) :]

    def _rename(self, gone: str, come: str, inode: int) -> None:
        change = Names(str(Path(gone or come).parent), gone, come, inode)
        change.apply(self.names)
        self.pending.append(change)

    def _sync_folder(self, folder: str) -> None:
        for change in self.pending:
            if change.folder == folder:
                change.apply(self.kept)
        self.pending = [change for change in self.pending if change.folder != folder]


State = tuple[tuple[str, bytes | None], ...]
"""Path -> bytes, or None for a folder."""


def states(disk: Disk, random: Random) -> Iterator[State]:
    """Every state that a power cut may leave now; where there are very many, a choice."""
    seen: set[tuple[tuple[str, int], ...]] = set()
    for names in _names(disk):
        key = tuple(sorted(_reachable(names).items()))
        if key in seen:
            continue
        seen.add(key)
        # A file that nothing reads after a crash need not be torn in every way.
        inodes = sorted({inode for path, inode in key if inode and not path.endswith(".tmp")})
        for contents in _choice([_contents(disk, inode, random) for inode in inodes], random):
            found = dict(zip(inodes, contents, strict=True))
            yield tuple(
                (path, None if inode == FOLDER else found.get(inode, disk.current.get(inode)))
                for path, inode in key
            )


_AT_MOST = 200


def _choice(contents: list[list[bytes]], random: Random) -> Iterator[tuple[bytes, ...]]:
    if prod(map(len, contents)) <= _AT_MOST:
        yield from product(*contents)
    else:
        for _ in range(_AT_MOST):
            yield tuple(random.choice(found) for found in contents)


def _names(disk: Disk) -> Iterator[dict[str, int]]:
    ordered = [disk.pending[:length] for length in range(len(disk.pending) + 1)]
    unordered = [
        list(chosen)
        for length in range(len(disk.pending) + 1)
        for chosen in combinations(disk.pending, length)
    ]
    for chosen in [*ordered, *unordered]:
        names = dict(disk.kept)
        for change in chosen:
            change.apply(names)
        yield names


def _reachable(names: dict[str, int]) -> dict[str, int]:
    return {
        path: inode
        for path, inode in names.items()
        if all(str(parent) in names for parent in Path(path).parents if str(parent) != ".")
    }


_TORN_AT_MOST = 40


def _contents(disk: Disk, inode: int, random: Random) -> list[bytes]:
    """What a file may hold: some mix of its old and new pages, with its old or new size."""
    old, new = disk.durable[inode], disk.current[inode]
    if old == new:
        return [old]
    pages = [
        number
        for number in range((max(len(old), len(new)) + PAGE - 1) // PAGE)
        if _page(old, number) != _page(new, number)
    ]
    if 1 << len(pages) <= _TORN_AT_MOST:
        mixes = [set(chosen) for n in range(len(pages) + 1) for chosen in combinations(pages, n)]
    else:
        mixes = [set(), set(pages), set(pages[:-1]), set(pages[1:])]
        mixes += [
            {page for page in pages if random.random() < 0.5}
            for _ in range(_TORN_AT_MOST - len(mixes))
        ]
    found = {_mixed(old, new, mix, size) for mix in mixes for size in (len(old), len(new))}
    return sorted(found)


def _mixed(old: bytes, new: bytes, fresh: set[int], size: int) -> bytes:
    pages = range((size + PAGE - 1) // PAGE)
    whole = b"".join(_page(new if page in fresh else old, page) for page in pages)
    return whole[:size]


def _page(data: bytes, number: int) -> bytes:
    return data[number * PAGE : (number + 1) * PAGE].ljust(PAGE, b"\0")


def after_each_call(disk: Disk, calls: Sequence[Call]) -> Iterator[tuple[int, State]]:
    """Every state after each call, with the number of changes acknowledged by then."""
    random = Random(7)
    acknowledged = 0
    for call in [None, *calls]:
        if call is not None and call.kind == "ack":
            acknowledged = call.number
        elif call is not None:
            disk.take(call)
        for state in states(disk, random):
            yield acknowledged, state


def put(state: State, root: Path) -> None:
    """Make a state the one in an empty folder."""
    for path, data in sorted(state, key=lambda item: item[0]):
        if data is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(data)
