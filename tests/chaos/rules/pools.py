"""Desktops of pools."""

from tests.chaos.rules.mutant import without

MUTANTS = (
    # -- desktops that are lent
    without(
        "a desktop that was given back is reset before anybody gets it",
        "    return replace(before, state=LeaseState.TO_RESET, since=now, agent_id=None)\n",
        "    return None\n",
        seed=1985001,
    ),
    without(
        "a desktop that somebody has is lent to nobody else",
        "if wanted and not going and facts.record(desktop.name).lease is None and facts.is_usable(desktop.name):",
        "if wanted and not going and facts.is_usable(desktop.name):",
        seed=1985001,
    ),
    without(
        "a desktop that somebody has is not reset",
        "    return lease.state is LeaseState.TO_RESET\n",
        "    return True\n",
        seed=1985001,
    ),
)


__all__ = ["MUTANTS"]
