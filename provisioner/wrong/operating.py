"""What waits for a person, and what goes wrong beside the desktops: configuration, store, waves."""

from collections.abc import Iterator, Sequence

from provisioner.model.kept.set_aside import SetAside
from provisioner.model.status import WORK_FAILING, ConfigState, Status
from provisioner.reasons.reason import ALSO, LINES, Reason, as_reason, join_reasons
from provisioner.reasons.views import BASELINE_WAITS, CONFIG_REJECTED, CONFIG_REJECTED_MORE, RESTART_WAITS
from provisioner.reasons.wrong import DISK_SHORT, ORDER_SET_ASIDE, ORDER_STANDS, ROW_SET_ASIDE, STORE_AWAY, WORK_FAILS
from provisioner.wrong.entry import NAMES, Wrong

DISK_MIB = 256.0
"""More than a large store takes, which has 160 MB: somebody can still act."""


def of_operating(status: Status) -> Iterator[Wrong]:
    """All of it."""
    if status.store_away:
        yield Wrong(says=STORE_AWAY(why=status.store_away), since=status.store_away_since)
    yield from _of_config(status.config)
    if not status.baseline_accepted and status.desktops:
        yield Wrong(says=BASELINE_WAITS(), concerns=len(status.desktops))
    if status.disk_free_mib is not None and status.disk_free_mib < DISK_MIB:
        yield Wrong(says=DISK_SHORT(left_mib=status.disk_free_mib))
    for kind in sorted({order.kind for order in status.set_aside}):
        yield _of_orders([order for order in status.set_aside if order.kind == kind])
    for says in status.callers:
        yield Wrong(says=says)
    for work, why in sorted(status.parts[WORK_FAILING].items()):
        yield Wrong(says=WORK_FAILS(work=work, why=why), about=work)
    for wave, eta in status.etas.items():
        if eta.says:
            yield Wrong(says=as_reason(eta.says), about=wave, seen_at=status.planned_at, concerns=eta.late)


def _of_config(config: ConfigState) -> Iterator[Wrong]:
    """What a reload has not taken up."""
    if config.rejected:
        yield Wrong(says=CONFIG_REJECTED(why=rejected_in_short(config.rejected)), since=config.rejected_at)
    if config.waits_for_restart:
        yield Wrong(says=RESTART_WAITS(keys=join_reasons(config.waits_for_restart, ALSO)), since=config.read_at)


def _of_orders(orders: Sequence[SetAside]) -> Wrong:
    """Which order, whose, and what removes it; of several of a kind, what is in force by them comes first."""
    order = min(orders, key=lambda each: (each.stands_for is None, each.at))
    what = f"{order.kind} {order.target}".strip()
    if order.table:
        says = ROW_SET_ASIDE(table=order.table, row=order.target, why=order.why, command=order.command)
    elif order.stands_for is None:
        says = ORDER_SET_ASIDE(order=what, by=order.by, why=order.why, command=order.command)
    else:
        instead = order.stands_for.value
        says = ORDER_STANDS(order=what, by=order.by, why=order.why, instead=instead, command=order.command)
    names = tuple(each.target for each in orders if each.target)[:NAMES]
    return Wrong(says=says, about=order.kind, since=order.at, concerns=len(orders), names=names)


def rejected_in_short(problems: Reason) -> Reason:
    """The first problem of the files, and how many more there are."""
    lines = [as_reason(line) for line in problems.arguments.values() if isinstance(line, str)]
    if problems.code != LINES or not lines:
        return problems
    return lines[0] if len(lines) == 1 else CONFIG_REJECTED_MORE(first=lines[0], more=len(lines) - 1)


__all__ = ["DISK_MIB", "of_operating", "rejected_in_short"]
