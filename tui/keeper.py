"""The open incident: one thread writes it, the screen reads it and never waits for a disk."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TypeVar

from capture.context import LineContext
from storage.changes import Changes
from storage.clock import Now, system_now
from storage.errors import StorageError
from storage.model import Moment
from storage.record import Record
from storage.record_view import RecordView

T = TypeVar("T")
Listener = Callable[[Changes], None]

FOLLOW_S = 0.25
"""How often the journal is looked at for what other processes wrote."""

_IDLE_S = 20.0
_NAMING = ("author", "said_by", "owner", "role_to", "role_from", "services")


class Keeper:
    """See the module.

    Attributes:
        record: for reading, on the event loop, at any time.
        author: the person whose acts are recorded.
        now: reads the clock.
        on_defect: hears of what nobody handled.
    """

    def __init__(
        self,
        record: Record,
        author: str,
        now: Now = system_now,
        people: Iterable[str] = (),
        services: Iterable[str] = (),
    ) -> None:
        """Take over an open record; from now on only `act` may change it.

        Args:
            record: the incident.
            author: who works on it here.
            now: reads the clock.
            people: names that are known besides those in the record.
            services: likewise.
        """
        self.record: RecordView = record
        self.author = author
        self.now = now
        self._record = record
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="record")
        self._listeners: list[Listener] = []
        self._notices: list[Callable[[str], None]] = []
        self._follower: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: Context | None = None
        self.on_defect: Callable[[Exception], None] = _raised
        self._trouble = ""
        self._idle_since: float | None = None
        record.drain()
        own_people, own_services = record.names()
        self._people = frozenset({*people, *own_people})
        self._services = frozenset({*services, *own_services, *record.incident.services})

    # Life

    def start(self) -> None:
        """Follow what other processes write, from the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._record.subscribe(self._changed_on_thread)
        self._follower = self._loop.create_task(self._follow(), name="follow the record")

    async def close(self) -> None:
        """Let go of the record once everything is on disk."""
        if self._follower is not None:
            self._follower.cancel()
            with suppress(asyncio.CancelledError):
                await self._follower
        self._listeners.clear()
        self._notices.clear()
        loop = asyncio.get_running_loop()
        with suppress(StorageError):
            await loop.run_in_executor(self._thread, self._record.leave)
        self._thread.shutdown(wait=True)

    # Changing

    async def act(self, change: Callable[[Record], T]) -> T:
        """Do something with the record on its own thread, after what was asked for before.

        Args:
            change: is given the record; what it returns is returned.

        Raises:
            StorageError: it is not saved.
            CaptureError: it made no sense.
        """
        loop = asyncio.get_running_loop()
        self._idle_since = loop.time()
        # Even when the screen that asked is gone meanwhile, what it asked for is done.
        return await asyncio.shield(loop.run_in_executor(self._thread, change, self._record))

    # Reading

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call back on the event loop after every change, one's own or another process's.

        Returns:
            What stops it.
        """
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def on_notice(self, callback: Callable[[str], None]) -> None:
        """Call back with every sentence about the record that a person should read."""
        self._notices.append(callback)

    def line_context(self) -> LineContext:
        """What a note line is read against."""
        return LineContext(
            now=self.now(),
            zone=self.record.incident.zone,
            author=self.author,
            people=self._people,
            services=self._services,
            find_entry=self.record.id_of,
        )

    def moment(self) -> Moment:
        """Now, in the incident's home zone."""
        return Moment(utc=self.now(), zone=self.record.incident.zone)

    def learn(self, people: Iterable[str], services: Iterable[str]) -> None:
        """Take names of other incidents in."""
        self._people |= frozenset(people)
        self._services |= frozenset(services)

    def next_undo(self) -> object:
        """What undo would take back; the same as before as long as nothing was done since."""
        return self._record.next_undo()

    # Inside

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(FOLLOW_S)
            try:
                await loop.run_in_executor(self._thread, self._record.follow)
            except StorageError as error:
                self._say_once(str(error))
            except Exception as error:  # noqa: BLE001  the edge of a task: somebody has to hear of it
                self.on_defect(error)
                return
            else:
                self._trouble = ""
            self._tell_notices()
            await self._fold_when_idle(loop)

    async def _fold_when_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._idle_since is not None and loop.time() - self._idle_since > _IDLE_S:
            self._idle_since = None
            with suppress(StorageError):
                await loop.run_in_executor(self._thread, self._record.leave)

    def _changed_on_thread(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            # In the context of whoever started it: listeners may want to know which app they are in.
            loop.call_soon_threadsafe(self._tell, context=self._context)

    def _tell(self) -> None:
        changes = self.record.drain()
        if not changes:
            return
        self._learn_names(changes)
        for listener in list(self._listeners):
            try:
                listener(changes)
            except Exception as error:  # noqa: BLE001  the others want to know all the same
                self.on_defect(error)

    def _learn_names(self, changes: Changes) -> None:
        people, services = set(self._people), set(self._services)
        if changes.everything:
            own_people, own_services = self.record.names()
            people |= own_people
            services |= own_services
        for entry_id in changes.entries:
            *names, tags = self.record.values(entry_id, _NAMING)
            people.update(name for name in names if isinstance(name, str) and name)
            if isinstance(tags, list):
                services.update(str(tag) for tag in tags)
        if len(people) > len(self._people) or len(services) > len(self._services):
            self._people, self._services = frozenset(people), frozenset(services)

    def _say_once(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self._say(sentence)

    def _tell_notices(self) -> None:
        for notice in self._record.take_notices():
            self._say(notice)

    def _say(self, sentence: str) -> None:
        for callback in self._notices:
            callback(sentence)


def _raised(error: Exception) -> None:
    raise error
