"""The row that says whether somebody is being recorded, in words, at any width."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.instruments.pieces import plain, width_of
from tui.talk.shown import Shown, TalkState
from tui.talk.talk_line import REC, STYLES, TROUBLE, talk_line

HELD = Shown(state=TalkState.LISTENING, level=0.66, seconds=7.9, keys="F9")
LATCHED = msgspec.structs.replace(HELD, latched=True)
NO_SOUND = "No sound has come for 2 s."


def row(shown: Shown, width: int = 100) -> str:
    """What stands there."""
    return plain(talk_line(shown, width))


def test_holding() -> None:
    """That it is recorded, how loud, how long, and what ends it."""
    assert row(HELD) == " REC  ▮▮▮▮▯▯ 00:07  release F9 to stop"
    assert talk_line(HELD, 100)[0].style == REC


def test_latched() -> None:
    """Nobody has to remember that nothing is held: the row says so, and both ways out."""
    assert row(LATCHED) == (
        " REC  ▮▮▮▮▯▯ 00:07  latched  F9 or Enter stops, Escape keeps the clip without entries"
    )
    assert row(LATCHED, 80).endswith("latched  F9 or Enter stops, Escape keeps only the clip")
    assert row(LATCHED, 50).endswith("latched  F9 or Enter stops")
    assert row(LATCHED, 40).endswith("latched  F9 stops")


@pytest.mark.parametrize(
    ("level", "meter"),
    [(-1, "▯▯▯▯▯▯"), (0, "▯▯▯▯▯▯"), (0.5, "▮▮▮▯▯▯"), (1, "▮▮▮▮▮▮"), (7, "▮▮▮▮▮▮")],
)
def test_the_meter(level: float, meter: str) -> None:
    """It reads without colours, and never grows."""
    assert f" {meter} " in row(msgspec.structs.replace(HELD, level=level))


def test_what_is_wrong_with_the_sound() -> None:
    """It is told while somebody speaks, before what to press."""
    shown = msgspec.structs.replace(HELD, said=NO_SOUND)
    assert row(shown) == f" REC  ▮▮▮▮▯▯ 00:07  ! {NO_SOUND}  release F9 to stop"
    assert NO_SOUND in row(shown, 60)
    assert any(piece.style == TROUBLE for piece in talk_line(shown, 60))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (
            Shown(state=TalkState.OPENING, keys="F9"),
            " the microphone opens … wait for REC  release F9 to stop",
        ),
        (Shown(state=TalkState.SAVING), " saving …"),
        (
            Shown(state=TalkState.TRANSCRIBING, seconds=67),
            " transcribing 01:07 …  you can speak again",
        ),
        (
            Shown(state=TalkState.FAILED, said="1 recording is not heard yet: /retry"),
            " ! 1 recording is not heard yet: /retry",
        ),
    ],
)  # fmt: skip
def test_every_state(shown: Shown, said: str) -> None:
    """Each says in words how far it has come."""
    assert row(shown) == said


def test_somebodys_words_can_not_steer_the_terminal() -> None:
    """What went wrong may quote anything."""
    assert "\x1b" not in row(Shown(state=TalkState.LISTENING, said="a\x1b[2Jb\nc"))


@given(
    st.builds(
        Shown,
        state=st.sampled_from(TalkState),
        level=st.floats(-1, 2),
        seconds=st.floats(0, 5999),
        latched=st.booleans(),
        keys=st.sampled_from(["F9", "ctrl+t", "the button"]),
        said=st.text(max_size=80),
    ),
    st.integers(0, 120),
)
def test_any_width(shown: Shown, width: int) -> None:
    """The row fits, and where there is room for anything, it says that the microphone is on."""
    pieces = talk_line(shown, width)
    assert width_of(plain(pieces)) <= width
    assert {piece.style for piece in pieces} <= set(STYLES)
    if shown.state is TalkState.LISTENING and width >= 5:
        assert pieces[0].text == " REC "
