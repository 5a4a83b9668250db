"""What is news since the last look: from the store, from listings. A desktop of which nothing is said is as it was."""

from provisioner.ledger import Kept
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import ClusterId, DesktopName, Instant, Vmid
from provisioner.planning.survey.survey import Changed
from provisioner.ports import Changes

_IN_FULL_EVERY_S = 600.0
"""Everything is looked at so often all the same: should a change ever be missed here, it is seen then. At 100,000 desktops that
is a second or two of the processor."""


class News:
    """Gathered until the surveyor takes it. At first everything is news, and from time to time again."""

    def __init__(self) -> None:
        self._desktops: set[DesktopName] = set()
        self._reserved = self._guests = False
        self._everything = True
        self._in_full_at: Instant = 0.0
        self._missed: set[ClusterId] = set()

    @property
    def desktops(self) -> frozenset[DesktopName] | None:
        """Those gathered so far; None: all."""
        return None if self._everything else frozenset(self._desktops)

    def take(self, now: Instant) -> Changed | None:
        """All that was gathered, which is no news from now on; None: everything."""
        if now - self._in_full_at >= _IN_FULL_EVERY_S:
            self._everything, self._in_full_at = True, now
        found = Changed(desktops=frozenset(self._desktops), reserved=self._reserved, guests=self._guests)
        everything, self._everything = self._everything, False
        self._desktops, self._reserved, self._guests = set(), False, False
        return None if everything else found

    def all(self) -> None:
        """Whatever was known may be otherwise."""
        self._everything = True

    def of_desktop(self, name: DesktopName) -> None:
        """One was asked, or proved ours."""
        self._desktops.add(name)

    def of_changes(self, changes: Changes, before: Kept) -> None:
        """What is kept from now on. With a desktop that is released those count again that were superseded by it."""
        if changes.rekeyed or (changes.released and before.superseded):
            self.all()
        reserved = {
            *(one.name for one in changes.reserved),
            *changes.released,
            *changes.proven,
            *changes.unproven,
            *changes.noted,
        }
        self._reserved |= bool(reserved)
        self._desktops |= reserved
        for said in (
            changes.reports, changes.unheard, changes.started, changes.attempts, changes.assignments, changes.superseded,
            changes.departures,
        ):  # fmt: skip
            self._desktops.update(said)

    def missed(self, cluster: ClusterId) -> None:
        """A look at it failed: what it showed was compared with, and not taken in."""
        self._missed.add(cluster)

    def of_view(self, view: ClusterView, before: ClusterView | None, kept: Kept) -> None:
        """What a listing shows, beside the one `before` it that was taken in."""
        missed = view.cluster in self._missed
        self._missed.discard(view.cluster)
        if missed or view.news is None or before is None or not _goes_on(view, before):
            self.all()
            return
        ours = kept.vmids.get(view.cluster, {})
        self._guests |= bool(view.news)
        self._desktops.update(ours[vmid] for vmid in view.news | _asked_anew(view, before) if vmid in ours)


def _asked_anew(view: ClusterView, before: ClusterView) -> frozenset[Vmid]:
    """Numbers without a listed VM, of which another answer came than before, or none any more."""
    either = view.existence.keys() | before.existence.keys()
    return frozenset(vmid for vmid in either if view.existence.get(vmid) is not before.existence.get(vmid))


def _goes_on(view: ClusterView, before: ClusterView) -> bool:
    """Whether all nodes are as they were."""
    same = view.nodes.keys() == before.nodes.keys()
    return same and all(view.complete_on(one) is before.complete_on(one) for one in view.nodes)
