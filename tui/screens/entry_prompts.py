"""Acts on entries that ask for words in the input: another text, a time, an owner, an answer."""

from collections.abc import Callable, Sequence
from functools import partial

from capture.errors import CaptureError
from storage.errors import NotFound, StorageError
from storage.model import Entry
from tui import acts
from tui.entry_change import Change
from tui.screens.entry_acts import UNDO, EntryActs
from tui.screens.word_keeping import SentWords
from tui.widgets.composer import Prompt

_CHANGED = {
    "text": ("text", "doubtful", "confidence"),
    "time": ("at",),
    "owner": ("owner", "state"),
    "evidence": ("evidence",),
    "answer": ("answer", "answered_by", "done_at"),
}
"""What each purpose changes in an entry."""

_TIMES = "14:05, -5m, ~14:05, 14:??, yesterday 23:10"
_REPLACED = frozenset({"owner", "time"})
_MAY_BE_BLANK = frozenset({"owner", "evidence", "answer"})


class Question(Prompt, frozen=True, kw_only=True):
    """A prompt that knows which entries it is about, whatever is asked or selected meanwhile.

    Attributes:
        entries: their ids.
        base: where it is one, the op ids of the values that the person saw when it was asked, so
            that a change by somebody else meanwhile is a conflict and no loss.
    """

    entries: tuple[str, ...]
    base: dict[str, str] | None = None

    @property
    def name(self) -> str:
        """What is asked for, such as ``owner of 7f3a``."""
        return self.label.removesuffix(">")


class _Answer(SentWords):
    """Words that answer a question.

    Attributes:
        question: which.
        below: what the input held once they were sent.
        entry: the first entry that it is about, as it was.
    """

    def __init__(self, text: str, question: Question, below: str, entry: Entry) -> None:
        super().__init__(text)
        self.question = question
        self.below = below
        self.entry = entry


class EntryPrompts(EntryActs):
    """The part of the timeline screen that asks for words about entries."""

    def action_edit_text(self) -> None:
        """Edit the text of one entry."""
        if entry := self.one_entry("edit"):
            self._ask("text", [entry], f"text of {entry.ref}", entry.text)

    def action_edit_time(self) -> None:
        """Change when the selected entries happened."""
        if entries := self.selected_entries():
            label = f"time of {entries[0].ref}" if len(entries) == 1 else "time"
            given = entries[0].at.as_given
            self._ask("time", entries, label, given, help=_TIMES)

    def action_owner(self) -> None:
        """Say who does them."""
        if entries := self.selected_entries():
            names = tuple(sorted(self.keeper.line_context().people))
            label = f"owner of {entries[0].ref}" if len(entries) == 1 else "owner"
            self._ask("owner", entries, label, entries[0].owner or "", names, "empty: nobody")

    def action_evidence(self) -> None:
        """Name the entries that speak for a cause."""
        if entry := self.one_entry("support"):
            record = self.keeper.record
            refs = " ".join(
                record.entry(other).ref for other in entry.evidence if record.has(other)
            )
            label = f"evidence of {entry.ref}"
            self._ask("evidence", [entry], label, refs, help="refs, such as 7f3a 9c21")

    def action_answer(self) -> None:
        """Answer a question."""
        if entry := self.one_entry("answer"):
            self._ask("answer", [entry], f"answer to {entry.ref}", entry.answer or "")

    def _ask(
        self,
        purpose: str,
        entries: Sequence[Entry],
        label: str,
        initial: str,
        completions: tuple[str, ...] = (),
        help: str = "",  # noqa: A002
    ) -> None:
        record, only = self.keeper.record, entries[0].id if len(entries) == 1 else None
        # The selection stays while the words are typed, so that one sees what they are for.
        self.ask(
            Question(
                purpose=purpose,
                label=f"{label}>",
                initial=initial,
                completions=completions,
                help=help,
                replaces=purpose in _REPLACED,
                may_be_blank=purpose in _MAY_BE_BLANK,
                entries=tuple(entry.id for entry in entries),
                base=record.base(only, _CHANGED[purpose]) if only else None,
            )
        )

    def ask(self, prompt: Prompt, words: str | None = None) -> None:
        """Ask for words in the input.

        Args:
            prompt: what for.
            words: some that could not be used there, to be corrected.
        """
        self.composer.ask(prompt)
        self.composer.focus()
        if words is not None:
            self.composer.text = words

    # Answers

    def answered(self, question: Question, words: str) -> None:
        """Do what the words say; when they can't be used they are there to be corrected."""
        entries = self.still_there(question.entries)
        if not entries:
            self.to_input()
            self._keep_as_note(words, question, _is_gone(question))
            return
        try:
            change = self._of_words(question.purpose, words.strip())(entries)
        except (CaptureError, StorageError) as error:
            self.notices.wrong(str(error))
            self.ask(question, words)
            return
        self.to_input()
        answer = _Answer(words, question, self.composer.text, entries[0])
        self.sent(answer)
        self.save(self._save_answer(answer, change))

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

    async def _save_answer(self, answer: _Answer, change: Change) -> None:
        """Change the entries; should that fail the words are asked for again, or kept as a note."""
        question = answer.question
        try:
            changed = await self.keeper.act(
                answer.saved_by(self.change_of(change, base=question.base))
            )
        except (CaptureError, StorageError) as error:
            if self._can_ask_again(answer):
                self.notices.wrong(str(error))
                self.ask(question, answer.text)
            else:
                self._keep_as_note(answer.text, question, str(error))
        else:
            self._told_of(answer, change, changed)
            if question.purpose == "text":
                self.text_changed(answer.entry, answer.text)
        self.arrived(answer)

    def text_changed(self, before: Entry, words: str) -> None:
        """Somebody gave an entry other words."""

    def _told_of(self, answer: _Answer, change: Change, changed: Sequence[Entry]) -> None:
        """Say what became of an answer, given the entries as they stand now."""
        self.notices.forgive()
        if all(entry.deleted for entry in changed):
            # Somebody deleted them after the words were sent, and they are shown nowhere.
            self._keep_as_note(answer.text, answer.question, _is_gone(answer.question))
            return
        conflicts = self.keeper.record.conflicts
        for entry in changed:
            if conflicts(entry.id).keys() & change.edits.get(entry.id, {}).keys():
                self.notices.wrong(
                    f"Somebody else has changed {entry.ref} meanwhile. Both versions are kept: "
                    "select it and press h to choose."
                )
        self.notices.done(f"{change.said}. {UNDO}.")

    def _can_ask_again(self, answer: _Answer) -> bool:
        """Whether nothing else was begun meanwhile that the question would come up in the middle of."""
        composer = self.composer
        is_waiting = composer.asking is None and composer.text == answer.below
        return is_waiting and not self.timeline.has_focus

    def _keep_as_note(self, words: str, question: Question, why: str) -> None:
        """Put words that found no entry into the input, as a note in which nothing is read."""
        if not words.strip():
            self.notices.wrong(why)
            return
        self.composer.put_back(words, literal=True)
        self.notices.wrong(f"{why} Your words ({question.name}) are in the input as a note.")


def _is_gone(question: Question) -> str:
    those = "That entry is" if len(question.entries) == 1 else "Those entries are"
    return f"{those} not there any more."
