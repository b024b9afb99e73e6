import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.voice.wav import HEADER_BYTES, RATE, WavWriter, header, rate_of, repair, seconds_of
from storage import disk
from tests.capture.voice.tones import read_wav

RATES = st.sampled_from([8_000, RATE, 44_100, 48_000])


def recorded(path: Path, samples: bytes, rate: int = RATE) -> Path:
    """A recording that nobody finished."""
    writer = WavWriter(path, rate)
    writer.write(samples)
    writer.sync()
    writer.close()
    return path


@given(rate=RATES, samples=st.binary(max_size=300), data=st.data())
def test_a_recording_cut_off_anywhere(
    tmp_path_factory: pytest.TempPathFactory, rate: int, samples: bytes, data: st.DataObject
) -> None:
    """Wherever a killed process or a dead disk cut the file, every whole sample is played back."""
    path = recorded(tmp_path_factory.mktemp("cut") / "a.wav.part", samples, rate)
    cut = data.draw(st.integers(0, HEADER_BYTES + len(samples)), "cut")
    os.truncate(path, cut)
    kept = max(0, cut - HEADER_BYTES) // 2 * 2
    seconds = repair(path)
    found_rate, found = read_wav(path)
    assert found == samples[:kept]
    assert found_rate == (rate if cut >= HEADER_BYTES else RATE)
    assert seconds == seconds_of(path) == kept / 2 / found_rate


@given(head=st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES), samples=st.binary(max_size=50))
def test_any_header(tmp_path_factory: pytest.TempPathFactory, head: bytes, samples: bytes) -> None:
    """A header of zeros, or of anything, costs no sample."""
    path = tmp_path_factory.mktemp("head") / "a.wav.part"
    path.write_bytes(head + samples)
    repair(path)
    assert read_wav(path)[1] == samples[: len(samples) // 2 * 2]


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 1, 7])
def test_sizes_that_nobody_wrote_keep_the_rate(size: int) -> None:
    """What a streaming writer left in the sizes does not make its rate doubtful."""
    head = bytearray(header(48_000, 0))
    head[4:8] = head[40:44] = size.to_bytes(4, "little")
    assert rate_of(bytes(head)) == 48_000


@pytest.mark.parametrize(
    "left",
    [b"", b"RIFF", bytes(HEADER_BYTES), header(RATE), header(RATE, 0)],
    ids=["empty", "cut off", "zeros", "growing", "whole"],
)
def test_nothing_but_a_header(tmp_path: Path, left: bytes) -> None:
    """A process that died before the first sample leaves an empty recording, not a broken one."""
    path = tmp_path / "a.wav.part"
    path.write_bytes(left)
    assert repair(path) == 0
    assert read_wav(path) == (RATE, b"")


def test_twice_is_once(tmp_path: Path) -> None:
    """A repair that was cut off may simply be done again."""
    path = recorded(tmp_path / "a.wav.part", b"abcdefg")
    repair(path)
    once = path.read_bytes()
    repair(path)
    assert path.read_bytes() == once


@pytest.mark.parametrize(("longest", "kept"), [(0.5, 8_000), (2.0, 16_000), (0.0, 0), (-1.0, 0)])
def test_cut_to_what_was_held(tmp_path: Path, longest: float, kept: int) -> None:
    """Only what comes after the wanted end goes; a longer end adds nothing."""
    path = recorded(tmp_path / "a.wav.part", b"ab" * 16_000)
    assert repair(path, longest) == kept / RATE
    assert read_wav(path)[1] == b"ab" * kept


def test_a_recording_never_replaces_another(tmp_path: Path) -> None:
    """A file that is there, whoever left it, is not written over."""
    path = recorded(tmp_path / "a.wav.part", b"precious")
    with pytest.raises(FileExistsError):
        WavWriter(path, RATE)
    assert path.read_bytes().endswith(b"precious")


def test_only_its_owner_can_listen(tmp_path: Path) -> None:
    """What was said aloud in an incident is nobody else's."""
    path = recorded(tmp_path / "a.wav.part", b"ab")
    assert path.stat().st_mode & 0o077 == 0


def test_no_file_is_no_second(tmp_path: Path) -> None:
    """Asking how long a recording is that was removed is no error."""
    assert seconds_of(tmp_path / "gone.wav") == 0


def test_a_disk_that_refuses_the_first_bytes_leaves_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs one recording, and not a file handle at every press of the key."""
    opened: list[int] = []

    def refuse(descriptor: int, _data: bytes) -> None:
        opened.append(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk, "write_all", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as refused:
        WavWriter(tmp_path / "a.wav.part", RATE)
    # The traceback still holds the writer, so that nothing but `close` has closed its file.
    assert refused.tb is not None
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(opened[0])
