"""``hotwash note --dictation``: what somebody said, as one entry or several."""

from collections.abc import Mapping

import click
import msgspec

from capture.context import LineContext
from capture.moments import parse_moment
from storage.model import Draft, Entry, Moment
from storage.record import Record
from tui.services import Services

_OF_ONE_ENTRY = {
    "kind": "--kind",
    "owner": "--owner",
    "box": "--box",
    "due": "--due",
    "mark": "--mark",
}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What options say of a whole dictation.

    Attributes:
        at: when it was spoken; entries in which no time is said have that one.
        said_by: who spoke.
        services: what it is about.
    """

    at: str | None = None
    said_by: str | None = None
    services: tuple[str, ...] = ()


def refuse_with_dictation(flags: Mapping[str, object]) -> None:
    """Refuse options that make no sense beside ``--dictation``.

    Raises:
        UsageError: names the option, and says what to do.
    """
    if not flags.get("dictation"):
        return
    if flags.get("literal"):
        raise click.UsageError(
            "--literal records the words as they are, --dictation makes entries of them: leave "
            "out one of the two."
        )
    for name, option in _OF_ONE_ENTRY.items():
        if flags.get(name):
            raise click.UsageError(
                f"{option} says something of one entry, and a dictation may become several: leave "
                "it out, and change the entry afterwards with hotwash edit."
            )


def note_dictation(services: Services, record: Record, text: str, about: About) -> list[Entry]:
    """Record the entries of a dictation in one act, so that one undo takes all back.

    Args:
        services: the clock, the person, what is known.
        record: where.
        text: the whole dictation.
        about: what the options say of it.

    Raises:
        CaptureError: an option makes no sense.
        StorageError: nothing is saved.
    """
    from capture.utterance.dictated import dictated

    context = services.line_context(record)
    spoken = parse_moment(about.at, context.now, context.zone) if about.at else None
    if spoken is not None and spoken.utc is not None:
        # "Five minutes ago" is counted from the moment of speaking.
        context = msgspec.structs.replace(context, now=spoken.utc)
    drafts = dictated(text, context, services.start.new_id())
    return record.add([_about(draft, spoken, about, context) for draft in drafts], services.author)


def _about(draft: Draft, spoken: Moment | None, about: About, context: LineContext) -> Draft:
    named = [context.service(name) or name for name in about.services if name]
    return msgspec.structs.replace(
        draft,
        at=draft.at or spoken,
        said_by=(context.person(about.said_by) or about.said_by) if about.said_by else None,
        services=tuple(dict.fromkeys(named)),
    )
