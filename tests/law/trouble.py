"""Something that goes wrong beside the schedule of a trial, and what the list has to call it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.reasons.reason import ReasonKind
from tests.law.heard import Heard


@dataclass(kw_only=True)
class Trouble:
    """It begins and passes at drawn times."""

    what: str
    kinds: tuple[ReasonKind, ...]
    """One of them is to be listed."""
    begin: Callable[[], None]
    end: Callable[[], None]
    thing: str = ""
    """What it changes: two troubles of one thing are not in one life."""
    within_s: float = 60.0
    """By then the daemon knows: two cycles, or until it reads the directory again."""
    asked: Sequence[float] | None = None
    """When the daemon has looked at it; None: it is told."""
    about: str = ""
    """What the entry is about; empty: whatever it is."""
    shows: Callable[[], bool] = lambda: True
    """Whether it can be seen now: a node that is away tells nothing of its storage."""
    alone: bool = True
    """Whether nothing else in a life is called so."""
    changed_at: float = field(default=float("-inf"), init=False)
    on: bool = field(default=False, init=False)

    def set(self, on: bool, now: float) -> None:
        """From now on."""
        self.on, self.changed_at = on, now
        (self.begin if on else self.end)()

    def _known_at(self, began_at: float) -> float:
        """When this daemon has looked since it changed; infinite: not yet."""
        since = max(self.changed_at, began_at)
        return since if self.asked is None else next((at for at in self.asked if at >= since), float("inf"))

    def untrue(self, heard: Heard) -> Iterator[str]:
        """What the list says of it, and is not so, or does not say."""
        if self.asked is not None and heard.published.status.guard.quarantine is not None:
            return  # what is read is not in force, and that is listed
        if not self.shows():
            self.changed_at = heard.now
        codes = {kind.code for kind in self.kinds}
        entries = [entry for entry in heard.document.wrong if entry.code in codes and self.about in ("", entry.about)]
        known = heard.now > self._known_at(heard.began_at) + self.within_s + heard.blind_s
        if self.on and known and not entries:
            yield f"{self.what}, and no entry says so"
        if not self.on and known and entries and self.alone:
            yield f"{entries[0].says.text!r} is said, and it is not so: {self.what}"


__all__ = ["Trouble"]
