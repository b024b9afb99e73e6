"""Bad input: one clear sentence, the right exit code, and the words are kept."""

import json
import random
from pathlib import Path

import filelock
import pytest

from storage.fields import LONGEST_TEXT
from tests.tui.session import Result, Session, command


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on and something in it."""
    kim.ok("new", "Checkout 503s")
    kim.note("acknowledged")
    return kim


def assert_kept(session: Session, result: Result, code: int, words: str) -> None:
    """The words are on stderr and in a draft, and no traceback is anywhere."""
    assert (result.code, result.out) == (code, "")
    assert "Traceback" not in result.err
    assert "defect" not in result.err
    assert f"Not saved:\n{words}\n" in result.err
    assert "The text is kept in " in result.err
    assert session.drafts()[-1] == words


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["-i", "nosuch"], 3),
        (["--kind", "bogus"], 2),
        (["--kind", "status"], 2),
        (["--at", "garbage"], 2),
        (["--at", "2030-01-01"], 2),
        (["--at", "2026-02-30 10:00"], 2),
        (["--box", "ten"], 2),
        (["--due", "someday"], 2),
        (["--mark", "halfway"], 2),
    ],
)
def test_an_option_that_means_nothing(on_call: Session, options: list[str], code: int) -> None:
    """Whatever is wrong with the options, the line is not lost."""
    result = on_call.run("note", *options, "precious", "words")
    assert_kept(on_call, result, code, "precious words")
    assert on_call.texts() == ["acknowledged"]


def test_every_line_of_a_stream_is_kept(on_call: Session) -> None:
    """Lines that can't be recorded are given back at once and kept in one file."""
    result = on_call.run("note", "--kind", "bogus", "-", stdin="one\ntwo\nthree\n")
    assert result.code == 2
    assert result.err.count("'bogus' is no kind.") == 1, "the same sentence once"
    assert on_call.drafts() == ["one\ntwo\nthree"]


def test_one_bad_line_does_not_stop_the_others(on_call: Session) -> None:
    """A line that fits nothing, in the middle of a stream: the rest is recorded, the code says so."""
    result = on_call.run("note", "-", stdin="first\n/answer no\nlast\n")
    assert result.code == 2
    assert on_call.texts() == ["acknowledged", "first", "last"]
    assert on_call.drafts() == ["/answer no"]


def test_drafts_never_overwrite_each_other(on_call: Session) -> None:
    """Each refused line has a file of its own, though the process has the same number."""
    for words in ("one", "two", "three"):
        on_call.run("note", "--kind", "bogus", words)
    assert on_call.drafts() == ["one", "two", "three"]


def test_a_line_of_a_megabyte(on_call: Session) -> None:
    """A huge line is recorded whole; one beyond the limit is kept, and those after it recorded."""
    long, too_long = "x" * LONGEST_TEXT, "y" * (LONGEST_TEXT + 1)
    result = on_call.run("note", "-", stdin=f"{long}\n{too_long}\nafter\n")
    assert result.code == 2
    assert "at most 1,048,576 can be kept" in result.err
    assert sorted(map(len, on_call.texts())) == [5, 12, LONGEST_TEXT]
    assert on_call.drafts() == [too_long]


def test_invalid_bytes_in_arguments(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 become U+FFFD, wherever they stand; nothing fails."""
    bad = b"caf\xe9 \xff"
    assert command(tmp_path, "new", bad, "--service", bad).code == 0
    for options in ([b"--owner", bad], [b"--by", bad], [b"--service", bad], [b"--literal"]):
        result = command(tmp_path, "note", *options, bad, b"\xed\xa0\x80")
        assert result.code == 0, result
    assert command(tmp_path, "set", "--role", bad + b"=" + bad, "--field", bad + b"=x").code == 0
    assert command(tmp_path, "change", "--risk", bad, bad).code == 0
    assert command(tmp_path, "show", bad).code == 3
    shown = command(tmp_path, "show", "--json").out
    assert "caf\ufffd \ufffd" in json.loads(shown)["entries"][0]["text"]
    assert command(tmp_path, "note", "-i", bad, "x").code == 3
    assert command(tmp_path, bad).code == 2
    assert command(tmp_path, "export", "-o", bytes(tmp_path) + b"/" + bad).code == 0


def test_invalid_bytes_on_standard_input(on_call: Session) -> None:
    """A stream with anything in it comes through as text."""
    on_call.ok("note", "-", stdin=b"caf\xe9\n\xff\xfe\x00\n\x00\n")
    assert on_call.texts() == ["acknowledged", "caf\ufffd", "\ufffd\ufffd␀", "␀"]


HOSTILE = "a\x1b[31mred\x07 \u202eevil\u202c \x9b2J \u200bhidden | `code` <b>x</b> @dana #1"


@pytest.mark.parametrize("command_line", [["note"], ["note", "--kind", "action"], ["change"]])
def test_control_and_bidi_characters(on_call: Session, command_line: list[str]) -> None:
    """They are kept visibly in the record, and can steer neither a terminal nor a document."""
    result = on_call.ok(*command_line, HOSTILE)
    on_call.ok("set", "--title", HOSTILE, "--role", f"ic={HOSTILE}")
    printed = result.out + result.err + on_call.ok("show").out + on_call.ok("list").out
    printed += on_call.ok("note", "x").err
    assert not set(printed) & set("\x1b\x07\x9b\u202e\u202c\u200b")
    exported = on_call.ok("export").out
    assert not set(exported) & set("\x1b\x07\x9b\u202e\u202c")
    assert "<b>" not in exported.replace("\\<b>", "")


def test_what_was_said_stays_in_the_record(on_call: Session) -> None:
    """Bidi characters are part of what somebody wrote; controls become visible signs."""
    entry = on_call.note(HOSTILE)
    assert entry["text"].startswith("a␛[31mred␇ \u202eevil\u202c ⟦U+009B⟧2J")


def test_a_clock_that_goes_backwards(on_call: Session) -> None:
    """Nothing is refused or lost, and a later edit still wins."""
    ref = on_call.note("before")["ref"]
    on_call.later(days=-400)
    on_call.note("after the clock was put back")
    on_call.ok("edit", ref, "--text", "edited")
    assert sorted(on_call.texts()) == ["acknowledged", "after the clock was put back", "edited"]


def test_a_clock_at_the_ends_of_time(kim: Session) -> None:
    """A machine without a battery says 1970; one with a wrong year says 9999."""
    kim.later(days=-(kim.now - kim.now.replace(year=1970, month=1, day=1)).days)
    kim.ok("new", "early", "--zone", "America/New_York")
    kim.note("x")
    kim.now = kim.now.replace(year=9999, month=12, day=31, hour=23)
    kim.note("y")
    kim.ok("show")
    kim.ok("export")
    assert kim.texts() == ["x", "y"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (b"garbage", "is not TOML"),
        (b"\xff\xfe", "can't be read"),
        (b"nickname = 'x'", "the key 'nickname' is not known and does nothing"),
        (b"name = 7", "name is left at its default"),
        (b"services = 'web'", "services is left at its default"),
        (b"zone = 'Mars/Base'", "zone is left at its default"),
        (b"a = " + b"[" * 5000, "is not TOML"),
    ],
)
def test_settings_that_can_not_be_used(on_call: Session, settings: bytes, expected: str) -> None:
    """A mistake in the settings is told and never costs a line."""
    (on_call.home / "settings.toml").write_bytes(settings)
    result = on_call.ok("note", "recorded all the same")
    assert expected in result.err.splitlines()[0]
    assert on_call.texts()[-1] == "recorded all the same"
    assert on_call.ok("new", "another", "--json").json["zone"] == "UTC"
    checks = {check["check"]: check for check in on_call.run("doctor", "--json").json}
    assert checks["settings"]["state"] == "broken"


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff", b'{"device": "NOT AN ID"}', b"[]"])
def test_a_device_file_that_can_not_be_read(on_call: Session, content: bytes) -> None:
    """A new id is made, the damaged file is set aside, and lines go on being recorded."""
    (on_call.home / "device.json").write_bytes(content)
    on_call.ok("note", "-i", "checkout-503s", "still here")
    assert on_call.texts() == ["acknowledged", "still here"]
    assert (on_call.home / "device.json.damaged-1").read_bytes() == content


def test_a_hung_lock_holder(on_call: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that holds the lock costs seconds, not the line; reading still works."""
    monkeypatch.setattr("storage.record_files.LOCK_WAIT_S", 0.05)
    lock = filelock.FileLock(on_call.record().with_name(on_call.record().name + ".lock"))
    with lock:
        result = on_call.run("note", "precious words")
        assert on_call.texts() == ["acknowledged"]
        on_call.ok("export")
        change = on_call.run("change", "-i", "checkout-503s", "a change")
        ref = on_call.entries()[0]["ref"]
        edit = on_call.run("edit", ref, "--text", "other words", "--rationale", "why")
    assert (result.code, change.code, edit.code) == (1, 1, 1)
    assert on_call.drafts() == ["precious words", "a change", "other words\nwhy"]
    assert "Not saved:\nother words\nwhy\n" in edit.err
    assert "Look for a stopped one" in result.err
    assert on_call.note("and again")["text"] == "and again"


def newer(session: Session) -> None:
    """Make the record one that a later version of hotwash wrote."""
    session.ok("show")
    data = json.loads(session.record().read_text("utf-8"))
    data["meta"]["1"]["schema"] = 99
    data["meta"]["1"]["unheard_of"] = True
    session.record().write_text(json.dumps(data), "utf-8")


def test_a_newer_record_can_be_read(on_call: Session) -> None:
    """Reading works, writing says what to do and keeps the words; the file is not touched."""
    newer(on_call)
    before = on_call.record().read_bytes()
    assert on_call.texts() == ["acknowledged"]
    assert "acknowledged" in on_call.ok("export").out
    assert_kept(on_call, on_call.run("note", "precious words"), 1, "precious words")
    result = on_call.run("set", "--severity", "2")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "newer hotwash" in result.err
    assert on_call.record().read_bytes() == before


def test_a_record_beyond_repair(on_call: Session) -> None:
    """A record that can't be read is named, never overwritten, and a note goes elsewhere."""
    for path in (on_call.home / "incidents").iterdir():
        path.write_bytes(b"garbage")
    record = on_call.record()
    result = on_call.run("show", "checkout-503s")
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert str(record) in result.err
    noted = on_call.ok("note", "words")
    assert str(record) in noted.err
    assert "one was started" in noted.err
    assert record.read_bytes() == b"garbage"
    assert str(record) in on_call.ok("list").err


def damaged(data: bytes, how: random.Random) -> bytes:
    """The bytes of a file after a mishap."""
    at = how.randrange(len(data) + 1)
    return how.choice(
        [
            data[:at],
            data[:at] + bytes([how.randrange(256)]) + data[at + 1 :],
            data[:at] + b"\x00" * 40 + data[at + 40 :],
            data[:at] + data[at : at + 60] * 2 + data[at + 60 :],
            b"null",
            b'{"meta": [], "entries": 7}',
            b"",
        ]
    )


@pytest.mark.parametrize("seed", range(30))
def test_damaged_files(on_call: Session, seed: int) -> None:
    """Whatever happened to the files of a record, commands end with a sentence and a code."""
    how = random.Random(seed)
    on_call.note("/a restarted >lee")
    on_call.ok("edit", on_call.note("/q why?")["ref"], "--answer", "dns")
    files = sorted((on_call.home / "incidents").glob("*.json*"))
    for path in how.sample(files, how.randint(1, 2)):
        if path.suffix != ".lock":
            path.write_bytes(damaged(path.read_bytes(), how))
    for arguments in (["list"], ["show"], ["note", "more"], ["export"], ["list", "--json"]):
        result = on_call.run(*arguments)
        assert result.code in {0, 1, 2, 3}, result
        assert "Traceback" not in result.err
        assert "defect" not in result.err, result
    assert on_call.run("note", "-i", "nosuch", "kept").code == 3


def test_foreign_files_in_the_folder(on_call: Session) -> None:
    """What somebody put beside the records disturbs nothing."""
    folder = on_call.home / "incidents"
    (folder / "notes.txt").write_text("mine", "utf-8")
    (folder / "a-folder.json").mkdir()
    (folder / "other.json").write_text('{"_default": {"1": {"a": 1}}}', "utf-8")
    on_call.note("goes on")
    assert on_call.texts() == ["acknowledged", "goes on"]


def test_a_garbage_cache(on_call: Session) -> None:
    """The cache is only a cache."""
    on_call.ok("new", "second")
    on_call.ok("list")
    (cache,) = Path(on_call.environment["XDG_CACHE_HOME"]).rglob("incidents-*.json")
    for content in (b"", b"garbage", b"\xff\xff", b'{"version": 1, "summaries": [1]}', b"[]"):
        cache.write_bytes(content)
        assert len(on_call.ok("list").lines) == 2


def test_nobody_has_no_home(monkeypatch: pytest.MonkeyPatch, kim: Session) -> None:
    """Without HOME, USER and an entry in the password file: a sentence, or a home that was named."""

    def nobody(_uid: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    names = ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "HOTWASH_HOME")
    for name in [*names, "XDG_DATA_HOME", "XDG_CACHE_HOME"]:
        monkeypatch.delenv(name, raising=False)
        kim.environment.pop(name, None)
    result = kim.run("note", "x")
    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert "Set HOTWASH_HOME" in result.err
    (kim.home / "settings.toml").unlink()
    kim.environment["HOTWASH_HOME"] = str(kim.home)
    assert kim.note("x")["author"] == "someone"
    kim.environment["HOTWASH_HOME"] = "~nobody-here/hotwash"
    assert kim.run("list").code == 2
