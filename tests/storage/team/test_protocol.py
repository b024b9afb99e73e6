"""What goes over the wire, as it is written into logs and tracebacks."""

import msgspec
import pytest
from rich.pretty import pretty_repr

from storage.team.protocol import Enrolled, EnrollRequest

SECRET = "SK5C-6V31-EBRN"


@pytest.mark.parametrize(
    "told", [EnrollRequest(SECRET, "d3f1", "laptop"), Enrolled(SECRET, "dana", "platform")]
)
def test_secrets_are_in_no_repr(told: msgspec.Struct) -> None:
    """Whatever a traceback or a log prints of it can be shown to anybody."""
    for text in (repr(told), str(told), pretty_repr(told), f"{[told]}"):
        assert SECRET not in text
        assert text.strip("[]").startswith(type(told).__name__)
