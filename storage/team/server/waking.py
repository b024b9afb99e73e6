"""Who is to be woken when changes come."""

from collections.abc import Callable, Mapping


class Listeners:
    """Callbacks by incident, and how far each incident had come when they were last called."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._woken: dict[str, dict[object, Callable[[], None]]] = {}
        self._heads: dict[str, int] = {}

    @property
    def incidents(self) -> list[str]:
        """Those that somebody listens to."""
        return list(self._woken)

    @property
    def has_new(self) -> bool:
        """Whether there is an incident of which it is not known how far it has come."""
        return len(self._heads) < len(self._woken)

    def add(self, incident: str, woken: Callable[[], None]) -> Callable[[], None]:
        """Call `woken` from now on; returns what stops it."""
        key = object()
        self._woken.setdefault(incident, {})[key] = woken

        def stop() -> None:
            others = self._woken.get(incident, {})
            others.pop(key, None)
            if not others:
                self._woken.pop(incident, None)
                self._heads.pop(incident, None)

        return stop

    def came(self, incident: str, head: int) -> None:
        """An incident has come so far: wake who listens, unless they know."""
        woken = self._woken.get(incident)
        if woken is None or self._heads.get(incident, -1) >= head:
            return
        self._heads[incident] = head
        for call in list(woken.values()):
            call()

    def looked(self, heads: Mapping[str, int]) -> None:
        """Incidents were found to have come so far."""
        for incident, head in heads.items():
            self.came(incident, head)


class Watchers:
    """Callbacks for whoever wants to know that access has changed."""

    def __init__(self) -> None:
        """Nobody does."""
        self._changed: dict[object, Callable[[], None]] = {}

    def add(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` from now on; returns what stops it."""
        key = object()
        self._changed[key] = changed

        def stop() -> None:
            self._changed.pop(key, None)

        return stop

    def tell(self) -> None:
        """Call everybody."""
        for call in list(self._changed.values()):
            call()
