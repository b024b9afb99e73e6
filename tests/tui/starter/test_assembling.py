from pathlib import Path

import pytest

from storage.exports import export_text
from storage.model import Draft, Section
from storage.record import Record
from tests.storage.builders import Clock, Ids
from tui.services import Services, Start
from tui.starter.assembling import assemble


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Dana's home."""
    return Services(Start(home=str(tmp_path), now=Clock(), new_id=Ids("x")))


@pytest.fixture
def record(services: Services) -> Record:
    """An incident of that home."""
    return services.library.create("checkout 503s", "UTC")


@pytest.mark.parametrize("with_log", [False, True])
def test_the_text_is_the_export(services: Services, record: Record, with_log: bool) -> None:
    """Byte for byte what ``hotwash export`` writes, its last line included."""
    record.add([Draft(text="pages are slow"), Draft(text="log", story=False)], "dana")
    found = assemble(record, services.library, with_log=with_log)
    assert found.text == export_text(record, services.library, "md", with_log=with_log)
    assert "<!-- hotwash export sha256:" in found.text


def test_what_people_wrote_is_told_by_section(services: Services, record: Record) -> None:
    """Answers stand in the order of the document; a deleted one is none."""
    record.add(
        [
            Draft(text="one click", section="well"),
            Draft(text="paged fast", section="well", said_by="lee"),
            Draft(text="gone", section="badly"),
        ],
        "dana",
    )
    record.edit(record.entries[2].id, {"deleted": True}, "dana")
    found = assemble(record, services.library, with_log=False)
    assert list(found.answers) == [Section.WELL]
    said = [(answer.text, answer.credit) for answer in found.answers["well"]]
    assert said == [("one click", "dana"), ("paged fast", "lee (noted by dana)")]
    assert not found.any_followups


def test_an_incident_that_only_began(services: Services, record: Record) -> None:
    """Its severity alone is nothing that a document could be made of."""
    record.add([Draft(kind="severity", severity="SEV2")], "dana")
    assert not assemble(record, services.library, with_log=False).anything
    record.add([Draft(kind="followup", text="x")], "dana")
    found = assemble(record, services.library, with_log=False)
    assert found.anything
    assert found.any_followups
