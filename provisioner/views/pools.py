"""Pools of desktops: how many are free, and who has which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Grant, LendingAnswer
from provisioner.model.machines.seats import pool_of
from provisioner.model.status import PoolState, Status
from provisioner.views.autoscale import AutoscaleDocument, autoscale_document
from provisioner.views.clusters import unseen_since
from provisioner.views.published import Published
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDesktopDocument:
    """One desktop of a pool."""

    name: str
    phase: str
    """docs/en/lifecycle.md."""
    unseen_since: str | None
    """When its cluster was seen last, if that is too long ago: the phase is as it was then. None: it is seen."""
    lease: str
    """`free`; `lent`; `kept`: for the person who had it last; `to_reset`: nobody gets it before it was reset; `in_doubt`: a
    backup was restored, and who has had it since is not known."""
    login: str | None
    """Who has it, or for whom it is kept; None: nobody."""
    since: str | None
    """When the lease became as it is; None: it is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDocument:
    """One pool. Each of its desktops is in one of the numbers from `ready` to `in_doubt`."""

    name: str
    profile: str
    lend: str
    after_person: str
    size: int
    """Desktops that are to be."""
    spare: int
    """Free desktops that are kept ready."""
    made: int
    """Desktops that are."""
    ready: int
    """Free, and on."""
    lendable: int
    """Of `ready`: who asks gets one at once. Of the others it is not known that nobody is there, or their node is emptied."""
    off: int
    """Free, and off."""
    coming: int
    """Free, and being made or booted."""
    lent: int
    """Somebody has it."""
    waiting: int
    """Somebody has it, and it is not ready yet."""
    kept: int
    to_reset: int
    failed: int
    """Given up, or out of sight."""
    surplus: int
    """More than the pool has use for."""
    in_doubt: int
    """A backup was restored, and who has had it since is not known."""
    desktops: tuple[PoolDesktopDocument, ...]
    autoscale: AutoscaleDocument | None
    """How it follows its people; None: it has its size, always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFigures:
    """One pool, without its desktops."""

    name: str
    made: int
    """Desktops that are."""
    ready: int
    """Free, and on."""
    lendable: int
    """Of `ready`: who asks gets one at once."""
    off: int
    """Free, and off."""
    coming: int
    """Free, and being made or booted."""
    lent: int
    waiting: int
    """Somebody has it, and it is not ready yet."""
    autoscale: AutoscaleDocument | None
    """How it follows its people; None: it has its size, always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolsDocument:
    """Every pool, by name."""

    at: str
    pools: tuple[PoolDocument, ...]
    refused: Mapping[str, int]
    """Lends that were refused since the daemon started, by the code of the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDocument:
    """What opens the desktop in the broker's pages, once. Whoever has it can use it: keep it out of logs."""

    broker: str
    """`guacamole`."""
    data: str
    """For `POST /api/tokens` of Guacamole, as the form's field `data`."""
    url: str
    """The same as an address that the person's browser opens."""
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LendDocument:
    """What came of an order to lend or to give back."""

    login: str
    desktop: str | None
    """None: there was nothing to give back."""
    pool: str | None
    address: str | None
    """The desktop's reserved IP address; None: by DHCP."""
    ready: bool
    """Whether the person can log on now."""
    existing: bool
    """Whether the person had it already."""
    expected_s: float | None
    """Seconds until it may be ready; None: it is, or it is given back."""
    grant: GrantDocument | None
    """None: none was wanted, or nobody can log on yet: order again with another key."""


def pools_document(published: Published) -> PoolsDocument:
    """Every pool, by name."""
    status, published = published.status, replace(published, wrong=published.listed)
    pools = tuple(_pool(pool, published) for pool in status.pools)
    return PoolsDocument(at=stamp(status.at), pools=pools, refused=dict(sorted(status.lends_refused.items())))


def pool_figures(status: Status) -> tuple[PoolFigures, ...]:
    """Every pool, by name, without its desktops."""
    return tuple(
        PoolFigures(
            name=state.pool.name,
            made=state.made,
            ready=state.ready,
            lendable=state.lendable,
            off=state.off,
            coming=state.coming,
            lent=state.lent,
            waiting=state.waiting,
            autoscale=autoscale_document(status.autoscale.get(state.pool.name)),
        )
        for state in status.pools
    )


def lend_document(answer: LendingAnswer, grant: Grant | None = None) -> LendDocument:
    """What came of an order that was not refused."""
    return LendDocument(
        login=answer.login,
        desktop=answer.desktop,
        pool=answer.pool,
        address=answer.address or None,
        ready=answer.ready,
        existing=answer.existing,
        expected_s=answer.expected_s,
        grant=None if grant is None else _grant(grant),
    )


def _grant(grant: Grant) -> GrantDocument:
    return GrantDocument(broker=grant.reader, data=grant.data, url=grant.url, expires_at=stamp(grant.terms.expires_at))


def pool_document(published: Published, name: str) -> PoolDocument | None:
    """The pool of this name; None: there is none."""
    return next((_pool(state, published) for state in published.status.pools if state.pool.name == name), None)


def _pool(state: PoolState, published: Published) -> PoolDocument:
    pool = state.pool
    return PoolDocument(
        name=pool.name,
        profile=pool.profile,
        lend=pool.lend.value,
        after_person=pool.after_person.value,
        size=pool.size,
        spare=pool.warm,
        made=state.made,
        ready=state.ready,
        lendable=state.lendable,
        off=state.off,
        coming=state.coming,
        lent=state.lent,
        waiting=state.waiting,
        kept=state.kept,
        to_reset=state.to_reset,
        failed=state.failed,
        surplus=state.surplus,
        in_doubt=state.in_doubt,
        desktops=tuple(_desktops(pool.name, published)),
        autoscale=autoscale_document(published.status.autoscale.get(pool.name)),
    )


def _desktops(pool: DesktopPoolName, published: Published) -> Iterator[PoolDesktopDocument]:
    for name, record in sorted(published.records.items()):
        if pool_of(record.reservation.seat) == pool:
            yield _desktop(name, record, published)


def _desktop(name: DesktopName, record: DesktopRecord, published: Published) -> PoolDesktopDocument:
    status = published.status
    lease, state = record.lease, status.desktops.get(name)
    return PoolDesktopDocument(
        name=name,
        phase="reserved" if state is None else state.phase.value,
        unseen_since=stamp_or_none(unseen_since(published.listed, status.at, record.reservation.cluster)),
        lease="free" if lease is None else lease.state.value,
        login=None if lease is None or lease.agent_id is None else _login(lease.agent_id, status),
        since=stamp_or_none(None if lease is None else lease.since),
    )


def _login(agent_id: AgentId, status: Status) -> str:
    agent = None if status.roster is None else status.roster.agents.get(agent_id)
    return agent_id if agent is None else agent.login
