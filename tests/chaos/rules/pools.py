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
        "return wanted and not going and facts.record(desktop.name).lease is None and facts.is_usable(desktop.name)",
        "return wanted and not going and facts.is_usable(desktop.name)",
        seed=1985001,
    ),
    without(
        "a desktop that somebody has is not reset",
        "    return lease.state is LeaseState.TO_RESET\n",
        "    return True\n",
        seed=1985001,
    ),
    # -- pools that follow their people
    without(
        "a pool never has more desktops than its rules allow",
        "        make=max(0, min(unmade, most - counts.made)),\n",
        "        make=max(0, unmade),\n",
        ("        most = max(rules.max, lent)\n", "        most = 1_000\n"),
        seed=1987001,
    ),
    without(
        "a desktop that somebody has is not shut down for want of people",
        "    if record.lease is not None:\n        resets",
        "    if False:\n        resets",
        (
            "            yield _want(pool.name, pool.profile, seat, _LENT)\n",
            "            yield _want(pool.name, pool.profile, seat, _LENT, Rest(because=plan.because) if plan else None)\n",
        ),
        seed=1987009,
    ),
    # -- desktops on trial
    without(
        "a desktop on trial is deleted once its trial is over",
        "    if desktop.name not in facts.trials_over:\n",
        "    if True:\n",
        seed=1988001,
    ),
    without(
        "a desktop on trial is left alone until its trial is over",
        "for desktop in self._unwanted_in_common if is_trial(desktop.seat)}",
        "for desktop in self.situation.records.reservations if is_trial(desktop.seat)}",
        seed=1988001,
    ),
)


__all__ = ["MUTANTS"]
