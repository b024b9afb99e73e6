"""``hotwash export``."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import click

from storage.errors import BadValue, StorageError
from storage.exports import FORMATS, check_export, export_text, write_export
from tui.cli.options import examples, home_option, incident_argument, named_incident, services_of
from tui.cli.output import say, show

_ENDINGS = {f".{name}" for name in FORMATS}


class CopyFailed(StorageError):
    """No clipboard took the text."""


@click.command(
    "export",
    epilog=examples(
        "hotwash export checkout-503s -o postmortem.md",
    ),
)
@home_option
@incident_argument
@click.option("--format", "formats", metavar="md,json", default="md", help="md, json, or both.")
@click.option("--with-log", is_flag=True, help="Append the full log.")
@click.option("-o", "output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--copy", is_flag=True, help="Hand it to the clipboard as well.")
@click.option("--force", is_flag=True, help="Overwrite a file that somebody edited.")
@click.pass_context
def command(
    ctx: click.Context,
    incident: str | None,
    formats: str,
    with_log: bool,
    output: str | None,
    copy: bool,
    force: bool,
) -> None:
    """Write the starter document for the postmortem."""
    wanted = _formats(formats)
    services = services_of(ctx)
    record = services.existing(named_incident(ctx, incident))
    texts = {
        name: export_text(record, services.library, name, with_log=with_log) for name in wanted
    }
    for notice in [*record.take_notices(), *services.library.notices]:
        say(notice)
    if output in {None, "-"}:
        for text in texts.values():
            show(text.encode("utf-8", "replace"), end="")
    else:
        _write(Path(str(output)), texts, force=force)
    if copy:
        _copy(texts[wanted[0]], services.start.environment)


def _formats(text: str) -> list[str]:
    wanted = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in wanted:
        if word not in FORMATS:
            raise BadValue(f"{word!r} is no format. There are: {', '.join(FORMATS)}.")
    if not wanted:
        raise BadValue(f"No format was named. There are: {', '.join(FORMATS)}.")
    return list(dict.fromkeys(wanted))


def _write(output: Path, texts: dict[str, str], *, force: bool) -> None:
    """Write FILE; with several formats FILE with the ending of each, all of them or none."""
    if not output.name or output.is_dir():
        raise BadValue(f"{output} is a folder; -o names a file.")
    paths = dict.fromkeys(texts, output)
    if len(texts) > 1:
        stem = output.stem if output.suffix.lower() in _ENDINGS else output.name
        paths = {name: output.with_name(f"{stem}.{name}") for name in texts}
    for name, text in texts.items():
        check_export(paths[name], text, force=force)
    for name, text in texts.items():
        write_export(paths[name], text, force=force)
        say(f"Written to {paths[name]}.")


def _copy(text: str, environment: Mapping[str, str]) -> None:
    """Hand the document to whatever clipboard there is; a terminal is asked where words go to.

    Raises:
        CopyFailed: there is none.
    """
    from tui.clipboard import copy_now

    copied = copy_now(text, environment, _ask_terminal if _is_terminal(sys.stderr) else None)
    if not copied.anywhere:
        advice = "Use -o FILE, or pipe it: hotwash export | …"
        raise CopyFailed(f"{copied.sentence} {advice}")
    say(copied.sentence)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _ask_terminal(sequence: str) -> None:
    sys.stderr.write(sequence)
    sys.stderr.flush()
