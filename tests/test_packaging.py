"""The built wheel: what is in it, and that it runs where the checkout is not at hand."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"tui", "capture", "storage"}

pytestmark = pytest.mark.packaging


def _run(*command: str | Path, cwd: Path) -> str:
    """Run without a terminal, as a script or a pipe would, and give what it printed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built with the pinned backend and no network."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a clean environment that has the wheel and the pinned dependencies.

    The dependencies are lent by the running environment, by a .pth file, which spares the network.
    Python reads no .pth files from there, so that this checkout's editable install stays out.
    """
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(environment)})
    scripts, site_packages = Path(paths["scripts"]), Path(paths["purelib"])
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        environment,
    ]
    _run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=environment)
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    """Generic names at the top level would overwrite other distributions' files unnoticed."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top_level = {name.split("/")[0] for name in names}
    assert {name for name in top_level if not name.endswith(".dist-info")} == PACKAGES
    assert len(top_level) == len(PACKAGES) + 1
    assert [name for name in names if name.endswith(".pyc") or "test" in name.split("/")[0]] == []


def test_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Data files beside the code (style sheets, the demo incident) must not be left behind."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    in_the_checkout = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    }
    assert in_the_checkout - names == set()
    assert {f"{package}/py.typed" for package in PACKAGES} <= names


def test_wheel_carries_its_licence(wheel: Path) -> None:
    """MIT asks that the licence goes wherever the code goes."""
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith("/LICENSE"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_installed_wheel_tells_its_version(installed: Path, tmp_path: Path) -> None:
    """`hotwash --version` answers from any folder with the version that was built."""
    version = _run(
        installed / "python",
        "-c",
        "import importlib.metadata, tui; print(importlib.metadata.version('hotwash'), tui.__file__)",
        cwd=tmp_path,
    )
    number, code = version.split(maxsplit=1)
    assert Path(code.strip()).is_relative_to(installed.parent), "the checkout's own code ran"
    assert number in _run(installed / "hotwash", "--version", cwd=tmp_path)


def test_installed_wheel_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    """Without a terminal the demo prints its starter, a Markdown document, from any folder."""
    assert _run(installed / "hotwash", "demo", cwd=tmp_path).startswith("# ")
