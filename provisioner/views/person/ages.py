"""Where what is known is old: the list of what is wrong says it, and the sentence begins with it."""

from dataclasses import dataclass

from provisioner.model.ids import ClusterId, Instant
from provisioner.model.status import Status
from provisioner.reasons import person, views, wrong
from provisioner.reasons.reason import Reason
from provisioner.views.clusters import OF_CLUSTER, unseen_since
from provisioner.views.published import Published
from provisioner.views.times import in_text
from provisioner.wrong.entry import Wrong
from provisioner.wrong.listing import wrong_at

_HELD = frozenset({views.HELD_DIRECTORY.code, views.HELD_BOTH.code})


@dataclass(frozen=True, slots=True)
class Ages:
    """How old what is known is."""

    published: Published
    wrong: tuple[Wrong, ...]
    """As it is to be read now: whether cycles still end is in it."""

    @classmethod
    def at(cls, published: Published, *, now: Instant, within_s: float) -> "Ages":
        """At this time; a daemon whose last cycle ended more than `within_s` seconds ago hangs."""
        return cls(published, wrong_at(published.listed, published.status.at, now=now, limit_s=within_s))

    @property
    def status(self) -> Status:
        """At the last cycle's end."""
        return self.published.status

    @property
    def hangs(self) -> bool:
        """Whether no cycle has ended for too long."""
        return self._entry(frozenset({wrong.CYCLE_LATE.code})) is not None

    def unseen_since(self, cluster: ClusterId | None) -> Instant | None:
        """When a cluster was seen last, if that is too long ago; None: it is not. Without a name: any."""
        return unseen_since(self.wrong, self.status.at, cluster)

    @property
    def directory_unread(self) -> bool:
        """Whether the directory could not be read when it was asked last."""
        return self._entry(frozenset({wrong.DIRECTORY_UNREAD.code})) is not None

    @property
    def directory_held(self) -> Wrong | None:
        """A reading of the directory that is held back; None: none is."""
        return self._entry(_HELD)

    def dated(self, says: Reason, cluster: ClusterId | None, *, of_directory: bool) -> tuple[Reason, bool]:
        """The sentence with how old it is, where that is old; and whether it is."""
        if self.hangs:
            return person.OLD_CYCLE(at=in_text(self.status.at), says=says), True
        if not of_directory and (seen_at := self.unseen_since(cluster)) is not None:
            return person.OLD_CLUSTER(at=in_text(seen_at), cluster=cluster or self._unseen_cluster(), says=says), True
        if of_directory and self.directory_unread:
            return person.OLD_DIRECTORY(at=self.read_at, says=says), True
        if of_directory and (held := self.directory_held) is not None:
            return person.HELD_DIRECTORY(at=in_text(held.since or self.status.at), says=says), True
        return says, False

    @property
    def read_at(self) -> str:
        """When the directory in force was read, in a text; empty: never."""
        roster = self.status.roster
        return "" if roster is None else in_text(roster.read_at)

    def _unseen_cluster(self) -> str:
        return next(entry.about for entry in self.wrong if entry.code in OF_CLUSTER and entry.seen_at is not None)

    def _entry(self, codes: frozenset[str]) -> Wrong | None:
        return next((entry for entry in self.wrong if entry.code in codes), None)


__all__ = ["Ages"]
