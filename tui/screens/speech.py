"""What a person can do with what was said: dictate text, listen, hear again, confirm, teach."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from capture.errors import CaptureError, VoiceError
from capture.labels import mark_label, moment_label
from storage.errors import StorageError
from storage.model import Draft, Entry, Mark, Status
from tui import acts
from tui.composing.dictation import dictation_in
from tui.keeper import Keeper
from tui.screens.line_recording import LineRecording
from tui.screens.word_keeping import SentWords
from tui.services import Services

if TYPE_CHECKING:
    from tui.talk.incident_voice import IncidentVoice

_NOT_SPOKEN = "was not spoken, so there is nothing to listen to."
_NOTHING_TO_LEARN = "There is nothing to learn yet: correct a word that was heard wrongly (Up, then e), then /learn."


class Speech(LineRecording):
    """The part of the timeline screen that has to do with speech."""

    def __init__(
        self, keeper: Keeper, services: Services, spoken: "Callable[[], IncidentVoice | None]"
    ) -> None:
        """Nothing was said yet.

        Args:
            keeper: the incident.
            services: its home.
            spoken: gives what is said of the incident; None where nobody can talk.
        """
        super().__init__(keeper, services)
        self._spoken = spoken
        self._correction: tuple[str, str] | None = None

    # What was heard

    def show_heard(self, pending: Sequence[Draft], entries: Sequence[Entry]) -> None:
        """Show what is being heard, and tell what became entries."""
        self.being_heard = list(pending)
        self.show_under_way()
        if not entries:
            return
        self.notices.forgive()
        now = self.keeper.now()
        self.notices.done(f"saved {self.clock_now()}: {_told(entries, now)} ctrl+z takes it back.")
        self.save(self._warn_of_spoken(entries))

    async def _warn_of_spoken(self, entries: Sequence[Entry]) -> None:
        await self.warn_of_secrets(" ".join(entry.as_written for entry in entries))

    # Dictating text

    def take_special(self, text: str) -> bool:
        """Split a line that begins with ``/dictate``, as if it had been spoken."""
        words = dictation_in(text)
        if words is None:
            return False
        from capture.utterance.dictated import dictated

        now = self.keeper.moment()
        drafts = [
            draft if draft.at is not None else msgspec.structs.replace(draft, at=now)
            for draft in dictated(words, self.keeper.line_context(), self.services.start.new_id())
        ]
        sent = SentWords(text)
        self.sent(sent)
        self.save(self._record_dictation(sent, drafts))
        return True

    async def _record_dictation(self, sent: SentWords, drafts: Sequence[Draft]) -> None:
        by = self.keeper.author
        try:
            entries = await self.keeper.act(sent.saved_by(lambda record: record.add(drafts, by)))
        except (StorageError, CaptureError) as error:
            self.notices.wrong(str(error))
            self.composer.put_back(sent.text)
        else:
            self.show_heard(self.being_heard, entries)
        self.arrived(sent)

    # Acts on entries

    def action_heard_right(self) -> None:
        """Confirm words that were heard unclearly."""
        self._act(acts.heard_right)

    def action_play(self) -> None:
        """Play the recording of an entry, or stop playing."""
        spoken, entry = self._spoken(), self.one_entry("listen to")
        self.to_input()
        if spoken is None or entry is None:
            return
        if self.stop_playing():
            self.notices.done("Playing is stopped.")
        else:
            self.run_worker(self._play(spoken, entry), group="playing", exclusive=True)

    async def _play(self, spoken: "IncidentVoice", entry: Entry) -> None:
        audio = await asyncio.to_thread(spoken.audio_of, entry)
        if audio is None:
            self.notices.wrong(_why_no_audio(entry))
            return
        self.notices.done(f"Playing {entry.ref}; Escape stops.")
        try:
            await asyncio.to_thread(spoken.voice.playback.play, audio)
        except VoiceError as error:
            self.notices.wrong(str(error))

    def action_hear_again(self) -> None:
        """Transcribe the recording of an entry anew."""
        spoken, entry = self._spoken(), self.one_entry("hear again")
        self.to_input()
        if spoken is not None and entry is not None:
            self.save(self._hear_again(spoken, entry))

    async def _hear_again(self, spoken: "IncidentVoice", entry: Entry) -> None:
        audio = await asyncio.to_thread(spoken.audio_of, entry)
        if audio is None:
            self.notices.wrong(_why_no_audio(entry))
            return
        self.notices.done(f"Hearing {entry.ref} again …")
        try:
            said = await spoken.hear_again(entry, audio)
        except (CaptureError, StorageError) as error:
            self.notices.wrong(str(error))
            return
        self.notices.forgive()
        self.notices.done(said)

    def stop_playing(self) -> bool:
        """End what is being played; says whether anything was."""
        spoken = self._spoken()
        if spoken is None or not spoken.voice.playback.playing:
            return False
        spoken.voice.playback.stop()
        return True

    # Teaching

    def text_changed(self, before: Entry, words: str) -> None:
        """Offer to remember a correction of what was heard."""
        if before.source != "voice":
            return
        from capture.voice.corrections import correction

        self._correction = correction(before.text, words)
        if self._correction is not None:
            said, meant = self._correction
            self.notices.done(
                f"{before.ref} is corrected. /learn lets “{said}” be heard as “{meant}” from now on."
            )

    def learn(self) -> None:
        """Take the last correction into the glossary."""
        if self._correction is None:
            self.notices.done(_NOTHING_TO_LEARN)
            return
        self.save(self._learn(*self._correction))

    async def _learn(self, said: str, meant: str) -> None:
        from capture.voice.glossary import learn

        path = self.services.home.glossary
        try:
            await asyncio.to_thread(partial(learn, path, said, meant))
        except (StorageError, CaptureError) as error:
            self.notices.wrong(str(error))
            return
        self._correction = None
        self.notices.done(
            f"“{said}” will be heard as “{meant}”; the line in {path} can be deleted again."
        )


def _told(entries: Sequence[Entry], now: datetime) -> str:
    """``2 entries (symptom [02:47], action); 1 heard unclearly, u confirms and e corrects.``."""
    kinds = ", ".join(_kind(entry, now) for entry in entries)
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    unclear = sum(acts.is_unclear(entry) for entry in entries)
    doubt = f"; {unclear} heard unclearly, u confirms and e corrects" if unclear else ""
    is_over = any(entry.status == Status.RESOLVED for entry in entries)
    over = " The incident is resolved now." if is_over else ""
    return f"{count} ({kinds}){doubt}.{over}"


def _kind(entry: Entry, now: datetime) -> str:
    """What sort of entry it is, with the time that was said; another day's has its date."""
    mark = f" {mark_label(Mark(entry.mark))}" if entry.mark in set(Mark) else ""
    when = f" {moment_label(entry.at, now, entry.at.zone)}" if entry.at.as_given else ""
    return f"{entry.known_kind.label}{mark}{when}"


def _why_no_audio(entry: Entry) -> str:
    if entry.clip is None:
        return f"{entry.ref} {_NOT_SPOKEN}"
    return f"The recording of {entry.ref} is not kept on this machine, or no longer."
