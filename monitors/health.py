"""Whether the daemon is alive and ready for work, with reasons if not. Pure."""

from collections.abc import Iterable

from monitors.recorder import State
from provisioner.model.ids import Instant
from provisioner.reasons.wrong import NO_CYCLE
from provisioner.wrong.entry import Wrong
from provisioner.wrong.listing import hinders, wrong_at


def liveness_problems(state: State, *, now: Instant, max_cycle_age_s: float) -> tuple[str, ...]:
    """Why the daemon is not alive; empty if it is. Without an ended cycle for too long it hangs, even if its threads answer."""
    age = now - (state.last.at if state.last else state.started_at)
    if age <= max_cycle_age_s:
        return ()
    return (f"no cycle has ended for {age:.0f} s (at most {max_cycle_age_s:.0f} s are allowed)",)


def readiness_problems(state: State, *, now: Instant, max_cycle_age_s: float) -> tuple[str, ...]:
    """What keeps the daemon from its work, by the list of what is wrong; empty: it is ready. `now`: by its clock."""
    return _lines(hinders(_listed(state, now, max_cycle_age_s)))


def remarks(state: State, *, now: Instant, max_cycle_age_s: float) -> tuple[str, ...]:
    """What else is wrong, although the daemon does its work."""
    listed = _listed(state, now, max_cycle_age_s)
    keeping = hinders(listed)
    return _lines(entry for entry in listed if entry not in keeping)


def _lines(entries: Iterable[Wrong]) -> tuple[str, ...]:
    return tuple(" ".join(entry.says.split()) for entry in entries)


def _listed(state: State, now: Instant, max_cycle_age_s: float) -> tuple[Wrong, ...]:
    if state.last is None:
        return (Wrong(says=NO_CYCLE()),)
    return wrong_at(state.wrong, state.last.at, now=now, limit_s=max_cycle_age_s)
