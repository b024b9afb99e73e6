"""Which speech model is used: the one that is named, or the best one that is there.

Only folders are looked at, never the network, and only sizes are compared: the checksums were
compared when the model was installed, and that is noted beside it.
"""

import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from capture.errors import ModelError
from capture.voice.manifests import MANIFESTS, Manifest, PinnedFile

DEFAULT = "base"
"""Whom to install first: with the words of the incident as a prompt it hears the jargon of
operations better than any smaller one, and answers within a second or two on two cores."""

RECORD = "hotwash-model.json"
"""The file in a model's folder that says what was installed, and that it was checked."""

INSTALL = "hotwash voice install"
"""The command that installs `DEFAULT`."""

_REQUIRED = ("model.bin", "config.json", "tokenizer.json")
_VOCABULARIES = ("vocabulary.txt", "vocabulary.json")


class Model(msgspec.Struct, frozen=True):
    """A model that can be used.

    Attributes:
        name: what people call it; of a folder somewhere else, the folder's name.
        path: its folder.
        size: in bytes.
        checked_at: when its checksums were compared, RFC 3339; None when that was never done here.
    """

    name: str
    path: Path
    size: int
    checked_at: str | None = None


class Unusable(msgspec.Struct, frozen=True):
    """Why there is no model.

    Attributes:
        what: what is wrong, in words.
        fix: the command that mends it, or what to do.
        is_broken: whether something is there that should work, and does not.
    """

    what: str
    fix: str
    is_broken: bool = False


class InstallRecord(msgspec.Struct, frozen=True):
    """What stands in `RECORD`.

    Attributes:
        name: the model's.
        repo: where it lies on the hub.
        revision: the commit there.
        checked_at: when the checksums of its files were compared, RFC 3339.
        files: those that were, with what was found.
    """

    name: str
    repo: str
    revision: str
    checked_at: str
    files: tuple[PinnedFile, ...]


def find_model(cache: Path, wanted: str | None = None, setting: str | None = None) -> Model:
    """The model to use.

    Args:
        cache: the folder for what can be made again.
        wanted: a name or a folder from the command line, which wins.
        setting: a name or a folder from the settings.

    Raises:
        ModelError: there is none, or the one that is named can't be used; the sentence ends with
            the command that mends it.
    """
    found = look_for_model(cache, wanted, setting)
    if isinstance(found, Unusable):
        raise ModelError(f"{found.what}: {found.fix}")
    return found


def look_for_model(
    cache: Path, wanted: str | None = None, setting: str | None = None
) -> Model | Unusable:
    """Like `find_model`, with the reason as a value."""
    named = wanted or setting
    if named:
        return _named(cache, named, "" if wanted else " (voice_model in settings.toml)")
    broken = []
    for manifest in MANIFESTS.values():
        found = _best(_places(cache, manifest), manifest)
        if isinstance(found, Model):
            return found
        if found is not None:
            broken.append(found)
    return broken[0] if broken else Unusable("No speech model is installed", INSTALL)


def installed_models(cache: Path) -> list[Model]:
    """Every model that can be used by its name, the one that is preferred first."""
    found = [_best(_places(cache, manifest), manifest) for manifest in MANIFESTS.values()]
    return [model for model in found if isinstance(model, Model)]


def folder_of(cache: Path, name: str) -> Path:
    """Where a model is installed."""
    return cache / "models" / name


def read_record(folder: Path) -> InstallRecord | None:
    """What is noted beside a model; None when it was not installed by hotwash."""
    try:
        return msgspec.json.decode((folder / RECORD).read_bytes(), type=InstallRecord)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def check_folder(folder: Path, manifest: Manifest | None) -> Model | Unusable:
    """Whether a folder holds a whole model, by its files' names and sizes.

    Args:
        folder: where it lies.
        manifest: the model that it should be; None for one that hotwash knows nothing about.
    """
    record = read_record(folder)
    name = manifest.name if manifest else record.name if record else folder.name
    fix = f"{INSTALL} {manifest.name}" if manifest else "name another folder, or a model"
    title = f"The speech model {name} in {folder}"
    expected = _expected(record, manifest)
    sizes = {}
    for file in expected or _files_of_a_stranger(folder):
        try:
            sizes[file.name] = (folder / file.name).stat().st_size
        except OSError:
            return Unusable(f"{title} is not whole, {file.name} is missing", fix, is_broken=True)
        if expected and sizes[file.name] != file.size:
            what = f"{file.name} has {sizes[file.name]:,} bytes and should have {file.size:,}"
            return Unusable(f"{title} is damaged, {what}", fix, is_broken=True)
    if record and manifest and _differs(record, manifest):
        what = f"{title} is not the one that this version of hotwash knows by that name"
        return Unusable(what, fix, is_broken=True)
    return Model(name, folder, sum(sizes.values()), record.checked_at if record else None)


def _named(cache: Path, named: str, where: str) -> Model | Unusable:
    """A model by its name, or by its folder."""
    manifest = MANIFESTS.get(named)
    if manifest is not None:
        found = _best(_places(cache, manifest), manifest)
        missing = f"The speech model {named}{where} is not installed"
        return found or Unusable(missing, f"{INSTALL} {named}")
    try:
        folder = Path(named).expanduser().absolute()
    except RuntimeError:
        folder = Path(named).absolute()
    if folder.is_dir():
        return check_folder(folder, None)
    known = ", ".join(MANIFESTS)
    what = f"{named!r}{where} is neither a folder nor a speech model that can be installed"
    return Unusable(what, f"give a folder, or one of {known}", is_broken=True)


def _best(folders: Iterable[Path], manifest: Manifest) -> Model | Unusable | None:
    """The first whole copy of a model; else what is wrong with the first one; None without any."""
    broken = None
    for folder in folders:
        found = check_folder(folder, manifest)
        if isinstance(found, Model):
            return found
        broken = broken or found
    return broken


def _places(
    cache: Path, manifest: Manifest, environment: Mapping[str, str] = os.environ
) -> Iterator[Path]:
    """Every folder that is there and may hold a model, the first one first."""
    folders = [
        _package_folder(manifest),
        folder_of(cache, manifest.name),
        _hub_folder(manifest, environment),
    ]
    yield from (folder for folder in folders if folder is not None and folder.is_dir())


def _package_folder(manifest: Manifest) -> Path | None:
    """The model's folder in an installed package that carries it whole; nothing is imported."""
    if len(manifest.packages) != 1:
        return None
    inside = Path(manifest.packages[0].parts[0].member).parent
    spec = importlib.util.find_spec(inside.parts[0])
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).joinpath(*inside.parts[1:])


def _hub_folder(manifest: Manifest, environment: Mapping[str, str]) -> Path | None:
    """Where other programs on this machine keep the same revision, fetched from the hub.

    Its layout is documented ("Understand caching" in the guides of huggingface_hub), and read here
    without importing that library, which takes longer than the whole look.
    """
    given = environment.get("HF_HUB_CACHE")
    home = environment.get("HF_HOME")
    try:
        if given or home:
            hub = Path(given or str(home)).expanduser()
            hub = hub if given else hub / "hub"
        else:
            above = environment.get("XDG_CACHE_HOME")
            hub = (Path(above) if above else Path.home() / ".cache") / "huggingface" / "hub"
    except RuntimeError:
        return None
    return hub / f"models--{manifest.repo.replace('/', '--')}" / "snapshots" / manifest.revision


def _expected(record: InstallRecord | None, manifest: Manifest | None) -> tuple[PinnedFile, ...]:
    """What the files should be: as installed, else as pinned."""
    if record is not None:
        return record.files
    return manifest.files if manifest is not None else ()


def _files_of_a_stranger(folder: Path) -> tuple[PinnedFile, ...]:
    """What any model needs, whatever its size."""
    vocabulary = next((name for name in _VOCABULARIES if (folder / name).exists()), None)
    return tuple(PinnedFile(name, 0, "") for name in (*_REQUIRED, vocabulary or _VOCABULARIES[0]))


def _differs(record: InstallRecord, manifest: Manifest) -> bool:
    """Whether the same revision was installed with other bytes; an earlier one is none the worse."""
    return record.revision == manifest.revision and record.files != manifest.files
