import os
from pathlib import Path

import pytest

from capture.voice.manifests import MANIFESTS
from capture.voice.microphone import Found
from capture.voice.models import folder_of
from storage.paths import find_home
from tests.capture.voice.small_models import hollow
from tests.tui.session import Json, Session
from tui.cli.voice import COMMANDS


def put(name: str) -> Path:
    """A hollow model in the throw-away cache."""
    return hollow(folder_of(find_home(None, os.environ).cache, name), MANIFESTS[name])


def plug_in(monkeypatch: pytest.MonkeyPatch, found: Found) -> None:
    """Give the machine microphones."""
    monkeypatch.setattr("tui.cli.voice.status.probe_elsewhere", lambda _: found)


@pytest.fixture(autouse=True)
def speech_is_on(kim: Session) -> None:
    """Nobody has switched it off."""
    kim.environment.pop("HOTWASH_VOICE", None)


def check(session: Session, name: str) -> Json:
    """One check of `doctor`."""
    return next(one for one in session.run("doctor", "--json").json if one["check"] == name)


def test_all_is_there(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be used is named, with what else could be, and what is kept."""
    folder = put("base")
    put("tiny.en")
    plug_in(monkeypatch, Found("Headset", ("Headset", "Laptop")))
    clips = kim.home / "audio" / "some-incident"
    clips.mkdir(parents=True)
    (clips / "one.wav").write_bytes(bytes(2_000_000))
    (clips / "one.json").write_bytes(b"{}")
    result = kim.ok("voice", "status")
    assert result.lines == [
        f"model:      base, 148 MB, its bytes not checked by hotwash, in {folder}.",
        "installed:  base, tiny.en",
        "microphone: Headset",
        "others:     Laptop",
        f"audio:      1 recording, 2 MB, kept for 30 days in {kim.home / 'audio'}",
        "network:    not used: what is said stays on this machine",
        "ready:      yes: hold f9 in the app and speak",
    ]
    shape = kim.ok("voice", "status", "--json").json
    assert shape == {
        "works": True,
        "enabled": True,
        "talk_key": "f9",
        "model": {
            "name": "base",
            "path": str(folder),
            "size": MANIFESTS["base"].size,
            "checked_at": None,
        },
        "model_trouble": None,
        "installed": ["base", "tiny.en"],
        "microphone": "Headset",
        "microphones": ["Headset", "Laptop"],
        "microphone_trouble": None,
        "audio": {
            "folder": str(kim.home / "audio"),
            "recordings": 1,
            "bytes": 2_000_002,
            "keep_days": 30,
        },
    }


def test_nothing_is_there(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lack is a sentence with what to do, and the exit code is 1."""
    plug_in(monkeypatch, Found(None, (), "There is no microphone here."))
    result = kim.run("voice", "status")
    assert result.code == 1
    assert result.lines[0] == (
        "model:      No speech model is installed; typing needs none of it. "
        "To mend it: hotwash voice install"
    )
    assert "microphone: There is no microphone here." in result.lines
    assert result.lines[-1] == "ready:      no"
    shape = kim.run("voice", "status", "--json").json
    assert (shape["works"], shape["model"], shape["installed"]) == (False, None, [])
    assert shape["microphone_trouble"] == "There is no microphone here."


def test_a_microphone_alone_is_not_enough(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a model nothing that is said becomes an entry."""
    plug_in(monkeypatch, Found("Headset", ("Headset",)))
    assert kim.run("voice", "status", "--json").json["works"] is False


def test_speech_that_is_switched_off(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as what it is: no lack, but a setting."""
    put("base")
    plug_in(monkeypatch, Found("Headset", ("Headset",)))
    with (kim.home / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write("voice = false\n")
    result = kim.run("voice", "status")
    assert (result.code, result.lines[-1]) == (
        1,
        "ready:      no: voice is false in settings.toml, or HOTWASH_VOICE is 0",
    )


def test_doctor_knows_the_model(kim: Session) -> None:
    """Missing, there, and damaged are told apart, each with the command that mends it."""
    found = check(kim, "model")
    assert (found["state"], found["fix"]) == ("missing", "hotwash voice install")
    folder = put("base")
    assert check(kim, "model")["state"] == "ok"
    (folder / "model.bin").write_bytes(b"12")
    found = check(kim, "model")
    assert (found["state"], found["fix"]) == ("broken", "hotwash voice install base")
    assert "model.bin has 2 bytes" in found["detail"]


def test_the_group_alone(kim: Session) -> None:
    """It prints its help, with every command."""
    result = kim.ok("voice")
    assert result.out == kim.ok("voice", "--help").out
    assert all(f"  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_group(kim: Session, name: str) -> None:
    """A command that is listed can be called."""
    assert kim.ok("voice", name, "--help").out.startswith(f"Usage: hotwash voice {name} ")
