"""What of a plan is waited for. A desktop that its agent no longer uses is reported in the plan, and waits for nothing."""

from collections.abc import Iterator

from provisioner.model.actions import Plan
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.steps import SECOND, SUPERSEDED

_NO_WORK = frozenset({SUPERSEDED.code, SECOND.code})


def waits_of(plan: Plan) -> Iterator[tuple[Reason, WaitsFor, int]]:
    """As `Plan.reasons`, of what waits."""
    return (each for each in plan.reasons if as_reason(each[0]).code not in _NO_WORK)


__all__ = ["waits_of"]
