"""A process that records, to be killed: ``python -m tests.capture.voice.recording_process FOLDER INCIDENT CLIP [BYTES]``.

It prints ``recording`` once half a second is in the file, and ``ended`` when the recording ends by
itself. A line ``finish`` on stdin ends it, ``farewell`` says farewell; either is answered with JSON. With
BYTES no file may become larger, as on a full disk.
"""

import resource
import sys
import time
from pathlib import Path

import msgspec

from capture.voice.clips import Clips
from capture.voice.recorder import Recorder
from storage.clock import system_now

ENOUGH_S = 0.5


def main() -> None:
    """Record."""
    folder, incident, clip_id, *size = sys.argv[1:]
    held = Clips(Path(folder), incident).begin(clip_id, system_now(), "UTC", "kim")
    recorder = Recorder(held, on_end=lambda: print("ended", flush=True))
    if size:
        limit = int(size[0])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    recorder.open()
    if not size:
        while recorder.seconds < ENOUGH_S:
            time.sleep(0.01)
        print("recording", flush=True)
    for line in sys.stdin:
        if line.strip() == "finish":
            recording = recorder.finish()
            print(msgspec.json.encode([recording, held.audio.name]).decode(), flush=True)
        else:
            recorder.farewell()
            print("[]", flush=True)


if __name__ == "__main__":
    main()
