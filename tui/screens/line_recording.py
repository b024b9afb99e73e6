"""From the input to the record: what becomes of a line, and of lines that could not be saved."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice

import msgspec
from textual import on

from capture.errors import CaptureError
from capture.moments import parse_moment
from capture.note_line import literal, read_line
from capture.readings import ApplyToEntry, CloseEntry, Closing, NewEntry, Reading, unread_mark
from capture.recording import Recorded, meant_entry, record_reading
from storage.errors import StorageError
from storage.model import Draft, Entry, Status
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record import Record
from tui.commands import TYPED
from tui.drafting import DraftKeeper, Orphans
from tui.keeper import Keeper
from tui.screens.entry_prompts import EntryPrompts, Question
from tui.screens.word_keeping import SentWords
from tui.services import Services
from tui.timeline.listing import NotShown
from tui.widgets.composer import Composer, Prompt
from tui.widgets.secret_watch import kinds_of_secret

JUMP = "jump"
"""The purpose of the prompt that asks for a time to go to."""

NO_ENTRY = "There is no entry yet. Type what happens, and press Enter."
_MOST_OFFERED = 20
_BREATH_S = 1.0


class _Line(SentWords):
    """A note line.

    Attributes:
        reading: what it was read as.
        is_literal: nothing in it was read as a mark.
        has_failed: it could not be saved, and waits to be put back into the input.
    """

    def __init__(self, reading: Reading, *, is_literal: bool) -> None:
        super().__init__(reading.as_written)
        self.reading = reading
        self.is_literal = is_literal
        self.has_failed = False


class LineRecording(EntryPrompts):
    """The part of the timeline screen that takes lines from the composer.

    Attributes:
        keeper: the incident.
        services: its home.
        drafts: keeps what is typed.
        being_heard: what was said and is no entry yet, as rows of the timeline.
    """

    def __init__(self, keeper: Keeper, services: Services) -> None:
        """Nothing is under way yet.

        Args:
            keeper: the incident.
            services: its home.
        """
        super().__init__()
        self.keeper = keeper
        self.services = services
        self.drafts = DraftKeeper(
            services.home.drafts,
            keeper.record.incident.id,
            keeper.now,
            self.set_timer,
            self.wrong,
        )
        self._orphans = Orphans(services.home.drafts)
        self.being_heard: list[Draft] = []
        self._lines: list[_Line] = []
        self._all_in = asyncio.Event()
        self._all_in.set()
        self._first_sent: dict[str, str] = {}

    def wrong(self, sentence: str) -> None:
        """Tell what went wrong."""
        self.notices.wrong(sentence)

    @on(Composer.Submitted)
    def _take_line(self, event: Composer.Submitted) -> None:
        event.stop()
        if event.prompt is not None:
            self._take_words(event.prompt, event.text)
        elif not event.literal and (command := TYPED.get(event.text.strip())):
            # Not awaited here: the command may take this screen away.
            self.app.call_later(self.app.run_action, f"app.command('{command.name}')")
        elif event.literal or not self.take_special(event.text):
            self.record_lines([event.text], is_literal=event.literal)

    def take_special(self, _text: str) -> bool:
        """Do what a line asks for that is more than a note line; says whether it was one."""
        return False

    @on(Composer.SplitSubmitted)
    def _take_split(self, event: Composer.SplitSubmitted) -> None:
        event.stop()
        self.record_lines(event.lines)

    def _take_words(self, prompt: Prompt, words: str) -> None:
        if isinstance(prompt, Question):
            self.answered(prompt, words)
        elif not self.jump_to(words):
            self.ask(prompt, words)
        self.keep_words()

    def record_lines(self, lines: Sequence[str], *, is_literal: bool = False) -> None:
        """Record note lines, in this order; those that can't be come back to the input."""
        selected = next(iter(self.timeline.selected), None)
        now = self.keeper.moment()
        context = self.keeper.line_context()
        new: list[_Line] = []
        for text in lines:
            reading = literal(text, context) if is_literal else read_line(text, context)
            if isinstance(reading, NewEntry | CloseEntry) and not _has_time(reading):
                self._first_sent.setdefault(text, self.clock_now())
            if isinstance(reading, NewEntry) and reading.draft.at is None:
                # It happened when Enter was pressed, however long the disk takes.
                draft = msgspec.structs.replace(reading.draft, at=now)
                reading = msgspec.structs.replace(reading, draft=draft)
            new.append(_Line(reading, is_literal=is_literal))
        for line in new:
            self._all_in.clear()
            self._lines.append(line)
            self.sent(line)
        self.show_under_way()
        for line in new:
            act = partial(
                record_reading,
                reading=line.reading,
                by=self.keeper.author,
                now=now,
                selected=selected,
            )
            self.save(self._record(line.saved_by(act), line))

    async def _record(self, act: Callable[[Record], Recorded], line: _Line) -> None:
        """Record one line; should that fail its words go back to the input."""
        try:
            recorded = await self.keeper.act(act)
        except (StorageError, CaptureError) as error:
            line.has_failed = True
            self.notices.wrong(str(error))
            if isinstance(error, StorageError):
                self._tell_time(line)
        else:
            self._lines.remove(line)
            self.arrived(line)
            # Where it stands can be told once it does not stand there as a pending one as well.
            self.show_under_way()
            self._saved(line.reading, recorded)
        self.show_under_way()
        self._give_back()
        if not self._lines and not self.composer.unsent():
            # Nothing that came back waits any more to be sent again.
            self._first_sent.clear()
        await self.warn_of_secrets(line.text)

    def _tell_time(self, line: _Line) -> None:
        """Say how a line that comes back keeps the time of the first Enter."""
        if (clock := self._first_sent.get(line.text)) is None:
            return
        longer = read_line(f"{line.text} @{clock}", self.keeper.line_context())
        is_read = isinstance(longer, NewEntry | CloseEntry) and _has_time(longer)
        if is_read and not line.is_literal:
            how = f"put @{clock} at its end to keep that time"
        else:
            how = "once it is saved, t corrects its time"
        self.notices.wrong(f"The line was typed at {clock}: {how}.")

    async def all_in(self) -> None:
        """Wait until the lines that were sent are in the record, or a breath at most: disks hang."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_BREATH_S):
                await self._all_in.wait()

    async def warn_of_secrets(self, text: str) -> None:
        """Tell what looks like a secret in words that were recorded."""
        for kind in await kinds_of_secret(text):
            advice = "Up, then X, removes the words for good"
            self.notices.warn(f"That looks like a secret ({kind}). {advice}.")

    def show_under_way(self) -> None:
        """Show what is not in the record yet, below what is."""
        readings = [line.reading for line in self._lines if not line.has_failed]
        drafts = [reading.draft for reading in readings if isinstance(reading, NewEntry)]
        self.timeline.show_pending([*drafts, *self.being_heard])

    def _give_back(self) -> None:
        """Put lines that failed into the input, the first one on top, once none is under way."""
        if not all(line.has_failed for line in self._lines):
            return
        self._all_in.set()
        failed, self._lines = self._lines, []
        for line in reversed(failed):
            self.composer.put_back(line.text, literal=line.is_literal)
        for line in failed:
            self.arrived(line)

    def _saved(self, reading: Reading, recorded: Recorded) -> None:
        if not self.timeline.has_focus:
            self.timeline.clear_selection()
        self.notices.forgive()
        said = recorded.said or self._told(reading, recorded.entries)
        self.notices.done(said)

    def _told(self, reading: Reading, entries: Sequence[Entry]) -> str:
        """What became of a line."""
        if not entries:
            return ""
        entry = entries[0]
        if not isinstance(reading, NewEntry):
            changed = entries[-1]
            return f"{changed.ref} is changed: {changed.wording}. ctrl+z takes it back."
        unread = unread_mark(reading)
        remarks = " ".join((*reading.remarks, *([unread] if unread else ())))
        over = self.keeper.record.incident.status == Status.RESOLVED
        ended = " F4 opens the postmortem starter." if over and entry.status else ""
        return f"saved {self.clock_now()}{self._where(entry)}.{ended} {remarks}".rstrip()

    def clock_now(self) -> str:
        """What a clock shows in the incident's home zone."""
        zone = zone_of(self.keeper.record.incident.zone)
        face = ClockFace(zone) if zone else ClockFace()
        return f"{face.local(self.keeper.now()):%H:%M}"

    def _where(self, entry: Entry) -> str:
        try:
            rows = self.timeline.rows_up(entry.id)
        except NotShown:
            return ", hidden by the filter" if self.timeline.filter_text else ""
        if not rows:
            return ""
        direction = "up" if rows > 0 else "down"
        count = "1 row" if abs(rows) == 1 else f"{abs(rows)} rows"
        return f", {count} {direction}"

    # What the input asks for

    def target_of_marks(self) -> str | None:
        """The entry that the line in the input is for, as the preview names it."""
        reading = read_line(self.composer.text, self.keeper.line_context())
        return self.named(reading) if isinstance(reading, ApplyToEntry) else None

    def named(self, reading: CloseEntry | ApplyToEntry) -> str | None:
        """The entry that a line closes or marks, in a few words."""
        selected = self.timeline.selected
        try:
            entry = meant_entry(
                self.keeper.record, reading, self.keeper.author, selected[0] if selected else None
            )
        except StorageError:
            return None
        return f"{entry.ref} {entry.wording}" if entry else None

    def closable(self, word: str) -> list[tuple[str, str]]:
        """The entries that a closing word fits, for completion, the newest first."""
        kinds = Closing(word).kinds
        record = self.keeper.record
        fitting = (
            record.entry(entry_id)
            for _, _, entry_id in reversed(record.order())
            if record.values(entry_id, ("kind",))[0] in kinds
        )
        return [(entry.ref, entry.wording) for entry in islice(fitting, _MOST_OFFERED)]

    def offer_orphans(self) -> None:
        """Put what was typed earlier and never recorded into the input, the oldest first."""
        offered = 0
        for orphan in reversed(self._orphans.of(self.keeper.record.incident.id)):
            try:
                offered += self._orphans.take(orphan, self._put_back, self.drafts)
            except StorageError as error:
                self.wrong(str(error))
        for notice in self._orphans.take_notices():
            self.wrong(notice)
        if offered:
            what = "This was" if offered == 1 else f"{offered} lines were"
            self.notices.done(
                f"{what} typed before and never recorded: Enter records, or change it."
            )

    def _put_back(self, text: str) -> str:
        self.composer.put_back(text)
        return self.composer.unsent()

    def jump_to(self, words: str) -> bool:
        """Select what happened at a time; False when that is none."""
        now = self.keeper.moment()
        assert now.utc is not None, "now is known"
        try:
            moment = parse_moment(words.strip().removeprefix("@"), now.utc, now.zone)
        except CaptureError as error:
            self.wrong(str(error))
            return False
        if moment.utc is not None and self.timeline.jump(moment.utc):
            self.timeline.focus()
        else:
            self.notices.done(NO_ENTRY)
        return True


def _has_time(reading: NewEntry | CloseEntry) -> bool:
    """Whether a line says itself when it happened."""
    return (reading.draft.at if isinstance(reading, NewEntry) else reading.at) is not None
