"""One log line for each desktop that gives no report: some by name, the rest counted."""

from collections.abc import Iterable, Iterator, Mapping

from provisioner.model.desktops import Phase, Unheard
from provisioner.model.ids import DesktopName
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord

_BOOTING_S = 30.0
"""A booting desktop may be asked before its guest agent runs, or knows anything: only a longer silence gets a line."""
_NAMED = 5
"""Desktops named in one cycle. One cause may silence a whole profile; `bascule desktops` names all."""

_PASSING = (GuestWord.NOT_ASKED, GuestWord.OFF, GuestWord.CONNECTIONS)
"""Causes without a line: the cluster's own lines say why it did not ask, the next listing shows desktops that are off, and
connections end soon."""


class Silence:
    """Follows the statuses, and remembers which lines were written."""

    def __init__(self) -> None:
        self._unheard: dict[DesktopName, Unheard] = {}
        self._reported: dict[DesktopName, GuestWord] = {}

    def follow(self, status: Status) -> Iterator[tuple[str, str]]:
        """Subject and text of each new line."""
        self._take(status.desktops, status.desktops if status.moved is None else status.moved)
        due = [name for name, unheard in sorted(self._unheard.items()) if self._is_due(name, unheard, status)]
        for name in due:
            self._reported[name] = self._unheard[name].word
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
                self._reported.pop(name, None)

    def _is_due(self, name: DesktopName, unheard: Unheard, status: Status) -> bool:
        if unheard.word in (self._reported.get(name), *_PASSING):
            return False
        desktop = status.desktops[name]
        if desktop.phase is not Phase.STARTING:
            return True
        return desktop.overdue if unheard.word is GuestWord.NO_AGENT else status.at - unheard.since >= _BOOTING_S
