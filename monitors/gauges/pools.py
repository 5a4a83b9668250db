"""Pools of desktops: how many are free, who works there in numbers, refused lends, and grants that open them."""

from monitors.metric import Labels, Room, Rows, View
from provisioner.model.ids import DesktopPoolName

ROOM = Room("Pools")
_STATES = ("ready", "off", "coming", "lent", "waiting", "kept", "to_reset", "failed", "surplus", "in_doubt")


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


@ROOM.gauge(
    "pool_lendable_desktops",
    "pool",
    help="Desktops of a pool that somebody who asks gets at once; they are among those in state ready.",
    query='bascule_pool_lendable_desktops < ignoring (state) bascule_pool_desktops{state="ready"}',
)
def lendable(view: View) -> Rows:
    return {(state.pool.name,): state.lendable for state in view.status.pools}


@ROOM.gauge(
    "pool_sessions",
    "pool",
    help="Open sessions on the desktops of a pool, which at least five people may have; they are part of bascule_sessions.",
    query="sum by (pool) (bascule_pool_sessions)",
)
def pool_sessions(view: View) -> Rows:
    return {(pool,): view.census.pool_sessions[pool] for pool in _apart(view)}


@ROOM.gauge(
    "pool_desktops_sessions_unknown",
    "pool",
    help="Desktops of such a pool with unknown sessions (not counted as zero).",
    query="sum by (pool) (bascule_pool_desktops_sessions_unknown)",
)
def pool_unknown(view: View) -> Rows:
    return {(pool,): view.census.pool_unknown[pool] for pool in _apart(view)}


@ROOM.total(
    "lends_refused_total",
    "reason",
    help="Lends that were refused, by the code of the reason.",
    query='increase(bascule_lends_refused_total{reason=~"lend_none_free|lend_busy"}[1h])',
)
def refused(view: View) -> Rows:
    codes = {"lend_none_free": 0, "lend_busy": 0} if view.status.pools else {}
    return {(code,): count for code, count in {**codes, **view.status.lends_refused}.items()}


@ROOM.total(
    "grants_total",
    help="Grants of the broker that were given: each opens one lent desktop once.",
    query="rate(bascule_grants_total[15m]) * 60",
)
def grants(view: View) -> Rows:
    return {(): view.status.grants.given}


@ROOM.total(
    "grants_refused_total",
    "reason",
    help="Grants that were wanted and not given, by the code of the reason; not_ready: nobody can log on there yet.",
    query='increase(bascule_grants_refused_total{reason!="not_ready"}[1h])',
)
def grants_refused(view: View) -> Rows:
    codes = {"not_ready": 0, "lend_none_free": 0} if view.status.pools else {}
    return {(code,): count for code, count in {**codes, **view.status.grants.refused}.items()}


def _apart(view: View) -> list[DesktopPoolName]:
    """Pools whose sessions are shown by themselves."""
    apart = view.status.session_figures.groups.pools
    return [state.pool.name for state in view.status.pools if state.pool.name in apart]
