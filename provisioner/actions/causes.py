"""Common causes: several desktops fail alike. It counts as no desktop's own failure; one desktop at a time retries. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.actions.registry import changes_node, node_asked
from provisioner.model.actions import Action
from provisioner.model.cordons import Cordon
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, NodeName, ProfileName
from provisioner.model.people.profiles import Profile
from provisioner.reasons.reason import Argument, Reason, as_reason
from provisioner.reasons.targets import FAILED_ALIKE, NODE_REFUSES, PROFILE_FAILED_ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCause:
    """A kind of action that fails with the same text for one profile's desktops on a cluster, or a node that refuses orders."""

    cluster: ClusterId
    node: NodeName | None = None
    """A node that refuses all orders; None: the cause is a kind of action."""
    word: str | None
    """The action's word; None: the cause is a node."""
    profile: ProfileName | None
    """None: the action has no profile."""
    error: str
    """The error's word, by `errors.word_for`."""
    text: str
    """The error text, without the parts that differ from desktop to desktop."""
    desktops: tuple[DesktopName, ...]
    """Desktops that failed since the last success, in order."""
    nodes: frozenset[NodeName]
    """The nodes where they failed."""
    until: Instant
    """No attempt before this instant."""
    failures: int = 1
    """Failures since the last success; one desktop may have several."""
    wait_s: float
    """The last wait in seconds; the next is twice as long."""

    def applies_to(self, action: Action) -> bool:
        """Whether this cause applies to the action."""
        if self.node is not None:
            return changes_node(action) and node_asked(action) == NodeKey(self.cluster, self.node)
        return (action.key.cluster, action.word, profile_of(action)) == (self.cluster, self.word, self.profile)

    def may_try(self, now: Instant, in_flight: Iterable[Action]) -> bool:
        """Whether one action may try now: the wait is over, and no other attempt is in flight."""
        return now >= self.until and not any(map(self.applies_to, in_flight))

    @property
    def reason(self) -> Reason:
        """The reason for each desktop that waits."""
        if self.node is not None:
            return NODE_REFUSES(node=self.node, said=as_reason(self.text))
        words: dict[str, Argument] = {"count": len(self.desktops), "cluster": self.cluster, "said": as_reason(self.text)}
        return PROFILE_FAILED_ALIKE(profile=self.profile, **words) if self.profile else FAILED_ALIKE(**words)


def refusing_nodes(causes: Iterable[CommonCause], now: Instant, in_flight: Iterable[Action]) -> dict[NodeKey, Cordon]:
    """Nodes that refuse orders: nothing is placed there, except for an attempt when one is due."""
    in_flight = tuple(in_flight)
    return {
        NodeKey(cause.cluster, cause.node): Cordon(reason=cause.reason)
        for cause in causes
        if cause.node is not None and not cause.may_try(now, in_flight)
    }


def profile_of(action: Action) -> ProfileName | None:
    """The action's profile, if it has one."""
    profile: Profile | None = getattr(action, "profile", None)
    return profile.name if profile is not None else None
