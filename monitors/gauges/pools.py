"""Pools of desktops: how many are free, lends that were refused, and grants of the broker that opens them."""

from monitors.metric import Labels, Room, Rows, View

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
