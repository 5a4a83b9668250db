"""What a plan does not do now, and why. Desktops that wait for the same thing form a group: there may be thousands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.model.demand import Want
from provisioner.model.ids import AgentId, Instant, Seat
from provisioner.model.machines.seats import agent_at
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """Something wanted that is not done now, and why; `what` is a desktop's name or an agent's login."""

    what: str
    seat: Seat | None
    reason: Reason
    retry_at: Instant | None = None
    binds: WaitsFor = WaitsFor.NOTHING
    """The reason in one word, for metrics; empty: none of them."""

    agent_id: AgentId | None = field(init=False)
    """The agent who waits; None: no single agent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "agent_id", agent_at(self.seat))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralGroup:
    """Wanted desktops that wait for the same thing."""

    wants: Sequence[Want]
    """The wants, in order of rank."""
    reason: Reason
    retry_at: Instant | None = None
    binds: WaitsFor = WaitsFor.NOTHING
    """The reason in one word, for metrics; empty: none of them."""
    turn: int = 0
    """All wants of a lower turn come first, whatever their rank."""


def in_turn(groups: Sequence[DeferralGroup]) -> Iterator[Deferral]:
    """A deferral for each want, in the order of planning."""
    waiting = [(group.turn, want.rank, group, want) for group in groups for want in group.wants]
    for _, _, group, want in sorted(waiting, key=lambda entry: entry[:2]):
        yield Deferral(
            what=want.login, seat=want.seat, reason=group.reason, retry_at=group.retry_at, binds=group.binds
        )  # fmt: skip
