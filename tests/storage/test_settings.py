from pathlib import Path

import pytest

from storage.settings import Settings, read_settings


def read(folder: Path, content: str | bytes) -> tuple[Settings, list[str]]:
    """What a settings file gives."""
    path = folder / "settings.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_settings(path)


def test_every_key(tmp_path: Path) -> None:
    """Each key is taken as it is written."""
    settings, warnings = read(
        tmp_path,
        'name = "kim"\nzone = "Europe/Copenhagen"\nservices = ["web"]\npeople = ["dana", "lee"]\n',
    )
    assert settings == Settings("kim", "Europe/Copenhagen", ("web",), ("dana", "lee"))
    assert warnings == []


def test_no_file_is_no_setting(tmp_path: Path) -> None:
    """Nothing has to be prepared."""
    assert read_settings(tmp_path / "settings.toml") == (Settings(), [])
    assert read(tmp_path, "") == (Settings(), [])


def test_a_byte_order_mark(tmp_path: Path) -> None:
    """Windows' Notepad writes one."""
    assert read(tmp_path, '\ufeffname = "kim"\n') == (Settings(name="kim"), [])


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    """A typing mistake is told, with the keys there are; the others count."""
    settings, warnings = read(tmp_path, 'nmae = "kim"\nzone = "UTC"\n')
    assert settings == Settings(zone="UTC")
    (warning,) = warnings
    assert "'nmae' is not known" in warning
    assert "name, zone, services, people" in warning


@pytest.mark.parametrize(
    "line", ["name = 1", "name = []", 'services = "web"', "services = [1]", "zone = {a = 1}"]
)
def test_a_value_of_the_wrong_sort(tmp_path: Path, line: str) -> None:
    """It is left at its default and told, and costs none of the others."""
    settings, warnings = read(tmp_path, f'people = ["dana"]\n{line}\n')
    assert settings == Settings(people=("dana",))
    (warning,) = warnings
    assert f"{line.split(maxsplit=1)[0]} is left at its default" in warning


@pytest.mark.parametrize(
    "content", [b"garbage", b"\xff\xfe", b"a = 1\na = 2", b"x = " + b"[" * 9999]
)
def test_what_is_no_toml(tmp_path: Path, content: bytes) -> None:
    """The defaults count, and one sentence names the file."""
    settings, warnings = read(tmp_path, content)
    assert settings == Settings()
    (warning,) = warnings
    assert str(tmp_path / "settings.toml") in warning


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """Nothing that lies there can keep a line from being recorded."""
    (tmp_path / "settings.toml").mkdir()
    settings, warnings = read_settings(tmp_path / "settings.toml")
    assert (settings, len(warnings)) == (Settings(), 1)
