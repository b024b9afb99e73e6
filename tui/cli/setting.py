"""``hotwash set``."""

import click

from capture.text import clean
from storage.errors import BadValue
from storage.folds import FIELD_PREFIX
from storage.model import Draft, JsonValue, Kind, Mark, Status
from tui.cli import values
from tui.cli.options import home_option, incident_argument, services_of
from tui.cli.output import say, tell_incident


@click.command("set")
@home_option
@incident_argument
@click.option("--status", metavar="S", help="investigating, identified, monitoring or resolved.")
@click.option("--severity", "level", metavar="S", help="SEV1 to SEV5.")
@click.option("--title", metavar="T", help="What the incident is called.")
@click.option("--role", "roles", metavar="R=NAME", multiple=True, help="Who takes a role.")
@click.option("--service", "services", metavar="S", multiple=True, help="Also affected.")
@click.option("--field", "fields", metavar="K=V", multiple=True, help="A field of your own.")
@click.option("--document-owner", metavar="P", help="Who owns the postmortem document.")
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
    """Change an incident. What is said here stands in its timeline, too."""
    work = services_of(ctx)
    drafts = _drafts(status, level)
    wanted = [values.pair(role, "role") for role in roles]
    own: dict[str, JsonValue] = {}
    for pair in fields:
        name, value = values.pair(pair, "field")
        own[FIELD_PREFIX + clean(name)] = clean(value)
    if title is not None:
        if not title.strip():
            raise BadValue("The title is empty.")
        own["title"] = clean(title).strip()
    if document_owner is not None:
        own["document_owner"] = clean(document_owner)
    if not (drafts or wanted or own or services):
        raise click.UsageError("There is nothing to change.", ctx)
    record = work.existing(incident)
    if services:
        own["services"] = list(dict.fromkeys([*record.incident.services, *services]))
    drafts += [_role(role, name, record.incident.roles.get(role)) for role, name in wanted]
    recorded = record.add(drafts, work.author) if drafts else []
    if own:
        record.edit_incident(own, work.author)
    record.close()
    tell_incident(record)
    if recorded:
        say("; ".join(f"{entry.kind} {entry.wording}" for entry in recorded))


def _drafts(status: str | None, level: str | None) -> list[Draft]:
    drafts = []
    if status is not None:
        word = values.choice(Status, status, "status")
        mark = Mark.RESOLVED if word is Status.RESOLVED else None
        drafts.append(Draft(kind=Kind.STATUS, status=word, mark=mark))
    if level is not None:
        drafts.append(Draft(kind=Kind.SEVERITY, severity=values.severity(level)))
    return drafts


def _role(role: str, name: str, before: str | None) -> Draft:
    return Draft(kind=Kind.ROLE, role=clean(role), role_from=before, role_to=clean(name))
