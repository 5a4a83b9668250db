"""Clusters: when each was observed last, and whether anything is written to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.ids import ClusterId, Instant
from provisioner.model.status import Status
from provisioner.reasons import wrong
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none
from provisioner.wrong.entry import OLD_S, Wrong
from provisioner.wrong.seen import known_quorum

OF_CLUSTER = frozenset({wrong.CLUSTER_OLD.code, wrong.CLUSTER_PAUSED.code})
"""Codes of what is wrong with a cluster that does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterDocument:
    """One cluster."""

    cluster: str
    observed_at: str | None
    """When the last observation was taken; None: never."""
    quorate: bool | None
    """None: not known; it was not asked lately, or did not say."""
    paused: ReasonDocument | None
    """Why nothing is written to it; None: it is written to."""


def cluster_documents(status: Status, clusters: tuple[ClusterId, ...] = ()) -> tuple[ClusterDocument, ...]:
    """Every cluster that is configured or was observed, by name."""
    views = status.snapshot.clusters
    return tuple(_document(status, name) for name in sorted({*clusters, *views, *status.paused}))


def unseen_since(listed: Iterable[Wrong], at: Instant, cluster: ClusterId | None) -> Instant | None:
    """When a cluster was seen last, if that is too long ago at this time; None: it is not. Without a name: any.

    `listed`: what is wrong.
    """
    looked = (
        entry.seen_at
        for entry in listed
        if entry.code in OF_CLUSTER and entry.about == (cluster or entry.about) and entry.seen_at is not None
    )
    return next((seen_at for seen_at in looked if at - seen_at > OLD_S), None)


def _document(status: Status, name: ClusterId) -> ClusterDocument:
    view = status.snapshot.clusters.get(name)
    return ClusterDocument(
        cluster=name,
        observed_at=stamp_or_none(view.taken_at if view else None),
        quorate=known_quorum(view, status.at) if view else None,
        paused=reason_or_none(status.paused.get(name, "")),
    )
