"""What makes several desktops fail alike: nobody's own failure, and tried by one of them at a time. A value; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.actions.registry import is_order, node_asked
from provisioner.model.actions import Action
from provisioner.model.cordons import Cordon
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, NodeName, ProfileName
from provisioner.model.profiles import Profile
from provisioner.reasons.reason import Argument, Reason, as_reason
from provisioner.reasons.targets import FAILED_ALIKE, NODE_REFUSES, PROFILE_FAILED_ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCause:
    """One kind of action that fails in the same words for desktops of one profile on one cluster; or all orders of a node."""

    cluster: ClusterId
    node: NodeName | None = None
    """The node that takes no order at all, whatever it is; None: it is the kind of action."""
    word: str | None
    """None: a node's."""
    profile: ProfileName | None
    """None: of an action that names no profile."""
    error: str
    """As in `errors.word_for`."""
    text: str
    """What was said, without what is each desktop's own."""
    desktops: tuple[DesktopName, ...]
    """Those that failed so since the last success, in that order."""
    nodes: frozenset[NodeName]
    """Where."""
    until: Instant
    """Nothing is tried before."""
    failures: int = 1
    """Since the last success; a desktop may have had several."""
    wait_s: float
    """How long the last wait was: the next is twice that."""

    def holds(self, action: Action) -> bool:
        """Whether the action is of the kind that fails."""
        if self.node is not None:
            return is_order(action) and node_asked(action) == NodeKey(self.cluster, self.node)
        return (action.key.cluster, action.word, profile_of(action)) == (self.cluster, self.word, self.profile)

    def may_try(self, now: Instant, in_flight: Iterable[Action]) -> bool:
        """Whether one of its kind goes first now: it is time, and none is under way."""
        return now >= self.until and not any(map(self.holds, in_flight))

    @property
    def reason(self) -> Reason:
        """For each desktop that waits."""
        if self.node is not None:
            return NODE_REFUSES(node=self.node, said=as_reason(self.text))
        words: dict[str, Argument] = {"count": len(self.desktops), "cluster": self.cluster, "said": as_reason(self.text)}
        return PROFILE_FAILED_ALIKE(profile=self.profile, **words) if self.profile else FAILED_ALIKE(**words)


def refusing_nodes(causes: Iterable[CommonCause], now: Instant, in_flight: Iterable[Action]) -> dict[NodeKey, Cordon]:
    """Nodes that take no orders: nothing is placed there, but for what tries whether they do again."""
    flying = tuple(in_flight)
    return {
        NodeKey(cause.cluster, cause.node): Cordon(reason=cause.reason)
        for cause in causes
        if cause.node is not None and not cause.may_try(now, flying)
    }


def profile_of(action: Action) -> ProfileName | None:
    """The profile that an action is about, where it names one."""
    profile: Profile | None = getattr(action, "profile", None)
    return profile.name if profile is not None else None
