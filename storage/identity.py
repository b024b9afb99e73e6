"""Who writes, and on which machine."""

import getpass
import os
from pathlib import Path

import msgspec

from storage import disk
from storage.clock import is_stamp

_BYTES = 4
"""Of a device id: 32 bits tell the devices of one incident apart."""

_MOST = 200
"""Machines that are remembered: a container is a new one each time it starts."""

_WAIT_S = 2.0


class Identity(msgspec.Struct, frozen=True):
    """Which machine this is.

    Attributes:
        device: what its op ids are stamped with.
        here: the devices that have worked in this home, this one among them.
    """

    device: str
    here: frozenset[str]


class _Devices(msgspec.Struct, frozen=True):
    """What stands in the file: a device, the host it was made on, and those of other hosts."""

    device: str
    host: str = ""
    others: dict[str, str] = {}

    def of(self, host: str) -> str | None:
        return self.device if self.host in {"", host} else self.others.get(host)

    def all(self) -> frozenset[str]:
        return frozenset({self.device, *self.others.values()})


_decoder = msgspec.json.Decoder(_Devices)


def identify(path: Path) -> Identity:
    """This machine's device id, made at first use.

    A home that was copied to another machine, or that several use in turn, has an id for each: two
    machines with one id could stamp two changes alike. What any of them recorded was still recorded
    here. Where nothing can be written the id lasts as long as the process.

    Args:
        path: where the ids are kept.
    """
    host = _host()
    known = _read(path)
    if known and (device := known.of(host)):
        return Identity(device, known.all())
    made = os.urandom(_BYTES).hex()
    try:
        disk.make_folder(path.parent)
        # Two commands that are the first at the same time must come to one id.
        # Needed once in the life of a home.
        import filelock

        with filelock.FileLock(path.with_name(f"{path.name}.lock"), timeout=_WAIT_S, mode=0o600):
            known = _read(path)
            if known and (device := known.of(host)):
                return Identity(device, known.all())
            known = _with(known, host, made)
            if path.exists() and _read(path) is None:
                disk.set_aside(path, "damaged")
            disk.replace_file(path, msgspec.json.encode(known) + b"\n")
    except OSError:
        # Adding to a record will say that nothing can be written, in better words than this could.
        known = _with(known, host, made)
    return Identity(made, known.all())


def _read(path: Path) -> _Devices | None:
    """What stands in the file; None when that is nothing usable."""
    try:
        found = _decoder.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if all(is_stamp(f"{0:016x}-{device}") for device in found.all()) else None


def _with(known: _Devices | None, host: str, device: str) -> _Devices:
    if known is None:
        return _Devices(device, host)
    others = [*known.others.items(), (host, device)][-_MOST:]
    return msgspec.structs.replace(known, others=dict(others))


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def author_name(chosen: str | None) -> str:
    """The name that entries are signed with: the one in the settings, else the login name."""
    if chosen:
        return chosen
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # No such user in the password file, as in some containers.
        return "someone"
