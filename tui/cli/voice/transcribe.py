"""``hotwash voice transcribe``."""

import asyncio
import hashlib
import os
import sys
from datetime import UTC
from pathlib import Path

import click
import msgspec

from capture import redaction
from capture.context import LineContext
from capture.errors import ModelError, TranscriptionFailed
from capture.moments import parse_moment
from capture.text import clean, for_terminal
from capture.voice.heard import Heard, Outcome
from capture.voice.models import Model, find_model
from storage.model import Clip, Draft, Entry, JsonValue
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record import Record
from storage.shapes import entry_shape
from tui.cli.entry_lines import clock
from tui.cli.exit_codes import NOT_FOUND, REFUSED, UNUSABLE
from tui.cli.options import examples, home_option, json_option, one_line, services_of
from tui.cli.output import print_entries, print_json, say, show, tell_incident
from tui.cli.unsaved import Unsaved
from tui.services import Services

_SILENCE = {
    Outcome.TOO_SHORT: "is too short to hold a word",
    Outcome.MUTED: "is silent: was the microphone switched off?",
    Outcome.NO_SPEECH: "holds no speech",
}
_NOT_YET = ("id", "ref", "incident", "recorded_at")
"""What an entry has only once it is recorded."""


class Unheard(Exception):
    """There is nothing to record; the message says why.

    Attributes:
        code: the exit code.
    """

    def __init__(self, why: str, code: int) -> None:
        """Keep the exit code beside the sentence."""
        super().__init__(why)
        self.code = code


class Dictation(msgspec.Struct, frozen=True):
    """A recording that was heard, as entries.

    Attributes:
        heard: what was said.
        drafts: the same as entries.
        context: what they were read against.
    """

    heard: Heard
    drafts: tuple[Draft, ...]
    context: LineContext


@click.command(
    "transcribe",
    epilog=examples(
        "hotwash voice transcribe standup.wav",
        "hotwash voice transcribe -i checkout-503s --at 14:05 voicemail.mp3",
    ),
)
@home_option
@click.option(
    "-i",
    "incident",
    metavar="INC",
    type=one_line,
    help="Record the entries in this incident. Without it they are printed only.",
)
@click.option("--at", metavar="M", help="When it was said: 14:05, -20m, … Without it: now.")
@click.option("--model", metavar="NAME", help="A speech model or its folder.")
@json_option
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def command(
    ctx: click.Context,
    incident: str | None,
    at: str | None,
    model: str | None,
    as_json: bool,
    file: Path,
) -> None:
    """Turn a recording into entries: WAV, FLAC, MP3, Ogg.

    Prints the entries that it would record, and records them with -i. Times that are said in it are
    meant from the moment at which it was said. Without speech 1, without a file that can be read 2,
    without a model 3.
    """
    services = services_of(ctx)
    record = _record(services, incident)
    context = _context(services, record, at)
    try:
        dictation = _dictated(services, record, context, file, model)
    except Unheard as error:
        say(str(error))
        ctx.exit(error.code)
    if incident is None or record is None:
        _preview(dictation, services.author, as_json=as_json)
        say("Nothing is recorded: -i INC records them.")
        return
    with Unsaved(services) as unsaved:
        unsaved.incident = record.incident.id
        unsaved.take(dictation.heard.text)
        entries = record.add(dictation.drafts, services.author)
        unsaved.saved()
        tell_incident(record)
        print_entries(entries, as_json=as_json)
        record.leave()
    for flagged in redaction.flag(dictation.heard.text):
        say(f"That sounds like a secret ({flagged.kind}).")
        say(f"`hotwash edit {entries[0].ref} --purge` takes the words out everywhere.")


def _record(services: Services, incident: str | None) -> Record | None:
    """The incident that is named, or the current one; None when nothing is going on."""
    if incident is not None:
        return services.existing(incident)
    path = services.meant(None)
    return None if path is None else services.library.open(path)


def _context(services: Services, record: Record | None, at: str | None) -> LineContext:
    """What the words are read against, at the moment at which they were said."""
    if record is not None:
        context = services.line_context(record)
    else:
        chosen = services.settings
        context = LineContext(
            now=services.now(),
            zone=services.zone(),
            author=services.author,
            people=frozenset(chosen.people),
            services=frozenset(chosen.services),
        )
    if at is None:
        return context
    said = parse_moment(at, context.now, context.zone).utc
    return msgspec.structs.replace(context, now=said or context.now)


def _dictated(
    services: Services,
    record: Record | None,
    context: LineContext,
    file: Path,
    model: str | None,
) -> Dictation:
    """The file, heard and divided.

    Raises:
        Unheard: it holds nothing, or can't be heard.
    """
    from capture.voice.entries import spoken_drafts

    try:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        why = f"{clean(str(file))} can't be read: {error.strerror}."
        raise Unheard(why, UNUSABLE) from error
    try:
        found = find_model(services.home.cache, model, services.settings.voice_model)
    except ModelError as error:
        raise Unheard(str(error), NOT_FOUND) from error
    heard = asyncio.run(_heard(services, record, context, file.absolute(), found))
    if heard.outcome is not Outcome.SPEECH:
        raise Unheard(f"{_name(file)} {_SILENCE[heard.outcome]}. Nothing was recorded.", REFUSED)
    clip = Clip(file=_name(file), sha256=sha256, seconds=round(heard.seconds, 1))
    drafts = spoken_drafts(heard, context, services.start.new_id(), clip)
    return Dictation(heard, drafts, context)


async def _heard(
    services: Services, record: Record | None, context: LineContext, file: Path, model: Model
) -> Heard:
    """What is said in a file.

    Raises:
        Unheard: it can't be told.
    """
    from capture.voice.glossary import read_glossary
    from capture.voice.transcriber import Transcriber, WorkerState
    from capture.voice.vocabulary import vocabulary_of

    glossary, warnings = read_glossary(services.home.glossary)
    for warning in warnings:
        say(warning)
    vocabulary = vocabulary_of(record, context.people, context.services, glossary)
    transcriber = Transcriber(
        model.path,
        services.home.log / "voice.log",
        name=model.name,
        on_state=lambda: _tell_progress(transcriber.progress),
    )
    try:
        return await transcriber.transcribe(file, vocabulary)
    except TranscriptionFailed as error:
        # With a process that goes on working it is the file.
        is_file = transcriber.state is WorkerState.READY
        raise Unheard(str(error), UNUSABLE if is_file else REFUSED) from error
    finally:
        await transcriber.close()


def _tell_progress(progress: float) -> None:
    """How far it is, on one line of a terminal; only long recordings have parts.

    The line is gone when it is done, or whatever is printed next would stand behind it.
    """
    if sys.stderr is not None and sys.stderr.isatty():
        text = f"{progress:4.0%} heard" if progress else ""
        click.echo(f"\r{text}\x1b[K", nl=False, err=True)


def _preview(dictation: Dictation, author: str, *, as_json: bool) -> None:
    """Print the entries that would be recorded."""
    context = dictation.context
    face = ClockFace(zone_of(context.zone) or UTC)
    for draft in dictation.drafts:
        values = {name: getattr(draft, name) for name in draft.__struct_fields__}
        entry = Entry(id="", author=author, **values)
        if as_json:
            nothing: dict[str, JsonValue] = dict.fromkeys(_NOT_YET)
            print_json(entry_shape(entry) | nothing)
        else:
            kind, words = for_terminal(entry.kind), for_terminal(entry.wording)
            show(f"{clock(entry.at, face)} {kind} {words}".rstrip())


def _name(file: Path) -> str:
    """The file's name, which need not be text, as text."""
    return clean(os.fsdecode(os.fsencode(file.name)))
