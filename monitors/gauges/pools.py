"""Pools of desktops: how many are free, and lends that were refused."""

from monitors.metric import Labels, Room, Rows, View
from provisioner.model.autoscale import AutoscaleMode

ROOM = Room("Pools")
_STATES = ("ready", "off", "coming", "lent", "waiting", "kept", "to_reset", "failed", "surplus", "in_doubt")
_WANTED = ("running", "made", "off", "none")


@ROOM.gauge(
    "pool_size",
    "pool",
    help="Desktops that a pool is to have.",
    query="bascule_pool_size - sum without (state) (bascule_pool_desktops)",
)
def size(view: View) -> Rows:
    return {(state.pool.name,): state.pool.size for state in view.status.pools}


@ROOM.gauge(
    "pool_spare",
    "pool",
    help="Free desktops that a pool keeps on.",
    query='bascule_pool_spare - ignoring (state) bascule_pool_desktops{state="ready"} > 0',
)
def spare(view: View) -> Rows:
    return {(state.pool.name,): state.pool.warm for state in view.status.pools}


@ROOM.gauge(
    "pool_desktops",
    "pool state",
    help="Desktops of a pool: free (ready, off, coming), lent, waiting (lent, and not ready yet), kept for their last person, "
    "to_reset, failed, surplus, or in_doubt since a backup was restored.",
    query='bascule_pool_desktops{state=~"lent|waiting"}',
)
def desktops(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for state in view.status.pools:
        rows |= {(state.pool.name, name): getattr(state, name) for name in _STATES}
    return rows


@ROOM.total(
    "lends_refused_total",
    "reason",
    help="Lends that were refused, by the code of the reason.",
    query='increase(bascule_lends_refused_total{reason=~"lend_none_free|lend_busy"}[1h])',
)
def refused(view: View) -> Rows:
    codes = {"lend_none_free": 0, "lend_busy": 0} if view.status.pools else {}
    return {(code,): count for code, count in {**codes, **view.status.lends_refused}.items()}


@ROOM.gauge(
    "autoscale_target",
    "pool what",
    help="Desktops that a pool is to have to follow its people: running, and existing. In shadow nothing is ordered.",
    query='bascule_autoscale_target{what="running"}',
)
def target(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for pool, state in view.status.autoscale.items():
        targets = state.decision.targets
        rows |= {(pool, "running"): targets.running, (pool, "existing"): targets.made}
    return rows


@ROOM.gauge(
    "autoscale_shadow_difference",
    "pool wanted",
    help="Desktops that autoscale in shadow wants otherwise than the rules in force: running, made, off, or none.",
    query="bascule_autoscale_shadow_difference > 0",
)
def difference(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for pool, state in view.status.autoscale.items():
        if state.mode is AutoscaleMode.SHADOW:
            rows |= {(pool, wanted): state.differences.get(wanted, 0) for wanted in _WANTED}
    return rows


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
