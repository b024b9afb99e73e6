"""What a dictation became, in lines that a person can read."""

from collections.abc import Iterator

from capture.utterance import read_utterance
from capture.zones import zone_named
from storage.model import Draft, Kind, Moment, Precision, State
from tests.capture.lines import CONTEXT, HOME


def told(said: str) -> list[str]:
    """Each entry as ``kind: text``, then in brackets what else was understood."""
    return [" ".join([f"{draft.kind}: {draft.text}", *_marks(draft)]) for draft in drafts(said)]


def drafts(said: str) -> tuple[Draft, ...]:
    """What somebody says that night."""
    return read_utterance(said, CONTEXT)


def clock(moment: Moment) -> str:
    """A moment on the clock at home, with a sign when it is another day's, or not exact."""
    assert moment.utc is not None
    local = moment.utc.astimezone(zone_named(HOME).rules)
    exact = moment.precision == Precision.SECOND
    day = {20: "-1 ", 21: "", 22: "+1 "}[local.day]
    about = "~" if moment.precision == Precision.ABOUT else ""
    return f"{day}{about}{local:%H:%M:%S}" if exact else f"{day}{about}{local:%H:%M}"


def _marks(draft: Draft) -> Iterator[str]:
    if draft.at:
        yield f"[at {clock(draft.at)}]"
    for name in ("owner", "mark", "risk", "watch"):
        if value := getattr(draft, name):
            yield f"[{name} {value}]"
    if draft.watch_until:
        yield f"[until {clock(draft.watch_until)}]"
    if draft.time_box:
        yield f"[box {draft.time_box}]"
    if draft.rationale:
        yield f"[because {draft.rationale}]"
    if draft.state == State.OPEN and draft.kind != Kind.FOLLOWUP:
        yield "[open]"
