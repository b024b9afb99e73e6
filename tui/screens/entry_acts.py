"""The letters that act on selected entries: what the timeline screen does when one is pressed."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from capture.errors import CaptureError
from storage.errors import StorageError
from storage.model import Claim, Entry, Kind, Mark, Outcome
from storage.record import Record
from tui import acts
from tui.entry_change import Change
from tui.joining import join
from tui.keeper import Keeper
from tui.redividing import changed_by_hand, undivided
from tui.screens.choice import Choice, ChoiceScreen, Option
from tui.screens.word_keeping import WordKeeping
from tui.services import Services
from tui.widgets.timeline import Timeline

T = TypeVar("T")

SAVING = "saving"
"""The app's workers that an app waits for before it leaves an incident."""

UNDO = "ctrl+z takes it back"
_MARKS = {
    "s": Mark.IMPACT_STARTED,
    "d": Mark.DETECTED,
    "a": Mark.ACKNOWLEDGED,
    "m": Mark.MITIGATED,
    "e": Mark.IMPACT_ENDED,
    "r": Mark.RESOLVED,
}
_OUTCOMES = {
    "w": Outcome.WORKED,
    "n": Outcome.NO_EFFECT,
    "o": Outcome.WORSE,
    "u": Outcome.UNKNOWN,
}
_CLAIMS = {"c": Claim.CONFIRMED, "r": Claim.RULED_OUT, "p": Claim.PROPOSED}


class EntryActs(WordKeeping):
    """Acts on the entries that are selected in a timeline; focus goes back to the input after each.

    Attributes:
        keeper: the open incident.
        services: its home.
    """

    keeper: Keeper
    services: Services

    @property
    def timeline(self) -> Timeline:
        """The entries."""
        return self.query_one(Timeline)

    is_typing = False
    """Whether letters are text from now on, even before the input has the focus."""

    def to_input(self) -> None:
        """End the selection; typing goes on."""
        self.is_typing = True
        self.timeline.clear_selection()
        self.composer.focus()

    def selected_entries(self) -> list[Entry]:
        """The selected entries that are still there, in screen order."""
        return self.still_there(self.timeline.selected)

    def still_there(self, ids: Iterable[str]) -> list[Entry]:
        """The entries with these ids, less those that are deleted."""
        record = self.keeper.record
        return [record.entry(entry_id) for entry_id in ids if record.place(entry_id) is not None]

    # Acts at once

    def action_kind(self, name: str) -> None:
        """Give the selected entries a kind."""
        self._act(partial(acts.kind, value=Kind(name)))

    def action_story(self) -> None:
        """Move them between story and log."""
        self._act(acts.story)

    def action_clear(self) -> None:
        """Say that symptoms are gone, or back."""
        self._act(partial(acts.clear, now=self.keeper.moment()))

    def action_delete(self) -> None:
        """Delete them."""
        self._act(acts.delete)

    def action_join(self) -> None:
        """Make one of them; one that was dictated with others becomes one with those."""
        chosen = self.selected_entries()
        together = self.dictated(chosen[0]) if chosen else []
        if len(chosen) == 1 or {e.id for e in chosen} == {e.id for e in together}:
            history = self.keeper.record.history
            by_hand = {entry.id: changed_by_hand(history(entry.id)) for entry in together}
            self._act(lambda _chosen: undivided(together, by_hand))
        else:
            self._act(join)

    def dictated(self, entry: Entry) -> list[Entry]:
        """All entries said in one breath with one of them, itself included, in their order."""
        if entry.utterance is None:
            return [entry]
        record = self.keeper.record
        ids = [entry_id for _, _, entry_id in record.order()]
        same = [i for i in ids if record.values(i, ("utterance",)) == (entry.utterance,)]
        return [record.entry(entry_id) for entry_id in sorted(same)]

    # Acts that ask which

    def action_mark(self) -> None:
        """Make the selected entry a key time."""
        options: list[Option[Mark | None]] = [
            Option(key, acts.MARK_WORDS[mark], mark) for key, mark in _MARKS.items()
        ]
        options.append(Option("n", "none", None))
        self._choose("Key time", options, lambda value: partial(acts.mark, value=value))

    def action_outcome(self) -> None:
        """Say what actions did."""
        now = self.keeper.moment()
        options = [
            Option(key, acts.OUTCOME_WORDS[value], value) for key, value in _OUTCOMES.items()
        ]
        self._choose("Outcome", options, lambda value: partial(acts.outcome, value=value, now=now))

    def action_claim(self) -> None:
        """Confirm root causes, or rule them out."""
        options = [Option(key, acts.CLAIM_WORDS[value], value) for key, value in _CLAIMS.items()]
        self._choose("This cause is", options, lambda value: partial(acts.claim, value=value))

    def action_purge(self) -> None:
        """Take the words of an entry out of the record for good."""
        entries = self.selected_entries()
        if len(entries) != 1:
            self.notices.wrong("Words are removed for good one entry at a time: select one.")
            self.to_input()
            return
        options = [Option("y", "yes, from every file, and no undo", True), Option("n", "no", False)]
        together = len(self.dictated(entries[0]))
        recording = f", and the recording of all {together} said with it" if together > 1 else ""
        question = f"Remove the words of {entries[0].ref}{recording} for good?"
        screen = ChoiceScreen(question, options)
        self.app.push_screen(screen, partial(self._purge_if, entries[0]))

    def _choose(
        self,
        question: str,
        options: Sequence[Option[T]],
        act: Callable[[T], Callable[[Sequence[Entry]], Change]],
    ) -> None:
        def chosen(choice: Choice[T] | None) -> None:
            if choice is None:
                self.to_input()
            else:
                self._act(act(choice.value))

        self.app.push_screen(ChoiceScreen(question, options), chosen)

    def _purge_if(self, entry: Entry, choice: Choice[bool] | None) -> None:
        self.to_input()
        if choice is None or not choice.value:
            return
        library, by = self.services.library, self.keeper.author
        said = f"The words of {entry.ref} are gone for good, from every record and recording here"
        self.save(self._attempt(lambda record: library.purge(record, entry.id, by), said))

    def action_details(self) -> None:
        """Show all of an entry."""
        from tui.screens.details import DetailsScreen

        if entry := self.one_entry("show"):
            self.app.push_screen(DetailsScreen(self.keeper, entry.id), self._said_by_details)

    def _said_by_details(self, said: str | None) -> None:
        if said:
            self.notices.done(f"{said}. {UNDO}.")
        self.to_input()

    def one_entry(self, act: str) -> Entry | None:
        """The one selected entry; several can't be meant."""
        entries = self.selected_entries()
        if len(entries) > 1:
            self.notices.wrong(f"{len(entries)} entries are selected: select one to {act}.")
        return entries[0] if len(entries) == 1 else None

    # Inside

    def _act(self, act: Callable[[Sequence[Entry]], Change]) -> None:
        """Change the selected entries, while typing goes on."""
        chosen = self.selected_entries()
        if not chosen:
            return
        try:
            change = act(chosen)
        except CaptureError as error:
            self.notices.wrong(str(error))
        else:
            self.save(self._attempt(self.change_of(change), f"{change.said}. {UNDO}"))
        self.to_input()

    def change_of(
        self, change: Change, base: Mapping[str, str] | None = None
    ) -> Callable[[Record], list[Entry]]:
        """What makes a change in the record, as one act.

        Args:
            change: what changes.
            base: op ids of the values that the person saw; None: those of now.
        """
        by = self.keeper.author
        return lambda record: record.act(by, edits=change.edits_in(record), base=base)

    def save(self, work: Coroutine[object, object, None]) -> None:
        """Let something be saved while typing goes on; it is done even when this screen is left."""
        self.app.run_worker(work, group=SAVING)

    async def _attempt(self, change: Callable[[Record], object], said: str) -> None:
        """Change the record and tell it; a sentence when it can't be saved."""
        try:
            await self.keeper.act(change)
        except (CaptureError, StorageError) as error:
            self.notices.wrong(str(error))
            return
        self.notices.forgive()
        self.notices.done(f"{said}.")
