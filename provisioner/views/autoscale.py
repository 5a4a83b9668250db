"""What was decided about a pool that follows its people, with everything that it follows from."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.autoscale import AutoscaleState, LeadDemand
from provisioner.views.reasons import ReasonDocument, reason_documents
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDemandDocument:
    """How many people come within a lead time."""

    lead_s: float
    """As measured: from when a desktop is wanted until it is there."""
    mean: float
    dispersion: float
    """The variance over the mean: 1 if people come independently of each other, more if they come in groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscaleDocument:
    """The last decision about a pool, and its inputs. Counts of desktops, unless said otherwise."""

    mode: str
    """`shadow`: nothing is ordered; `on`."""
    at: str
    within_hours: bool
    """Whether a half-day of the calendar goes on, or begins soon."""
    because: tuple[ReasonDocument, ...]
    """How the numbers come about, the most important first."""
    counts: Mapping[str, int]
    """What the desktops were doing: `lent` (with those whose sessions are unknown), `free`, `preparing`, `making`, `stopped`,
    `draining` (to be shut down)."""
    boot: LeadDemandDocument
    """People who come while a desktop boots."""
    clone: LeadDemandDocument
    """People who come while a desktop is made."""
    ready: int
    """Free desktops that are to run."""
    made: int
    """Free desktops that are to exist, running or off."""
    running: int
    """Desktops that are to run, in use or free: with fewer, more are started."""
    running_most: int
    """With more than this that run, free ones are shut down."""
    existing: int
    """Desktops that are to exist: with fewer, more are made."""
    pardon: int
    """Desktops that were to be shut down, and are kept."""
    start: int
    drain: int
    """Desktops to shut down."""
    make: int
    differences: Mapping[str, int]
    """In shadow: desktops that it wants otherwise than the rules in force: `running`, `made`, `off`, `none`, as it wants."""
    came: int
    """People who asked for a desktop, since the daemon started."""
    waited: int
    """Of them, people who got no ready desktop at once."""
    came_lately: int
    """People who asked within this quarter of an hour and the last one."""
    learned_days: int
    """Earlier days that it has learned from: the more, the better it knows when people come."""


def autoscale_document(state: AutoscaleState | None) -> AutoscaleDocument | None:
    """None: nothing was decided."""
    if state is None:
        return None
    decision, counts = state.decision, state.decision.counts
    words = ("lent", "free", "preparing", "making", "stopped", "draining")
    return AutoscaleDocument(
        mode=state.mode.value,
        at=stamp(decision.at),
        within_hours=decision.within_hours,
        because=reason_documents(decision.because),
        counts={word: getattr(counts, word) for word in words},
        boot=_demand(decision.demand.boot, decision.leads.boot_s),
        clone=_demand(decision.demand.clone, decision.leads.clone_s),
        ready=decision.buffers.ready,
        made=decision.buffers.made,
        running=decision.targets.running,
        running_most=decision.targets.running_most,
        existing=decision.targets.made,
        pardon=len(decision.pardon),
        start=len(decision.start),
        drain=len(decision.drain),
        make=decision.make,
        differences=state.differences,
        came=state.came,
        waited=state.waited,
        came_lately=state.came_lately,
        learned_days=state.learned_days,
    )


def _demand(demand: LeadDemand, lead_s: float) -> LeadDemandDocument:
    return LeadDemandDocument(lead_s=round(lead_s, 1), mean=round(demand.mean, 2), dispersion=round(demand.dispersion, 2))
