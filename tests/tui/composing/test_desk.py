"""The law of the input: no text is ever lost."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tui.composing.desk import Desk
from tui.composing.history import History, Line
from tui.composing.layers import Prompt
from tui.composing.origin import LITERAL, TYPED, Origin


class Writing(RuleBasedStateMachine):
    """Somebody types, sends, looks back, is asked, and gets texts back that could not be saved.

    Each piece of text carries a number of its own, so that every one can be found again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.typed = 0
        self.alive: set[str] = set()

    def _piece(self) -> str:
        self.typed += 1
        return f"<{self.typed}>"

    def _gone(self, text: str) -> None:
        self.alive = {piece for piece in self.alive if piece not in text}

    @rule(origin=st.sampled_from([TYPED, LITERAL]))
    def type(self, origin: Origin) -> None:
        """Something is typed or pasted behind what is there."""
        piece = self._piece()
        self.alive.add(piece)
        self.desk.write(self.desk.shown.text + piece, origin)

    @rule()
    def delete(self) -> None:
        """The person deletes what the input shows."""
        self._gone(self.desk.shown.text)
        self.desk.write("", TYPED)

    @rule()
    def delete_with_one_key(self) -> None:
        """What is deleted at once is remembered, and disturbs nothing that waits."""
        text = self.desk.shown.text
        self._gone(text)
        self.desk.write("", TYPED)
        self.desk.remember(text)

    @rule(literal=st.booleans())
    def send(self, literal: bool) -> None:
        """Enter or ctrl+r: what is shown is sent, once and whole."""
        shown = self.desk.shown
        sent = self.desk.send(literal=literal)
        assert (sent is not None) is bool(shown.text.strip())
        if sent is not None:
            assert sent.text == shown.text
            assert sent.purpose == (shown.prompt.purpose if shown.prompt else None)
            assert sent.literal is (literal or shown.origin.literal)
            self._gone(sent.text)

    @precondition(lambda self: self.desk.shown.prompt is None and self.desk.shown.text.strip())
    @rule()
    def split(self) -> None:
        """Pasted rows are sent one by one."""
        text = self.desk.shown.text
        self.desk.split((text[:2], text[2:]))
        self._gone(text)

    @rule()
    def put_back(self) -> None:
        """A note could not be saved."""
        piece = self._piece()
        self.alive.add(piece)
        before = self.desk.shown
        self.desk.put_back(piece)
        assert self.desk.shown.text == (before.text if before.prompt else piece)

    @rule(initial=st.sampled_from(["", "503s"]))
    def ask(self, initial: str) -> None:
        """An act asks for something."""
        self.desk.ask(Prompt(purpose="edit", label="edit>", initial=initial))
        assert self.desk.shown.text == initial

    @rule()
    def escape(self) -> None:
        """Escape drops the answer of a question, and never a note."""
        shown = self.desk.shown
        assert self.desk.give_up() == shown.prompt
        if shown.prompt:
            self._gone(shown.text)
        else:
            assert self.desk.shown == shown

    @rule(steps=st.lists(st.booleans(), max_size=5))
    def browse(self, steps: list[bool]) -> None:
        """Looking through what was sent."""
        for back in steps:
            if back:
                self.desk.older()
            else:
                self.desk.newer()

    @rule()
    def take_up(self) -> None:
        """A line called back from the history counts as typed once it is changed."""
        if self.desk.browsing:
            self._gone(self.desk.shown.text)
            piece = self._piece()
            self.alive.add(piece)
            self.desk.write(piece, TYPED)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Whatever was typed is sent, deleted by the person, or still there."""
        unsent = "\n".join(self.desk.unsent)
        assert {piece for piece in self.alive if piece not in unsent} == set()


TestWriting = Writing.TestCase
TestWriting.settings = settings(max_examples=200, stateful_step_count=40)


def test_the_next_text_comes_back() -> None:
    """After what was put back is sent, what was typed meanwhile returns, as it was."""
    desk = Desk()
    desk.write("pasted", LITERAL)
    desk.put_back("not saved")
    assert desk.unsent == ("pasted", "not saved")
    assert desk.send() is not None
    assert (desk.shown.text, desk.shown.origin) == ("pasted", LITERAL)


def test_a_question_on_a_question() -> None:
    """A second question waits for nobody; the first one comes back after it."""
    desk = Desk()
    desk.write("note", TYPED)
    desk.ask(Prompt(purpose="edit", label="edit>", initial="503s"))
    desk.write("503s again", TYPED)
    desk.ask(Prompt(purpose="jump", label="jump to>"))
    desk.put_back("not saved")
    desk.write("02:47", TYPED)
    assert desk.unsent == ("note", "not saved", "503s again", "02:47")
    desk.send()
    assert desk.shown.text == "503s again"
    desk.give_up()
    assert desk.shown.text == "not saved"


def test_an_untouched_question_is_nobodys_text() -> None:
    """What the app put into the input is no draft."""
    desk = Desk()
    desk.ask(Prompt(purpose="edit", label="edit>", initial="503s"))
    assert desk.unsent == ()


def test_history_keeps_changes() -> None:
    """A line changed while browsing keeps its change until something is sent."""
    history = History()
    for text in ("one", "two"):
        history.add(Line(text))
    assert history.older(Line("typed")) == Line("two")
    assert history.older(Line("two, changed")) == Line("one")
    assert history.held == (Line("two, changed"), Line("typed"))
    assert history.older(Line("one")) is None
    assert history.newer(Line("one")) == Line("two, changed")
    assert history.add(Line("two, changed")) == (Line("typed"),)
    assert history.newer(Line("")) is None


def test_history_is_no_longer_than_it_may_be() -> None:
    """The oldest line goes, and one sent twice is kept once."""
    history = History(most=2)
    for text in ("one", "two", "two", "three", " "):
        history.add(Line(text))
    assert history.older(Line()) == Line("three")
    assert history.older(Line("three")) == Line("two")
    assert history.older(Line("two")) is None
