"""A microphone without hardware: PulseAudio with a loudspeaker that leads nowhere but back into it.

What `VirtualMic.say` plays is what a recording hears. ALSA's ``default``, and so PortAudio's, is
PulseAudio wherever libasound2-plugins is installed and the server answers.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import pytest

from capture.errors import MicrophoneError
from capture.voice.portaudio import portaudio

TOOLS = ("pulseaudio", "pactl", "paplay", "parec")
_PATIENCE_S = 20.0


def why_not() -> str:
    """What this machine lacks for a virtual microphone; empty when nothing."""
    if sys.platform != "linux":
        return "a virtual microphone needs Linux"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"a virtual microphone needs {', '.join(missing)}: apt-get install pulseaudio pulseaudio-utils"
    try:
        portaudio()
    except MicrophoneError:
        return "a virtual microphone needs PortAudio: apt-get install libportaudio2"
    return ""


def has_sound_cards() -> bool:
    """Whether this machine has a microphone or a loudspeaker of its own."""
    return any(Path("/proc/asound").glob("card[0-9]*"))


class VirtualMic:
    """A sound server of its own, with a microphone ``mic`` and a loudspeaker ``speaker``."""

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet.

        Args:
            folder: an empty folder with a short name: that of a socket may have 107 bytes.
        """
        self.folder = folder
        self.address = f"unix:{folder}/native"
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_SERVER": self.address,
            "PULSE_COOKIE": str(folder / "cookie"),
            "HOME": str(folder),
        }
        self._server: subprocess.Popen[bytes] | None = None
        self._clocked: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "VirtualMic":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, and wait until the microphone gives sound as it is made."""
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
            [
                "pulseaudio", "--daemonize=no", "--exit-idle-time=10", "--use-pid-file=no", "-n",
                "-L", f"module-native-protocol-unix socket={self.folder}/native auth-anonymous=1",
                "-L", "module-null-sink sink_name=speaker rate=48000",
                "-L", "module-remap-source source_name=mic master=speaker.monitor",
            ],
            env=self.inherited(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )  # fmt: skip
        self._until_it_answers()
        self.control("set-default-source", "mic")
        self.control("set-default-sink", "speaker")
        self._keep_clocked()

    def stop(self) -> None:
        """End the server; what records then hears no more."""
        for process in (self._clocked, self._server):
            if process is not None:
                process.kill()
                process.wait()
        self._clocked = self._server = None

    def freeze(self) -> None:
        """Let the server answer nobody, as one that hangs."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def control(self, *arguments: str) -> str:
        """Run pactl."""
        done = subprocess.run(
            ["pactl", *arguments],
            env=self.inherited(),
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        return done.stdout

    def say(self, wav: Path) -> None:
        """Play a WAV file into the microphone; returns when it has been said."""
        subprocess.run(["paplay", str(wav)], env=self.inherited(), check=True, timeout=_PATIENCE_S)

    def saying(self, wav: Path) -> "subprocess.Popen[bytes]":
        """The same without waiting."""
        return subprocess.Popen(["paplay", str(wav)], env=self.inherited())

    def _until_it_answers(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while subprocess.run(
            ["pactl", "info"],
            env=self.inherited(),
            check=False,
            capture_output=True,
            timeout=_PATIENCE_S,
        ).returncode:
            assert self._server is not None
            assert self._server.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "pulseaudio does not answer"
            time.sleep(0.02)

    def _keep_clocked(self) -> None:
        """Record all the time: a loudspeaker that nobody hears runs in blocks of two seconds.

        Without it each recording would lose its first second or two. It ends when nobody reads what
        it prints, and then the server does: so neither outlives a test run that was killed.
        """
        self._clocked = self.listening()
        threading.Thread(target=_drain, args=(self._clocked,), daemon=True).start()
        with self.listening() as second:
            assert second.stdout is not None
            # Once anything comes, the last long block is over.
            assert second.stdout.read(1)
            second.kill()

    def listening(self) -> "subprocess.Popen[bytes]":
        """A process that prints what the microphone hears: 16-bit samples, 16,000 a second."""
        return subprocess.Popen(
            ["parec", "-d", "mic", "--latency-msec=10", "--rate=16000", "--channels=1", "--raw"],
            env=self.inherited(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def inherited(self) -> dict[str, str]:
        """The environment of a process that records from it."""
        return {**os.environ, **self.environment}


def _drain(listening: "subprocess.Popen[bytes]") -> None:
    """Read what a process prints, until it ends."""
    assert listening.stdout is not None
    with listening.stdout as sound:
        while sound.read(1 << 12):
            continue


@pytest.fixture(scope="session")
def sound_server() -> Iterator[VirtualMic]:
    """A virtual microphone for the whole run, made when the first test asks for it."""
    if why := why_not():
        pytest.skip(why)
    with (
        tempfile.TemporaryDirectory(prefix="hotwash-mic-") as folder,
        VirtualMic(Path(folder)) as mic,
    ):
        yield mic


@pytest.fixture
def mic(sound_server: VirtualMic, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualMic]:
    """The virtual microphone, which this process records from too."""
    for name, value in sound_server.environment.items():
        monkeypatch.setenv(name, value)
    assert portaudio().refresh(), "an earlier test left a stream open"
    yield sound_server
    sound_server.control("suspend-source", "mic", "0")
    sound_server.control("set-source-mute", "mic", "0")


@pytest.fixture
def own_mic(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualMic]:
    """One that a test may end or freeze."""
    if why := why_not():
        pytest.skip(why)
    with (
        tempfile.TemporaryDirectory(prefix="hotwash-mic-") as folder,
        VirtualMic(Path(folder)) as mic,
    ):
        for name, value in mic.environment.items():
            monkeypatch.setenv(name, value)
        assert portaudio().refresh(), "an earlier test left a stream open"
        yield mic
