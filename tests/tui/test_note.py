import pytest

from tests.tui.session import Session


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on."""
    kim.ok("new", "Checkout 503s")
    return kim


def test_a_line_becomes_an_entry(on_call: Session) -> None:
    """REF KIND TEXT on stdout, the incident on stderr."""
    result = on_call.ok("note", "/s", "503s", "on", "checkout", "@-5m")
    ref = on_call.entries()[0]["ref"]
    assert result.out == f"{ref} symptom 503s on checkout\n"
    assert result.err == "understood: SYMPTOM [01:45]\n-> Checkout 503s (investigating)\n"
    (entry,) = on_call.entries()
    assert entry["as_written"] == "/s 503s on checkout @-5m"
    assert entry["at"]["utc"] == "2026-11-21T01:45:12.000Z"


def test_every_flag(on_call: Session) -> None:
    """What the marks of a line can say, options say as well."""
    entry = on_call.note(
        *("--kind", "action", "--at", "-10m", "--owner", "dana", "--by", "lee", "--box", "1h"),
        *("--due", "2026-12-01", "--service", "payments", "--service", "web"),
        *("--mark", "mitigated", "restarted", "the", "pods"),
    )
    assert entry["text"] == "restarted the pods"
    assert entry["kind"] == "action"
    assert entry["at"]["utc"] == "2026-11-21T01:40:12.000Z"
    assert (entry["owner"], entry["said_by"], entry["author"]) == ("dana", "lee", "kim")
    assert (entry["time_box"], entry["due"]) == (60, "2026-12-01")
    assert entry["services"] == ["payments", "web"]
    assert (entry["mark"], entry["state"]) == ("mitigated", "open")


def test_options_win_over_marks(on_call: Session) -> None:
    """An option is what the person said last and most plainly."""
    entry = on_call.note("--kind", "symptom", "--at", "-1h", "/a it hangs @-5m")
    assert (entry["kind"], entry["text"], entry["state"]) == ("symptom", "it hangs", None)
    assert entry["at"]["utc"] == "2026-11-21T00:50:12.000Z"


@pytest.mark.parametrize(
    ("options", "state", "claim"),
    [
        (["--kind", "action"], "done", None),
        (["--kind", "action", "--owner", "kim"], "done", None),
        (["--kind", "action", "--owner", "dana"], "open", None),
        (["--kind", "action", "--box", "10m"], "open", None),
        (["--kind", "followup"], "open", None),
        (["--kind", "follow-up"], "open", None),
        (["--kind", "Root cause"], None, "proposed"),
        (["--kind", "question"], None, None),
    ],
)
def test_a_kind_brings_its_state(
    on_call: Session, options: list[str], state: str | None, claim: str | None
) -> None:
    """An entry made with options starts in the state that the same line would give it."""
    entry = on_call.note(*options, "words")
    assert (entry["state"], entry["claim"]) == (state, claim)


def test_marking_resolved_resolves(on_call: Session) -> None:
    """The mark and the status are one act, given as an option too."""
    assert on_call.note("--mark", "resolved", "all green")["status"] == "resolved"
    assert on_call.incident("checkout-503s")["status"] == "resolved"


def test_literal_is_exact(on_call: Session) -> None:
    """With --literal nothing in the line means anything but itself."""
    line = "/a  reverted #4512 >dana @-5m "
    entry = on_call.note("--literal", line)
    assert (entry["text"], entry["as_written"], entry["kind"]) == (line, line, "note")


@pytest.mark.parametrize(
    "words",
    [
        ["- restarted the pods"],
        ["-5", "degrees"],
        ["->", "see", "graph"],
        ["---", "a/file"],
        ["--", "--force", "was", "it"],
        ["--", "-i", "was", "wrong"],
        ["rebooted", "--force", "-i", "x", "--json"],
        ["a", "--", "b"],
        ["kubectl get pods --all"],
    ],
)
def test_words_that_look_like_options(on_call: Session, words: list[str]) -> None:
    """A text may begin with a dash or hold options of other programs: it comes through whole."""
    expected = " ".join(words[1:] if words[0] == "--" else words)
    result = on_call.ok("note", *words)
    assert on_call.texts() == [expected], result


def test_options_before_a_text_that_begins_with_a_dash(on_call: Session) -> None:
    """The dash of the text does not hide the options before it."""
    entry = on_call.note("--kind", "action", "--at=-5m", "- rolled back")
    assert (entry["kind"], entry["text"]) == ("action", "- rolled back")


def test_an_unknown_option_is_no_text(on_call: Session) -> None:
    """A mistyped option must not end up in the timeline."""
    result = on_call.run("note", "--onwer", "dana", "restarted")
    assert result.code == 2
    assert result.err.startswith("No such option")
    assert on_call.entries() == []


def test_standard_input_line_by_line(on_call: Session) -> None:
    """`-` alone: each line is a note line; empty ones are none."""
    result = on_call.ok("note", "-", stdin="/s 503s\r\n\n  \n/a restarted\nlast, without an end")
    assert [line.split(" ", 1)[1] for line in result.lines] == [
        "symptom 503s",
        "action restarted",
        "note last, without an end",
    ]


def test_flags_hold_for_every_line_of_standard_input(on_call: Session) -> None:
    """Options say something about the whole stream."""
    on_call.ok("note", "--by", "lee", "--literal", "-", stdin="/s one\ntwo >dana\n")
    assert on_call.texts() == ["/s one", "two >dana"]
    assert {entry["said_by"] for entry in on_call.entries()} == {"lee"}


def test_standard_input_attached_to_a_line(on_call: Session) -> None:
    """TEXT and `-`: the input belongs to the one entry, and marks in it mean nothing."""
    entry = on_call.note("pods", "crash-loop", "@-5m", "-", stdin="/s web-1\tError\nweb-2 >x\n")
    assert entry["text"] == "pods crash-loop"
    assert entry["body"] == "/s web-1\tError\nweb-2 >x\n"
    assert on_call.ok("show").out.count("[output attached]") == 1


def test_what_is_attached_is_redacted(on_call: Session) -> None:
    """Machine text is kept without secrets, even those that colours would hide."""
    result = on_call.ok(
        *("note", "--json", "config", "-"),
        stdin=b"user=app\npassword=\x1b[31mHunter2x!\x1b[0m\nport 5432\n",
    )
    assert "Hunter2x!" not in result.out
    assert "port 5432" in result.json["body"]
    assert "1 secret cut out" in result.err
    assert all(
        b"Hunter2x!" not in path.read_bytes() for path in on_call.home.rglob("*") if path.is_file()
    )


def test_a_secret_in_a_line_is_pointed_out(on_call: Session) -> None:
    """A person's words are kept as said, and the way to take them out again is told."""
    key = "AKIA" + "IOSFODNN7" + "EXAMPLZ"
    result = on_call.ok("note", "used", key)
    assert "looks like a secret (AWS access key)" in result.err
    assert f"hotwash edit {result.ref} --purge" in result.err
    on_call.ok("edit", result.ref, "--purge")
    assert on_call.texts() == ["[removed by kim]"]


def test_utf_16_from_powershell(on_call: Session) -> None:
    """A file that PowerShell wrote is read as what it is."""
    on_call.ok("note", "-", stdin="première\r\nseconde\r\n".encode("utf-16"))
    assert on_call.texts() == ["première", "seconde"]


def test_nothing_to_record(on_call: Session) -> None:
    """An empty line is a mistake, and no entry; nothing is read from standard input for it."""
    for words in ([], [""], ["  ", ""], ["", "-"]):
        assert on_call.run("note", *words, stdin="x").code == 2
    assert on_call.ok("note", "-", stdin="\n\n").out == ""
    assert on_call.entries() == []


def test_a_remark_says_what_stayed_text(on_call: Session) -> None:
    """A time that is ahead is not taken, and the person is told."""
    result = on_call.ok("note", "next update @03:30")
    assert "03:30 is ahead, kept as text" in result.err
    assert on_call.texts() == ["next update @03:30"]


def test_names_are_spelt_as_known(on_call: Session) -> None:
    """An owner or service given as an option is the one that is known, in whatever case."""
    on_call.note("/role ic Dana")
    on_call.note("broken #Payments")
    entry = on_call.note("--kind", "action", "--owner", "dana", "--service", "payments", "x")
    assert (entry["owner"], entry["services"]) == ("Dana", ["Payments"])


def test_several_lines_of_one_argument_are_one_entry(on_call: Session) -> None:
    """A pasted text is one entry, and one line on the terminal."""
    result = on_call.ok("note", "first\nsecond")
    assert result.out.endswith("note first ⏎ second\n")
    assert on_call.texts() == ["first\nsecond"]


def test_a_debrief_line_goes_to_the_incident_that_is_over(on_call: Session) -> None:
    """What went well is said of the last incident, and starts none."""
    on_call.ok("note", "/m resolved")
    on_call.later(hours=9)
    on_call.ok("note", "/well failover was fast")
    assert len(list((on_call.home / "incidents").glob("*.json"))) == 1
    assert on_call.entries("checkout-503s")[-1]["section"] == "well"


def test_resolving_at_an_earlier_moment_than_a_status_says_so(on_call: Session) -> None:
    """The status told of a later moment stands, and the person learns why."""
    on_call.ok("note", "/status monitoring")
    result = on_call.ok("note", "/m resolved @-5m")
    assert "stays monitoring" in result.err
    assert on_call.incident()["status"] == "monitoring"


@pytest.mark.parametrize("line", ["/sev critical", "/m reslved", "/resolved", "/var is 98%"])
def test_what_looks_like_a_mark_and_is_none_is_said(on_call: Session, line: str) -> None:
    """The words are kept as they stand, and nobody believes that the mark was read."""
    result = on_call.ok("note", line)
    assert "not read as a mark" in result.err
    assert on_call.texts() == [line]


def test_of_a_long_output_the_end_is_kept(on_call: Session) -> None:
    """A megabyte of log costs neither the note nor the screen."""
    log = "line of log\n" * 200_000 + "the last line\n"
    result = on_call.ok("note", "pod logs", "-", stdin=log)
    (entry,) = on_call.entries()
    assert entry["text"] == "pod logs"
    assert entry["body"].endswith("the last line\n")
    assert entry["body"].startswith("[the first 2,137,870 characters are left out]")
    assert len(result.err) < 1000
