"""How long somebody waits for their words, from the end of the recording.

``hotwash``              the speech process with its model loaded, as the app has it: file in, text,
                         words and certainties out, with a full prompt and every check
``library defaults``     faster-whisper's own `transcribe` of the same file in this process, with the
                         same model, precision and threads
``whisper-ctranslate2``  the command line tool as a whole process, as a script would use it

They take turns. Then the memory of the speech process, against a process with the library's defaults
that hears the same five minutes.

Run: ``.venv/bin/python bench/voice_speed.py`` or ``make bench``.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench._support import p50, timed
from bench._voice import TALKS, long_talk, model_folder, plain_model, plainly, voices
from capture.voice.glossary import Glossary
from capture.voice.transcriber import Transcriber
from capture.voice.vocabulary import vocabulary_of

ROUNDS = 3
TOOL_ROUNDS = 1
LONG_S = 300

_PLAIN = """
import sys, resource
sys.path.insert(0, {root!r})
from bench._voice import plain_model, plainly
from pathlib import Path
plainly(plain_model(Path({model!r})), {audio!r})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


async def main() -> None:
    """Measure and print."""
    model = model_folder()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, model {model.name}")
    with tempfile.TemporaryDirectory() as log:
        transcriber = Transcriber(model, Path(log, "voice.log"))
        try:
            await _speed(transcriber, model)
            await _memory(transcriber, model)
        finally:
            await transcriber.close()


async def _speed(transcriber: Transcriber, model: Path) -> None:
    vocabulary = vocabulary_of(None, (), (), Glossary())
    plain = plain_model(model)
    tool = shutil.which("whisper-ctranslate2", path=str(Path(sys.executable).parent))
    for seconds, text in TALKS.items():
        audio = voices()["piper"](text)
        ours, theirs, tools = [], [], []
        for number in range(ROUNDS + 1):
            loop = asyncio.get_running_loop()
            began = loop.time()
            await transcriber.transcribe(audio, vocabulary)
            ours.append((loop.time() - began) * 1000)
            theirs.append(timed(lambda audio=audio: plainly(plain, str(audio))))  # type: ignore[misc]
            if tool and number < TOOL_ROUNDS:
                tools.append(timed(lambda audio=audio: _tool(tool, model, audio)))  # type: ignore[misc]
        us, them = p50(ours[1:]), p50(theirs[1:])
        line = f"{seconds:>3} s of speech: p50 {us:5.0f} ms, {us / them:.2f}x of the library's defaults"
        if tools:
            line += f" ({them:.0f} ms), {us / p50(tools):.2f}x of whisper-ctranslate2"
        print(line, flush=True)


def _tool(tool: str, model: Path, audio: Path) -> None:
    options: list[str | Path] = ["--model_directory", model, "--language", "en", "--device", "cpu"]
    options += ["--compute_type", "int8", "--output_format", "txt", "--verbose", "False"]
    subprocess.run(
        [tool, audio, *options, "--output_dir", audio.parent], check=True, capture_output=True
    )


async def _memory(transcriber: Transcriber, model: Path) -> None:
    if not sys.platform.startswith("linux"):
        print("memory: needs /proc")
        return
    status = Path(f"/proc/{transcriber.pid}/status")
    before = _peak(status)
    audio = long_talk(LONG_S)
    await transcriber.transcribe(audio)
    code = _PLAIN.format(root=str(Path.cwd()), model=str(model), audio=str(audio))
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], check=True, capture_output=True
    )
    after, plain = _peak(status), int(done.stdout) / 1024
    print(
        f"memory: peak {before:.0f} MB after half a minute, {after:.0f} MB after {LONG_S // 60} "
        f"minutes, {after / plain:.2f}x of the library's defaults ({plain:.0f} MB)"
    )


def _peak(status: Path) -> float:
    """The most memory that a process has had, in MB."""
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    asyncio.run(main())
