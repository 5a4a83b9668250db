"""What makes several desktops fail alike: nobody's own failure, and tried by one of them at a time. A value; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.actions import Action, Clone, Configure, Delete, Start, Stop, Tag, Verify
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeName, ProfileName
from provisioner.model.words import ActionWord


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCause:
    """One kind of action, refused or failed in the same words for desktops of one profile on one cluster."""

    cluster: ClusterId
    word: ActionWord
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
    wait_s: float
    """How long the last wait was: the next is twice that."""

    def holds(self, action: Action) -> bool:
        """Whether the action is of the kind that fails."""
        return (action.key.cluster, action.word, profile_of(action)) == (self.cluster, self.word, self.profile)

    def may_try(self, now: Instant, in_flight: Iterable[Action]) -> bool:
        """Whether one of its kind goes first now: it is time, and none is under way."""
        return now >= self.until and not any(map(self.holds, in_flight))

    @property
    def reason(self) -> str:
        """For each desktop that waits."""
        whose = f"desktops of profile {self.profile}" if self.profile else "desktops"
        count = len(self.desktops)
        return f"{count} {whose} failed alike on cluster {self.cluster}, and one is tried now and then: {self.text}"


def node_of(action: Action) -> NodeName:
    """Where it was carried out."""
    return action.node.node if isinstance(action, Configure | Start | Stop | Tag | Delete) else _reserved_on(action)


def _reserved_on(action: Action) -> NodeName:
    return action.node.node if isinstance(action, Verify) else action.reservation.node


def profile_of(action: Action) -> ProfileName | None:
    """The profile that an action is about, where it names one."""
    return action.profile.name if isinstance(action, Clone | Configure | Start | Stop) else None
