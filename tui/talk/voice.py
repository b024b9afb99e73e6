"""What this machine can do with speech, looked at once the app is on the screen."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from capture.errors import MicrophoneError, ModelError
from capture.voice.microphone import probe_elsewhere
from capture.voice.models import Model, find_model
from capture.voice.playback import Playback
from capture.voice.portaudio import portaudio
from capture.voice.transcriber import Transcriber
from storage.paths import Home
from storage.settings import Settings

SWITCHED_OFF = "Talking is switched off: voice is false in the settings, or HOTWASH_VOICE is 0."


class Voice:
    """The microphone, the model and the process that holds it, for as long as the app runs.

    Attributes:
        is_on: whether the person wants any of it.
        no_microphone: why nothing can be recorded; empty when it can, or before anybody looked.
        no_model: why nothing can be transcribed, likewise.
        transcriber: turns recordings into text; None without a model.
        playback: plays recordings.
    """

    def __init__(
        self, home: Home, settings: Settings, *, is_on: bool = True, report: Callable[[], None]
    ) -> None:
        """Nothing is looked for yet.

        Args:
            home: where models and the process's log lie.
            settings: which microphone and model are wanted.
            is_on: False when the environment says so.
            report: called when any of the attributes has changed, on the event loop.
        """
        self.is_on = is_on and settings.voice
        self.no_microphone = "" if self.is_on else SWITCHED_OFF
        self.no_model = "" if self.is_on else SWITCHED_OFF
        self.transcriber: Transcriber | None = None
        self.playback = Playback()
        self._has_looked = False
        self._home = home
        self._settings = settings
        self._report = report

    @property
    def can_record(self) -> bool:
        """Whether a microphone was found."""
        return self._has_looked and not self.no_microphone

    @property
    def microphone(self) -> str | None:
        """The one that is wanted; None for the system's own."""
        return self._settings.microphone

    @property
    def keep_audio_days(self) -> int:
        """How long recordings are kept once they are entries."""
        return self._settings.keep_audio_days

    async def prepare(self) -> None:
        """Look for a microphone and a model, and let the model be loaded."""
        if not self.is_on:
            return
        await self._look()
        await self.load()

    async def _look(self) -> None:
        found = await asyncio.to_thread(probe_elsewhere, self._settings.microphone)
        self.no_microphone = found.why
        self._has_looked = True
        if found.chosen is not None:
            # Loaded now, so that the first press is not late by a third of a second.
            await asyncio.to_thread(_load_library)
        self._report()

    async def load(self) -> None:
        """Let the model be loaded that the settings ask for, unless it is loaded already."""
        if not self.is_on:
            return
        try:
            model = await asyncio.to_thread(self._model)
        except ModelError as error:
            self.no_model = str(error)
        else:
            self.no_model = ""
            if self.transcriber is None:
                log = self._home.log / "voice.log"
                self.transcriber = Transcriber(
                    model.path, log, name=model.name, on_state=self._report
                )
                await self.transcriber.start()
        self._report()

    async def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed."""
        before, self._settings = self._settings, settings
        if not self.is_on:
            return
        if settings.microphone != before.microphone:
            await self._look()
        if settings.voice_model != before.voice_model:
            # What is being heard is heard by the new one, see `Transcripts.hear`.
            await self._unload()
            await self.load()

    async def close(self) -> None:
        """End the process."""
        self.playback.stop()
        await self._unload()

    async def _unload(self) -> None:
        transcriber, self.transcriber = self.transcriber, None
        if transcriber is not None:
            await transcriber.close()

    def _model(self) -> Model:
        return find_model(self._home.cache, setting=self._settings.voice_model)


def _load_library() -> None:
    with suppress(MicrophoneError):
        portaudio()
