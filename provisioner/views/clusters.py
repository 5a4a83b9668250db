"""Clusters: when each was observed last, and whether anything is written to it."""

from dataclasses import dataclass

from provisioner.model.ids import ClusterId
from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none
from provisioner.wrong.seen import known_quorum


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


def _document(status: Status, name: ClusterId) -> ClusterDocument:
    view = status.snapshot.clusters.get(name)
    return ClusterDocument(
        cluster=name,
        observed_at=stamp_or_none(view.taken_at if view else None),
        quorate=known_quorum(view, status.at) if view else None,
        paused=reason_or_none(status.paused.get(name, "")),
    )
