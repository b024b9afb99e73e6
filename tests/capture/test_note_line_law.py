"""The law of the note line: whatever is typed, every word that is not a mark comes back."""

from hypothesis import example, given
from hypothesis import strategies as st

from capture.note_line import literal
from capture.readings import ApplyToEntry, CloseEntry, NewEntry, Reading, Retitle
from tests.capture.lines import CONTEXT, read

# They can be neither a name nor a ref, so no reading may swallow one.
PLAIN = ["7zebra", "503s,", "…and", "(9pods)", "100%", "200->400", "--force", "é1", "|"]

MARKS = r"""
/s /A /r /d /q /f /n /m /well /status /sev /sev2 /role /title /done /answer /cleared /ruled-out
Symptom: Root cause: Update: TODO todo: start resolved monitoring comms worked no effect because
@14:05 @2:47 @2:47am AM UTC @-5m @~02:05 @14:?? @yesterday 23:10 @03:30 @dana @lee @1.24 @
at:02:10 at:yesterday 02:47 2026-11-20 @2026-11-20T23:10+01:00 now @now
>dana >lee >zoe >dump.sql >/tmp/a >2s > owner:lee owner: lee: Lee: by:lee by:zoe
!10m !1h !important !! box:10m box: due:fri due:2026-12-01 due:2026-02-30 due: fri
#payments #new #1 # svc:payments svc:4 mark:start mark:resolved mark:lunch 9c21 beef 9c2x
` `` ``` $ \ \d+ \\ \@14:05 \/s \>lee \02:47 \lee: \TODO \/status \#payments `@02:47` C:\>
"""

SPACES = st.sampled_from([" ", " ", " ", " ", "  ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\u2003"])


@st.composite
def salads(draw: st.DrawFn) -> str:
    """Lines made of marks, half marks and plain words, where nearly every rule is touched."""
    tokens = st.sampled_from(MARKS.split()) | st.sampled_from(PLAIN)
    words = draw(st.lists(tokens, max_size=9))
    return "".join(word + draw(SPACES) for word in words)


LINES = salads() | st.text(max_size=60) | st.text(alphabet="/@>!#\\`$:~?-+ \n\ts47mda\u202e\x00")


def words_left(reading: Reading) -> list[str]:
    """The words of the line less its marks, found without the parser's help."""
    signs = list(reading.as_written)
    for chip in reading.chips:
        if not chip.stays:
            signs[chip.start : chip.end] = " " * (chip.end - chip.start)
    return "".join(signs).split()


def text_of(reading: Reading) -> str:
    """What a reading keeps of the line as text."""
    match reading:
        case NewEntry(draft=draft):
            return draft.text
        case CloseEntry(text=text):
            return text
        case Retitle(title=title):
            return title
        case ApplyToEntry():
            return ""


@given(LINES)
@example("/a restarted app @-2m >lee")
@example("/done 9c21 worked around it")
@example("/role comms 7zebra")
def test_every_word_is_a_mark_or_text(line: str) -> None:
    """No word is lost, made up or moved, and no plain word is taken for a mark."""
    reading = read(line)
    assert text_of(reading).split() == words_left(reading)
    assert [word for word in line.split() if word in PLAIN] == [
        word for word in text_of(reading).split() if word in PLAIN
    ]
    assert reading.as_written == line


@given(LINES)
def test_the_text_keeps_its_white_space(line: str) -> None:
    """Between words that stay, blanks and line breaks stay as well: tables and code survive."""
    reading = read(line)
    text = text_of(reading)
    taken_out = [chip for chip in reading.chips if not chip.stays]
    starts = [0, *(chip.end for chip in taken_out)]
    ends = [*(chip.start for chip in taken_out), len(line)]
    reached = 0
    for start, end in zip(starts, ends, strict=True):
        piece = line[start:end].strip()
        assert piece in text[reached:]
        reached = text.index(piece, reached) + len(piece)
    assert reached == len(text)


@given(LINES)
def test_chips_are_whole_words(line: str) -> None:
    """Chips lie in order, apart, and on whole words; only a backslash is less than a word."""
    reached = 0
    for chip in read(line).chips:
        assert reached <= chip.start < chip.end <= len(line)
        assert not line[chip.start - 1 : chip.start].strip() or chip.start == 0
        escape = line[chip.start : chip.end] == "\\"
        assert escape or not line[chip.end : chip.end + 1].strip()
        reached = chip.end


@given(LINES)
def test_blanks_around_a_line_mean_nothing(line: str) -> None:
    """A blank before or after a line changes nothing that is read from it."""
    plain, padded = read(line.strip()), read(f"  {line.strip()} ")
    assert type(plain) is type(padded)
    assert text_of(plain) == text_of(padded)
    assert [chip.label for chip in plain.chips] == [chip.label for chip in padded.chips]


@given(LINES)
def test_literal_is_the_line(line: str) -> None:
    """Exactly as typed means every character."""
    reading = literal(line, CONTEXT)
    assert reading.draft.text == reading.draft.as_written == line
    assert reading.chips == ()
