"""What every command and every screen works with: the home, its incidents, the clock, the person."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from capture.context import LineContext
from storage.clock import NewId, Now, new_uuid7, system_now
from storage.errors import NotFound
from storage.identity import author_name, device_id
from storage.library import UNTITLED, Library
from storage.model import Moment
from storage.paths import Home, find_home
from storage.record import Record
from storage.settings import Settings, read_settings


class Start(msgspec.Struct):
    """How a process was started.

    Attributes:
        home: ``--home``.
        now: reads the clock.
        new_id: makes ids.
        stopwatch: gives seconds, for how long a command took.
        environment: the process's environment.
    """

    home: str | None = None
    now: Now = system_now
    new_id: NewId = new_uuid7
    stopwatch: Callable[[], float] = time.monotonic
    environment: Mapping[str, str] = msgspec.field(default_factory=lambda: os.environ)


class Services:
    """See the module. Made once a process, with what it was started with.

    Attributes:
        home: where everything lies.
        settings: what the person chose.
        author: the name that entries are signed with.
        library: all incidents.
        warnings: sentences about the settings.
    """

    def __init__(self, start: Start) -> None:
        """Read the settings; nothing is written yet.

        Raises:
            BadValue: the settings can't be understood.
        """
        self.start = start
        self.now = start.now
        self.home: Home = find_home(start.home, start.environment)
        self.settings: Settings
        self.settings, self.warnings = read_settings(self.home.settings)
        self.author = author_name(self.settings.name)
        self.library = Library(
            self.home, device_id(self.home.device), self.author, start.now, start.new_id
        )

    def zone(self) -> str:
        """The home zone of new incidents: the one chosen, else this machine's."""
        if self.settings.zone:
            return self.settings.zone
        import tzlocal

        name = tzlocal.get_localzone_name()
        return "UTC" if name in {None, "Etc/UTC", "Etc/UCT", "UCT", "Zulu"} else str(name)

    def meant(self, name: str | None) -> Path | None:
        """The record that `name` means, or the current one; None when there is none to mean.

        Raises:
            NotFound: nothing has that name.
            Ambiguous: several have.
        """
        name = name or self.start.environment.get("HOTWASH_INCIDENT")
        return self.library.find(name) if name else self.library.current()

    def existing(self, name: str | None) -> Record:
        """The incident that a command works on, opened.

        Raises:
            NotFound: there is none.
            Ambiguous: the name fits several.
            RecordError: it can't be read.
        """
        path = self.meant(name)
        if path is None:
            message = (
                "No incident is going on here. Name one with its id or slug (`hotwash list`), or "
                "start one with `hotwash new TITLE`."
            )
            raise NotFound(message)
        return self.library.open(path)

    def to_write_in(self, name: str | None, say: Callable[[str], None]) -> Record:
        """The incident that a note goes to: one is started when there is none.

        Raises:
            NotFound: nothing has that name.
            Ambiguous: the name fits several.
            RecordError: it can't be read.
        """
        path = self.meant(name)
        if path is not None:
            return self.library.open(path)
        record = self.library.create(UNTITLED, self.zone())
        say("No incident was going on, so one was started. Give it a title: hotwash set --title …")
        if last := self.library.last_resolved():
            say(f"To add to {last.title!r}, which is resolved: hotwash note -i {last.slug} …")
        return record

    def line_context(self, record: Record) -> LineContext:
        """What a note line is read against."""
        incident, chosen = record.incident, self.settings
        own, known = record.names(), self.library.names()
        return LineContext(
            now=self.now(),
            zone=incident.zone,
            author=self.author,
            people=frozenset({*chosen.people, *known[0], *own[0]}),
            services=frozenset({*chosen.services, *known[1], *own[1], *incident.services}),
            find_entry=record.id_of,
        )

    def moment(self, record: Record) -> Moment:
        """Now, in the incident's home zone."""
        return Moment(utc=self.now(), zone=record.incident.zone)
