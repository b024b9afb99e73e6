"""Machines with other microphones than this one: what sounddevice would say there."""

from collections.abc import Callable, Iterable, Mapping

from capture.voice.sound_library import RawStream


class SoundError(Exception):
    """PortAudio's."""


class Stop(Exception):
    """No more is to be played."""


def device(name: str, index: int = 0, *, api: int = 0, inputs: int = 1) -> dict[str, object]:
    """A device as sounddevice describes it."""
    return {
        "name": name,
        "index": index,
        "hostapi": api,
        "max_input_channels": inputs,
        "max_output_channels": 0 if inputs else 2,
        "default_low_input_latency": 0.01,
        "default_samplerate": 48_000.0,
    }


class Stream:
    """A stream that does nothing by itself."""

    def __init__(self, machine: "Machine", options: Mapping[str, object]) -> None:
        self.machine = machine
        self.options = options
        self.acts: list[str] = []

    def start(self) -> None:
        """Begin, if the machine lets it."""
        if self.machine.refuses_to_start:
            raise SoundError("Device unavailable", -9985)
        self.acts.append("start")

    def abort(self) -> None:
        """End."""
        self.acts.append("abort")

    def close(self) -> None:
        """Free it."""
        self.acts.append("close")


class Machine:
    """What sounddevice is on such a machine.

    Attributes:
        listed: the devices that it lists.
        plugged_in: those that it lists after it was started anew; None: the same.
        rates: the rates that its devices take.
        refuses_to_start: whether another program has the microphone.
        restarts: how often it was started anew.
        streams: those that were opened.
    """

    PortAudioError: type[Exception] = SoundError
    CallbackStop: type[Exception] = Stop

    def __init__(self, *devices: dict[str, object]) -> None:
        self.listed = list(devices)
        self.plugged_in: list[dict[str, object]] | None = None
        self.rates = {16_000, 48_000}
        self.refuses_to_start = False
        self.restarts = 0
        self.streams: list[Stream] = []
        self.RawInputStream: Callable[..., RawStream] = self._open
        self.RawOutputStream: Callable[..., RawStream] = self._open
        self.query_devices: Callable[..., Iterable[Mapping[str, object]]] = self._query
        self._initialize: Callable[[], None] = self._restart
        self._terminate: Callable[[], None] = lambda: None

    def _open(self, **options: object) -> Stream:
        if options["samplerate"] not in self.rates:
            raise SoundError("Invalid sample rate", -9997)
        stream = Stream(self, options)
        self.streams.append(stream)
        return stream

    def _query(self, kind: str | None = None) -> Iterable[Mapping[str, object]]:
        if kind is None:
            return list(self.listed)
        found = [one for one in self.listed if one[f"max_{kind}_channels"]]
        if not found:
            raise SoundError("Error querying device -1")
        # With a kind sounddevice gives one device, which is a mapping and no list of them.
        return found[0]  # type: ignore[return-value]

    def _restart(self) -> None:
        self.restarts += 1
        if self.plugged_in is not None:
            self.listed = self.plugged_in
