import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import BadValue, RecordReadOnly, SaveFailed
from storage.settings import (
    LONGEST_NUDGE,
    THEME_NAMES,
    Settings,
    read_settings,
    write_settings,
)

WRITTEN = """\
# What dana likes.
people = [
    "lee", # ops
    "kim", # databases
]

name = "dana"   # not Dana
colour = "green"

# For later.
[voice]
model = "small" # enough
"""


def read(folder: Path, content: str | bytes) -> tuple[Settings, list[str]]:
    """What a settings file gives."""
    path = folder / "settings.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_settings(path)


def test_every_key(tmp_path: Path) -> None:
    """Each key is taken as it is written."""
    settings, warnings = read(
        tmp_path,
        'name = "kim"\nzone = "Europe/Copenhagen"\nservices = ["web"]\npeople = ["dana", "lee"]\n'
        'theme = "colour-blind"\nnudge_minutes = 0\nbell = false\n',
    )
    assert settings == Settings(
        "kim", "Europe/Copenhagen", ("web",), ("dana", "lee"), "colour-blind", 0, False
    )
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
    "line",
    [
        "name = 1",
        "name = []",
        'services = "web"',
        "services = [1]",
        "zone = {a = 1}",
        'theme = "black"',
        "theme = 1",
        "nudge_minutes = -1",
        f"nudge_minutes = {LONGEST_NUDGE + 1}",
        "nudge_minutes = 1.5",
        "nudge_minutes = true",
        'nudge_minutes = "20"',
        "bell = 1",
        'bell = "no"',
    ],
)
def test_a_value_of_the_wrong_sort(tmp_path: Path, line: str) -> None:
    """It is left at its default and told, and costs none of the others."""
    settings, warnings = read(tmp_path, f'people = ["dana"]\n{line}\n')
    assert settings == Settings(people=("dana",))
    (warning,) = warnings
    assert f"{line.split(maxsplit=1)[0]} is left at its default: it must be " in warning


def test_what_it_must_be_is_said(tmp_path: Path) -> None:
    """The sentence names the file, what stands there, and everything that could."""
    _, (warning,) = read(tmp_path, 'theme = "black"')
    file = tmp_path / "settings.toml"
    assert warning == (
        f"{file}: theme is left at its default: "
        "it must be one of dark, light, colour-blind, ansi, in quotes, not 'black'."
    )
    _, (warning,) = read(tmp_path, f'theme = "{"x" * 10_000}"')
    assert len(warning) < 500


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


def test_writing_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    """Comments, order and unknown keys stay; a list keeps the lines that still stand in it."""
    path = tmp_path / "settings.toml"
    path.write_text(WRITTEN, "utf-8")
    changes = {"people": ["kim", "zoe"], "name": "Dana", "theme": "light", "bell": False}
    write_settings(path, changes)
    assert path.read_text("utf-8").splitlines() == [
        "# What dana likes.",
        "people = [",
        '    "kim", # databases',
        '    "zoe",',
        "]",
        "",
        'name = "Dana"   # not Dana',
        'colour = "green"',
        "",
        "# For later.",
        'theme = "light"',
        "bell = false",
        "",
        "[voice]",
        'model = "small" # enough',
    ]
    assert read_settings(path)[0] == Settings(
        name="Dana", people=("kim", "zoe"), theme="light", bell=False
    )


def test_none_removes_a_key(tmp_path: Path) -> None:
    """Its default counts again, and a key that nothing knows can be removed too."""
    path = tmp_path / "settings.toml"
    path.write_text(WRITTEN, "utf-8")
    write_settings(path, {"name": None, "colour": None, "zone": None})
    assert read_settings(path)[0] == Settings(people=("lee", "kim"))
    assert "colour" not in path.read_text("utf-8")


def test_a_new_file_is_private(tmp_path: Path) -> None:
    """Nobody else reads it; a file that is there keeps the mode that it was given."""
    path = tmp_path / "new" / "settings.toml"
    write_settings(path, {"name": "kim"})
    assert path.read_text("utf-8") == 'name = "kim"\n'
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    write_settings(path, {"name": "lee"})
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["settings.toml"]


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    """What stands there already is not written again, byte order mark and line ends included."""
    path = tmp_path / "settings.toml"
    path.write_bytes('\ufeffname = "kim"\r\nbell = true\r\n'.encode())
    before = path.stat()
    write_settings(path, {"name": "kim", "bell": True, "zone": None})
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write_settings(path, {"name": "lee", "nudge_minutes": 5})
    assert read_settings(path) == (Settings(name="lee", nudge_minutes=5), [])


def test_a_value_of_another_sort_is_replaced(tmp_path: Path) -> None:
    """True is no number, and a text no list: what could not be used before is mended."""
    path = tmp_path / "settings.toml"
    path.write_text('nudge_minutes = true # soon\npeople = "lee"\nbell = 1\n', "utf-8")
    write_settings(path, {"nudge_minutes": 1, "people": ["lee"], "bell": True})
    expected = Settings(people=("lee",), nudge_minutes=1, bell=True)
    assert read_settings(path) == (expected, [])
    assert "nudge_minutes = 1 # soon" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("theme", "black", "it must be one of dark, light"),
        ("nudge_minutes", -1, "a whole number of minutes from 0 to 1440, not -1"),
        ("bell", "yes", "true or false"),
        ("name", "a\udcff", "a name in quotes"),
        ("nmae", "kim", "'nmae' is not known"),
    ],
)
def test_a_value_that_can_not_be(tmp_path: Path, key: str, value: object, words: str) -> None:
    """Nothing of the change is written, and the sentence says what it must be."""
    path = tmp_path / "settings.toml"
    with pytest.raises(BadValue) as refused:
        write_settings(path, {"zone": "UTC", key: value})
    assert words in str(refused.value)
    assert not path.exists()


@pytest.mark.parametrize(
    "content", [b"name = kim\n", b"a = 1\na = 2\n", b"\xff\xfe", b"x = " + b"[" * 9999]
)
def test_a_file_that_is_no_toml_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A typing mistake must not cost the rest of somebody's file."""
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SaveFailed) as refused:
        write_settings(path, {"name": "kim"})
    assert str(path) in str(refused.value)
    assert path.read_bytes() == content
    assert len(list(tmp_path.glob("*.toml*"))) == 1


def test_a_file_that_can_not_be_read_or_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in its place, or a disk that is read-only, is one sentence."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(SaveFailed, match="can't be read, so it was not changed"):
        write_settings(tmp_path / "folder", {"name": "kim"})

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("storage.disk.replace_file", refuse)
    with pytest.raises(RecordReadOnly, match="Read-only file system"):
        write_settings(tmp_path / "settings.toml", {"name": "kim"})


def test_an_edit_that_went_wrong_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is read back before it replaces anything."""
    path = tmp_path / "settings.toml"
    path.write_text(WRITTEN, "utf-8")
    monkeypatch.setattr("tomlkit.dumps", lambda _: 'name = "dana"\n')
    with pytest.raises(SaveFailed, match="could not be changed safely"):
        write_settings(path, {"name": "Dana"})
    assert path.read_text("utf-8") == WRITTEN


_NAMES = st.lists(st.text(max_size=5), max_size=4)
_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | st.text(),
        "services": st.none() | _NAMES,
        "people": st.none() | _NAMES,
        "theme": st.none() | st.sampled_from(THEME_NAMES),
        "nudge_minutes": st.none() | st.integers(0, LONGEST_NUDGE),
        "bell": st.none() | st.booleans(),
    },
)


@given(first=_CHANGES, second=_CHANGES)
def test_any_change_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, object], second: dict[str, object]
) -> None:
    """Whatever is written after whatever is what counts, and touches no other key."""
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_text(WRITTEN, "utf-8")
    write_settings(path, first)
    write_settings(path, second)
    expected = tomllib.loads(WRITTEN) | first | second
    there = tomllib.loads(path.read_text("utf-8"))
    assert there == {key: value for key, value in expected.items() if value is not None}
    assert "# enough" in path.read_text("utf-8")
