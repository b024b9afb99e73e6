"""What the app and the speech process say to each other.

Each message is four bytes with its length, the largest first, and as many bytes of JSON. Recordings
pass by path: they are on disk already, and stay there whatever becomes of either process.
"""

import struct
from asyncio import IncompleteReadError, StreamReader
from typing import BinaryIO, TypeAlias

import msgspec

from capture.voice.heard import Heard

LARGEST = 1 << 24
"""Bytes of a message; ten minutes of speech are some hundred thousand."""

_LENGTH = struct.Struct(">I")


class Garbled(Exception):
    """The other side says something that is no message."""


class Listen(msgspec.Struct, frozen=True, tag="listen"):
    """To the speech process: turn this recording into text.

    Attributes:
        job: comes back with everything that is said about it.
        audio: path of the recording, as bytes, since a path need not be text.
        terms: what is likely to be said, the most likely last.
        aliases: said, meant; the person's own.
    """

    job: int
    audio: bytes
    terms: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """From it: the model is loaded.

    Attributes:
        device: ``cpu`` or ``cuda``.
    """

    device: str


class Unusable(msgspec.Struct, frozen=True, tag="unusable"):
    """From it, as its last words: the model can't be loaded, and why, in a sentence."""

    why: str


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """From it: so much of a recording is done, both in seconds."""

    job: int
    done: float
    total: float


class Result(msgspec.Struct, frozen=True, tag="result"):
    """From it: what was heard."""

    job: int
    heard: Heard


class Failure(msgspec.Struct, frozen=True, tag="failure"):
    """From it: this recording can't be turned into text, and why, in a sentence."""

    job: int
    why: str


FromWorker: TypeAlias = Ready | Unusable | Progress | Result | Failure

_TO_WORKER = msgspec.json.Decoder(Listen)
_FROM_WORKER: msgspec.json.Decoder[FromWorker] = msgspec.json.Decoder(FromWorker)


def frame(message: Listen | FromWorker) -> bytes:
    """A message as it goes through the pipe."""
    body = msgspec.json.encode(message)
    return _LENGTH.pack(len(body)) + body


def read_request(stream: BinaryIO) -> Listen | None:
    """The next request, waited for; None when the app has gone.

    Raises:
        Garbled: what came is no request.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _length(head)
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        return _TO_WORKER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Garbled(str(error)) from error


async def read_answer(stream: StreamReader) -> FromWorker | None:
    """The next thing that the speech process says; None when it has ended.

    Raises:
        Garbled: what came is no message.
    """
    try:
        length = _length(await stream.readexactly(_LENGTH.size))
        body = await stream.readexactly(length)
    except (IncompleteReadError, ConnectionError):
        return None
    try:
        return _FROM_WORKER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Garbled(str(error)) from error


def _length(head: bytes) -> int:
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST:
        message = f"a message of {length:,} bytes"
        raise Garbled(message)
    return int(length)
