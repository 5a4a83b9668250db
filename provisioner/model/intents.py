"""Intents: what an operator has ordered."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from provisioner.model.bounds import count, instant, name, texts
from provisioner.model.ids import AgentId, ClusterId, GuestKey, Instant, NodeKey, NodeName, Vmid
from provisioner.model.order_words import IntentKind as IntentKind
from provisioner.model.scenario.surges import SurgeTerms

OF_PERSONS = frozenset({IntentKind.DISTINCT, IntentKind.REKEY})
"""With a target: orders that say who is listed under this id."""
_OF_POWER = frozenset({IntentKind.STOP, IntentKind.RESTART, IntentKind.REBUILD})
OF_SESSIONS = frozenset({IntentKind.MESSAGE, IntentKind.LOGOFF})
"""Orders about whoever is logged on to a desktop, which the desktop carries out itself when it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The people whom an intent lets leave and join: exactly the people that the operator was shown."""

    leavers: frozenset[AgentId] = frozenset()
    joiners: frozenset[AgentId] = frozenset()


class Rekey(NamedTuple):
    """One person's old id, and the new one."""

    old: AgentId
    new: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order about one desktop says besides."""

    even_with_session: bool = False
    """Also while somebody is logged on there, who may lose unsaved work. Only with a reason. For `restore`: although somebody
    is logged on to the newer desktop; that session goes on."""
    by_force: bool = False
    """Powered off, if it does not shut down within Proxmox VE's time."""
    agent: AgentId | None = None
    """For `rebuild`: who waits for the new desktop when the old one is gone. For `reassign`: who gets the desktop. None:
    nobody, or unknown."""
    surge: SurgeTerms | None = None
    """The terms of `surge`."""
    text: str = field(default="", repr=False)
    """For `message`: a line about a person. It is in no log and no metric, and in the store until the order ends."""
    minutes: int | None = None
    """For `logoff`: from the warning to the end of the session; 0: without a warning."""
    logins: tuple[str, ...] = ()
    """For `message` and `logoff`: who was logged on when it was ordered, by the desktop's last report."""
    shown: str = ""
    """For `distinct`, and for a `rekey` with a target: whom the operator was shown, as digests (`planning/roster/shown`). About
    anybody else the order says nothing."""

    def __post_init__(self) -> None:
        """Raises ValueError outside the bounds."""
        if self.minutes is not None:
            count(self.minutes)
        name(self.shown)


_VMID = re.compile(r"[1-9][0-9]{0,8}")
MOST_TEXT = 200
"""Characters of a message: two lines on the screen."""
_SPACES = str.maketrans("\u00a0\u202f", "  ")
"""French has them before some signs."""
WAITS_S = 900.0
"""How long an order about a session waits for the desktop to say that it obeyed, besides the minutes of the warning: three of
the questions that a desktop asks at rest."""
NO_TERMS = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One intent; there is at most one of a kind for each target."""

    kind: IntentKind
    by: str
    at: Instant
    reason: str = ""
    target: str = ""
    """The target, by kind (a node as `cluster/node`, a VM as `cluster/vmid`); empty: everything."""
    until: Instant | None = None
    """When it ends by itself; None: when it is done or withdrawn."""
    allows: Allowance | None = None
    """For `accept_directory`; None: another kind."""
    rekeys: tuple[Rekey, ...] = ()
    """For `rekey`; of one with a target: from the id to itself, and from the id of whoever was declared to be somebody else."""
    terms: Terms = NO_TERMS
    """For orders about one desktop, or one id."""

    def __post_init__(self) -> None:
        """Raises ValueError outside the bounds: so nothing that is made of an order later has no date."""
        instant(self.at)
        name(self.target)
        texts(self.by, self.reason)
        if self.until is not None:
            instant(self.until)

    def replaces(self, standing: "Intent") -> bool:
        """Whether both are about the same desktop or id in such a way that only the last one counts."""
        if not self.target or standing.target != self.target or standing.kind is self.kind:
            return False
        return any({standing.kind, self.kind} <= kinds for kinds in (_OF_POWER, OF_PERSONS))

    def is_over(self, now: Instant) -> bool:
        """Whether it has ended by itself."""
        return self.until is not None and self.until <= now

    @property
    def is_of_person(self) -> bool:
        """Whether it says who is listed under an id."""
        return self.kind is IntentKind.DISTINCT or any(pair.old == pair.new for pair in self.rekeys)

    @property
    def waits_until(self) -> Instant:
        """When a `message` or `logoff` ends that no desktop has obeyed."""
        return self.at + 60.0 * (self.terms.minutes or 0) + WAITS_S

    @property
    def node(self) -> NodeKey:
        """The target node of a cordon or drain."""
        cluster, _, node = self.target.partition("/")
        return NodeKey(ClusterId(cluster), NodeName(node))

    @property
    def guest(self) -> GuestKey | None:
        """The target VM of a retirement; None: the target names none."""
        cluster, _, vmid = self.target.rpartition("/")
        return GuestKey(ClusterId(cluster), Vmid(int(vmid))) if cluster and _VMID.fullmatch(vmid) else None


def is_message(text: str) -> bool:
    """Whether it can be a message: one line, not empty, not too long."""
    return bool(text.strip()) and len(text) <= MOST_TEXT and text.translate(_SPACES).isprintable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An order to end an intent."""

    kind: IntentKind
    by: str
    at: Instant
    reason: str = ""
    target: str = ""
