import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.text import for_terminal
from storage.model import Entry, Kind, Section
from storage.postmortem.safe_text import visible
from tests.storage.postmortem.hostile import SNIPPETS
from tests.storage.postmortem.scenes import Scene
from tui.starter.blocks import Block, Heading, TableRow, Text
from tui.starter.page import Page
from tui.starter.reading import as_it_is, read_document
from tui.starter.wrapping import Tone, text_of


def shown(text: str, width: int = 200) -> str:
    """A document as it stands on the screen."""
    page = Page(read_document(text), width)
    return "\n".join(text_of(page.row(y)) for y in range(page.height))


def tones(blocks: list[Block], width: int = 100) -> dict[str, Tone]:
    """What each piece of text is shown as."""
    return {text: tone for block in blocks for row in block.lines(width) for text, tone in row}


def test_the_parts_of_a_document() -> None:
    """Headings, lists, tables, empty boxes and outputs each look like what they are."""
    text = (
        "# Title\n\n- **Owner:** lee\n- second\\\n  line\n\n## Timeline\n\n| A | B |\n| --- | --- |\n"
        "| 1 | `7f3a` |\n\n- [ ] nobody has written this yet\n\n```text\n| no table\n# no title\n```\n\n"
        "<!-- hotwash export sha256:00 -->\n"
    )
    rows = shown(text, 40).split("\n")
    assert [row.rstrip() for row in rows] == [
        "Title",
        "═════",
        "",
        "• Owner: lee",
        "• second",
        "  line",
        "",
        "Timeline " + "─" * 31,
        "",
        "A  B",
        "─  ────",
        "1  7f3a",
        "",
        "[ ] nobody has written this yet",
        "",
        "│ | no table",
        "│ # no title",
    ]


def test_what_a_piece_of_text_is() -> None:
    """The screen gives each its colour, and says it in words too."""
    found = tones(
        read_document("## Head\n\n**Strong** `ref` [text](https://a.example/)\n\n- [ ] box")
    )
    assert found["Head"] is Tone.HEADING
    assert found["Strong"] is Tone.STRONG
    assert found["ref"] is Tone.REF
    assert found["text"] is Tone.LINK
    assert found["box"] is Tone.WAITS


def test_a_box_that_somebody_typed_is_no_empty_section() -> None:
    """Only what hotwash itself left open is shown as waiting."""
    scene = Scene()
    text = "[ ] nobody has written this yet"
    scene.add(Entry(id="", kind=Kind.NOTE, section=Section.WELL, text=text))
    blocks = read_document(scene.markdown())
    item = next(b for b in blocks if isinstance(b, Text) and "dana" in b.words)
    assert text_of(item.bullet) == "• "
    assert Tone.WAITS not in tones([item]).values()


@pytest.mark.parametrize(
    "text", ["[bold]x[/bold]", "<b>x</b>", "# x", "| x |", "@lee #1 ~x~ `y`", "$x"]
)
def test_what_people_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    """Neither markup of the terminal nor Markdown acts, in tables and in lists."""
    scene = Scene()
    scene.say(Kind.NOTE, text)
    scene.add(Entry(id="", kind=Kind.NOTE, section=Section.WELL, text=text))
    assert shown(scene.markdown()).count(text) == 2


@pytest.mark.parametrize("text", SNIPPETS)
def test_hostile_words_make_no_other_blocks(text: str) -> None:
    """Whatever is recorded, the screen has the same headings and no control character."""
    scene, plain = Scene(), Scene()
    scene.say(Kind.ACTION, text)
    plain.say(Kind.ACTION, "x")
    own, expected = read_document(scene.markdown()), read_document(plain.markdown())
    assert [b.words for b in own if isinstance(b, Heading)] == [
        b.words for b in expected if isinstance(b, Heading)
    ]
    assert all(
        sign.isprintable() or sign == "\n" for sign in shown(scene.markdown()) if sign < "\xa0"
    )


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1))
def test_any_line_is_shown_whole(text: str) -> None:
    """What was recorded in one line stands in the timeline, sign for sign but for blanks."""
    scene = Scene()
    scene.say(Kind.NOTE, f"begin{text}end")
    wanted = for_terminal(visible(f"begin{text}end"))
    rows = [b.words for b in read_document(scene.markdown()) if isinstance(b, TableRow)]
    assert any(wanted.replace(" ", "") in row.replace(" ", "") for row in rows)


def test_a_long_table_is_read_whole() -> None:
    """It is read in parts; no row is lost between them, and all share their columns."""
    scene = Scene()
    for number in range(1001):
        scene.say(Kind.NOTE, f"entry number {number}.")
    rows = [b for b in read_document(scene.markdown()) if isinstance(b, TableRow)]
    told = [row for row in rows if "entry number" in row.words]
    assert [f"number {n}." in row.words for n, row in enumerate(told)] == [True] * 1001
    assert len({id(row.table) for row in told}) == 1


def test_reading_stops_when_nobody_waits_for_it() -> None:
    """A screen that was closed costs nothing more."""
    assert read_document("# Title\n\ntext", stop=lambda: True) == []


def test_a_text_as_it_is() -> None:
    """What can't be laid out is still there to be read, and still harmless."""
    page = Page(as_it_is("# one\n\x1b[31mtwo"), 80)
    assert [text_of(page.row(y)) for y in range(2)] == ["# one", "␛[31mtwo"]
