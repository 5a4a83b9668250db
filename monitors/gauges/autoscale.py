"""Pools that follow their people: what was decided last and from what, in force or in shadow, and how many wait."""

from monitors.metric import Labels, Room, Rows, View
from provisioner.model.autoscale import AutoscaleMode, AutoscaleState

ROOM = Room("Pools that follow their people")
_WANTED = ("running", "made", "off", "none")
_LEADS = ("boot", "boot_soon", "clone")


@ROOM.gauge(
    "autoscale_in_force",
    "pool",
    help="1: what is decided about a pool is ordered; 0: in shadow nothing is ordered.",
)
def in_force(view: View) -> Rows:
    return {(pool,): int(_is_on(state)) for pool, state in view.status.autoscale.items()}


@ROOM.gauge(
    "autoscale_target",
    "pool what",
    help="Desktops that a pool is to have to follow its people: running, running at most (running_most: with more, free ones "
    "are shut down), and existing. In shadow nothing is ordered.",
    query='bascule_autoscale_target{what="running"}',
)
def target(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for pool, state in view.status.autoscale.items():
        targets = state.decision.targets
        rows |= {
            (pool, "running"): targets.running,
            (pool, "running_most"): targets.running_most,
            (pool, "existing"): targets.made,
        }
    return rows


@ROOM.gauge(
    "autoscale_free_wanted",
    "pool what",
    help="Free desktops that a pool is to have: ready (they run), and made (running or off).",
    query='bascule_autoscale_free_wanted{what="ready"} - ignoring (what, use) bascule_autoscale_desktops{use="free"} > 0',
)
def free_wanted(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for pool, state in view.status.autoscale.items():
        rows |= {(pool, "ready"): state.decision.buffers.ready, (pool, "made"): state.decision.buffers.made}
    return rows


@ROOM.gauge(
    "autoscale_desktops",
    "pool use",
    help="Desktops of a pool as the last decision counted them: lent (with those whose sessions are unknown), free, preparing, "
    "making, stopped, or draining (to be shut down).",
    query='bascule_autoscale_desktops{use=~"preparing|making"}',
)
def counted(view: View) -> Rows:
    uses = ("lent", "free", "preparing", "making", "stopped", "draining")
    states = view.status.autoscale.items()
    return {(pool, use): getattr(state.decision.counts, use) for pool, state in states for use in uses}


@ROOM.gauge(
    "autoscale_expected_arrivals",
    "pool lead",
    help="People that a pool is sized for: who come while a desktop boots (boot), within a boot at any time of the next "
    "minutes (boot_soon), or while a desktop is cloned (clone).",
    query='60 * bascule_autoscale_expected_arrivals{lead="boot"} / bascule_autoscale_lead_seconds{lead="boot"}',
)
def expected(view: View) -> Rows:
    states = view.status.autoscale.items()
    return {(pool, lead): getattr(state.decision.demand, lead).mean for pool, state in states for lead in _LEADS}


@ROOM.gauge(
    "autoscale_arrivals_dispersion_ratio",
    "pool lead",
    help="Variance over mean of these arrivals: 1 if people come independently of each other, more if they come in groups.",
)
def dispersion(view: View) -> Rows:
    states = view.status.autoscale.items()
    return {(pool, lead): getattr(state.decision.demand, lead).dispersion for pool, state in states for lead in _LEADS}


@ROOM.gauge(
    "autoscale_lead_seconds",
    "pool lead",
    help="How long it takes until a desktop is ready for the next person, as measured: from the order to boot, or to clone.",
)
def lead(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for pool, state in view.status.autoscale.items():
        rows |= {(pool, "boot"): state.decision.leads.boot_s, (pool, "clone"): state.decision.leads.clone_s}
    return rows


@ROOM.gauge("autoscale_learned_days", "pool", help="Days that it is learned from when people of a pool come.")
def learned_days(view: View) -> Rows:
    return {(pool,): state.learned_days for pool, state in view.status.autoscale.items()}


@ROOM.gauge(
    "autoscale_shadow_difference",
    "pool wanted",
    help="Desktops that autoscale in shadow wants otherwise than the rules in force: running, made, off, or none.",
    query="bascule_autoscale_shadow_difference > 0",
)
def difference(view: View) -> Rows:
    states = view.status.autoscale.items()
    shadows = {pool: state for pool, state in states if not _is_on(state)}
    return {(pool, wanted): state.differences.get(wanted, 0) for pool, state in shadows.items() for wanted in _WANTED}


@ROOM.total(
    "autoscale_arrivals_total",
    "pool",
    help="People who asked for a desktop of a pool with rules to follow them.",
    query="rate(bascule_autoscale_arrivals_total[15m]) * 60",
)
def arrivals(view: View) -> Rows:
    return {(pool,): state.came for pool, state in view.status.autoscale.items()}


@ROOM.total(
    "autoscale_waits_total",
    "pool",
    help="Of them, people who got no ready desktop at once.",
    query="increase(bascule_autoscale_waits_total[1h]) / increase(bascule_autoscale_arrivals_total[1h]) > 0.01",
)
def waits(view: View) -> Rows:
    return {(pool,): state.waited for pool, state in view.status.autoscale.items()}


@ROOM.gauge(
    "autoscale_waits_wanted_ratio",
    "pool",
    help="The share of people who may find no ready desktop (`waits_percent`). Not of a pool with a `spare` of its own.",
    query="(increase(bascule_autoscale_waits_total[1h]) / increase(bascule_autoscale_arrivals_total[1h])) "
    "> bascule_autoscale_waits_wanted_ratio",
)
def waits_wanted(view: View) -> Rows:
    pools = {pool.pool.name: pool.pool.autoscale for pool in view.status.pools}
    found = {pool: rules.rules for pool in view.status.autoscale if (rules := pools.get(pool)) is not None}
    return {(pool,): rules.waits_percent / 100.0 for pool, rules in found.items() if rules.spare is None}


def _is_on(state: AutoscaleState) -> bool:
    return state.mode is AutoscaleMode.ON
