"""The letters that act on selected entries: what the timeline screen does when one is pressed."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import TypeVar

from capture.errors import CaptureError
from storage.errors import NotFound, StorageError
from storage.model import Claim, Entry, JsonValue, Kind, Mark, Outcome
from storage.record import Record
from tui import acts
from tui.acts import Change
from tui.keeper import Keeper
from tui.screens.choice import Choice, ChoiceScreen, Option
from tui.screens.drafting_screen import DraftingScreen
from tui.services import Services
from tui.widgets.composer import Composer, Prompt
from tui.widgets.notices import Notices
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


class EntryActs(DraftingScreen):
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

    @property
    def composer(self) -> Composer:
        """The input."""
        return self.query_one(Composer)

    @property
    def notices(self) -> Notices:
        """What was done, and what went wrong."""
        return self.query_one(Notices)

    is_typing = False
    """Whether letters are text from now on, even before the input has the focus."""

    def to_input(self) -> None:
        """End the selection; typing goes on."""
        self.is_typing = True
        self.timeline.clear_selection()
        self.composer.focus()

    def selected_entries(self) -> list[Entry]:
        """The selected entries that are still there, in screen order."""
        return self._still_there(self.timeline.selected)

    def _still_there(self, ids: Iterable[str]) -> list[Entry]:
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
        """Make one of them."""
        self._act(acts.join)

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
        question = f"Remove the words of {entries[0].ref} for good?"
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
        said = f"The words of {entry.ref} are gone for good, from every file here"
        self.save(self._attempt(lambda record: library.purge(record, entry.id, by), said))

    # Acts that ask for words

    def action_edit_text(self) -> None:
        """Edit the text of one entry."""
        if entry := self._one("edit"):
            self._ask("text", entry, f"text of {entry.ref}", entry.text)

    def action_edit_time(self) -> None:
        """Change when the selected entries happened."""
        if entries := self.selected_entries():
            label = f"time of {entries[0].ref}" if len(entries) == 1 else "time"
            given = entries[0].at.as_given
            self._ask(
                "time", entries[0], label, given, help="14:05, -5m, ~14:05, 14:??, yesterday 23:10"
            )

    def action_owner(self) -> None:
        """Say who does them."""
        if entries := self.selected_entries():
            names = tuple(sorted(self.keeper.line_context().people))
            label = f"owner of {entries[0].ref}" if len(entries) == 1 else "owner"
            self._ask("owner", entries[0], label, entries[0].owner or "", names, "empty: nobody")

    def action_evidence(self) -> None:
        """Name the entries that speak for a cause."""
        if entry := self._one("support"):
            record = self.keeper.record
            refs = " ".join(
                record.entry(other).ref for other in entry.evidence if record.has(other)
            )
            self._ask(
                "evidence", entry, f"evidence of {entry.ref}", refs, help="refs, such as 7f3a 9c21"
            )

    def action_answer(self) -> None:
        """Answer a question."""
        if entry := self._one("answer"):
            self._ask("answer", entry, f"answer to {entry.ref}", entry.answer or "")

    def action_details(self) -> None:
        """Show all of an entry."""
        from tui.screens.details import DetailsScreen

        if entry := self._one("show"):
            self.app.push_screen(DetailsScreen(self.keeper, entry.id), self._said_by_details)

    def _said_by_details(self, said: str | None) -> None:
        if said:
            self.notices.done(f"{said}. {UNDO}.")
        self.to_input()

    def _one(self, act: str) -> Entry | None:
        """The one selected entry; several can't be meant."""
        entries = self.selected_entries()
        if len(entries) > 1:
            self.notices.wrong(f"{len(entries)} entries are selected: select one to {act}.")
        return entries[0] if len(entries) == 1 else None

    def _ask(
        self,
        purpose: str,
        entry: Entry,
        label: str,
        initial: str,
        completions: tuple[str, ...] = (),
        help: str = "",  # noqa: A002
    ) -> None:
        # The selection stays while the words are typed, so that one sees what they are for.
        prompt = Prompt(
            purpose=purpose,
            label=f"{label}>",
            initial=initial,
            completions=completions,
            help=help,
            replaces=purpose in {"owner", "time"},
            may_be_blank=purpose in {"owner", "evidence", "answer"},
        )
        self.asked = tuple(self.timeline.selected) or (entry.id,)
        self.ask(prompt)

    asked: tuple[str, ...] = ()
    """The entries that the composer's prompt is about."""

    prompt: Prompt | None = None
    """What was asked for last."""

    def ask(self, prompt: Prompt) -> None:
        """Ask for words in the input."""
        self.prompt = prompt
        self.composer.ask(prompt)
        self.composer.focus()

    def ask_again(self, words: str) -> None:
        """Ask once more, with words that could not be used there to be corrected."""
        if self.prompt is not None:
            self.ask(self.prompt)
            self.composer.text = words

    def answered(self, purpose: str, words: str) -> bool:
        """Do what the words of a prompt say; False when they can't be used."""
        entries = self._still_there(self.asked)
        if not entries:
            self.notices.wrong("That entry is not there any more.")
            return True
        try:
            act = self._of_words(purpose, words.strip())
        except (CaptureError, StorageError) as error:
            self.notices.wrong(str(error))
            return False
        return self._act(act, entries, partial(self.ask_again, words))

    def _of_words(self, purpose: str, words: str) -> Callable[[Sequence[Entry]], Change]:
        now, by = self.keeper.moment(), self.keeper.author
        match purpose:
            case "text":
                return lambda entries: acts.text(entries[0], words)
            case "time":
                return partial(acts.time, value=words.removeprefix("@"), now=now)
            case "owner":
                name = words.removeprefix(">").strip()
                known = self.keeper.line_context().person(name)
                return partial(acts.owner, value=known or name)
            case "evidence":
                named = [self._found(ref) for ref in words.replace(",", " ").split()]
                return lambda entries: acts.evidence(entries[0], named)
            case _:
                return lambda entries: acts.answer(entries[0], words, by, now)

    def _found(self, ref: str) -> Entry:
        try:
            return self.keeper.record.find(ref)
        except NotFound:
            raise NotFound(
                f"No entry has the ref {ref!r}; refs stand at the end of the rows."
            ) from None

    # Inside

    def _act(
        self,
        act: Callable[[Sequence[Entry]], Change],
        entries: Sequence[Entry] | None = None,
        or_else: Callable[[], None] | None = None,
    ) -> bool:
        """Change entries, while typing goes on; says whether they can be changed so.

        Args:
            act: what to change.
            entries: in which; None: in the selected ones.
            or_else: what to do should the change not be saved after all.
        """
        chosen = self.selected_entries() if entries is None else list(entries)
        if not chosen:
            return False
        try:
            change = act(chosen)
        except CaptureError as error:
            self.notices.wrong(str(error))
            if entries is None:
                self.to_input()
            return False
        self.to_input()
        edits: dict[str, dict[str, JsonValue]] = change.edits
        by = self.keeper.author
        said = f"{change.said}. {UNDO}"
        self.save(self._attempt(lambda record: record.act(by, edits=edits), said, or_else))
        return True

    def save(self, work: Coroutine[object, object, None]) -> None:
        """Let something be saved while typing goes on; it is done even when this screen is left."""
        self.app.run_worker(work, group=SAVING)

    async def _attempt(
        self,
        change: Callable[[Record], object],
        said: str,
        or_else: Callable[[], None] | None = None,
    ) -> None:
        """Change the record and tell it; a sentence when it can't be saved."""
        try:
            await self.keeper.act(change)
        except (CaptureError, StorageError) as error:
            self.notices.wrong(str(error))
            if or_else is not None:
                or_else()
            return
        self.notices.forgive()
        self.notices.done(f"{said}.")
