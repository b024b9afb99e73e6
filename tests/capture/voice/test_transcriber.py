import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from capture.errors import TranscriptionFailed
from capture.voice.heard import Outcome
from capture.voice.transcriber import Patience, Transcriber, WorkerState
from capture.voice.vocabulary import Vocabulary
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken
from tests.tui.waiting import until

pytestmark = pytest.mark.slow

SHORT = "We rolled back the payments deployment."
OTHER = "The database is back to normal."
LONG = (
    "Here is where we are. The database primary ran out of connections at nine forty.",
    "That made the login service return errors, and we restarted the connection pooler.",
    "The payments team is still checking their queue for stuck messages.",
)
KILLS = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")


class Watched:
    """A transcriber, and the states that it went through."""

    def __init__(
        self, tmp_path: Path, model: Path | None = None, patience: Patience | None = None
    ) -> None:
        self.states: list[WorkerState] = []
        self.transcriber = Transcriber(
            model or real_model().path,
            tmp_path / "voice.log",
            on_state=self._note,
            patience=patience or Patience(),
        )

    def _note(self) -> None:
        self.states.append(self.transcriber.state)

    async def __aenter__(self) -> "Watched":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.transcriber.close()

    async def pid_when(self, state: WorkerState) -> int:
        """The number of the process once it is in a state."""
        await until(lambda: self.transcriber.state is state)
        pid = self.transcriber.pid
        assert pid is not None
        return pid


def is_there(pid: int) -> bool:
    """Whether there is such a process, a dead one that nobody has buried included."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_speech_becomes_text_and_the_process_says_what_it_is_doing(tmp_path: Path) -> None:
    """The whole way works: a file in, words with their certainty out."""
    async with Watched(tmp_path) as watched:
        heard = await watched.transcriber.transcribe(spoken(SHORT))
        assert heard.outcome is Outcome.SPEECH
        assert {"rolled", "payments"} <= {word.lower() for word in heard.text.split()}
        assert [heard.text[word.start : word.end] for word in heard.words] == heard.text.split()
        assert heard.model == real_model().path.name
        assert 0 < heard.confidence <= 1
        assert 0 < heard.speech_seconds <= heard.seconds
        await until(lambda: watched.transcriber.state is WorkerState.READY)
    steps = list(dict.fromkeys(watched.states))
    assert steps == [
        WorkerState.LOADING,
        WorkerState.READY,
        WorkerState.BUSY,
        WorkerState.STOPPED,
    ]


async def test_terms_and_aliases_reach_the_process(tmp_path: Path) -> None:
    """What a person's glossary says is what stands in the text, and the raw text stays beside it."""
    words = Vocabulary(("deployment", "payments"), (("payments deployment", "payments-deploy"),))
    async with Watched(tmp_path) as watched:
        heard = await watched.transcriber.transcribe(spoken(SHORT), words)
    assert "payments-deploy" in heard.text
    assert "payments-deploy" not in heard.raw


async def test_recordings_wait_for_each_other(tmp_path: Path) -> None:
    """Who speaks twice before the first is heard gets both, each its own."""
    async with Watched(tmp_path) as watched:
        first, second, third = await asyncio.gather(
            *(watched.transcriber.transcribe(spoken(text)) for text in (SHORT, OTHER, SHORT))
        )
    assert first.text == third.text
    assert "payments" in first.text.lower()
    assert "database" in second.text.lower()


@KILLS
async def test_a_process_that_is_killed_over_a_recording_costs_no_words(tmp_path: Path) -> None:
    """The system may kill what takes memory: the recording is tried again by a new process."""
    async with Watched(tmp_path) as watched:
        hearing = asyncio.ensure_future(watched.transcriber.transcribe(spoken(*LONG)))
        pid = await watched.pid_when(WorkerState.BUSY)
        os.kill(pid, signal.SIGKILL)
        heard = await hearing
        assert "queue" in heard.text.lower()
        assert watched.transcriber.pid != pid
        assert not is_there(pid)


@KILLS
async def test_a_recording_that_kills_every_process_fails_alone(tmp_path: Path) -> None:
    """It is tried twice and not for ever, and the next recording is heard."""
    async with Watched(tmp_path) as watched:
        hearing = asyncio.ensure_future(watched.transcriber.transcribe(spoken(*LONG)))
        first = await watched.pid_when(WorkerState.BUSY)
        os.kill(first, signal.SIGKILL)
        await until(lambda: watched.transcriber.pid not in {None, first})
        second = await watched.pid_when(WorkerState.BUSY)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(TranscriptionFailed, match="killed by signal 9"):
            await hearing
        assert not is_there(first)
        assert not is_there(second)
        assert "payments" in (await watched.transcriber.transcribe(spoken(SHORT))).text.lower()


@KILLS
async def test_a_death_that_nobody_waits_for_is_noticed_and_mended(tmp_path: Path) -> None:
    """A process that dies between two recordings is replaced when the next one comes."""
    async with Watched(tmp_path) as watched:
        await watched.transcriber.start()
        os.kill(await watched.pid_when(WorkerState.READY), signal.SIGKILL)
        await until(lambda: watched.transcriber.state is WorkerState.STOPPED)
        await watched.transcriber.start()
        await until(lambda: watched.transcriber.state is WorkerState.READY)
        assert (await watched.transcriber.transcribe(spoken(SHORT))).outcome is Outcome.SPEECH


async def test_a_process_that_hangs_is_ended(tmp_path: Path) -> None:
    """Nobody waits for ever; a wait far too short for any model stands for one that hangs."""
    async with Watched(tmp_path, patience=Patience(piece=0.02)) as watched:
        hearing = asyncio.ensure_future(watched.transcriber.transcribe(spoken(*LONG)))
        pid = await watched.pid_when(WorkerState.BUSY)
        with pytest.raises(TranscriptionFailed, match="said nothing"):
            await hearing
        assert not is_there(pid)
        assert watched.transcriber.pid is None


async def test_a_damaged_model_is_said_and_can_be_mended(tmp_path: Path) -> None:
    """A person reads what is wrong and what to do, and need not start the app again afterwards."""
    whole, folder = real_model().path, tmp_path / "base"
    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("model.bin"))
    with (whole / "model.bin").open("rb") as stream:
        (folder / "model.bin").write_bytes(stream.read(1_000_000))
    async with Watched(tmp_path, folder) as watched:
        with pytest.raises(TranscriptionFailed, match="hotwash voice install base") as failed:
            await watched.transcriber.transcribe(spoken(SHORT))
        assert watched.transcriber.state is WorkerState.BROKEN
        assert watched.transcriber.why == str(failed.value)
        assert str(folder) in watched.transcriber.why
        (folder / "model.bin").unlink()
        (folder / "model.bin").symlink_to(whole / "model.bin")
        assert (await watched.transcriber.transcribe(spoken(SHORT))).outcome is Outcome.SPEECH
        assert watched.transcriber.why == ""


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
async def test_a_model_without_a_file_is_said(tmp_path: Path, name: str) -> None:
    """Without its tokenizer the library would go to the network, which nothing may do by itself."""
    folder = tmp_path / "base"
    folder.mkdir()
    for file in {"model.bin", "tokenizer.json"} - {name}:
        (folder / file).touch()
    async with Watched(tmp_path, folder) as watched:
        await watched.transcriber.start()
        await until(lambda: watched.transcriber.state is WorkerState.BROKEN)
        assert f"{name} is missing" in watched.transcriber.why


async def test_a_file_that_is_no_sound_fails_and_the_next_one_does_not(tmp_path: Path) -> None:
    """One bad file costs one sentence."""
    bad = tmp_path / "notes.txt"
    bad.write_text("no sound", "utf-8")
    async with Watched(tmp_path) as watched:
        with pytest.raises(TranscriptionFailed, match=r"notes\.txt can't be read"):
            await watched.transcriber.transcribe(bad)
        with pytest.raises(TranscriptionFailed, match=r"gone\.wav can't be read"):
            await watched.transcriber.transcribe(tmp_path / "gone.wav")
        assert (await watched.transcriber.transcribe(spoken(SHORT))).outcome is Outcome.SPEECH


async def test_closing_ends_everything_at_once(tmp_path: Path) -> None:
    """Whoever leaves the app does not wait for the model, and leaves no process behind."""
    watched = Watched(tmp_path)
    hearings = [
        asyncio.ensure_future(watched.transcriber.transcribe(spoken(*LONG))) for _ in range(2)
    ]
    pid = await watched.pid_when(WorkerState.BUSY)
    await watched.transcriber.close()
    assert not is_there(pid)
    assert all(hearing.cancelled() for hearing in hearings)
    assert watched.transcriber.state is WorkerState.STOPPED
    await watched.transcriber.start()
    assert watched.transcriber.pid is None
    with pytest.raises(asyncio.CancelledError):
        await watched.transcriber.transcribe(spoken(SHORT))


async def test_closing_while_the_model_is_loaded_leaves_nothing_behind(tmp_path: Path) -> None:
    """An app that is left as soon as it is opened leaves no process behind."""
    watched = Watched(tmp_path)
    await watched.transcriber.start()
    await until(lambda: watched.transcriber.pid is not None)
    pid = watched.transcriber.pid
    assert pid is not None
    await watched.transcriber.close()
    assert not is_there(pid)


async def test_who_stops_waiting_does_not_confuse_the_next(tmp_path: Path) -> None:
    """What is still said about a recording that nobody wants any more is not taken for another's."""
    async with Watched(tmp_path) as watched:
        unwanted = asyncio.ensure_future(watched.transcriber.transcribe(spoken(*LONG)))
        await watched.pid_when(WorkerState.BUSY)
        unwanted.cancel()
        await until(lambda: watched.transcriber.state is not WorkerState.BUSY)
        heard = await watched.transcriber.transcribe(spoken(SHORT))
        assert "payments" in heard.text.lower()
        assert "queue" not in heard.text.lower()


async def test_a_log_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    """A home that can't be written breaks speech with a sentence, and nothing else."""
    (tmp_path / "voice.log").mkdir()
    async with Watched(tmp_path) as watched:
        with pytest.raises(TranscriptionFailed, match=r"voice\.log can't be written"):
            await watched.transcriber.transcribe(spoken(SHORT))
