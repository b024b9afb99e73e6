import pytest

from tests.storage.postmortem.scenes import Scene
from tui.starter.blocks import Block, Heading, Text
from tui.starter.page import Page
from tui.starter.reading import read_document
from tui.starter.wrapping import Row, Tone, cells_of, text_of


def plain(text: str) -> Row:
    """A row that says this."""
    return ((text, Tone.PLAIN),)


def lines(*texts: str) -> list[Block]:
    """Paragraphs that say this."""
    return [Text((plain(text),)) for text in texts]


def rows(page: Page) -> list[str]:
    """All of a page."""
    return [text_of(page.row(y)) for y in range(page.height)]


@pytest.mark.parametrize("width", [1, 3, 10, 40, 80, 120])
def test_a_page_has_all_rows_of_its_blocks(width: int) -> None:
    """Rows that are made when they are looked at are those of laying all of it out."""
    scene = Scene()
    for number in range(30):
        scene.say("action", f"restarted server {number} and looked at the graphs")
    blocks = read_document(scene.markdown())
    page = Page(blocks, width)
    assert [page.row(y) for y in range(page.height)] == [
        row for block in blocks for row in block.lines(page.width)
    ]
    assert width < 10 or max(cells_of(page.row(y)) for y in range(page.height)) <= width
    assert page.row(-1) == page.row(page.height) == ()


def test_a_page_of_nothing() -> None:
    """Before the document is there, there is nothing to show and nothing to fail on."""
    page = Page((), 80)
    assert page.height == 0
    assert page.row(0) == ()
    assert page.same_place(5, page) == 0


def test_where_a_section_begins() -> None:
    """A section of the list is found in the document."""
    page = Page([*lines("one", "two"), Heading(2, plain("What went well?"))], 80)
    assert page.heading("What went well?") == 2
    assert page.heading("No such") is None


def test_the_place_is_kept_when_rows_come_before_it() -> None:
    """What somebody is reading does not move away while the timeline above it grows."""
    before = Page(lines("a", "b", "c", "d"), 80)
    after = Page(lines("new", "a", "b", "newer", "c", "d"), 80)
    assert rows(after)[after.same_place(2, before)] == "c"


def test_the_place_is_kept_when_what_stood_there_is_gone() -> None:
    """Then what followed it stays where it was on the screen."""
    before = Page(lines("a", "b", "gone", "d", "e"), 80)
    after = Page(lines("new", "a", "b", "d", "e"), 80)
    assert after.same_place(2, before) == 2


def test_the_start_stays_the_start() -> None:
    """Who has not scrolled yet sees the new start."""
    assert Page(lines("new", "a"), 80).same_place(0, Page(lines("a"), 80)) == 0


def test_another_width_keeps_the_place() -> None:
    """Resizing the terminal does not lose the reader's place."""
    texts = [f"{number} " + "word " * 30 for number in range(20)]
    wide, narrow = Page(lines(*texts), 100), Page(lines(*texts), 30)
    y = narrow.same_place(wide.top_of(10), wide)
    assert text_of(narrow.row(y)).startswith("10 word")
