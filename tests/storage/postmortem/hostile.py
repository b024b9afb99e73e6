"""Text that tries to be more than text, as Hypothesis strategies."""

from hypothesis import strategies as st

from storage.postmortem.safe_text import visible

SNIPPETS = (
    "# heading", "## heading ##", "setext\n===", "setext\n---", "> quote", "- item", "* item",
    "+ item", "1. item", "12) item", "- [ ] task", "[x] task", "***", "---", "    code", "\tcode",
    "```", "~~~", "`code`", "``a`b``", "**strong**", "__strong__", "_em_", "*em*", "~~gone~~",
    "~gone~", "snake_case_name", "[text](http://a.b)", "![image](x)", "[ref]: http://a.b 'title'",
    "[ref][ref]", "[^1]", "[^1]: note", "[[wiki]]", "<b>bold</b>", "<script>", "<!-- comment",
    "-->", "<!-- hotwash export sha256:", "<http://a.b>", "<a@b.c>", "http://a.b/c?d=e&f", "https://a.b/(c)",
    "www.a.b", "ftp://a.b", "mailto:a@b.c", "a@b.c", "@dana", "@org/team", "#123", "a/b#1", "GH-1",
    "&amp;", "&#35;", "&lt;b&gt;", "&copy", "R&D", "a | b", "| a | b |\n| --- | --- |\n| c | d |", "a\n:-:",
    "a\n:--|--:", "a|b\n-|-", "\\", "\\\\", "\\|", "\\`", "line\\\nnext", "line  \nnext", "\n\n",
    "\r\n", "\r", "\v", "\u2028", "\x85", "\0", "\x1b[31m", "\u202e", "\u2066", "\ufeff", "\u200b",
    "\U000e0041", "\ud800", "$x$", "$$x$$", "{{ x }}", "{% x %}", "C:\\>", ">dump.sql", "p99 >2s",
    "a * b * c", "5 < 6", "x <y> z", "!", "![", "](", "](x)", "[", "]", "(", ")", "=", "==", "-", "+", ":",
    "::", ":tada:", "14:??", "1.", "1)", "\u00a0", "ä", "語", "é\u0301", "👩‍🚒", "_", "__", "~", "~~", "`",
    "'", '"', "“", "”", " ", "  ", "word", "x",
)  # fmt: skip

PUNCTUATION = "\\`*_{}[]()#+-.!|<>&~=:;/@$%^'\"?, \n\tax1"

ANY_TEXT = st.one_of(
    st.text(),
    st.text(alphabet=PUNCTUATION, max_size=30),
    st.lists(st.sampled_from(SNIPPETS), max_size=8).map("".join),
    st.lists(st.sampled_from(SNIPPETS), max_size=8).map(" ".join),
    st.lists(st.sampled_from(SNIPPETS), max_size=8).map("\n".join),
)
"""Any text, text of punctuation, and pieces of Markdown in any order."""

WORDS = ANY_TEXT.filter(lambda text: bool(visible(text.strip()).strip()))
"""The same, less what is only blanks; that has words of its own, such as "not recorded"."""
