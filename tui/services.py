"""What every command and every screen works with: the home, its incidents, the clock, the person."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from capture.context import LineContext
from capture.errors import UnknownZone
from capture.text import clean
from capture.zones import zone_named
from storage.clock import NewId, Now, new_uuid7, system_now
from storage.errors import Ambiguous, NotFound, StorageError
from storage.identity import author_name, identify
from storage.incident_names import UNTITLED
from storage.library import Library
from storage.model import Moment
from storage.paths import Home, find_home
from storage.record import Record
from storage.settings import Settings, read_settings

if TYPE_CHECKING:
    from storage.team.client.credentials import Credentials

_UTC = {"Etc/UTC", "Etc/UCT", "UCT", "Zulu"}


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
        enrolled: which team this home is in, without the secret; None: in none.
        author: the name that entries are signed with; in a team the one that its server knows, since
            it takes no other.
        library: all incidents.
        warnings: sentences about the settings.
    """

    def __init__(self, start: Start) -> None:
        """Read the settings; nothing is written yet but this machine's id.

        Raises:
            BadValue: there is no home folder.
        """
        self.start = start
        self.now = start.now
        self.home: Home = find_home(start.home, start.environment)
        self.settings: Settings
        self.settings, self.warnings = read_settings(self.home.settings)
        if self.settings.zone and (why := _unknown(self.settings.zone)):
            self.warnings.append(f"{self.home.settings}: zone is left at its default: {why}.")
            self.settings = msgspec.structs.replace(self.settings, zone=None)
        self.enrolled = self._enrolled()
        self.author = self.user or _signature(self.settings)
        self._machine = identify(self.home.device)
        self.library = self.new_library()

    def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed meanwhile, and whether they joined a team."""
        self.settings, self.warnings = settings, []
        self.enrolled = self._enrolled()
        self.author = self.library.author = self.user or _signature(settings)

    def new_library(self) -> Library:
        """The same incidents once more, for another thread than that of `library`."""
        machine, start = self._machine, self.start
        return Library(
            self.home, machine.device, self.author, start.now, start.new_id, machine.here
        )

    def credentials(self) -> "Credentials | None":
        """What this machine talks to the team server with; None: it is in no team.

        Raises:
            StorageError: it is, and can't tell with what.
        """
        if not self.home.credentials.exists():
            return None
        # Imported only where there is a team.
        from storage.team.client.credentials import read_credentials

        return read_credentials(self.home.credentials, self.settings.keyring)

    @property
    def user(self) -> str | None:
        """As whom the team knows this person; None: in no team."""
        return None if self.enrolled is None else self.enrolled.user

    def _enrolled(self) -> "Credentials | None":
        """Read without asking any keyring, which may take its time."""
        if not self.home.credentials.exists():
            return None
        from storage.team.client.credentials import read_credentials

        try:
            found = read_credentials(self.home.credentials)
        except StorageError as error:
            self.warnings.append(str(error))
            return None
        return msgspec.structs.replace(found, token="") if found else None

    def zone(self) -> str:
        """The home zone of new incidents: the one chosen, else this machine's."""
        if self.settings.zone:
            return self.settings.zone
        import tzlocal

        try:
            name = tzlocal.get_localzone_name()
        except (LookupError, ValueError, OSError):
            name = None
        return "UTC" if name is None or name in _UTC or _unknown(name) else str(name)

    def meant(self, name: str | None) -> Path | None:
        """The record that `name` means, or the current one; None when there is none to mean.

        Raises:
            NotFound: nothing has that name.
            Ambiguous: several have.
            RecordUnreadable: the one that has it can't be read.
        """
        variable = self.start.environment.get("HOTWASH_INCIDENT")
        if name or not variable:
            return self.library.find(name) if name else self.library.current()
        try:
            return self.library.find(variable)
        except (NotFound, Ambiguous) as error:
            raise type(error)(f"$HOTWASH_INCIDENT: {error}") from error

    def existing(self, name: str | None) -> Record:
        """The incident that a command works on, opened.

        Raises:
            NotFound: there is none.
            Ambiguous: the name fits several.
            RecordError: it can't be read.
        """
        path = self.meant(name)
        if path is not None:
            return self.library.open(path)
        if last := self.library.last_resolved():
            advice = (
                f"The last one, {last.title!r}, is resolved: name it with its slug, {last.slug}."
            )
        else:
            advice = (
                "Name one with its id or slug (`hotwash list`), or start one: hotwash new TITLE"
            )
        raise NotFound(" ".join([*self.library.notices, "No incident is going on here.", advice]))

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
        for notice in self.library.notices:
            # What can't be read may be the incident that was meant.
            say(notice)
        with self.library.starting():
            if (path := self.meant(name)) is not None:
                return self.library.open(path)
            record = self.library.create(UNTITLED, self.zone())
        say("No incident was going on, so one was started. Give it a title: hotwash set --title …")
        if last := self.library.last_resolved():
            say(f"To add to {last.title!r}, which is resolved: hotwash note -i {last.slug} …")
        return record

    def to_debrief(self, name: str | None) -> Record | None:
        """The incident that was resolved last, when nothing else is going on and none is named.

        What went well is said of an incident that is over, and never of one that begins.

        Raises:
            NotFound: nothing has the name in the environment.
            Ambiguous: several have.
            RecordError: it can't be read.
        """
        if name is not None or self.meant(name) is not None:
            return None
        last = self.library.last_resolved()
        return None if last is None else self.library.open(self.library.find(last.id))

    def change_log(self) -> Record:
        """The standing change log.

        Raises:
            RecordError: it can't be read, or not be started.
        """
        return self.library.changes(self.zone)

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


def _signature(settings: Settings) -> str:
    """The name that entries are signed with."""
    return " ".join(clean(author_name(settings.name)).split()) or "someone"


def _unknown(zone: str) -> str | None:
    """Why a zone can't be used; None when it can."""
    try:
        zone_named(zone)
    except UnknownZone as error:
        return str(error)
    return None
