"""``glossary.toml``: the words of a person's own systems, and what is heard in their place.

::

    terms = ["checkout-flow", "Vitess"]

    [spoken]
    "v test" = "Vitess"

It is written by hand, and by the app when a person corrects a word and wants that kept.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from storage import disk
from storage.errors import SaveFailed


class Glossary(msgspec.Struct, frozen=True):
    """What the file says.

    Attributes:
        terms: words that are likely to be said, as they are written.
        spoken: said, meant.
    """

    terms: tuple[str, ...] = ()
    spoken: tuple[tuple[str, str], ...] = ()


def read_glossary(path: Path) -> tuple[Glossary, list[str]]:
    """The glossary, and a sentence for everything in the file that could not be used."""
    try:
        text = path.read_text("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return Glossary(), []
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        return Glossary(), [f"{path} can't be read, so nothing in it counts: {why}."]
    import tomllib

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Glossary(), [f"{path} is not TOML, so nothing in it counts: {error}."]
    warnings = [
        f"{path}: {key!r} is not known and does nothing. Known: terms, [spoken]."
        for key in table
        if key not in {"terms", "spoken"}
    ]
    terms = _terms(table.get("terms", []), path, warnings)
    spoken = _spoken(table.get("spoken", {}), path, warnings)
    return Glossary(terms, spoken), warnings


def _terms(value: object, path: Path, warnings: list[str]) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        warnings.append(f'{path}: terms must be a list of words, such as ["Vitess"].')
        return ()
    good = [term.strip() for term in value if isinstance(term, str) and term.strip()]
    if len(good) < len(value):
        warnings.append(f"{path}: what is no word in quotes among the terms does nothing.")
    return tuple(dict.fromkeys(good))


def _spoken(value: object, path: Path, warnings: list[str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        warnings.append(f'{path}: [spoken] must be a table of lines such as "v test" = "Vitess".')
        return ()
    pairs = [
        (said.strip(), meant.strip())
        for said, meant in value.items()
        if isinstance(meant, str) and said.strip() and meant.strip()
    ]
    if len(pairs) < len(value):
        warnings.append(f"{path}: a line in [spoken] without two words in quotes does nothing.")
    return tuple(pairs)


def learn(path: Path, said: str, meant: str) -> None:
    """Write down that where `said` is heard `meant` is meant; the file's comments stay.

    Raises:
        SaveFailed: what stands there can't be changed safely, or the disk refuses.
        RecordReadOnly: it may not be written.
    """
    import tomllib

    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        text = disk.read(path).decode("utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} can't be read, so nothing was added to it."
        raise SaveFailed(message) from error
    try:
        document = tomlkit.parse(text)
        before = tomllib.loads(text)
        spoken = document.setdefault("spoken", tomlkit.table())
        spoken[said] = meant
        changed = tomlkit.dumps(document)
        expected = before | {"spoken": {**before.get("spoken", {}), said: meant}}
        is_safe = tomllib.loads(changed) == expected
    except (tomllib.TOMLDecodeError, TOMLKitError, RecursionError, TypeError) as error:
        message = (
            f"{path} is no glossary, so it was left as it is: {error}. Mend it or move it away."
        )
        raise SaveFailed(message) from error
    # What a person wrote there is not worth a mistake in somebody else's editing.
    if not is_safe:
        message = f"{path} could not be changed safely, so it was left as it is. Edit it."
        raise SaveFailed(message)
    with disk.saving(path):
        disk.make_folder(path.parent)
        disk.replace_file(path, changed.encode("utf-8"))
