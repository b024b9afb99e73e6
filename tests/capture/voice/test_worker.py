import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from capture.voice import wire
from capture.voice.heard import Outcome
from capture.voice.speech_process import speech_command
from capture.voice.worker import NICENESS
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken

pytestmark = pytest.mark.slow

SENTENCE = "The payments team is still checking their queue for stuck messages."
UNIX = pytest.mark.skipif(not hasattr(os, "nice"), reason="needs Unix")


@contextmanager
def worker(model: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """The speech process, talked to directly."""
    running = subprocess.Popen(
        speech_command(model or real_model().path, "this one"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with running:
            yield running
    finally:
        running.kill()


def said(running: subprocess.Popen[bytes]) -> wire.FromWorker | None:
    """The next thing that it says; None when it has ended."""
    assert running.stdout is not None
    head = running.stdout.read(4)
    if not head:
        return None
    body = running.stdout.read(int.from_bytes(head, "big"))
    message: wire.FromWorker = msgspec.json.decode(body, type=wire.FromWorker)
    return message


def ask(running: subprocess.Popen[bytes], request: wire.Listen) -> None:
    """Ask it for something."""
    assert running.stdin is not None
    running.stdin.write(wire.frame(request))
    running.stdin.flush()


def test_it_answers_with_progress_and_a_result() -> None:
    """The messages are those that the app waits for, in that order."""
    with worker() as running:
        assert isinstance(said(running), wire.Ready)
        ask(running, wire.Listen(7, os.fsencode(spoken(SENTENCE))))
        answer = said(running)
        seen = []
        while isinstance(answer, wire.Progress):
            seen.append(answer.done)
            assert answer.job == 7
            assert answer.done <= answer.total
            answer = said(running)
        assert seen == sorted(seen)
        assert len(seen) >= 2
        assert isinstance(answer, wire.Result)
        assert answer.heard.outcome is Outcome.SPEECH
        assert answer.heard.model == "this one"


def test_it_ends_with_its_input_in_the_middle_of_a_recording() -> None:
    """An app that was killed leaves no process that goes on computing."""
    with worker() as running:
        said(running)
        ask(running, wire.Listen(1, os.fsencode(spoken(*[SENTENCE] * 4))))
        assert isinstance(said(running), wire.Progress)
        assert running.stdin is not None
        running.stdin.close()
        while (answer := said(running)) is not None:
            assert isinstance(answer, wire.Progress)
        assert running.wait() == 0


def test_it_ends_with_its_input_while_it_loads() -> None:
    """Nor does an app that was left at once."""
    with worker() as running:
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait() == 0


def test_it_ends_when_the_app_says_what_is_no_request() -> None:
    """Half a message would make nonsense of all that follow it."""
    with worker() as running:
        assert running.stdin is not None
        running.stdin.write(b"\0\0\0\3{}}")
        running.stdin.flush()
        assert running.wait() == 0


def test_it_refuses_a_message_beyond_measure() -> None:
    """A length that no message has is not waited for."""
    with worker() as running:
        assert running.stdin is not None
        running.stdin.write(b"\xff\xff\xff\xff")
        running.stdin.flush()
        assert running.wait() == 0


@UNIX
def test_it_stands_back_and_out_of_reach_of_ctrl_c() -> None:
    """The machine has an incident to deal with first, and ctrl+c means the app."""
    with worker() as running:
        assert isinstance(said(running), wire.Ready)
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, running.pid) == min(own + NICENESS, 19)
        assert os.getsid(running.pid) == running.pid


def test_a_model_that_can_not_be_loaded_is_its_last_word(tmp_path: Path) -> None:
    """The app hears a sentence, and not only that the process is gone."""
    with worker(tmp_path) as running:
        answer = said(running)
        assert isinstance(answer, wire.Unusable)
        assert answer.why == "model.bin is missing."
        assert said(running) is None
        assert running.wait() == 1


def test_a_path_that_is_no_text_is_found(tmp_path: Path) -> None:
    """Names of files need not be text, and their recordings are heard all the same."""
    odd = os.fsencode(tmp_path) + b"/\xff.wav"
    try:
        Path(os.fsdecode(odd)).write_bytes(spoken(SENTENCE).read_bytes())
    except (OSError, UnicodeError):
        pytest.skip("this file system takes only text for names")
    with worker() as running:
        said(running)
        ask(running, wire.Listen(1, odd))
        answer = said(running)
        while isinstance(answer, wire.Progress):
            answer = said(running)
        assert isinstance(answer, wire.Result)


def test_what_a_library_prints_is_no_message() -> None:
    """A print somewhere in a library would garble the messages; it goes to the log instead."""
    code = (
        "from capture.voice.worker import own_stdout; import os; own = own_stdout();"
        "print('chatter', flush=True); os.write(1, b'noise'); own.write(b'message'); own.flush()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, check=True, timeout=60
    )
    assert done.stdout == b"message"
    assert b"chatter" in done.stderr
    assert b"noise" in done.stderr


def test_only_the_speech_process_imports_what_the_model_runs_on() -> None:
    """The app, and everything that is started for one line, must not pay for it."""
    code = (
        "import sys, capture.voice.transcriber, tui.cli.voice.transcribe;"
        "print([name for name in ('numpy', 'faster_whisper', 'ctranslate2', 'av', 'onnxruntime')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, check=True, timeout=60
    )
    assert done.stdout.strip() == b"[]"
