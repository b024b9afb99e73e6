"""``hotwash voice test``."""

import asyncio
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from capture.text import for_terminal
from capture.voice.clips import Clips
from capture.voice.level import MUTED_DB
from capture.voice.recorder import Recorder, Recording
from tui.cli.exit_codes import REFUSED
from tui.cli.options import examples, home_option, one_line, services_of
from tui.cli.output import count, say, show
from tui.services import Services

if TYPE_CHECKING:
    from capture.voice.heard import Heard

_LONGEST_S = 60
_PATIENCE_S = 5.0
_DRAWN_EVERY_S = 0.05
_METER_CELLS = 30
_FAINT_DB = -35.0
_CLIPPED_DB = -0.1


@click.command(
    "test",
    epilog=examples("hotwash voice test", 'hotwash voice test --microphone "USB" --play'),
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, _LONGEST_S),
    default=3.0,
    show_default=True,
    help="How long to record.",
)
@click.option(
    "--microphone",
    metavar="NAME",
    type=one_line,
    help="Record from this one, in place of the one in the settings.",
)
@click.option("--play", is_flag=True, help="Play back what was recorded.")
@home_option
@click.pass_context
def command(ctx: click.Context, seconds: float, microphone: str | None, play: bool) -> None:
    """Record a few seconds, and say how loud it was and what was heard.

    Nothing of it is kept. With 1 when nothing was to be heard.
    """
    services = services_of(ctx)
    with tempfile.TemporaryDirectory(prefix="hotwash-voice-test-") as folder:
        recording, audio = _record(services, Path(folder), seconds, microphone)
        show(verdict(recording))
        if recording.trouble or recording.peak_db < MUTED_DB:
            ctx.exit(REFUSED)
        if play:
            _play(audio)
        _transcribe(services, audio)


def _record(
    services: Services, folder: Path, seconds: float, microphone: str | None
) -> tuple[Recording, Path]:
    """Record into a folder, with a meter if somebody looks.

    Raises:
        MicrophoneError: nothing can be recorded.
        RecordError: the disk refuses.
    """
    clips = Clips(folder, services.start.new_id())
    held = clips.begin(services.start.new_id(), services.now(), services.zone(), services.author)
    over = threading.Event()
    recorder = Recorder(held, microphone or services.settings.microphone, over.set)
    try:
        with _hushed():
            recorder.open()
            told = False
            until = services.start.stopwatch() + seconds + _PATIENCE_S
            while recorder.seconds < seconds and services.start.stopwatch() < until:
                if recorder.hears and not told:
                    show(f"Speak now, for {seconds:g} s.")
                    told = True
                if told:
                    _draw(recorder)
                if over.wait(_DRAWN_EVERY_S):
                    break
            _draw(None)
            return recorder.finish(), held.audio
    finally:
        with _hushed():
            recorder.farewell()
        held.release()


def _draw(recorder: Recorder | None) -> None:
    """The meter, over the one before; without a recorder it goes."""
    if sys.stdout is None or not sys.stdout.isatty():
        return
    if recorder is None:
        show(f"\r{' ' * (_METER_CELLS + 12)}", end="\r")
        return
    lit = round(recorder.level * _METER_CELLS)
    meter = f"{'#' * lit}{'.' * (_METER_CELLS - lit)}"
    show(f"\r[{meter}] {recorder.seconds:4.1f} s", end="")


def verdict(recording: Recording) -> str:
    """What a person wants to know of a recording."""
    if recording.trouble:
        return for_terminal(recording.trouble)
    what = f"Heard {recording.seconds:.1f} s, at the loudest {recording.peak_db:.0f} dB"
    if recording.overflows:
        gaps = count(recording.overflows, "gap", "gaps")
        what += f", with {gaps} because this machine was too busy"
    if recording.peak_db < MUTED_DB:
        return f"{what}: next to nothing. Is the microphone muted?"
    if recording.peak_db < _FAINT_DB:
        return f"{what}: faint. Come closer, or turn the microphone up."
    if recording.peak_db > _CLIPPED_DB:
        return f"{what}: too loud. Turn the microphone down."
    return f"{what}: good."


def _play(audio: Path) -> None:
    """Play a recording to its end.

    Raises:
        VoiceError: it can't be played.
    """
    from capture.voice.playback import Playback

    ended = threading.Event()
    playback = Playback(ended.set)
    with _hushed():
        playback.play(audio)
        try:
            ended.wait(_LONGEST_S + _PATIENCE_S)
        finally:
            playback.stop()


def _transcribe(services: Services, audio: Path) -> None:
    """Say what was heard, if there is a model that can tell.

    Raises:
        TranscriptionFailed: it can't be turned into text.
    """
    from capture.voice.heard import Outcome
    from capture.voice.models import Unusable, look_for_model

    model = look_for_model(services.home.cache, None, services.settings.voice_model)
    if isinstance(model, Unusable):
        show(for_terminal(f"{model.what}, so it was not turned into text. To mend it: {model.fix}"))
        return
    say(f"Transcribing with {model.name} …")
    heard = asyncio.run(_heard(model.path, services.home.log / "voice.log", audio))
    if heard.outcome is Outcome.SPEECH and heard.text:
        show(for_terminal(f"It heard: {heard.text}"))
    else:
        show("It heard nobody speak.")


async def _heard(model: Path, log: Path, audio: Path) -> "Heard":
    from capture.voice.transcriber import Transcriber

    transcriber = Transcriber(model, log)
    try:
        return await transcriber.transcribe(audio)
    finally:
        await transcriber.close()


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep what sound libraries print to standard error from the person, who can do nothing with it."""
    try:
        kept = os.dup(2)
    except OSError:
        # Started without one: `2>&-`.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
