"""Push-to-talk on a real incident, with a microphone that does as it is told."""

import asyncio
from pathlib import Path

from capture.voice.clips import Clips, ClipState
from capture.voice.push_to_talk import PushToTalk
from storage.paths import Home
from storage.settings import Settings
from tests.storage.builders import Clock, Ids, new_record
from tests.tui.talk.microphone import Microphone
from tests.tui.waiting import until
from tui.keeper import Keeper
from tui.talk.talking import Talking
from tui.talk.transcripts import Told, Transcripts
from tui.talk.voice import Voice


class Desk:
    """An incident, and all that talking about it needs. Its stopwatch stands still until it is moved.

    Attributes:
        time: seconds of the monotonic clock.
        told: what was told, the newest last.
    """

    def __init__(self, folder: Path, *, is_on: bool = True, releases: bool = False) -> None:
        """Nothing was said yet, and there is no speech model."""
        home = Home(folder / "home", folder / "cache")
        clock = Clock()
        self.time = 1000.0
        self.told: list[Told] = []
        self.microphone = Microphone()
        self.record = new_record(folder)
        self.keeper = Keeper(self.record, "dana", clock)
        self.voice = Voice(home, Settings(), is_on=is_on, report=lambda: None)
        self.folder = home.audio / self.record.incident.id
        self.clips = Clips(self.folder, self.record.incident.id)
        self.transcripts = Transcripts(
            self.keeper, self.clips, self.voice, home.glossary, self.told.append
        )
        self.keys = PushToTalk(reports_release=releases)
        self.talking = Talking(
            self.keeper, self.clips, self.voice, self.transcripts, Ids("clips"), self.keys
        )
        self.talking.clock = lambda: self.time
        self.talking.tell = self.told.append
        self.talking.record = self.microphone.record

    def wait(self, seconds: float) -> None:
        """Let time pass, with all that becomes due meanwhile."""
        end = self.time + seconds
        while (due := self.talking.deadline) is not None and due <= end:
            self.time = max(self.time, due)
            self.talking.expire(self.time)
        self.time = end

    async def settled(self) -> None:
        """Wait until nothing happens any more but that a recording may go on."""
        await asyncio.sleep(0)
        await until(lambda: not self.talking.is_busy)
        await self.transcripts.settled()

    def states(self) -> list[ClipState]:
        """How far each recording has come, the oldest first."""
        return [note.state for note in self.clips.all()]

    @property
    def sentences(self) -> list[str]:
        """What the person was told."""
        return [told.sentence for told in self.told if told.sentence]
