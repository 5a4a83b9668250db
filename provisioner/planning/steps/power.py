"""Whether a desktop should run: one function, in one fixed order of precedence."""

import enum
from dataclasses import dataclass

from provisioner.model.demand import Want


class Desired(enum.StrEnum):
    """What should become of a desktop's power."""

    ON = "on"
    OFF = "off"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFacts:
    """What is weighed, in order of precedence."""

    frozen: bool
    sessions: int | None
    """Open sessions; None: unknown."""
    running: bool
    held: bool
    drained: str = ""
    """Why its node is to be emptied; empty: it is not."""
    left: str = ""
    """Why its agent is not wanted any more, once its day to be off has come; empty: it has not, or the agent is wanted."""
    want: Want | None
    """The wave's demand for this desktop's agent, once its batch is open or while it is made ahead, to be running."""


def desired_power(facts: PowerFacts) -> tuple[Desired, str]:
    """freeze > session or unknown session > hold > drain > leaver's ladder > wave. (Autoscale comes after.)

    A running desktop with a session, or whose sessions are unknown, is never turned off. An operator's order to stop one comes
    as `left`, with unknown sessions as none (steps.stop).
    """
    if facts.frozen:
        return Desired.KEEP, "frozen by an operator"
    if facts.drained and not facts.running:
        return Desired.KEEP, facts.drained
    if facts.want is not None and not facts.running:
        return Desired.ON, facts.want.because
    if facts.running and facts.sessions is None:
        return Desired.KEEP, "its sessions are unknown"
    if facts.running and facts.sessions:
        return Desired.KEEP, f"it has {facts.sessions} open session(s)"
    if facts.held:
        return Desired.KEEP, "held by an operator"
    if facts.drained:
        return Desired.OFF, facts.drained
    if facts.left:
        return Desired.OFF, facts.left
    if facts.want is not None:
        return Desired.ON, facts.want.because
    return Desired.KEEP, "nobody wants it now; it is kept as it is"
