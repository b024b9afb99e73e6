import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from capture.voice.manifests import MANIFESTS
from capture.voice.models import RECORD, InstallRecord, folder_of, read_record
from storage.paths import find_home
from tests.capture.voice.real_model import real_model
from tests.capture.voice.small_models import Hub, hollow, serving
from tests.tui.session import Session, finish, process

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_network(kim: Session) -> None:
    """Neither a hub nor a package index until a test gives one."""
    kim.environment |= {"HF_HUB_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}


def cache() -> Path:
    """The throw-away cache of this test."""
    return find_home(None, os.environ).cache


def linked(name: str) -> Path:
    """The real model, in the throw-away cache."""
    real = real_model(name).path
    folder = folder_of(cache(), name)
    folder.mkdir(parents=True)
    for file in MANIFESTS[name].files:
        (folder / file.name).symlink_to(real / file.name)
    return folder


def put(name: str) -> Path:
    """A hollow model that is noted as checked."""
    real = MANIFESTS[name]
    folder = hollow(folder_of(cache(), name), real)
    noted = InstallRecord(name, real.repo, real.revision, "2026-11-21T01:50:12Z", real.files)
    (folder / RECORD).write_bytes(msgspec.json.encode(noted))
    return folder


def test_a_model_that_is_there(kim: Session) -> None:
    """It is quick, says so, and prints the folder alone for scripts."""
    folder = linked("base")
    result = kim.ok("voice", "install")
    assert result.out == f"{folder}\n"
    assert result.err == "The speech model base (148 MB) was there already.\n"


def test_a_copy_with_other_bytes(kim: Session) -> None:
    """A note that was copied along vouches for nothing: it is fetched anew, here in vain."""
    folder = put("base")
    result = kim.run("voice", "install")
    assert result.code == 1
    assert str(folder) not in result.out


def test_a_model_that_is_not_the_one_in_use(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installs another one is told how to use it."""
    sums = {file.name: file.sha256 for file in MANIFESTS["tiny.en"].files}
    monkeypatch.setattr("capture.voice.install._checksum", lambda path: sums[path.name])
    put("base")
    put("tiny.en")
    assert (
        'base is used. To use this one: voice_model = "tiny.en"'
        in kim.ok("voice", "install", "tiny.en").err
    )
    with (kim.home / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write('voice_model = "tiny.en"\n')
    assert "is used" not in kim.ok("voice", "install", "tiny.en").err


def test_the_real_model_over_http(kim: Session) -> None:
    """The whole way with the bytes that are pinned: announced, counted, checked, put in place."""
    real = real_model("base")
    names = [file.name for file in MANIFESTS["base"].files]
    with serving(Hub({name: real.path / name for name in names})) as hub:
        kim.environment |= {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url}
        result = kim.ok("voice", "install", "base")
    folder = folder_of(cache(), "base")
    assert result.out == f"{folder}\n"
    lines = result.err.splitlines()
    assert lines[0] == "Fetching it from the model hub, Systran/faster-whisper-base: 148 MB."
    assert lines[-2:] == [
        "  148 MB of 148 MB (100%)",
        "The speech model base (148 MB) is installed and checked.",
    ]
    assert len(lines) == 6, "a line a quarter, where no terminal shows a bar"
    assert (folder / "model.bin").stat().st_size == real.path.joinpath("model.bin").stat().st_size
    noted = read_record(folder)
    assert noted is not None
    assert noted.checked_at == "2026-11-21T01:50:12.000Z"


def test_without_a_network(kim: Session) -> None:
    """One sentence with both reasons and the way to try again, exit code 1, nothing on stdout."""
    result = kim.run("voice", "install")
    assert (result.code, result.out) == (1, "")
    last = result.err.splitlines()[-1]
    assert last.startswith("The speech model base could not be fetched: not from the hub, HF_HUB_O")
    assert last.endswith("hotwash voice install base")


def test_it_makes_no_home(tmp_path: Path) -> None:
    """`make test` fetches a model, and leaves no home behind on a machine that has none."""
    put("base")
    result = finish(process(tmp_path / "home", "voice", "install"))
    assert result.code == 0
    assert not (tmp_path / "home").exists()


def test_a_model_that_there_is_not(kim: Session) -> None:
    """The usage error lists those that there are."""
    result = kim.run("voice", "install", "large")
    assert (result.code, result.out) == (2, "")
    assert "'base', 'base.en', 'small'" in result.err


def read_all(controller: int) -> bytes:
    """What comes until nobody can write there any more."""
    seen = b""
    while True:
        try:
            chunk = os.read(controller, 4096)
        except OSError:
            # Linux answers so, where others give nothing.
            return seen
        if not chunk:
            return seen
        seen += chunk


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_a_bar_on_a_terminal() -> None:
    """One line that is drawn anew, and a whole line behind it."""
    import pty

    real = real_model("base")
    names = [file.name for file in MANIFESTS["base"].files]
    controller, terminal = pty.openpty()
    with serving(Hub({name: real.path / name for name in names})) as hub:
        running = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", "voice", "install"],
            env={**os.environ, "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url},
            stdout=subprocess.DEVNULL,
            stderr=terminal,
        )
        os.close(terminal)
        seen = read_all(controller)
        assert running.wait(60) == 0
    os.close(controller)
    assert seen.count(b"\r  ") > 4
    assert b"\r  148 MB of 148 MB (100%)\x1b[K\r\nThe speech model base" in seen


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c(tmp_path: Path) -> None:
    """It ends at once with a sentence, exit code 130, and what came so far."""
    real = real_model("base")
    names = [file.name for file in MANIFESTS["base"].files]
    hub = Hub({name: real.path / name for name in names})
    hub.stall_at = 60_000_000
    with serving(hub):
        running = process(
            tmp_path / "home",
            "voice",
            "install",
            environment={"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url},
        )
        assert running.stderr is not None
        lines = [running.stderr.readline(), running.stderr.readline()]
        assert lines[1].startswith(b"  37 MB of 148 MB")
        running.send_signal(signal.SIGINT)
        result = finish(running)
    assert (result.code, result.out) == (130, "")
    assert result.err == "Stopped. What came so far is kept: the same command goes on from there.\n"
    kept = cache() / "models" / ".base.part" / "files" / "model.bin"
    assert kept.stat().st_size > 36_000_000
    assert not folder_of(cache(), "base").exists()


SCRIPT = ROOT / "requirements" / "model.sh"
only_sh = pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment whose hotwash counts its calls and gives the folder or the failure in a file."""
    venv = tmp_path / "venv"
    hotwash = venv / "bin" / "hotwash"
    hotwash.parent.mkdir(parents=True)
    hotwash.write_text(
        f'#!/bin/sh\necho "$*" >>"{tmp_path}/calls"\necho telling >&2\n. "{tmp_path}/answer"\n',
        "utf-8",
    )
    hotwash.chmod(hotwash.stat().st_mode | stat.S_IXUSR)
    return venv


def fetch(venv: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script that `make` runs."""
    done = subprocess.run(
        ["sh", str(SCRIPT), *arguments],
        env={**os.environ, "VENV": str(venv), "VOICE": "1", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "", "make run prints a document there"
    return done


def calls(venv: Path) -> list[str]:
    """How hotwash was called."""
    path = venv.parent / "calls"
    return path.read_text("utf-8").splitlines() if path.exists() else []


@only_sh
def test_make_fetches_the_model_once(environment: Path) -> None:
    """It says how much; as long as the model is there nothing runs a second time."""
    model = environment.parent / "base"
    model.mkdir()
    (model / "model.bin").touch()
    (environment.parent / "answer").write_text(f'echo "{model}"\n', "utf-8")
    assert "148 MB" in fetch(environment).stderr
    assert fetch(environment).stderr == ""
    assert calls(environment) == ["voice install base"]
    (model / "model.bin").unlink()
    fetch(environment)
    assert len(calls(environment)) == 2


@only_sh
def test_make_goes_on_without_speech(environment: Path) -> None:
    """A failure stops nothing; `make run` does not try again, `make test` does."""
    (environment.parent / "answer").write_text("exit 1\n", "utf-8")
    assert "Going on without speech" in fetch(environment, "once").stderr
    assert fetch(environment, "once").stderr == ""
    assert len(calls(environment)) == 1
    fetch(environment)
    assert len(calls(environment)) == 2


@only_sh
def test_make_without_voice(environment: Path) -> None:
    """VOICE=0 fetches nothing."""
    (environment.parent / "answer").write_text("exit 1\n", "utf-8")
    assert fetch(environment, VOICE="0").stderr == ""
    assert calls(environment) == []
