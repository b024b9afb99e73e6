"""What an entry starts with, given its kind and its marks."""

from capture.context import LineContext
from capture.marks import Said
from storage.model import Claim, Draft, Kind, Mark, State, Status


def state_of(kind: Kind | None, said: Said, context: LineContext) -> State | None:
    """Whether something waits for somebody.

    An action is open only while another person or a time box is waited for; most actions are
    written down when they are done. A follow-up always waits.
    """
    if kind is Kind.FOLLOWUP:
        return State.OPEN
    if kind is not Kind.ACTION:
        return None
    by_another = said.owner is not None and said.owner.casefold() != context.author.casefold()
    return State.OPEN if by_another or said.time_box else State.DONE


def claim_of(kind: Kind | None) -> Claim | None:
    """How far a claim has come when somebody makes it."""
    return Claim.PROPOSED if kind is Kind.CAUSE else None


def status_of(mark: Mark | None) -> Status | None:
    """The status that goes with a key time: marking resolved and setting resolved are one act."""
    return Status.RESOLVED if mark is Mark.RESOLVED else None


def draft_of(
    line: str,
    text: str,
    kind: Kind,
    said: Said,
    context: LineContext,
) -> Draft:
    """The entry that a line and its marks make."""
    return Draft(
        kind=kind,
        text=text,
        as_written=line,
        at=said.at,
        said_by=said.said_by,
        services=said.services,
        owner=said.owner,
        state=state_of(kind, said, context),
        time_box=said.time_box,
        due=said.due,
        claim=claim_of(kind),
        mark=said.mark,
        status=status_of(said.mark),
    )
