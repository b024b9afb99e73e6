"""Who writes, and on which machine."""

import getpass
import os
import secrets
from pathlib import Path

import msgspec

from storage import disk

_DIGITS = 4
"""Bytes of a device id: 32 bits tell the devices of one incident apart."""


class _Device(msgspec.Struct, frozen=True):
    device: str
    host: str = ""


_decoder = msgspec.json.Decoder(_Device)


def device_id(path: Path) -> str:
    """The id of this machine in op ids, made at first use.

    A home that was copied to another machine gets a new id there: two machines with one id could
    stamp two changes alike. Where nothing can be written the id lasts as long as the process.
    """
    host = _host()
    try:
        known = _decoder.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        known = None
    if known is not None and known.host in {"", host}:
        return known.device
    made = _Device(secrets.token_hex(_DIGITS), host)
    try:
        disk.make_folder(path.parent)
        disk.replace_file(path, msgspec.json.encode(made) + b"\n")
    except OSError:
        # Adding to a record will say that nothing can be written, in better words than this could.
        return made.device
    return made.device


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def author_name(chosen: str | None) -> str:
    """The name that entries are signed with: the one in the settings, else the login name."""
    if chosen:
        return chosen
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # No such user in the password file, as in some containers.
        return "someone"
