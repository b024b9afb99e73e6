"""What Tab completes."""

from collections.abc import Sequence

import pytest

from tests.capture.lines import CONTEXT
from tui.composing.completion import NOTHING, complete, complete_answer
from tui.composing.cycle import Cycle, listed


def refs(closing: str) -> Sequence[tuple[str, str]]:
    """The entries that can be closed that night."""
    return {"done": [("9c21", "more connections"), ("9d00", "")]}.get(closing, [])


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("/sy", ["/s"]),
        ("/act", ["/a"]),
        ("/root", ["/r"]),
        ("/FOLL", ["/f"]),
        ("/st", ["/status"]),
        ("/s", ["/s", "/status", "/sev", "/surprised"]),
        ("/mi", []),
        ("/status ", ["investigating", "identified", "monitoring", "resolved"]),
        ("/status in", ["investigating"]),
        ("/sev ", ["1", "2", "3", "4", "5"]),
        ("/role co", ["commander", "comms"]),
        ("/role comms d", ["dana"]),
        ("/m a", ["ack"]),
        ("/done ", ["9c21", "9d00", "worked", "no effect", "worse"]),
        ("/done 9c", ["9c21"]),
        ("/done 9c21 w", ["worked", "worse"]),
        ("/done 9c21 x >d", ["dana"]),
        ("/a x >d", ["dana"]),
        ("/a x >D", ["dana"]),
        ("/a x owner:l", ["lee"]),
        ("x by:k", ["kim"]),
        ("/a @da", ["dana"]),
        ("x @-2", []),
        ("x #pay", ["payments"]),
        ("x #c", ["Checkout"]),
        ("x svc:", ["Checkout", "payments"]),
        ("x mark:m", ["mitigated"]),
        ("/f x due:t", ["today", "tomorrow", "tue", "thu"]),
        ("call dan", ["dana"]),
        ("see pay", ["payments"]),
        ("two\n/sy", []),
        ("/title da", ["dana"]),
        ("x >Anna", []),
        ("x >zz", []),
        ("", []),
        ("x ", []),
    ],
)
def test_choices(text: str, choices: list[str]) -> None:
    """At the end of each line Tab offers what can stand there, and nothing else."""
    completion = complete(text, len(text), CONTEXT, refs)
    word = text[completion.start :]
    signs = ("owner:", "by:", "svc:", "mark:", "due:", ">", "@", "#")
    sign = next((sign for sign in signs if word.startswith(sign)), "")
    assert [choice.text for choice in completion.choices] == [sign + text for text in choices]
    assert bool(completion.why_none) is not bool(choices)


def test_the_word_at_the_cursor() -> None:
    """The word before the cursor is completed, wherever that is."""
    completion = complete("/a x >da now", len("/a x >da"), CONTEXT)
    assert (completion.start, completion.end) == (5, 8)
    cycle = Cycle.start(completion, "/a x >da now")
    assert cycle.word == ">dana"


def test_why_nothing() -> None:
    """Tab always says something: why it did nothing, or what there is."""
    assert complete("xyzzy", 5, CONTEXT).why_none == NOTHING
    assert "zz" in complete("x >zz", 5, CONTEXT).why_none
    assert "/qq" in complete("/qq", 3, CONTEXT).why_none


def test_answers() -> None:
    """An answer is completed as a whole, with no blank after it."""
    completion = complete_answer("an", 2, ("Anna Maria", "dana"))
    assert Cycle.start(completion, "an").word == "Anna Maria"
    assert complete_answer("x", 1, ("dana",)).why_none
    assert complete_answer("", 0, ()).why_none


def test_going_round() -> None:
    """Tab goes through the choices and begins again; shift+Tab goes back."""
    cycle = Cycle.start(complete("/done 9c21 w", 12, CONTEXT), "/done 9c21 w")
    assert cycle.word == "wor"
    words = []
    for by in (1, 1, 1, -1):
        cycle = cycle.step(by)
        words.append(cycle.word)
    assert words == ["worked", "worse", "worked", "worse"]
    line = listed(cycle)
    assert line is not None
    assert (line.badge, line.text) == ("TAB 2/2", "[worse]  worked")


def test_names_from_the_record_are_fit_for_a_terminal() -> None:
    """A name that was imported with an escape sequence is listed without it."""
    answers = ("\x1b[31mred", "\x1b[32mgreen")
    line = listed(Cycle.start(complete_answer("", 0, answers), ""))
    assert line is not None
    assert line.text.isprintable()
