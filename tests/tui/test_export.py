import json
import os
from pathlib import Path

import pytest

from tests.tui.session import Session


@pytest.fixture
def over(kim: Session) -> Session:
    """Kim, with something to write a postmortem about."""
    kim.ok("new", "Checkout 503s", "--severity", "2")
    kim.note("/s 503s on checkout mark:start @-30m")
    kim.note("/a restarted the pods @-10m")
    kim.note("/done worked")
    return kim


def test_markdown_on_stdout(over: Session) -> None:
    """The starter is what stdout holds, nothing else; it is sealed by its last line."""
    result = over.ok("export")
    assert result.out.startswith("# Checkout 503s\n")
    assert result.out.rstrip().endswith("-->")
    assert result.err == ""


@pytest.mark.parametrize("file_format", ["md", "json", "md,json"])
def test_two_runs_give_the_same_bytes(over: Session, file_format: str) -> None:
    """The export is a pure function of the record: no clock, no machine."""
    first = over.ok("export", "--format", file_format).out
    over.later(days=3)
    assert over.ok("export", "--format", file_format).out == first


def test_formats(over: Session, tmp_path: Path) -> None:
    """Several formats go to files of one name; a dot in that name is no ending."""
    over.ok("export", "--format", "MD, json", "-o", str(tmp_path / "starter.md"))
    assert (tmp_path / "starter.md").read_text("utf-8").startswith("# Checkout 503s")
    document = json.loads((tmp_path / "starter.json").read_text("utf-8"))
    assert document["incident"]["title"] == "Checkout 503s"
    assert document["incident"]["path"] is None, "where it lies is nobody's business"
    over.ok("export", "--format", "md,json", "-o", str(tmp_path / "v1.2"))
    assert (tmp_path / "v1.2.md").exists()
    assert (tmp_path / "v1.2.json").exists()


def test_the_log_is_left_out_unless_asked_for(over: Session) -> None:
    """The document stays short; everything is there on request."""
    over.ok("edit", over.note("a detail")["ref"], "--log")
    assert "a detail" not in over.ok("export").out
    assert "a detail" in over.ok("export", "--with-log").out


@pytest.mark.parametrize("name", ["starter.md", "starter.json"])
def test_its_own_file_is_overwritten(over: Session, tmp_path: Path, name: str) -> None:
    """Exporting again after another note needs no --force."""
    options = ["--format", name.rpartition(".")[2], "-o", str(tmp_path / name)]
    over.ok("export", *options)
    over.note("one more thing")
    result = over.ok("export", *options)
    assert result.err == f"Written to {tmp_path / name}.\n"
    assert "one more thing" in (tmp_path / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["starter.md", "starter.json"])
def test_a_file_that_somebody_edited_is_not(over: Session, tmp_path: Path, name: str) -> None:
    """What a person wrote is refused to be destroyed, until they insist."""
    path = tmp_path / name
    options = ["--format", name.rpartition(".")[2], "-o", str(path)]
    over.ok("export", *options)
    path.write_text(path.read_text("utf-8").replace("restarted", "rebooted"), "utf-8")
    over.note("one more thing")
    edited = path.read_bytes()
    result = over.run("export", *options)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "--force" in result.err
    assert path.read_bytes() == edited
    over.ok("export", *options, "--force")
    assert "one more thing" in path.read_text("utf-8")


@pytest.mark.parametrize("content", [b"my notes\n", b"", b"\xff\xfe", b'{"a": 1}', b"[1]"])
def test_a_file_of_somebody_else(over: Session, tmp_path: Path, content: bytes) -> None:
    """A file that hotwash did not make is never overwritten unasked, not even an empty one."""
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    assert over.run("export", "-o", str(path)).code == 1
    assert path.read_bytes() == content


def test_all_files_or_none(over: Session, tmp_path: Path) -> None:
    """When one of several files is refused the other is not written either."""
    (tmp_path / "x.json").write_text("mine", "utf-8")
    assert over.run("export", "--format", "md,json", "-o", str(tmp_path / "x.md")).code == 1
    assert not (tmp_path / "x.md").exists()


def test_a_link_stays_a_link(over: Session, tmp_path: Path) -> None:
    """The file behind a symbolic link is written, and not the link replaced."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "link.md").symlink_to(tmp_path / "docs" / "real.md")
    over.ok("export", "-o", str(tmp_path / "link.md"))
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "docs" / "real.md").exists()


@pytest.mark.parametrize(
    ("output", "code"),
    [("missing/x.md", 1), (".", 2), ("", 2), ("x" * 300, 1), ("file/x.md", 1), ("fifo", 1)],
)
def test_where_nothing_can_be_written(
    over: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, code: int
) -> None:
    """One sentence that names the place, also with --force; nothing but a file is replaced."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x", "utf-8")
    os.mkfifo(tmp_path / "fifo")
    for force in ([], ["--force"]):
        result = over.run("export", "-o", output, *force)
        assert (result.code, result.out) == (code, "")
        assert len(result.err.splitlines()) == 1
    assert (tmp_path / "fifo").is_fifo()


def test_a_dash_is_stdout(over: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere else, and not a file with an odd name."""
    monkeypatch.chdir(tmp_path)
    assert over.ok("export", "-o", "-").out == over.ok("export").out
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("formats", ["pdf", "md,pdf", "", ",", "html"])
def test_formats_that_do_not_exist(over: Session, formats: str) -> None:
    """Usage is 2, and says which there are."""
    result = over.run("export", "--format", formats)
    assert (result.code, result.out) == (2, "")
    assert "md, json" in result.err


def test_a_damaged_change_log_costs_its_table_only(over: Session) -> None:
    """The starter is written, and what it lacks is said."""
    (over.home / "changes.json").write_text("garbage", "utf-8")
    result = over.ok("export")
    assert "restarted the pods" in result.out
    assert "changes.json is not a record" in result.err


def test_a_change_is_told_once(over: Session) -> None:
    """An entry that was moved here by a merge stands in both records, and once in the document."""
    over.ok("new", "Second")
    over.note("/c rolled the nodes @-3h")
    over.ok("merge", "second", "checkout-503s")
    document = over.ok("export", "checkout-503s").out
    changes = document.partition("## Changes in the 48 h before")[2].partition("## ")[0]
    assert changes.count("rolled the nodes") == 1


def test_a_drill_changed_nothing(over: Session) -> None:
    """What was changed in an exercise is no change before a real incident."""
    over.ok("new", "Exercise", "--drill")
    over.note("-i", "exercise", "/c dropped the database @-3h")
    assert "dropped the database" not in over.ok("export", "checkout-503s").out


def test_copy_without_a_clipboard(over: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is on stdout all the same, and a way without a clipboard is told."""
    import pyperclip

    def refuse(_text: str) -> None:
        raise pyperclip.PyperclipException

    monkeypatch.setattr(pyperclip, "copy", refuse)
    result = over.run("export", "--copy")
    assert result.code == 1
    assert result.out.startswith("# Checkout 503s")
    assert "-o FILE" in result.err


def test_copy(over: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is what the clipboard gets."""
    import pyperclip

    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    result = over.ok("export", "--copy")
    assert copied == [result.out]
    assert result.err == "Handed to the clipboard.\n"
