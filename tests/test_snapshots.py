"""Pictures of the screen, which change only when somebody means it: ``pytest --snapshot-update``.

They are made on the one Python and the one Textual that are pinned; other Pythons leave them out.
"""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.scenes import SCENES, Scene, picture

pytestmark = pytest.mark.snapshot


class Pictures(SingleFileSnapshotExtension):
    """One SVG a scene."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_scene(scene: Scene, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    """What people see is a contract too: a change of it is looked at before it lands."""
    assert await picture(tmp_path / "home", scene) == snapshot(extension_class=Pictures)
