"""The few things hotwash does to a disk, one by one."""

import errno
import os
from pathlib import Path

import pytest

from storage import disk
from storage.errors import DiskFull, RecordReadOnly, SaveFailed
from tests.storage.dying_os import DyingOs, Killed
from tests.storage.failing_os import FailingOs, Fault


class Refusing:
    """An `os` in which one call fails, always or so many times."""

    def __init__(self, call: str, error: int, times: int = 1 << 30, name: str = os.name) -> None:
        self.call = call
        self.error = error
        self.times = times
        self.name = name

    def __getattr__(self, name: str) -> object:
        if name != self.call or self.times <= 0:
            return getattr(os, name)
        self.times -= 1
        return self._refuse

    def _refuse(self, *_: object) -> None:
        raise OSError(self.error, os.strerror(self.error))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with something in it."""
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    return path


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EFBIG, DiskFull),
        (errno.EROFS, RecordReadOnly),
        (errno.EACCES, RecordReadOnly),
        (errno.EPERM, RecordReadOnly),
        (errno.EIO, SaveFailed),
    ],
)
def test_what_the_system_says_becomes_a_sentence(
    number: int, kind: type[Exception], file: Path
) -> None:
    """A person reads which file it is about, and what is wrong with it."""
    with pytest.raises(kind, match=r"file\.json.*\.$") as caught, disk.saving(file):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind


def test_a_new_file_is_for_this_user_only(tmp_path: Path) -> None:
    """What somebody noted of an incident is nobody else's business on a shared machine."""
    disk.make_folder(tmp_path / "a" / "b")
    disk.replace_file(tmp_path / "a" / "b" / "file.json", b"new")
    modes = [path.stat().st_mode & 0o777 for path in sorted((tmp_path / "a").rglob("*"))]
    assert modes == [0o700, 0o600]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o400])
def test_a_replaced_file_keeps_its_mode(mode: int, file: Path) -> None:
    """Whom a person lets read or write the record stays so, whatever the umask."""
    file.chmod(mode)
    before = os.umask(0o077)
    try:
        disk.replace_file(file, b"new")
    finally:
        os.umask(before)
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == mode


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    """A record that lies in another folder, behind a symbolic link, is replaced there."""
    link = tmp_path / "link.json"
    link.symlink_to(file)
    disk.replace_file(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_the_replaced_file_is_kept_as_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    """A program that writes the record in place must not reach the copy through it."""
    copy = tmp_path / "file.json.bak"
    disk.replace_file(file, b"new", copy)
    file.write_bytes(b"rubbish")
    assert copy.read_bytes() == b"old"


def test_a_file_and_its_copy_are_never_one_file(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a replacement is cut off, damage to the record in place spares the copy."""
    copy = tmp_path / "file.json.bak"
    copy.write_bytes(b"older")
    for calls in range(1, 100):
        try:
            with monkeypatch.context() as patch:
                patch.setattr(disk, "os", DyingOs(calls))
                disk.replace_file(file, b"new", copy)
        except Killed:
            assert not file.samefile(copy)
        else:
            break
    assert (file.read_bytes(), copy.read_bytes()) == (b"new", b"new")


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_replacement_that_fails_leaves_what_was_there(
    call: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old file is whole, and no half-written one is left lying about."""
    monkeypatch.setattr(disk, "os", Refusing(call, errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        disk.replace_file(file, b"new" * 1000)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_without_hard_links_gets_a_copy(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT and some network shares know one name a file; the last good copy is kept all the same."""
    copy = tmp_path / "file.json.bak"
    monkeypatch.setattr(disk, "os", Refusing("link", errno.EPERM))
    disk.replace_file(file, b"new", copy)
    assert (file.read_bytes(), copy.read_bytes()) == (b"new", b"old")


def test_what_a_killed_process_of_the_same_number_left_is_not_written_through(
    file: Path, tmp_path: Path
) -> None:
    """In containers numbers repeat: a leftover may be a second name of a file that is in use."""
    copy = tmp_path / "file.json.bak"
    os.link(file, disk.temporary_for(copy))
    disk.replace_file(copy, b"other")
    assert file.read_bytes() == b"old"


def test_a_copy_of_what_is_the_copy_already_leaves_nothing_behind(
    file: Path, tmp_path: Path
) -> None:
    """POSIX does nothing when both names of a rename are one file's, and leaves both."""
    copy = tmp_path / "file.json.bak"
    disk.keep_copy(file, copy)
    disk.keep_copy(file, copy)
    assert sorted(tmp_path.iterdir()) == [file, copy]


def test_a_copy_of_nothing_is_nothing(tmp_path: Path) -> None:
    """A record that has no journal yet has none to keep."""
    disk.keep_copy(tmp_path / "missing", tmp_path / "copy")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("call", ["write", "fdatasync"])
def test_an_append_that_fails_is_taken_back(
    call: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a line on the disk would make every line behind it unreadable."""
    failing = FailingOs(Fault(2 if call == "write" else 3, errno.ENOSPC, half=True))
    monkeypatch.setattr(disk, "os", failing)
    with pytest.raises(OSError, match="No space"):
        disk.append(file, b" and new", 3)
    assert failing.failed == call
    assert file.read_bytes() == b"old"


def test_a_short_write_is_carried_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal or a nearly full disk makes the system write less than it was asked to."""

    class Short:
        def __getattr__(self, name: str) -> object:
            return getattr(os, name)

        def write(self, descriptor: int, data: memoryview) -> int:
            return os.write(descriptor, data[:2])

    monkeypatch.setattr(disk, "os", Short())
    disk.append(file, b" and new", 3)
    assert file.read_bytes() == b"old and new"


def test_leftovers_of_this_file_only_are_swept(tmp_path: Path) -> None:
    """Whatever characters its name has, no other record's files go."""
    names = ["a[1].json", ".a[1].json.7.tmp", ".a[1].json.wal.7.tmp", ".a1.json.7.tmp", "b.tmp"]
    for name in names:
        (tmp_path / name).touch()
    swept = disk.sweep(tmp_path / "a[1].json")
    assert sorted(path.name for path in swept) == [".a[1].json.7.tmp", ".a[1].json.wal.7.tmp"]
    assert len(list(tmp_path.iterdir())) == 3


def test_nothing_that_was_set_aside_is_overwritten(file: Path) -> None:
    """Each mishap gets a name of its own."""
    assert disk.set_aside(file, "damaged").name == "file.json.damaged-1"
    file.write_bytes(b"again")
    assert disk.set_aside(file, "damaged").name == "file.json.damaged-2"
    assert not file.exists()


def test_windows_gets_the_time_to_close_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that has the file open for a moment must not make a save fail there."""
    monkeypatch.setattr(disk, "_RENAME_PAUSE_S", 0)
    monkeypatch.setattr(disk, "os", Refusing("replace", errno.EACCES, times=3, name="nt"))
    disk.rename(file, file.with_name("other"))
    assert file.with_name("other").read_bytes() == b"old"


def test_elsewhere_a_refused_rename_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no reader can be in the way, waiting would only hide what is wrong."""
    monkeypatch.setattr(disk, "os", Refusing("replace", errno.EACCES, times=1, name="posix"))
    with pytest.raises(PermissionError):
        disk.rename(file, file.with_name("other"))
