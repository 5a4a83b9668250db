"""Whether the daemon is alive and ready for work, with reasons if not. Pure."""

from monitors.metric import Known
from monitors.recorder import State
from provisioner.model.ids import Instant


def liveness_problems(state: State, *, now: Instant, max_cycle_age_s: float) -> tuple[str, ...]:
    """Why the daemon is not alive; empty if it is. Without an ended cycle for too long it hangs, even if its threads answer."""
    age = now - (state.last.at if state.last else state.started_at)
    if age <= max_cycle_age_s:
        return ()
    return (f"no cycle has ended for {age:.0f} s (at most {max_cycle_age_s:.0f} s are allowed)",)


def readiness_problems(state: State, known: Known) -> tuple[str, ...]:
    """Why the daemon is not ready; empty if it has observed every cluster, has a roster, and no cluster is paused."""
    if state.last is None:
        return ("no cycle has ended yet",)
    status = state.last
    reasons = [f"cluster {name} has not been observed yet" for name in known.clusters if name not in status.snapshot.clusters]
    if status.roster is None:
        reasons.append(f"no roster has been accepted yet{_because(status.directory_error)}")
    reasons += [f"cluster {name} is paused{_because(reason)}" for name, reason in sorted(status.paused.items())]
    return tuple(" ".join(reason.split()) for reason in reasons)


def remarks(state: State) -> tuple[str, ...]:
    """What a person should look at although the daemon is ready: it works with the configuration that was read before."""
    if state.last is None or not state.last.config.rejected:
        return ()
    first, *more = state.last.config.rejected.split("\n")
    others = f" (and {len(more)} more)" if more else ""
    return (f"the changed configuration is refused, what was read before is in force: {first}{others}",)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
