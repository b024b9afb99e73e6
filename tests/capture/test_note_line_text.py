"""The second table of capture.md, The note line: lines whose text must come through whole."""

import pytest

from storage.model import Draft, Kind, State
from tests.capture.lines import draft

TEXT = """
p99 >2s on checkout, errors >baseline
lag >10m on replica
ran pg_dump orders >dump.sql
kubectl logs x >/tmp/a 2>&1
>so the theory is…
$ kubectl rollout undo deploy/x >out
$ /a is a directory @14:05
CPU @ 95%
pkg@7.1.2
dana@corp.com
git@github.com:a/b
rolled back to @1.24
reverted #4512, deploying
#1 priority
# summary
!important
!! retried
/status page is green but users see 503
/status resolved itself on web-1
/update endpoint 500s
/api/v1 503
/var is 98%
/ is full
/health 503
next update to execs @03:30
outage due: cache
todo service is down
Todo service is down
\\\\files01\\share
\\d+
C:\\>
@dana restart the pods
/sa 503s
symptom 503s
Symptoms began
Root cause unknown
`02:40` was the start of `@02:47`
the query `select @02:47`
an open ` and @02:47
10:00-10:30 maintenance
1:30 of audio lost
@ 14:05 lunch
lunch @ 02:05
ask @dana
#payments? >lee
03:30 is when we call
99:99 luftballons
deployed @02:47 twice
x !10m
/done? no
\\
""".strip().split("\n")


@pytest.mark.parametrize("line", TEXT)
def test_lines_that_are_text(line: str) -> None:
    """What is not certainly a mark comes through whole."""
    assert draft(line) == Draft(text=line)


@pytest.mark.parametrize(
    "line",
    [
        "p99 >2s on checkout, errors >9s",
        "lag >10m",
        "ran pg_dump orders >dump.sql",
        "kubectl logs x >/tmp/a 2>&1",
        "$ kubectl rollout undo deploy/x >out",
        "rolled back to @1.24",
        "set a ulimit `ulimit >lee`",
        "ping dana@corp.com",
    ],
)
def test_the_same_words_in_an_action(line: str) -> None:
    """Shells and measurements stay text in an action as well, where an owner would count."""
    assert draft(f"/a {line}") == Draft(kind=Kind.ACTION, text=line, state=State.DONE)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (r"503s \@02:47", "503s @02:47"),
        (r"\02:47 503s", "02:47 503s"),
        (r"\/s is the flag", "/s is the flag"),
        (r"\TODO is a word", "TODO is a word"),
        (r"\lee: 503s", "lee: 503s"),
        (r"\/status resolved", "/status resolved"),
        (r"\/done", "/done"),
        (r"\/title x", "/title x"),
        (r"\>lee", ">lee"),
        (r"\/status page is green", r"\/status page is green"),
        (r"a \>b", r"a \>b"),
    ],
)
def test_a_backslash_makes_a_mark_text(line: str, text: str) -> None:
    r"""``\`` before a mark goes and leaves text; before anything else it is text itself."""
    assert draft(line) == Draft(text=text)
