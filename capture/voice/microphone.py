"""Which microphone is recorded from, and what to do where there is none.

``python -m capture.voice.microphone [NAME]`` prints as JSON what would be recorded from.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from capture.errors import MicrophoneError
from capture.voice.portaudio import OpenStream, PortAudio, portaudio
from capture.voice.sound_library import Device, Hear

_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_MOST_LISTED = 10
_PROBE_S = 10.0

SILENT_SYSTEM = "The sound system does not answer."
"""What is said where nobody can tell what there is to record from."""


class Found(msgspec.Struct, frozen=True):
    """What there is to record from.

    Attributes:
        chosen: name of the microphone that would be recorded from; None when nothing can be.
        names: every microphone that the setting could name.
        why: why nothing can be recorded, in a sentence; empty when something can.
    """

    chosen: str | None
    names: tuple[str, ...] = ()
    why: str = ""


def probe(
    wanted: str | None = None,
    audio: Callable[[], PortAudio] = portaudio,
    environment: Mapping[str, str] = os.environ,
) -> Found:
    """Look what would be recorded from, without recording: a headset would change its mode.

    Args:
        wanted: the name in the settings, or part of it; None: the system's choice.
        audio: gives PortAudio.
        environment: the process's.
    """
    try:
        library = audio()
    except MicrophoneError as error:
        return Found(None, (), str(error))
    library.refresh()
    names = tuple(dict.fromkeys(device.name for device in _inputs(library)))
    try:
        return Found(choose(library, wanted, environment).name, names)
    except MicrophoneError as error:
        return Found(None, names, str(error))


def probe_elsewhere(wanted: str | None = None) -> Found:
    """What `probe` finds in a process of its own, which may hang, crash, and print what it likes.

    Args:
        wanted: the name in the settings, or part of it; None: the system's choice.
    """
    command = [sys.executable, "-P", "-m", __name__, *([wanted] if wanted else [])]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_PROBE_S
        )
        return msgspec.json.decode(done.stdout, type=Found)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        return Found(None, (), SILENT_SYSTEM)


def open_microphone(
    wanted: str | None,
    hear: Hear,
    ended: Callable[[], None],
    audio: Callable[[], PortAudio] = portaudio,
) -> OpenStream:
    """Begin to record. Blocks for as long as the system takes, up to seconds with a headset.

    Args:
        wanted: the microphone's name, or part of it; None: the system's choice.
        hear: takes the samples, on another thread.
        ended: called on another thread when nothing more comes.
        audio: gives PortAudio.

    Raises:
        MicrophoneError: nothing can be recorded.
    """
    library = audio()
    try:
        return library.record(choose(library, wanted), hear, ended)
    except MicrophoneError:
        # It may have been plugged in, or the sound server started anew, since the list was made.
        if not library.refresh():
            raise
    return library.record(choose(library, wanted), hear, ended)


def choose(
    library: PortAudio, wanted: str | None, environment: Mapping[str, str] = os.environ
) -> Device:
    """The microphone to record from.

    Args:
        library: PortAudio.
        wanted: its name, or part of it, in any case; None: the system's choice.
        environment: the process's.

    Raises:
        MicrophoneError: there is none, or none of that name.
    """
    inputs = _inputs(library)
    if not inputs:
        raise MicrophoneError(f"There is no microphone here. {advice(environment)}")
    default = library.default("input")
    if wanted is None:
        return default or inputs[0]
    # Windows lists each microphone once for every sound system that it has.
    own = [device for device in inputs if default and device.hostapi == default.hostapi]
    for among in (own, inputs):
        for fits in (str.__eq__, str.__contains__):
            found = [one for one in among if fits(one.name.casefold(), wanted.casefold())]
            if len({one.name for one in found}) == 1:
                return found[0]
            if found:
                raise MicrophoneError(f"{wanted!r} fits several microphones: {_listed(found)}.")
    message = (
        f"There is no microphone {wanted!r}. There are: {_listed(inputs)}. "
        "Choose one in the settings, or none for the system's own choice."
    )
    raise MicrophoneError(message)


def advice(
    environment: Mapping[str, str] = os.environ,
    release: str = "",
    marks: Sequence[Path] = _CONTAINER_MARKS,
) -> str:
    """What to do where there is no microphone: a sentence that fits this place.

    Args:
        environment: the process's.
        release: that of the kernel; default: this one's.
        marks: files that only containers have.
    """
    release = release or platform.release()
    if any(environment.get(f"SSH_{name}") for name in ("CONNECTION", "TTY", "CLIENT")):
        return "Over SSH it is on the machine in front of you; run hotwash there, or type."
    if environment.get("WSL_DISTRO_NAME") or "microsoft" in release.casefold():
        return (
            "WSL passes Windows' microphone on through WSLg: install libasound2-plugins, and allow "
            "desktop apps the microphone in Windows' privacy settings; or type."
        )
    if environment.get("container") or any(mark.exists() for mark in marks):
        return (
            "A container has one only if the sound server's socket is passed in: mount it and set "
            "PULSE_SERVER; or type."
        )
    return "Plug one in, or switch it on in the sound settings; until then type."


def _inputs(library: PortAudio) -> list[Device]:
    return [device for device in library.devices() if device.max_input_channels > 0]


def _listed(devices: Sequence[Device]) -> str:
    names = list(dict.fromkeys(repr(device.name) for device in devices))
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more


def main(arguments: Sequence[str]) -> None:
    """Print what `probe` finds."""
    print(msgspec.json.encode(probe(arguments[0] if arguments else None)).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
