"""Single signs: what is escaped, what is left readable, and what is made visible."""

import re

import pytest
from hypothesis import given

from storage.postmortem import safe_text
from tests.storage.postmortem.hostile import ANY_TEXT
from tests.storage.postmortem.parsing import read


@pytest.mark.parametrize(
    "text",
    [
        "p99 >2s on checkout, errors >baseline",
        "snake_case_name, max_connections",
        "~5 min, about 50%",
        "R&D at a < b, 5 <6",
        "C:\\Users, \\d+",
        "CPU @ 95%",
        "pool[3] failed with 503 [error]"[:24],
        "a/b, 24/7, :tada:, $HOME/bin",
        "it's “fine” (really)!",
    ],
)
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    """The file is read raw as well, so nothing is escaped without need."""
    assert safe_text.one_line(text) == text
    assert safe_text.lines(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a | b", "a \\| b"),
        ("`x`", "\\`x\\`"),
        ("*x*", "\\*x\\*"),
        ("_x_", "\\_x\\_"),
        ("~~x~~", "\\~\\~x\\~\\~"),
        ("<b>", "\\<b>"),
        ("&amp;", "\\&amp;"),
        ("[a](b)", "\\[a\\](b)"),
        ("[x] task", "\\[x] task"),
        ("[[wiki]] [^1]", "\\[\\[wiki]] \\[^1]"),
        ("![a]", "!\\[a]"),
        ("https://a.b", "https:\\//a.b"),
        ("www.a.b", "www\\.a.b"),
        ("@dana", "@\u200bdana"),
        ("a@b.c", "a@\u200bb.c"),
        ("#123", "#\u200b123"),
        ("end\\", "end\\\\"),
        ("$x$", "$x\\$"),
        ("a\nb", "a / b"),
        ("a \r\n\r\n b", "a / b"),
        ("a\tb", "a b"),
        ("a\0b\x1b\x7f", "a␀b␛⟨U+007F⟩"),
        ("\u202eabc\u2066", "⟨U+202E⟩abc⟨U+2066⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("x\u200by\ufeff", "x⟨U+200B⟩y⟨U+FEFF⟩"),
        ("می\u200cخواهم 👩‍🚒", "می\u200cخواهم 👩‍🚒"),
    ],
)
def test_signs_that_act_are_made_harmless(text: str, safe: str) -> None:
    """Each sign has one way of being made harmless."""
    assert safe_text.one_line(text) == safe


@pytest.mark.parametrize(
    "sign", [" ", "\n", "`", "[", "![", "\\", "_", "~", "&a", "=", "1", "/", "@"]
)
def test_time_grows_with_length_only(sign: str) -> None:
    """A pasted megabyte of one sign does not stop an export (a square of it would, for hours)."""
    text = sign * 100_000
    for safe in (safe_text.one_line, safe_text.lines, safe_text.heading, safe_text.fenced):
        assert safe(f"x{text}\n{text}x")
    assert safe_text.line_start(f"{text}x")


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("# x", "\\# x"),
        ("> x", "\\> x"),
        ("- x", "\\- x"),
        ("+ x", "\\+ x"),
        ("--", "\\--"),
        ("-5 min", "-5 min"),
        ("===", "\\==="),
        ("=x", "=x"),
        ("1. x", "1\\. x"),
        ("12) x", "12\\) x"),
        ("1.5 s", "1.5 s"),
        (":-:", "\\:-:"),
        ("**x**", "**x**"),
    ],
)
def test_a_line_begins_no_other_block(line: str, safe: str) -> None:
    """Only what would begin a heading, quote, list, rule or table is escaped."""
    assert safe_text.line_start(line) == safe


def test_a_heading_keeps_its_last_sign() -> None:
    """A closing row of # belongs to the text, not to the heading."""
    assert safe_text.heading(" fix C# ") == "fix C\\#"
    (first, *_) = read(f"# {safe_text.heading('a ##')}")
    assert first.seen == "a ##"


def test_lines_of_a_paragraph_are_kept() -> None:
    """What somebody wrote in lines is read in lines, as one paragraph."""
    assert safe_text.lines("a\n\n- b\n# c", "  ") == "a\\\n  \\\n  \\- b\\\n  \\# c"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.b/c?d=e&f=g#h", "https://a.b/c?d=e&f=g#h"),
        ("http://a.b:8080", "http://a.b:8080"),
        (" https://a.b/(c) ", "https://a.b/%28c%29"),
        ("https://a.b/c|d`e<f>\\", "https://a.b/c%7Cd%60e%3Cf%3E%5C"),
        ("https://a.b/?x=1&copy;", "https://a.b/?x=1&amp;copy;"),
        ("https://a.b/ä", "https://a.b/%C3%A4"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://user:pass@a.b/", None),
        ("https://\u0430.b/", None),
        ("https://a.b/c d", None),
        ("https://a.b/\nx", None),
        ("HTTPS://a.b", None),
        ("OPS-123", None),
        ("", None),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, address: str | None) -> None:
    """A link leads where it says, by http or https, or it is text."""
    assert safe_text.web_address(url) == address


def test_a_link_says_where_it_leads() -> None:
    """Host and path, without query; only the host when that is long."""
    assert safe_text.link_text("https://jira.a.b/browse/OPS-1?x=y") == "jira.a.b/browse/OPS-1"
    assert safe_text.link_text(f"https://a.b/{'x' * 80}") == "a.b/…"


def test_the_fence_is_longer_than_any_in_the_text() -> None:
    """Output that holds fences stays inside its own."""
    assert safe_text.fenced("a\n````\nb  \n") == "`````text\na\n````\nb\n`````"


@given(ANY_TEXT)
def test_output_stays_in_its_fence(text: str) -> None:
    """Whatever a machine printed is one block, word for word."""
    document = f"before\n\n{safe_text.fenced(text)}\n\nafter"
    for plain, found in zip(read("before\n\n```\nx\n```\n\nafter"), read(document), strict=True):
        assert found.structure == plain.structure
        assert words(safe_text.visible(text)) == words(found.seen)[1:-1]


@given(ANY_TEXT)
def test_a_paragraph_stays_one(text: str) -> None:
    """Text in a paragraph is text in lines, nothing else, and reads as it was written."""
    document = safe_text.line_start(safe_text.lines(f"a {text} z"))
    for plain, found in zip(read("x"), read(document), strict=True):
        assert found.structure == plain.structure
        assert words(safe_text.visible(text)) == words(found.seen)[1:-1]


@given(ANY_TEXT)
def test_a_cell_stays_one(text: str) -> None:
    """Text in a table keeps its cell."""
    table = "| a | b |\n| --- | --- |\n"
    document = f"{table}| {safe_text.one_line(text).strip()} | z |"
    for plain, found in zip(read(f"{table}| x | z |"), read(document), strict=True):
        assert found.rows == [[2, 2]]
        assert found.structure == plain.structure


def words(text: str) -> list[str]:
    """The words of a text, without what stands between them."""
    return re.findall(r"\w+", text)
