"""Incidents of the team that are not on this machine yet, brought in while nobody is in a hurry."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from storage.errors import NotEnrolled, StorageError
from storage.model import Incident
from storage.team.client.credentials import Credentials
from tui.services import Services
from tui.team.pace import TeamPace

_MOST_NAMED = 3


class Arrivals:
    """Asks the server now and then. Being offline is no news; not being known to it is, once.

    Attributes:
        on_arrived: hears of incidents that have come.
        on_trouble: hears a sentence, once.
        on_defect: hears of what nobody handled.
    """

    def __init__(self, services: Services, is_wanted: Callable[[], bool], pace: TeamPace) -> None:
        """Nothing is asked yet.

        Args:
            services: the person's home.
            is_wanted: whether the list of incidents is being looked at.
            pace: how often to ask.
        """
        self.on_arrived: Callable[[Sequence[Incident]], None] = lambda _incidents: None
        self.on_trouble: Callable[[str], None] = lambda _sentence: None
        self.on_defect: Callable[[Exception], None] = lambda _error: None
        self._services = services
        self._is_wanted = is_wanted
        self._pace = pace
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._told: set[str] = set()

    def begin(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="arrivals")

    def ask(self) -> None:
        """Ask at once."""
        self._woken.set()

    async def close(self) -> None:
        """End, in the middle of whatever is asked."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self) -> None:
        try:
            while True:
                if self._is_wanted() or self._woken.is_set():
                    self._woken.clear()
                    await self._look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.arrivals):
                        await self._woken.wait()
        except Exception as error:  # noqa: BLE001  the edge of a task: somebody has to hear of it
            self.on_defect(error)

    async def _look(self) -> None:
        try:
            credentials = await asyncio.to_thread(self._services.credentials)
            if credentials is not None:
                found = await self._bring_in(credentials)
                if found:
                    self.on_arrived(found)
        except NotEnrolled as error:
            self._tell_once(str(error))
        except StorageError:
            return

    def _tell_once(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self.on_trouble(sentence)

    async def _bring_in(self, credentials: Credentials) -> list[Incident]:
        for name in ("storage.team.client.team_server", "storage.team.sync.bringing_in"):
            await asyncio.to_thread(import_module, name)
        from storage.team.client.team_server import connect
        from storage.team.sync.bringing_in import bring_in

        # The screen has its own, on a thread of its own.
        library = self._services.new_library()
        address = await asyncio.to_thread(credentials.address)
        async with await connect(address, credentials.token) as server:
            paths = await bring_in(server, library, team=credentials.team)
        for notice in library.notices:
            self._tell_once(notice)
        return await asyncio.to_thread(lambda: [library.open(path).incident for path in paths])


def arrived(incidents: Sequence[Incident], user: str | None) -> str:
    """What is told of incidents that came in, and of whoever began them."""
    if len(incidents) == 1:
        [incident] = incidents
        whose = "you" if incident.author == user else incident.author
        return f"{_title(incident)}, started by {whose}, is shared with you: Up chooses it."
    named = ", ".join(_title(incident) for incident in incidents[:_MOST_NAMED])
    more = len(incidents) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{len(incidents)} incidents of the team are here now: {named}{rest}."


def _title(incident: Incident) -> str:
    return incident.title or "an untitled incident"
