"""``hotwash set``."""

import click

from storage.errors import BadValue
from storage.folds import FIELD_PREFIX
from storage.incident_names import retitled
from storage.model import Draft, Incident, JsonValue, Kind, Mark, Status
from tui.cli import values
from tui.cli.options import (
    examples,
    home_option,
    incident_argument,
    named_incident,
    one_line,
    services_of,
    words,
)
from tui.cli.output import say, tell_incident
from tui.cli.unsaved import Unsaved


@click.command(
    "set",
    epilog=examples(
        "hotwash set --status monitoring --role comms=dana",
    ),
)
@home_option
@incident_argument
@click.option("--status", metavar="S", help="investigating, identified, monitoring or resolved.")
@click.option("--severity", "level", metavar="S", help="SEV1 to SEV5.")
@click.option("--title", metavar="T", type=one_line, help="What the incident is called.")
@click.option(
    "--role", "roles", metavar="R=NAME", type=one_line, multiple=True, help="Who takes a role."
)
@click.option(
    "--service", "services", metavar="S", type=one_line, multiple=True, help="Also affected."
)
@click.option(
    "--field", "fields", metavar="K=V", type=words, multiple=True, help="A field of your own."
)
@click.option(
    "--document-owner", metavar="P", type=one_line, help="Who owns the postmortem document."
)
@click.pass_context
def command(
    ctx: click.Context,
    incident: str | None,
    status: str | None,
    level: str | None,
    title: str | None,
    roles: tuple[str, ...],
    services: tuple[str, ...],
    fields: tuple[str, ...],
    document_owner: str | None,
) -> None:
    """Change an incident. A status, severity or role stands in its timeline, too."""
    work = services_of(ctx)
    drafts = _drafts(status, level)
    wanted = [values.pair(role, "role") for role in roles]
    own = _own(fields, document_owner)
    if title == "":
        raise BadValue("The title is empty.")
    more = [service for service in services if service]
    if not (drafts or wanted or own or more or title):
        raise click.UsageError("There is nothing to change.", ctx)
    record = work.existing(named_incident(ctx, incident))
    if title:
        own |= retitled(record.incident, title)
    if more:
        own["services"] = list(dict.fromkeys([*record.incident.services, *more]))
    drafts += [_role(role, name, record.incident) for role, name in wanted]
    with Unsaved(work) as unsaved:
        unsaved.incident = record.incident.id
        if said := [word for word in (title, *fields, document_owner) if word]:
            unsaved.take("\n".join(said))
        recorded = record.act(work.author, drafts, incident=own)
        unsaved.saved()
    record.close()
    tell_incident(record)
    if recorded:
        say("; ".join(f"{entry.kind} {entry.wording}" for entry in recorded))


def _own(fields: tuple[str, ...], document_owner: str | None) -> dict[str, JsonValue]:
    """The incident's own fields; an empty word empties one."""
    own: dict[str, JsonValue] = {}
    for pair in fields:
        name, value = values.pair(pair, "field")
        own[FIELD_PREFIX + name] = value or None
    if document_owner is not None:
        own["document_owner"] = document_owner or None
    return own


def _drafts(status: str | None, level: str | None) -> list[Draft]:
    drafts = []
    if status is not None:
        word = values.choice(Status, status, "status")
        mark = Mark.RESOLVED if word is Status.RESOLVED else None
        drafts.append(Draft(kind=Kind.STATUS, status=word, mark=mark))
    if level is not None:
        drafts.append(Draft(kind=Kind.SEVERITY, severity=values.severity(level)))
    return drafts


def _role(role: str, name: str, incident: Incident) -> Draft:
    before = incident.roles.get(role)
    return Draft(
        kind=Kind.ROLE, role=role, role_from=before if before != name else None, role_to=name
    )
