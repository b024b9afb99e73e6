"""Talking in the app: what is on the screen, and what is on the disk afterwards."""

from pathlib import Path

import pytest
from textual.events import Key

from capture.voice.clips import ClipState
from capture.voice.heard import Heard, Outcome
from storage.model import Kind
from tests.tui.app.covering import covers
from tests.tui.app.running import SEED, at_home, on_incident
from tests.tui.app.speaking import Ear, heard, speaking
from tui.terminal.key_events import KeyReleased, KittyFlags

LEFT = "01a1ffc7-55f7-7000-8000-0000000000aa"
TWO = "Symptoms: 503s on checkout. Fix: restarted the app servers."


@covers("talk")
async def test_the_key_records_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tap begins, the screen says so, Enter ends it, and the entries are on the disk."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.app.press("f9")
        await desk.app.until(lambda: "REC" in desk.app.painted)
        assert "STOP" in desk.app.painted
        desk.ear.heard = heard(TWO)
        desk.spoken.talking.stop()
        await desk.settled()
        assert "REC" not in desk.app.painted
        symptom, action = desk.app.entries[-2:]
        assert (symptom.kind, symptom.text) == (Kind.SYMPTOM, "503s on checkout.")
        assert (action.kind, action.text) == (Kind.ACTION, "restarted the app servers.")
        assert symptom.utterance == action.utterance is not None
        assert symptom.heard == TWO
        assert "2 entries (symptom, action)" in desk.app.notices
        assert "ctrl+z takes it back" in desk.app.notices


async def test_one_undo_takes_all_of_a_dictation_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was one act: one breath."""
    async with speaking(tmp_path, monkeypatch) as desk:
        before = desk.app.texts
        await desk.say(heard(TWO))
        assert len(desk.app.texts) == len(before) + 2
        await desk.app.press("ctrl+z")
        await desk.app.settled()
        assert desk.app.texts == before


async def test_talking_by_name_and_in_the_palette(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/talk` begins without anything being held, and ends it."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.app.type_line("/talk")
        await desk.app.until(desk.microphone.records)
        assert desk.spoken.talking.is_recording
        desk.spoken.talking.stop()
        await desk.settled()
        assert desk.app.entry("restarted the app servers").source == "voice"


async def test_escape_keeps_the_recording_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is being typed stays, and ctrl+z makes entries of it after all."""
    async with speaking(tmp_path, monkeypatch) as desk:
        before = desk.app.texts
        await desk.app.press("h", "i", "f9")
        await desk.app.until(desk.microphone.records)
        await desk.app.press("escape")
        await desk.settled()
        assert desk.app.texts == before
        assert desk.app.text == "hi"
        assert "ctrl+z makes them after all" in desk.app.notices
        await desk.app.press("ctrl+z")
        await desk.settled()
        assert desk.app.texts == [*before, "restarted the app servers"]


async def test_what_is_said_on_another_screen_is_shown_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The starter is open, somebody remembers something, and sees that it is recorded."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.app.press("f4")
        await desk.app.settled()
        await desk.app.press("f9")
        await desk.app.until(lambda: "REC" in desk.app.painted)
        desk.spoken.talking.stop()
        await desk.settled()
        assert desk.app.entry("restarted the app servers").source == "voice"


async def test_what_was_heard_unclearly_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the row and in the sentence; no colour is needed to see it."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("restarted the pots", "pots", confidence=0.65))
        assert "unsure of “pots”" in desk.app.painted
        assert "check it" in desk.app.painted
        assert "1 heard unclearly, u confirms and e corrects" in desk.app.notices


@covers("heard_right")
async def test_words_heard_unclearly_are_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up, u."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("restarted the pots", "pots"))
        await desk.app.select("restarted the pots")
        await desk.app.press("u")
        await desk.app.settled()
        entry = desk.app.entry("restarted the pots")
        assert (entry.doubtful, entry.confidence) == ((), None)
        assert "unsure" not in desk.app.painted


@covers("learn")
async def test_a_correction_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next time the word is expected, and what is heard in its place is known."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.app.type_line("/learn")
        assert "nothing to learn yet" in desk.app.notices
        await desk.say(heard("restarted the peegee bouncer"))
        await desk.app.select("peegee bouncer")
        await desk.app.press("e")
        await desk.app.settled()
        desk.app.timeline.composer.text = "restarted the PgBouncer"
        await desk.app.press("enter")
        await desk.app.settled()
        assert "/learn lets “peegee bouncer” be heard as “PgBouncer”" in desk.app.notices
        await desk.app.type_line("/learn")
        await desk.app.settled()
        assert '"peegee bouncer" = "PgBouncer"' in (desk.app.home / "glossary.toml").read_text()
        await desk.say(heard("done"))
        assert ("peegee bouncer", "PgBouncer") in desk.ear.vocabularies[-1].aliases


@covers("hear_again")
async def test_a_recording_is_heard_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another model it says more; the entry keeps its ref, and undo its old words."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("restarted the pots"))
        before = desk.app.entry("restarted the pots")
        desk.ear.heard = heard("restarted the pods")
        await desk.app.select("restarted the pots")
        await desk.app.press("z")
        await desk.app.settled()
        assert desk.app.entry("restarted the pods").ref == before.ref
        await desk.app.press("ctrl+z")
        await desk.app.settled()
        assert desk.app.entry("restarted the pots").ref == before.ref


async def test_what_was_typed_can_not_be_heard_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, and changes nothing."""
    async with speaking(tmp_path, monkeypatch, lines=["typed"]) as desk:
        for key in ("z", "l"):
            await desk.app.select("typed")
            await desk.app.press(key)
            await desk.app.settled()
            assert "was not spoken" in desk.app.notices


@covers("play")
async def test_a_recording_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very file of that entry; one that is not kept any more is told."""
    played: list[Path] = []
    monkeypatch.setattr(
        "capture.voice.playback.Playback.play", lambda _self, path: played.append(path)
    )
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("restarted the pods"))
        entry = desk.app.entry("restarted the pods")
        await desk.app.select("restarted the pods")
        await desk.app.press("l")
        await desk.app.settled()
        assert [path.stem for path in played] == [entry.utterance]
        played[0].unlink()
        await desk.app.select("restarted the pods")
        await desk.app.press("l")
        await desk.app.settled()
        assert "is not kept on this machine, or no longer" in desk.app.notices
        assert len(played) == 1


@covers("retry")
async def test_what_could_not_be_heard_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recording is kept until it is an entry, and is one only once."""
    async with speaking(tmp_path, monkeypatch) as desk:
        before = desk.app.texts
        await desk.say(None)
        assert "killed twice" in desk.app.notices
        assert "/retry hears it again" in desk.app.notices
        assert desk.app.texts == before
        desk.ear.heard = heard("restarted the pods")
        await desk.app.type_line("/retry")
        await desk.settled()
        assert desk.app.texts == [*before, "restarted the pods"]
        await desk.app.type_line("/retry")
        await desk.settled()
        assert "has been heard" in desk.app.notices
        assert desk.app.texts == [*before, "restarted the pods"]


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.NO_SPEECH, "No speech was heard"),
        (Outcome.MUTED, "is it muted?"),
        (Outcome.TOO_SHORT, "too short"),
    ],
)
async def test_silence_becomes_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, said: str
) -> None:
    """What is wrong is told apart."""
    async with speaking(tmp_path, monkeypatch) as desk:
        before = desk.app.texts
        await desk.say(Heard(outcome=outcome, seconds=3.0))
        assert said in desk.app.notices
        assert desk.app.texts == before
        assert [note.state for note in desk.spoken.clips.all()] == [ClipState.SILENT]


async def test_a_recording_becomes_entries_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the process died between the record and the note beside the recording."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard(TWO))
        texts = desk.app.texts
        (note,) = desk.spoken.clips.all()
        held = desk.spoken.clips.claim(note.id)
        assert held is not None
        held.change(state=ClipState.WAITING)
        held.release()
        await desk.spoken.transcripts.finish_left_over()
        await desk.settled()
        assert desk.app.texts == texts


async def test_audio_goes_when_the_settings_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept for no day means until it is an entry."""
    async with speaking(tmp_path, monkeypatch, settings="keep_audio_days = 0\n") as desk:
        await desk.say(None)
        assert list((desk.app.home / "audio").rglob("*.wav")), "it is no entry yet"
        desk.ear.heard = heard("restarted the pods")
        await desk.app.type_line("/retry")
        await desk.settled()
        await desk.app.until(lambda: not list((desk.app.home / "audio").rglob("*.wav")))
        assert desk.app.entry("restarted the pods").clip is not None


async def test_a_spoken_secret_is_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept as said, and one key removes it."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("the key is AKIAIOSFODNN7EXAMPLE"))
        assert "looks like a secret" in desk.app.notices


async def test_leaving_waits_for_what_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ctrl+q while somebody speaks: it is recorded, becomes entries, and then the app ends."""
    async with speaking(tmp_path, monkeypatch) as desk:
        desk.ear.heard = heard("the very last words")
        await desk.app.press("f9")
        await desk.app.until(desk.microphone.records)
        await desk.app.press("ctrl+q")
        await desk.app.until(lambda: not desk.app.app.is_running)
        assert desk.app.entry("the very last words").source == "voice"


async def test_without_a_microphone_there_is_no_button(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is not even there, and typing is what it always was."""
    why = "There is no microphone here. Plug one in."
    async with speaking(tmp_path, monkeypatch, no_microphone=why) as desk:
        assert "TALK" not in desk.app.painted
        desk.microphone.why_not = why
        await desk.app.press("f9")
        await desk.settled()
        assert why in desk.app.notices
        await desk.app.type_line("typed instead")
        assert "typed instead" in desk.app.texts


async def test_text_is_dictated(tmp_path: Path) -> None:
    """What was pasted after `/dictate` is split as if it had been said, in one act."""
    async with on_incident(tmp_path, SEED) as app:
        before = app.texts
        await app.type_line(f"/dictate {TWO}")
        await app.settled()
        assert app.texts == [*before, "503s on checkout.", "restarted the app servers."]
        assert {entry.heard for entry in app.entries[-2:]} == {TWO}
        await app.press("ctrl+z")
        await app.settled()
        assert app.texts == before


async def test_a_dictation_is_joined_again(tmp_path: Path) -> None:
    """One key on one of its entries; the words are those that were said."""
    async with on_incident(tmp_path, SEED) as app:
        before = app.texts
        await app.type_line(f"/dictate {TWO}")
        await app.settled()
        await app.select("503s on checkout.")
        await app.press("j")
        await app.settled()
        assert app.texts == [*before, TWO]
        assert "ctrl+z" in app.notices


@covers("fetch_model")
async def test_a_model_is_fetched_from_the_home_screen_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of an incident nothing is downloaded."""
    asked: list[object] = []

    def install(fetch: object) -> type[_Installed]:
        asked.append(fetch)
        return _Installed

    monkeypatch.setattr("tui.talk.fetching.Fetch._install", install)
    async with on_incident(tmp_path / "a", SEED) as app:
        await app.type_line("/voice")
        await app.settled()
        assert "Not in the middle of an incident" in app.notices
        assert not asked
    async with at_home(tmp_path / "b") as app:
        await app.type_at_home("/voice")
        await app.press("enter")
        await app.settled()
        assert "is installed and checked" in app.notices
        assert len(asked) == 1


class _Installed:
    """A model that came."""

    name = "base"


async def test_a_key_that_is_let_go_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the terminal tells, and whatever else is let go meanwhile."""
    async with speaking(tmp_path, monkeypatch) as desk:
        app = desk.app.app
        app.post_message(KittyFlags(27))
        press = Key("ctrl+t", None)
        app.post_message(press)
        await desk.app.until(desk.microphone.records)
        other, end = KeyReleased("x"), KeyReleased("t")
        other.time = end.time = press.time + 2
        app.post_message(other)
        await desk.app.settled()
        assert desk.spoken.talking.is_recording
        app.post_message(end)
        await desk.app.until(lambda: not desk.spoken.talking.is_recording)
        await desk.settled()
        assert desk.app.entry("restarted the app servers").source == "voice"


async def test_ctrl_that_is_let_go_first_types_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter goes on repeating for a moment; one that is typed later is a letter."""
    async with speaking(tmp_path, monkeypatch) as desk:
        app = desk.app.app
        press, rest, later = Key("ctrl+t", None), Key("t", "t"), Key("t", "t")
        rest.time, later.time = press.time + 0.03, press.time + 0.5
        for key in (press, rest):
            app.post_message(key)
        await desk.app.until(desk.microphone.records)
        await desk.app.settled()
        assert desk.app.text == ""
        app.post_message(later)
        await desk.app.settled()
        assert desk.app.text == "t"


async def test_another_key_to_talk_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one in the settings, and it is what the row says."""
    async with speaking(tmp_path, monkeypatch, settings='talk_key = "f8"\n') as desk:
        await desk.app.press("f9")
        assert not desk.spoken.talking.is_recording
        await desk.app.press("f8")
        await desk.app.until(lambda: "release F8 to stop" in desk.app.painted)


async def test_another_model_hears_what_is_being_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that change meanwhile lose no words."""
    async with speaking(tmp_path, monkeypatch) as desk:
        first, second = desk.ear, Ear()
        second.heard = heard("heard by the new model")
        first.is_slow = True
        await desk.app.press("f9")
        await desk.app.until(desk.microphone.records)
        desk.spoken.talking.stop()
        await desk.app.until(lambda: first.vocabularies)
        desk.spoken.voice.transcriber = second  # type: ignore[assignment]
        await first.close()
        await desk.settled()
        assert desk.app.entry("heard by the new model").source == "voice"


async def test_every_screen_says_when_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun on the timeline and ended under the help: nobody comes back to a REC that is none."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.app.press("f9")
        await desk.app.until(desk.microphone.records)
        await desk.app.press("f1")
        await desk.app.until(lambda: "REC" in desk.app.painted)
        desk.spoken.talking.stop()
        await desk.settled()
        await desk.app.press("escape")
        await desk.app.settled()
        assert "REC" not in desk.app.painted
        assert "STOP" not in desk.app.painted


async def test_an_unclear_entry_is_corrected_without_a_conflict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is alone, and the doubt goes with the words."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("restarted the pots", "pots", confidence=0.6))
        await desk.app.select("restarted the pots")
        await desk.app.press("e")
        await desk.app.settled()
        desk.app.timeline.composer.text = "restarted the pods"
        await desk.app.press("enter")
        await desk.app.settled()
        assert "Somebody else" not in desk.app.notices
        assert "conflict" not in desk.app.painted
        assert desk.app.entry("restarted the pods").doubtful == ()


async def test_doubt_is_painted_whole_below_another_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row is as high as its own doubt needs, whatever an earlier one needed."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("all of this is clear"))
        long = (
            "the Vitess topology server in the second region gave up at half past nine or so then"
        )
        await desk.say(heard(long, "Vitess", "topology", "gave", confidence=0.65))
        assert "unsure of “Vitess topology”, “gave”" in " ".join(desk.app.painted.split())


async def test_what_is_not_heard_yet_stays_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is an entry; then the old failure is no news."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(None)
        await desk.app.press("escape")
        assert "1 recording is not heard yet: /retry" in desk.app.painted
        desk.ear.heard = heard("restarted the pods")
        await desk.app.type_line("/retry")
        await desk.settled()
        assert "not heard yet" not in desk.app.painted
        assert "killed twice" not in desk.app.notices
        assert "1 entry (note)" in desk.app.notices


async def test_a_recording_that_another_process_left_is_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one whose note still says that somebody speaks."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(heard("kept only"))
        (note,) = desk.spoken.clips.all()
        held = desk.spoken.clips.claim(note.id)
        assert held is not None
        left = held.audio.with_name(held.audio.name.replace(note.id, LEFT)).with_suffix(".wav.part")
        left.write_bytes(held.audio.read_bytes())
        held.release()
        desk.ear.heard = heard("said before the end")
        await desk.app.type_line("/retry")
        await desk.settled()
        assert "said before the end" in desk.app.texts


async def test_home_tells_where_recordings_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody killed the app in the middle of a sentence, and opens it without an incident."""
    async with speaking(tmp_path, monkeypatch) as desk:
        await desk.say(None)
        await desk.app.type_line("/home")
        await desk.app.until(lambda: desk.app.at_home)
        await desk.app.settled()
        assert any("1 recording to be heard" in row for row in desk.app.listed)


async def test_several_ups_and_a_letter(tmp_path: Path) -> None:
    """In one burst, as over a slow line: the letter acts on the entry that was reached."""
    async with on_incident(tmp_path, ["one", "two", "three"]) as app:
        for key in ("up", "up", "up", "q"):
            app.post(key)
        await app.settled()
        assert [entry.text for entry in app.entries if entry.kind == Kind.QUESTION] == ["one"]
