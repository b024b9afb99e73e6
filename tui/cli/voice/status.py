"""``hotwash voice status``."""

from pathlib import Path

import click
import msgspec

from capture.text import for_terminal
from capture.voice.fetching import size_of
from capture.voice.manifests import megabytes
from capture.voice.microphone import Found, probe_elsewhere
from capture.voice.models import Model, installed_models, look_for_model
from tui.checks import Check, State, model
from tui.cli.exit_codes import REFUSED
from tui.cli.options import home_option, json_option, services_of
from tui.cli.output import count, print_json, show
from tui.services import Services


class Audio(msgspec.Struct, frozen=True):
    """What is kept of what was said.

    Attributes:
        folder: where.
        recordings: how many.
        bytes: how much they take.
        keep_days: for how long a recording is kept once it is an entry.
    """

    folder: Path
    recordings: int
    bytes: int
    keep_days: int


class Status(msgspec.Struct, frozen=True):
    """What would happen if somebody pressed the key now.

    Attributes:
        works: whether they could speak, and it would become entries.
        enabled: whether the settings and the environment leave speech on.
        talk_key: the key.
        model: the one that would be used.
        model_trouble: why there is none, and what to do.
        installed: names of all models that could be used.
        microphone: what would be recorded from.
        microphones: what the setting could name.
        microphone_trouble: why nothing can be recorded.
        audio: what is kept.
    """

    works: bool
    enabled: bool
    talk_key: str
    model: Model | None
    model_trouble: str | None
    installed: tuple[str, ...]
    microphone: str | None
    microphones: tuple[str, ...]
    microphone_trouble: str | None
    audio: Audio


@click.command("status")
@home_option
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Show which model and microphone would be used, and what is kept of what was said.

    With 1 when one of them is missing.
    """
    services = services_of(ctx)
    check = model(services)
    status = _look(services, check, probe_elsewhere(services.settings.microphone))
    if as_json:
        print_json(msgspec.to_builtins(status, enc_hook=str))
    else:
        _print(status, check)
    if not status.works:
        ctx.exit(REFUSED)


def _look(services: Services, check: Check, microphone: Found) -> Status:
    found = look_for_model(services.home.cache, None, services.settings.voice_model)
    folder = services.home.audio
    recordings = sum(1 for _ in folder.rglob("*.wav*")) if folder.is_dir() else 0
    chosen = services.settings
    enabled = chosen.voice and services.start.environment.get("HOTWASH_VOICE") != "0"
    return Status(
        works=enabled and isinstance(found, Model) and microphone.chosen is not None,
        enabled=enabled,
        talk_key=chosen.talk_key,
        model=found if isinstance(found, Model) else None,
        model_trouble=None
        if check.state is State.OK
        else f"{check.detail} To mend it: {check.fix}",
        installed=tuple(one.name for one in installed_models(services.home.cache)),
        microphone=microphone.chosen,
        microphones=microphone.names,
        microphone_trouble=microphone.why or None,
        audio=Audio(folder, recordings, size_of(folder), chosen.keep_audio_days),
    )


def _print(status: Status, check: Check) -> None:
    """A line about each, as people read it."""
    _line("model", status.model_trouble or check.detail)
    _line("installed", ", ".join(status.installed) or "none")
    _line("microphone", status.microphone or status.microphone_trouble or "none")
    others = [name for name in status.microphones if name != status.microphone]
    if others:
        _line("others", ", ".join(others))
    audio = status.audio
    kept = count(audio.recordings, "recording", "recordings")
    size = f", {megabytes(audio.bytes)}" if audio.bytes else ""
    days = count(audio.keep_days, "day", "days")
    _line("audio", f"{kept}{size}, kept for {days} in {audio.folder}")
    _line("network", "not used: what is said stays on this machine")
    if not status.enabled:
        _line("ready", "no: voice is false in settings.toml, or HOTWASH_VOICE is 0")
    elif status.works:
        _line("ready", f"yes: hold {status.talk_key} in the app and speak")
    else:
        _line("ready", "no")


def _line(what: str, text: str) -> None:
    show(f"{what + ':':<12}{for_terminal(text)}")
