"""The whole state of the switch, in one document."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.guard import HeldInput
from provisioner.model.ids import Instant
from provisioner.model.status import Preparation, Status
from provisioner.views.capacity import CapacityDocument, capacity_documents
from provisioner.views.clusters import ClusterDocument, cluster_documents
from provisioner.views.figures import FiguresDocument, figures_document
from provisioner.views.findings import WrongDocument, wrong_documents
from provisioner.views.nodes import NodeDocument, nodes_document
from provisioner.views.orders import OrderDocument, order_documents
from provisioner.views.parts import VIEWS, with_views
from provisioner.views.pools import PoolFigures, pool_figures
from provisioner.views.published import Published, last_heard
from provisioner.views.reasons import (
    ReasonCount,
    ReasonDocument,
    deferral_counts,
    reason_counts,
    reason_document,
    reason_documents,
    reason_or_none,
)
from provisioner.views.resting import RestDocument, rest_document
from provisioner.views.surge import RunDocument, halted_document, run_document
from provisioner.views.times import stamp, stamp_or_none

_HELD = {HeldInput.DIRECTORY: "directory", HeldInput.CONFIGURATION: "configuration", HeldInput.BOTH: "both"}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineDocument:
    """What the guard holds back."""

    of: str
    """`directory`, `configuration` or `both`."""
    since: str
    read_at: str
    """When what is held back was read last."""
    because: ReasonDocument
    """The reason, with the arithmetic."""
    leavers: int
    """Agents who would lose their desktop."""
    joiners: int
    """Agents who would get one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryDocument:
    """The directory, and the roster in force."""

    agents: int | None
    """In the roster in force; None: none has been accepted yet."""
    read_at: str | None
    """When the roster in force was read."""
    error: ReasonDocument | None
    """Why the last reading failed; None: it did not."""
    tried_at: str | None
    """When the reading that failed began; None: it did not fail."""
    failing_servers: tuple[ReasonDocument, ...]
    """Servers without a complete answer when they were last asked; another one had it."""
    quarantine: QuarantineDocument | None
    """None: the last reading and the configuration are in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationDocument:
    """How far the desktops of one wave and profile are made ahead of need."""

    wave: str
    profile: str
    level: str
    """To reach: `stopped` or `running`."""
    opens_at: str
    wanted: int
    stopped: int
    running: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
@with_views
class StatusDocument:
    """The whole state of the switch at the end of one cycle."""

    at: str
    """When the cycle ended."""
    cycle_s: float
    """How long it took."""
    figures: FiguresDocument | None
    """None: no cycle has ended yet."""
    wrong: tuple[WrongDocument, ...]
    """What is wrong, or not known, the worst first."""
    clusters: tuple[ClusterDocument, ...]
    directory: DirectoryDocument
    baseline_accepted: bool
    """False: the store was rebuilt from notes, and stops and deletes wait for an operator."""
    intents: tuple[OrderDocument, ...]
    """What operators have ordered and is in force."""
    surge: RunDocument | None
    """The newest run of a scenario; None: there was none."""
    surge_halted: ReasonDocument | None
    """Why nothing new of it is begun, or which gate holds a batch back; None: neither."""
    closed_nodes: tuple[NodeDocument, ...]
    """Nodes that take no new desktops: by an operator's order, or in Proxmox VE's maintenance mode."""
    oldest_session_reading_at: str | None
    """The oldest document of the desktops whose sessions are counted, pushed or read; None: no such desktop."""
    sessions_heard: Mapping[str, int]
    """Desktops that have said within half an hour who is logged on, by the way of their last document: `push`, `guest_agent`,
    `ssh`. Empty without a daemon."""
    drift: Mapping[str, int]
    """Differences between the store and the clusters, by kind; at most a few minutes old."""
    notes_to_rewrite: int
    """Desktops whose notes name an earlier id of their agents."""
    resting: RestDocument | None
    """None: no desktop rests."""
    preparations: tuple[PreparationDocument, ...]
    capacity: tuple[CapacityDocument, ...]
    waiting: tuple[ReasonCount, ...]
    """Why wanted desktops wait."""
    not_wanted: tuple[ReasonCount, ...]
    """Why agents are to have no desktop now."""
    pools: tuple[PoolFigures, ...]
    """Pools of desktops; empty: none is configured."""
    blocked: tuple[ReasonDocument, ...]
    """What the safety gate stopped."""


def status_document(published: Published) -> StatusDocument:
    """The whole state."""
    status = published.status
    return StatusDocument(
        at=stamp(status.at),
        cycle_s=round(status.cycle_seconds, 6),
        figures=None if status.planned_at is None else figures_document(status),
        wrong=wrong_documents(published.listed),
        clusters=cluster_documents(status),
        directory=_directory(status),
        baseline_accepted=status.baseline_accepted,
        intents=order_documents(status.intents),
        surge=run_document(status, published.scenario),
        surge_halted=halted_document(status),
        closed_nodes=tuple(node for node in nodes_document(status).nodes if node.because is not None),
        oldest_session_reading_at=stamp_or_none(_oldest_reading(published)),
        sessions_heard=dict(status.session_figures.sources),
        drift={kind.value: count for kind, count in status.differences.items() if count},
        notes_to_rewrite=sum(bool(state.reservation.noted_as) for state in status.desktops.values()),
        resting=rest_document(status),
        preparations=tuple(map(_preparation, status.preparations)),
        capacity=capacity_documents(status),
        waiting=deferral_counts(status.plan.deferred),
        not_wanted=reason_counts(agent.reason for agent in status.demand.not_wanted),
        pools=pool_figures(status),
        blocked=reason_documents(status.blocked),
        **{view.key: view.of(status) for view in VIEWS.found()},
    )


def _oldest_reading(published: Published) -> Instant | None:
    status = published.status
    known = (name for name, state in status.desktops.items() if state.counted)
    last = (last_heard(name, published.records, published.heard) for name in known)
    return min((each.at for each in last if each is not None), default=None)


def _directory(status: Status) -> DirectoryDocument:
    roster, held = status.roster, status.guard.quarantine
    quarantine = (
        None
        if held is None
        else QuarantineDocument(
            of=_HELD[held.of],
            since=stamp(held.since),
            read_at=stamp(held.read_at),
            because=reason_document(held.words),
            leavers=held.leavers,
            joiners=held.joiners,
        )
    )
    return DirectoryDocument(
        agents=None if roster is None else len(roster.agents),
        read_at=stamp_or_none(None if roster is None else roster.read_at),
        error=reason_or_none(status.directory_error),
        tried_at=stamp_or_none(status.directory_tried_at or None),
        failing_servers=reason_documents(status.directory_failing_servers),
        quarantine=quarantine,
    )


def _preparation(preparation: Preparation) -> PreparationDocument:
    return PreparationDocument(
        wave=preparation.wave,
        profile=preparation.profile,
        level=preparation.level.value,
        opens_at=stamp(preparation.opens_at),
        wanted=preparation.wanted,
        stopped=preparation.stopped,
        running=preparation.running,
        missing=preparation.missing,
    )
