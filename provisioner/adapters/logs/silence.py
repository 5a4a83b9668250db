"""Desktops that give no report, said once each: some by name, the rest by number."""

from collections.abc import Iterable, Iterator, Mapping

from provisioner.model.desktops import Phase, Unheard
from provisioner.model.ids import DesktopName
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord

_BOOTING_S = 30.0
"""A desktop that boots may be asked before its agent is up: only what lasts is worth a line."""
_NAMED = 5
"""Desktops named in one cycle: one cause may silence a whole profile, and `bascule desktops` names them all."""

_PASSING = (GuestWord.NOT_ASKED, GuestWord.OFF, GuestWord.CONNECTIONS)
"""The cluster's own lines say why it did not ask; what is off shows in the next listing; and somebody logs on every minute."""


class Silence:
    """Follows the statuses, and remembers of each desktop what was said."""

    def __init__(self) -> None:
        self._unheard: dict[DesktopName, Unheard] = {}
        self._said: dict[DesktopName, GuestWord] = {}

    def follow(self, status: Status) -> Iterator[tuple[str, str]]:
        """Subject and text of each new line."""
        self._take(status.desktops, status.desktops if status.moved is None else status.moved)
        due = [name for name, unheard in sorted(self._unheard.items()) if self._is_due(name, unheard, status)]
        for name in due:
            self._said[name] = self._unheard[name].word
        for name in due[:_NAMED]:
            yield f"desktop {name}", f"gives no report: {self._unheard[name].text}"
        if len(due) > _NAMED:
            yield "desktops", f"{len(due) - _NAMED} more give no report: `bascule desktops` says why of each"

    def _take(self, desktops: Mapping[DesktopName, DesktopState], moved: Iterable[DesktopName]) -> None:
        for name in moved:
            state = desktops.get(name)
            if state is not None and state.unheard is not None:
                self._unheard[name] = state.unheard
            else:
                self._unheard.pop(name, None)
                self._said.pop(name, None)

    def _is_due(self, name: DesktopName, unheard: Unheard, status: Status) -> bool:
        if unheard.word in (self._said.get(name), *_PASSING):
            return False
        booting = status.desktops[name].phase is Phase.STARTING
        return not booting or status.at - unheard.since >= _BOOTING_S
