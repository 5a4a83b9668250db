"""What an operator ordered."""

import enum
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.model.ids import AgentId, ClusterId, GuestKey, Instant, NodeKey, NodeName, Vmid


class IntentKind(enum.StrEnum):
    """The orders there are."""

    FREEZE = "freeze"
    """No write at all."""
    HOLD = "hold"
    """No stop and no delete."""
    ACCEPT_BASELINE = "accept_baseline"
    """The desktops rebuilt from their notes are right: stops and deletes may go on."""
    SURGE = "surge"
    """The scenario named in `reason` began then; given by the daemon itself, so that a restart does not begin it anew."""
    CORDON = "cordon"
    """Nothing new is placed on the node that is its target; what is there goes on."""
    DRAIN = "drain"
    """As cordoned; and the desktops there are started no more, and shut down once nobody is logged on."""
    RETRY = "retry"
    """The desktop that is its target is tried again: what has gone wrong with it is forgotten."""
    RETIRE = "retire"
    """The VM that is its target (`cluster/vmid`) is somebody else's: its VMID is never used, and nothing waits for its note."""
    STOP = "stop"
    """The desktop that is its target is shut down once, also if nobody can say who is logged on; never with a known session."""
    ACCEPT_DIRECTORY = "accept_directory"
    """The people it names leave or join although the guard holds the change back, until its time is over."""
    REKEY = "rekey"
    """Agents in force go on under the new ids that it names: the same people. Done once, when the daemon takes it up."""
    DISTINCT = "distinct"
    """The id that is its target is somebody new, however much alike they are: no agent in force goes on under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Whom an order lets leave and join: the people who were shown to its giver, and nobody in their place."""

    leavers: frozenset[AgentId] = frozenset()
    joiners: frozenset[AgentId] = frozenset()


class Rekey(NamedTuple):
    """One person's old id, and the new one."""

    old: AgentId
    new: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One standing order; there is at most one of a kind for each target."""

    kind: IntentKind
    by: str
    at: Instant
    reason: str = ""
    target: str = ""
    """What it is about, as its kind takes it (of a node `cluster/node`, of a VM `cluster/vmid`); empty: everything."""
    until: Instant | None = None
    """When it ends by itself; None: once it is done or withdrawn."""
    allows: Allowance | None = None
    """Of a directory's change; None: the order is about something else."""
    rekeys: tuple[Rekey, ...] = ()
    """Who goes on under which id."""

    @property
    def node(self) -> NodeKey:
        """The node that a cordon or drain is about."""
        cluster, _, node = self.target.partition("/")
        return NodeKey(ClusterId(cluster), NodeName(node))

    @property
    def guest(self) -> GuestKey | None:
        """The VM that a retirement is about; None: the target names none."""
        cluster, _, vmid = self.target.rpartition("/")
        return GuestKey(ClusterId(cluster), Vmid(int(vmid))) if cluster and vmid.isdecimal() else None


def intents_in_force(given: tuple[Intent, ...], *, frozen_by_file: bool, now: Instant) -> tuple[Intent, ...]:
    """All orders in force: those of the store, and the freeze that a file stands for where no order does."""
    if not frozen_by_file or any(one.kind is IntentKind.FREEZE for one in given):
        return given
    return (*given, Intent(kind=IntentKind.FREEZE, by="the freeze file", at=now))
