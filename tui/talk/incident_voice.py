"""All that has to do with speech about one open incident."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from capture.voice.clips import Clips
from capture.voice.entries import spoken_drafts
from capture.voice.heard import Outcome
from capture.voice.push_to_talk import LOCAL_GAP_S, REMOTE_GAP_S, PushToTalk
from storage.model import Entry
from storage.record import Record
from storage.recordings import folders
from tui.clipboard import is_far_away
from tui.keeper import Keeper
from tui.redividing import changed_by_hand, heard_again
from tui.services import Services
from tui.talk.talking import Talking
from tui.talk.transcripts import Told, Transcripts
from tui.talk.voice import Voice


class IncidentVoice:
    """See the module.

    Attributes:
        clips: its recordings.
        transcripts: turns them into entries.
        talking: makes them.
        voice: microphone and model.
    """

    def __init__(self, keeper: Keeper, services: Services, voice: Voice, glossary: Path) -> None:
        """Nothing was said yet.

        Args:
            keeper: the incident.
            services: its home.
            voice: microphone and model.
            glossary: the person's file of words.
        """
        incident = keeper.record.incident.id
        self.voice = voice
        self._audio = services.home.audio
        self.clips = Clips(self._audio / incident, incident)
        self.transcripts = Transcripts(keeper, self.clips, voice, glossary, self._tell)
        far = is_far_away(services.start.environment)
        keys = PushToTalk(release_gap_s=REMOTE_GAP_S if far else LOCAL_GAP_S)
        new_id = services.start.new_id
        self.talking = Talking(keeper, self.clips, voice, self.transcripts, new_id, keys)
        self.talking.tell = self._tell
        self._listeners: list[Callable[[Told], None]] = []

    def listen(self, listener: Callable[[Told], None]) -> None:
        """Call with what becomes of each recording."""
        self._listeners.append(listener)

    def audio_of(self, entry: Entry) -> Path | None:
        """The recording of an entry; None when it is not kept here, or no longer.

        By the id of the recording alone: what an entry calls its file may come from anywhere.
        """
        return (
            None
            if entry.utterance is None
            else self._clips_of(entry.utterance).audio(entry.utterance)
        )

    def _clips_of(self, utterance: str) -> Clips:
        """The recordings among which one lies: it may have been said in an incident joined with this."""
        if self.clips.note(utterance) is not None:
            return self.clips
        for folder in folders(self._audio):
            clips = Clips(folder, folder.name)
            if clips.note(utterance) is not None:
                return clips
        return self.clips

    async def hear_again(self, entry: Entry, audio: Path) -> str:
        """Transcribe a recording anew, and let its entries say what is heard now.

        Args:
            entry: one of them.
            audio: the recording.

        Returns:
            What is to be told.

        Raises:
            TranscriptionFailed: it can't be heard.
            StorageError: nothing is saved.
        """
        heard = await self.transcripts.hear(audio)
        if heard.outcome is not Outcome.SPEECH:
            return f"No speech is heard in the recording of {entry.ref} now, so nothing is changed."
        keeper = self.transcripts.keeper
        clips = await asyncio.to_thread(self._clips_of, str(entry.utterance))
        note = await asyncio.to_thread(clips.note, str(entry.utterance))
        pressed_at = note.pressed_at if note is not None else entry.happened
        context = msgspec.structs.replace(keeper.line_context(), now=pressed_at)
        drafts = spoken_drafts(heard, context, str(entry.utterance), entry.clip)

        def act(record: Record) -> str:
            entries = _of_utterance(record, str(entry.utterance))
            by_hand = {e.id: changed_by_hand(record.history(e.id)) for e in entries}
            again = heard_again(entries, drafts, by_hand)
            if again.edits or again.drafts:
                record.act(keeper.author, again.drafts, again.edits)
            return again.said

        return await keeper.act(act)

    async def close(self) -> None:
        """Save what is being said, and let go."""
        await self.talking.close()

    def _tell(self, told: Told) -> None:
        for listener in self._listeners:
            listener(told)


def _of_utterance(record: Record, utterance: str) -> list[Entry]:
    """Its entries that are still shown, in the order in which they were said."""
    ids = [entry_id for _, _, entry_id in record.order()]
    same = [i for i in ids if record.values(i, ("utterance",)) == (utterance,)]
    return [record.entry(entry_id) for entry_id in sorted(same)]
