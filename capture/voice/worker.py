"""The process that holds the speech model: ``python -P -m capture.voice.worker FOLDER NAME``.

What runs out of memory or crashes in here takes no screen with it, and what takes long holds
nothing up. It reads requests from its standard input and answers on its standard output, see
`capture.voice.wire`, and ends when the input does, in the middle of a recording too: the app that
asked has gone, and the recording is on disk.
"""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from capture.voice import wire

NICENESS = 10
"""How far the process stands back from whatever else the machine has to do during an incident."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""What its environment says: nothing in here ever asks the network."""

_MEMORY = "There is not enough memory for it."


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Load the model and serve until the input ends."""
    os.environ.update(OFFLINE)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    answers = _Answers(own_stdout())
    requests: SimpleQueue[wire.Listen] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, requests), daemon=True).start()
    serving = _Serving(answers)
    if not serving.load(Path(arguments[0]), arguments[1]):
        # Not by returning: Python can't end well while a thread reads the standard input.
        _exit(1)
    while True:
        serving.answer(requests.get())


def own_stdout() -> BinaryIO:
    """The standard output for messages alone: what else is printed goes where errors go."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _read(stream: BinaryIO, requests: "SimpleQueue[wire.Listen]") -> None:
    """Take requests in until there are no more; then there is nobody left to work for."""
    try:
        while (request := wire.read_request(stream)) is not None:
            requests.put(request)
    except wire.Garbled as error:
        print(f"The app said {error}.", file=sys.stderr)
    _exit(0)


def _exit(code: int) -> None:
    """End at once, whatever the other thread is doing."""
    sys.stderr.flush()
    os._exit(code)


class _Answers:
    """Says things to the app; once nobody listens, the process ends."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def say(self, message: wire.FromWorker) -> None:
        try:
            self._stream.write(wire.frame(message))
            self._stream.flush()
        except OSError:
            _exit(0)


class _Serving:
    """Answers requests with the model."""

    def __init__(self, answers: _Answers) -> None:
        self._answers = answers

    def load(self, folder: Path, name: str) -> bool:
        """Load the model, and say whether that went well."""
        try:
            from capture.voice.decoding import Decoder

            self._decoder = Decoder(folder, name)
        except MemoryError:
            self._answers.say(wire.Unusable(_MEMORY))
            return False
        except Exception as error:  # noqa: BLE001  the libraries raise whatever they like
            self._answers.say(wire.Unusable(_sentence(error)))
            return False
        self._answers.say(wire.Ready(self._decoder.device))
        return True

    def answer(self, request: wire.Listen) -> None:
        """Turn one recording into text."""
        from capture.voice.aliases import Spelling
        from capture.voice.listening import listen
        from capture.voice.samples import UnreadableSound

        def report(done: float, total: float) -> None:
            self._answers.say(wire.Progress(request.job, done, total))

        try:
            heard = listen(
                self._decoder,
                Path(os.fsdecode(request.audio)),
                request.terms,
                Spelling(request.aliases),
                report,
            )
        except UnreadableSound as error:
            self._answers.say(wire.Failure(request.job, str(error)))
        except MemoryError:
            self._answers.say(wire.Failure(request.job, _MEMORY))
        except Exception as error:  # noqa: BLE001  one recording must not cost the next
            import traceback

            traceback.print_exc()
            self._answers.say(wire.Failure(request.job, _sentence(error)))
        else:
            self._answers.say(wire.Result(request.job, heard))


def _sentence(error: Exception) -> str:
    """The first line of what a library says, with a full stop."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0].rstrip('.')}."


if __name__ == "__main__":
    main()
