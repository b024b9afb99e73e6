"""README.md says what the code does: commands, settings, links, pictures."""

import re
from pathlib import Path

import msgspec
import pytest

from storage.settings import Settings
from tui.cli.main import COMMANDS
from tui.commands import COMMANDS as COMMAND_TABLE
from tui.commands import key_name

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def named_in_tables() -> set[str]:
    """Every word in backticks in the first cell of a table row."""
    rows = [line for line in _FENCED.sub("", README).splitlines() if line.startswith("|")]
    first_cells = (re.split(r"(?<!\\)\|", row)[1] for row in rows)
    return {word for cell in first_cells for word in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_a_table(name: str) -> None:
    """A command that README does not know is a command that nobody finds."""
    assert name in named_in_tables()


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_every_setting_is_in_a_table(name: str) -> None:
    """A setting that README does not know can't be set by anybody."""
    assert name in named_in_tables()


def test_no_setting_is_made_up() -> None:
    """Every key of the table of settings is one that the code reads."""
    section = README.partition("## Settings")[2].partition("\n## ")[0]
    keys = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert keys == [field.name for field in msgspec.structs.fields(Settings)]


def test_every_link_and_picture_is_there() -> None:
    """Relative links and pictures lead to files of this repository."""
    links = [link for link in _LINK.findall(README) if "://" not in link and link[0] != "#"]
    missing = [link for link in links if not (ROOT / link.partition("#")[0]).exists()]
    assert links
    assert missing == []


def test_every_file_that_is_named_is_there() -> None:
    """Paths in backticks that look like files of the repository exist."""
    paths = re.findall(r"`((?:tests|tui|capture|storage|screenshots|bench)/[\w./-]*)`", README)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_benchmark_is_quoted() -> None:
    """The section on speed has figures, each with the budget it is held to."""
    section = README.partition("## Speed")[2].partition("\n## ")[0]
    assert section.count("\n| ") > len(list((ROOT / "bench").glob("[a-z]*.py")))
    assert "make bench" in section


def key_table() -> str:
    """README's table of keys, as the table of commands has it."""
    rows = ["| where | key | does |", "| --- | --- | --- |"]
    for command in COMMAND_TABLE:
        keys = " ".join(f"`{key_name(key)}`" for key in command.keys)
        typed = f"`{command.typed}`" if command.typed else ""
        ways = " or ".join(way for way in (keys, typed) if way)
        rows.append(f"| {command.where} | {ways} | {command.help} |")
    return "\n".join(rows)


def test_the_key_table_is_that_of_the_app(request: pytest.FixtureRequest) -> None:
    """README's keys are those that work; ``--write-golden`` writes the table anew."""
    section = README.partition("## Keys")[2].partition("\n## ")[0]
    there = "\n".join(line for line in section.splitlines() if line.startswith("|"))
    if request.config.getoption("--write-golden"):
        (ROOT / "README.md").write_text(README.replace(there, key_table()), "utf-8")
    assert there == key_table()
