"""Talking in the app: keys that are held and let go, the row that says so, and what becomes of it."""

import asyncio
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.timer import Timer

from storage.settings import Settings
from tui.app_commands import NO_INCIDENT, AppCommands
from tui.commands import TALK, command_named, key_name, with_talk_key
from tui.screens.entry_acts import SAVING
from tui.screens.timeline import TimelineScreen
from tui.services import Services
from tui.terminal.key_events import KeyReleased, KittyFlags, RepeatedKey
from tui.widgets.talk_button import TalkButton
from tui.widgets.talk_row import TalkRow

if TYPE_CHECKING:
    from tui.talk.incident_voice import IncidentVoice
    from tui.talk.transcripts import Told
    from tui.talk.voice import Voice

_LOOKS_PER_S = 12
"""How often the level of the microphone is painted."""

_REPEAT_S = 0.15
"""Repeats of a key come faster than that, and whoever types a letter after a key is slower."""

_FETCHING, _APPLYING = "fetching", "applying"


class VoiceApp(AppCommands):
    """See the module.

    Attributes:
        spoken: what is said of the open incident; None while there is none, or nobody spoke yet.
    """

    def __init__(self, services: Services, *, with_voice: bool = False) -> None:
        """Nothing is looked for before the first paint.

        Args:
            services: the person's home.
            with_voice: whether there may be any talking.
        """
        super().__init__(services)
        self.spoken: IncidentVoice | None = None
        self._with_voice = with_voice and services.start.environment.get("HOTWASH_VOICE") != "0"
        self._voice: Voice | None = None
        self._reports_release = False
        self._held_key = ""
        self._pressed_at = 0.0
        self._was_told_to_wait = False
        self._applying = asyncio.Lock()
        self._deadline: Timer | None = None
        self._looking: Timer | None = None
        self.departure.savers.append(self._keep_speech)

    # Life

    def on_ready(self) -> None:
        """Look for microphone and model, now that typing works."""
        self._prepare_voice()

    @work
    async def _prepare_voice(self) -> None:
        # Its modules are many, and somebody is typing by now.
        await asyncio.to_thread(import_module, "tui.talk.incident_voice")
        await self._get_voice().prepare()
        await self._sweep_recordings()

    async def _sweep_recordings(self) -> None:
        """Drop what was kept for as long as is wanted, of every incident."""
        from capture.voice.retention import sweep_all

        own = self.own
        days = own.settings.keep_audio_days
        await asyncio.to_thread(sweep_all, own.home.audio, own.now(), days)

    def _get_voice(self) -> "Voice":
        if self._voice is None:
            from tui.talk.voice import Voice

            own = self.own
            self._voice = Voice(
                own.home, own.settings, is_on=self._with_voice, report=self._voice_changed
            )
        return self._voice

    def get_spoken(self) -> "IncidentVoice | None":
        """What is said of the open incident; None without one."""
        if self.spoken is None and self.keeper is not None:
            from tui.talk.incident_voice import IncidentVoice

            self.spoken = IncidentVoice(
                self.keeper, self.services, self._get_voice(), self.own.home.glossary
            )
            self.spoken.talking.keys.reports_release = self._reports_release
            self.spoken.talking.key = key_name(self._talk_keys()[0])
            self.spoken.talking.on_change = self._talk_changed
            self.spoken.listen(self._told)
        return self.spoken

    def take_up(self) -> None:
        """An incident was opened: what was said of it and not heard yet is heard now."""
        if self._with_voice:
            self.call_after_refresh(self._take_up)

    @work
    async def _take_up(self) -> None:
        await asyncio.to_thread(import_module, "tui.talk.incident_voice")
        if self._get_voice().is_on and (spoken := self.get_spoken()) is not None:
            await spoken.transcripts.finish_left_over()

    async def stop_speech(self) -> None:
        """Let what is being said be saved, and let go of the incident."""
        self._was_told_to_wait = False
        spoken, self.spoken = self.spoken, None
        if spoken is not None:
            await spoken.close()

    async def close_voice(self) -> None:
        """End everything that has to do with speech."""
        await self.stop_speech()
        if self._voice is not None:
            await self._voice.close()

    def _keep_speech(self) -> str | None:
        return self.spoken.talking.farewell() if self.spoken is not None else None

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """The key to talk with, before anything else can have it."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._takes(event):
            event.stop()
            return
        await super().on_event(event)

    def _takes(self, event: events.Key) -> bool:
        if event.key in self._talk_keys():
            if (spoken := self._spoken_or_told()) is not None:
                self._held_key, self._pressed_at = event.key, event.time
                if not spoken.talking.is_recording:
                    spoken.talking.key = key_name(event.key)
                spoken.talking.press(event.time, repeated=isinstance(event, RepeatedKey))
            return True
        if self.spoken is None or not self.spoken.talking.is_recording:
            return False
        if event.key == "enter":
            self.spoken.talking.stop()
        elif event.key == "escape":
            self.spoken.talking.stop_and_keep()
        elif self._goes_on(event):
            # ctrl was let go first, and where no terminal tells, the letter goes on as typed.
            self._pressed_at = event.time
            self.spoken.talking.press(event.time)
        else:
            return False
        return True

    def _goes_on(self, event: events.Key) -> bool:
        """Whether a letter is the rest of a key with ctrl that is being held."""
        is_rest = "+" in self._held_key and event.key == self._held_key.rpartition("+")[2]
        return is_rest and event.time - self._pressed_at <= _REPEAT_S

    @on(KeyReleased)
    def _released(self, event: KeyReleased) -> None:
        event.stop()
        if self.spoken is not None and self._held_key and event.is_of(self._held_key):
            self.spoken.talking.release(event.time)

    @on(KittyFlags)
    def _can_tell_releases(self, event: KittyFlags) -> None:
        event.stop()
        self._reports_release = event.reports_release
        if self.spoken is not None:
            self.spoken.talking.keys.reports_release = event.reports_release

    def on_app_blur(self) -> None:
        """The key may be let go while another window has the keyboard."""
        if self.spoken is not None:
            self.spoken.talking.blur()

    @on(TalkButton.Held)
    def _button_held(self, event: TalkButton.Held) -> None:
        event.stop()
        if (spoken := self.get_spoken()) is not None:
            spoken.talking.hold(event.at)

    @on(TalkButton.LetGo)
    def _button_let_go(self, event: TalkButton.LetGo) -> None:
        event.stop()
        if self.spoken is not None:
            self.spoken.talking.let_go(event.at)

    def _talk_keys(self) -> tuple[str, ...]:
        (talk,) = with_talk_key([command_named(TALK)], self.own.settings.talk_key)
        return talk.keys

    # Commands

    def _spoken_or_told(self) -> "IncidentVoice | None":
        """What is said of the open incident; without one that is told."""
        spoken = self.get_spoken()
        if spoken is None:
            self.said(NO_INCIDENT)
        return spoken

    def action_learn(self) -> None:
        """Take the last correction into the glossary."""
        if screen := self._timeline():
            screen.learn()

    def action_talk(self) -> None:
        """Begin to record without holding anything, or end it."""
        if (spoken := self._spoken_or_told()) is not None:
            spoken.talking.toggle()

    def action_undo(self) -> None:
        """Take one's own last act back; after Escape, bring back what was said."""
        if self.spoken is None or not self.spoken.talking.bring_back():
            super().action_undo()

    @work(group=SAVING)
    async def action_retry(self) -> None:
        """Hear what could not be heard before."""
        if (spoken := self._spoken_or_told()) is not None:
            count = await spoken.transcripts.retry()
            if not count:
                self.said("Every recording of this incident has been heard.")

    def action_fetch_model(self) -> None:
        """Fetch the speech model; never while an incident has the network, and the person, busy."""
        if self.keeper is not None:
            self.said(
                "Not in the middle of an incident: /home, then /voice; or `hotwash voice install` "
                "in another terminal."
            )
        elif not self._is_fetching():
            self._fetch_model()

    @work(group=_FETCHING)
    async def _fetch_model(self) -> None:
        from capture.errors import ModelError
        from tui.talk.fetching import Fetch

        fetch = Fetch(self.own.home.cache, self.own.start.environment, self.own.now)
        watching = self.set_interval(0.2, lambda: self.said(fetch.sentence))
        try:
            self.said(fetch.sentence)
            done = await fetch.run()
        except ModelError as error:
            self.wrong(str(error))
            return
        finally:
            watching.stop()
        self.said(done)
        await self._get_voice().load()

    def _is_fetching(self) -> bool:
        return any(w.group == _FETCHING and not w.is_finished for w in self.workers)

    def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed."""
        super().apply(settings)
        if self._voice is not None:
            self._apply_to_voice(settings)

    @work(group=_APPLYING)
    async def _apply_to_voice(self, settings: Settings) -> None:
        async with self._applying:
            await self._get_voice().apply(settings)
        await self._sweep_recordings()

    # What is shown

    def _voice_changed(self) -> None:
        """There is a microphone, or none; a model, or none."""
        self._look()

    def _talk_changed(self) -> None:
        spoken = self.spoken
        if spoken is None:
            return
        talking = spoken.talking
        if self._deadline is not None:
            self._deadline.stop()
            self._deadline = None
        if (deadline := talking.deadline) is not None:
            self._deadline = self.set_timer(max(0.005, deadline - monotonic()), self._expire)
        if talking.shows_level and self._looking is None:
            self._looking = self.set_interval(1 / _LOOKS_PER_S, self._look)
        elif not talking.shows_level and self._looking is not None:
            self._looking.stop()
            self._looking = None
        self._look()

    def _expire(self) -> None:
        # Behind the keys that have come meanwhile: they say that it is still held.
        self.call_later(self._expired)

    def _expired(self) -> None:
        if self.spoken is not None:
            self.spoken.talking.expire(monotonic())

    def _look(self) -> None:
        if not self.is_running or not self.screen_stack:
            # The last of it is told when there is no screen any more.
            return
        shown = self.spoken.talking.shown() if self.spoken is not None else None
        if shown is not None and not self.screen.query(TalkRow):
            # Loud wherever one is: a screen without a place for it gets a row at the bottom.
            row = TalkRow()
            row.styles.dock = "bottom"
            self.screen.mount(row)
        is_recording = self.spoken is not None and self.spoken.talking.is_recording
        can_record = self._voice is not None and self._voice.can_record
        # On those below as well, which are seen again before anything else is told of it.
        for screen in self.screen_stack:
            for row in screen.query(TalkRow):
                row.show(shown)
            for button in screen.query(TalkButton):
                button.show(is_there=can_record, is_recording=is_recording)

    def _told(self, told: "Told") -> None:
        """Something became of a recording."""
        spoken = self.spoken
        timeline = next((s for s in self.screen_stack if isinstance(s, TimelineScreen)), None)
        if spoken is None or timeline is None:
            return
        timeline.show_heard(spoken.transcripts.pending(), told.entries)
        self._look()
        if told.went_wrong and told.entries:
            self._notices().warn(told.sentence)
        elif told.went_wrong:
            self.wrong(told.sentence)
        elif told.sentence:
            self.said(told.sentence)

    async def heard_out(self, again: str) -> bool:
        """Let what is being said be saved, and what was said become entries.

        Args:
            again: what leaves without waiting for that, in words.

        Returns:
            False when somebody has to ask again, since that was told just now.
        """
        if self.spoken is None:
            return True
        await self.spoken.talking.saved()
        if not self.spoken.transcripts.under_way or self._was_told_to_wait:
            return True
        self._was_told_to_wait = True
        self.said(
            f"What you said is being transcribed, then this is left. {again} again leaves at once; "
            "the recording is kept, and becomes entries when the incident is opened again."
        )
        await self.spoken.transcripts.settled()
        self._was_told_to_wait = False
        return True
