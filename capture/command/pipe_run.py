"""A command whose two outputs go through pipes of ours; its input is the one we have."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack

from capture.command.output_tail import OutputTail
from capture.command.relay import GRACE, Clock, Ended, Relay, Stdio, Stream, write_all
from capture.command.signals import HeldSignals, comes_from_our_keyboard
from capture.command.start import start

_CHUNK = 65_536


def run_in_pipes(
    argv: Sequence[str], stdio: Stdio, tail: OutputTail, signals: HeldSignals, clock: Clock
) -> Ended:
    """Run `argv` in our own process group, its output passed through in the order of arrival.

    Raises:
        CommandNotStarted: there is no such command, or it can't be executed.
    """
    with ExitStack() as ours, ExitStack() as theirs:
        streams: list[Stream] = []
        ends: list[int] = []
        for sink in (stdio.stdout, stdio.stderr):
            source, end = os.pipe()
            ours.callback(os.close, source)
            theirs.callback(os.close, end)
            streams.append(Stream(source, sink))
            ends.append(end)
        command = start(argv, stdin=stdio.stdin, stdout=ends[0], stderr=ends[1])
        ours.pop_all()

    def pass_on(number: int) -> None:
        if not comes_from_our_keyboard(number):
            command.send_signal(number)

    signals.pass_to(pass_on)
    if sys.platform == "win32":
        return pump(command, streams, tail, clock)
    with Relay(streams, tail, signals) as relay:
        relay.run_until(lambda: command.poll() is not None)
        ended = Ended(command.returncode, clock())
        relay.finish()
    return ended


def pump(
    command: subprocess.Popen[bytes], streams: Sequence[Stream], tail: OutputTail, clock: Clock
) -> Ended:
    """Pass the streams through until the command ends, where select() knows no pipes: Windows."""
    seen = [0] * len(streams)

    def pass_through(index: int, stream: Stream) -> None:
        while data := os.read(stream.source, _CHUNK):
            seen[index] += len(data)
            tail.feed(data)
            if not write_all(stream.sink, data):
                break
        os.close(stream.source)

    pumps = [
        threading.Thread(target=pass_through, args=(index, stream), daemon=True)
        for index, stream in enumerate(streams)
    ]
    for thread in pumps:
        thread.start()
    ended = Ended(command.wait(), clock())
    before = None
    while any(thread.is_alive() for thread in pumps) and before != sum(seen):
        before = sum(seen)
        for thread in pumps:
            thread.join(GRACE)
    return ended
