"""How often each desktop was moved away from each node. In memory only: after a restart it counts from zero."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from provisioner.errors import GoneOrMoved
from provisioner.model.actions import Action, Migrate, Outcome, Result
from provisioner.model.ids import GuestKey, Instant, NodeKey

KEPT = 8
"""Moves of one desktop: more than are ever counted."""


class MovesMade:
    """The ends of moves that came out, also of those that somebody else undid before it was seen."""

    def __init__(self) -> None:
        self._made: dict[tuple[GuestKey, NodeKey], tuple[Instant, ...]] = {}

    @property
    def made(self) -> Mapping[tuple[GuestKey, NodeKey], tuple[Instant, ...]]:
        """When each desktop was last moved away from each node."""
        return MappingProxyType(self._made)

    def note(self, under_way: Iterable[Action], outcomes: Iterable[Outcome]) -> None:
        """Take in the outcomes of an observation. `under_way`: before it."""
        came_out = [each for each in outcomes if each.action == Migrate.word and _came_out(each)]
        if not came_out:
            return
        left = {action.key: action.node for action in under_way if isinstance(action, Migrate)}
        for outcome in came_out:
            if (node := left.get(outcome.key)) is not None:
                made = (*self._made.get((outcome.key, node), ()), outcome.ended_at)
                self._made[outcome.key, node] = made[-KEPT:]


def _came_out(outcome: Outcome) -> bool:
    return outcome.result is Result.DONE or outcome.error == GoneOrMoved.word


__all__ = ["MovesMade"]
