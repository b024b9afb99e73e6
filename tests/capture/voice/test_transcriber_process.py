import sys
from pathlib import Path

import pytest

from capture.voice import wire
from capture.voice.speech_process import LARGEST_LOG, Ended, SpeechProcess

pytestmark = pytest.mark.slow

READY = wire.frame(wire.Ready("cpu"))


async def start(tmp_path: Path, code: str) -> SpeechProcess:
    """A process that runs some Python in place of the speech process."""
    return await SpeechProcess.start([sys.executable, "-P", "-c", code], tmp_path / "voice.log")


def writing(data: bytes, after: str = "sys.stdin.read()") -> str:
    """Python that writes some bytes, and then does something."""
    return f"import sys; sys.stdout.buffer.write({data!r}); sys.stdout.flush(); {after}"


async def test_one_that_says_nothing_hangs(tmp_path: Path) -> None:
    """A wait has an end."""
    process = await start(tmp_path, "import sys; sys.stdin.read()")
    with pytest.raises(Ended, match="said nothing"):
        await process.receive(0.01)
    await process.end()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\0\0\0\2{}", id="no such message"),
        pytest.param(b"\0\0\0\3\xff\xfe\xfd", id="no text"),
        pytest.param(b"Loading the model", id="a length beyond measure"),
    ],
)
async def test_one_that_says_nonsense_is_not_believed(tmp_path: Path, data: bytes) -> None:
    """What is no message ends the talk at once, whatever follows it."""
    process = await start(tmp_path, writing(READY + data + READY))
    assert await process.receive(60) == wire.Ready("cpu")
    for _ in range(2):
        with pytest.raises(Ended, match="The speech process said "):
            await process.receive(60)
    assert process.is_over
    await process.end()


async def test_one_that_dies_within_a_message_says_how_it_ended(tmp_path: Path) -> None:
    """The sentence names the exit code and the log, which is what somebody has to find out."""
    process = await start(tmp_path, writing(READY[:-3], "sys.exit(3)"))
    with pytest.raises(Ended, match=r"ended with code 3; see .*voice\.log"):
        await process.receive(60)
    await process.end()


async def test_messages_in_pieces_and_together_are_the_same(tmp_path: Path) -> None:
    """A pipe cuts as it likes."""
    data = READY * 3
    pieces = "".join(
        f"sys.stdout.buffer.write({data[n : n + 1]!r}); sys.stdout.flush();"
        for n in range(len(data))
    )
    process = await start(tmp_path, f"import sys; {pieces} sys.stdin.read()")
    assert [await process.receive(60) for _ in range(3)] == [wire.Ready("cpu")] * 3
    await process.end()


async def test_asking_one_that_is_gone_says_so(tmp_path: Path) -> None:
    """A request into a closed pipe is an end like any other."""
    process = await start(tmp_path, "import sys; sys.stdin.close(); sys.exit(5)")
    request = wire.Listen(1, b"x.wav", terms=("a" * 1_000,) * 5_000)
    with pytest.raises(Ended, match="ended with code 5"):
        await process.receive(60)
    with pytest.raises(Ended, match="ended with code 5"):
        await process.send(request)
    await process.end()


async def test_one_that_is_not_there_can_not_be_started(tmp_path: Path) -> None:
    """A Python that was removed under the app's feet is a sentence."""
    with pytest.raises(Ended, match="can't be started"):
        await SpeechProcess.start([str(tmp_path / "gone")], tmp_path / "voice.log")


async def test_the_log_has_what_it_printed_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    """What went wrong can be read, and a year of it fills no disk."""
    log = tmp_path / "log" / "voice.log"
    for _ in range(2):
        command = [sys.executable, "-P", "-c", "import sys; print('trouble', file=sys.stderr)"]
        process = await SpeechProcess.start(command, log)
        with pytest.raises(Ended):
            await process.receive(60)
        await process.end()
    assert log.read_text("utf-8").split() == ["trouble", "trouble"]
    log.write_bytes(bytes(LARGEST_LOG + 1))
    process = await SpeechProcess.start(command, log)
    with pytest.raises(Ended):
        await process.receive(60)
    await process.end()
    assert log.read_text("utf-8").split() == ["trouble"]
