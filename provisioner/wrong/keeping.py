"""The list from one cycle to the next."""

from collections.abc import Iterable

from provisioner.model.ids import ClusterId
from provisioner.model.status import Status
from provisioner.wrong.entry import Wrong
from provisioner.wrong.listing import wrong_in


class WrongList:
    """Makes the list once for each status, and remembers since when its entries stand. Of one thread."""

    def __init__(self, clusters: Iterable[ClusterId]) -> None:
        """`clusters`: the configured ones."""
        self._clusters = tuple(clusters)
        self._status: Status | None = None
        self._entries: tuple[Wrong, ...] = ()

    def of(self, status: Status) -> tuple[Wrong, ...]:
        """The list of a status; asked again for the same one, the same list."""
        if status is not self._status:
            self._entries = wrong_in(status, self._clusters, self._entries)
            self._status = status
        return self._entries


__all__ = ["WrongList"]
