"""Log lines about desktops that give no report: some by name, the rest counted."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf

from provisioner.model.desktops import Phase, Unheard
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord

_BOOTING_S = 30.0
"""A booting desktop may be asked before its guest agent runs, or knows anything: only a longer silence gets a line."""
_NAMED, _NAMED_IN_S, _COUNTED_S = 5, 600.0, 60.0
"""So many desktops of one cause are named in so many seconds, and the others counted once in so many: it may silence a whole
profile, one boot after the other. `bascule desktop list` names all."""

_PASSING = (GuestWord.NOT_ASKED, GuestWord.OFF, GuestWord.CONNECTIONS)
"""Causes without a line: the cluster's own lines say why it did not ask, the next listing shows desktops that are off, and
connections end soon."""


class Silence:
    """Follows the statuses, and remembers which lines were written."""

    def __init__(self) -> None:
        self._unheard: dict[DesktopName, Unheard] = {}
        self._reported: dict[DesktopName, GuestWord] = {}
        self._named: dict[GuestWord, list[Instant]] = {}
        self._others: set[DesktopName] = set()
        self._counted_at = -inf

    def follow(self, status: Status) -> Iterator[tuple[str, str]]:
        """Subject and text of each new line."""
        self._take(status.desktops, status.desktops if status.moved is None else status.moved)
        due = [name for name, unheard in sorted(self._unheard.items()) if self._is_due(name, unheard, status)]
        for name in due:
            unheard = self._unheard[name]
            self._reported[name] = unheard.word
            if self._may_name(unheard.word, status.at):
                yield f"desktop {name}", f"gives no report: {unheard.text}"
            else:
                self._others.add(name)
        if self._others and not 0 <= status.at - self._counted_at < _COUNTED_S:
            yield "desktops", f"{len(self._others)} more give no report: `bascule desktop list` says why of each"
            self._others.clear()
            self._counted_at = status.at

    def _may_name(self, word: GuestWord, now: Instant) -> bool:
        """A time that is to come is none: the clock was set back."""
        named = self._named[word] = [at for at in self._named.get(word, ()) if 0 <= now - at < _NAMED_IN_S]
        if len(named) < _NAMED:
            named.append(now)
            return True
        return False

    def _take(self, desktops: Mapping[DesktopName, DesktopState], moved: Iterable[DesktopName]) -> None:
        for name in moved:
            state = desktops.get(name)
            if state is not None and state.unheard is not None:
                self._unheard[name] = state.unheard
            else:
                self._unheard.pop(name, None)
                self._reported.pop(name, None)
                self._others.discard(name)

    def _is_due(self, name: DesktopName, unheard: Unheard, status: Status) -> bool:
        if unheard.word in (self._reported.get(name), *_PASSING):
            return False
        if status.desktops[name].phase is not Phase.STARTING:
            return True
        overdue = unheard.word is not GuestWord.NO_AGENT or name in status.plan.overdue
        return overdue and status.at - unheard.since >= _BOOTING_S
