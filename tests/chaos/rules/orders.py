"""What operators order, leavers, and a surge."""

from tests.chaos.rules.mutant import without

MUTANTS = (
    # -- single desktops and nodes
    without(
        "a leaver's desktop is shut down in its time",
        "if not off and facts.now >= stop_at(departure, ladder):",
        "if not off:",
        seed=2000018,
    ),
    without(
        "an order stops no desktop with a known session",
        '(_last_known(facts, desktop), "") if insists else',
        '(0, "") if insists else',
        ("    if report.sessions:\n        raise InUse", "    if False:\n        raise InUse"),
        seed=1800001,
    ),
    without("a restart is done once", "if not self._is_restarted(name, order)", "if True", seed=1960003),
    without(
        "a restart of what is used no more stops nothing",
        "for name, order in restarts.items() if self._is_used(name)}",
        "for name, order in restarts.items()}",
        seed=1960775,
    ),
    without("what takes the place of a desktop in quarantine is known", "        _give_place(draft, name)\n", "", seed=1960980),
    without(
        "nothing is written to a desktop in quarantine",
        "for rule in (_freeze, _quarantine, _pause,",
        "for rule in (_freeze, _pause,",
        (" and task.desktop.name not in draft.survey.quarantined:", ":"),
        ("    QUARANTINE,  # an operator keeps this desktop as it is\n", ""),
        seed=1960002,
    ),
    without(
        "nothing is moved without an order",
        "there = [desktop for desktop in reservations if where(draft.situation, desktop) in evacuated]",
        "there = [desktop for desktop in reservations if evacuated]",
        seed=1980001,
    ),
    without("an order stops a desktop once", "if intent.kind is IntentKind.STOP and phase in _OFF:", "if False:", seed=1800001),
    # -- desktops that are given back
    without(
        "nobody at work gets another desktop, unless it is ordered so",
        "    if newer is None or order.terms.even_with_session:\n",
        "    if True:\n",
        seed=1996002,
    ),
    without(
        "only what its own person has besides is superseded by a desktop that is given back",
        "        if other != name and record.reservation.seat == own.seat:\n",
        "        if other != name:\n",
        seed=1996001,
    ),
    without(
        "what its person has had instead is superseded by it",
        "            edits.change(other, superseded_by=name, attempts=attempts)\n",
        "            edits.change(other, superseded_by=None, attempts=attempts)\n",
        seed=1996001,
    ),
    without(
        "a desktop that is given back stays its person's while it starts",
        "edits.change(name, superseded_by=None, assigned_to=own.agent_id, attempts=UNTRIED)",
        "edits.change(name, superseded_by=None, assigned_to=None, attempts=UNTRIED)",
        seed=1996001,
    ),
    # -- a surge that is steered
    without(
        "a paused surge begins no new desktop",
        "return _only(halted, lambda want: want.agent_id in begun, why)",
        "return halted",
        seed=1970005,
    ),
    without(
        "a return shuts down only what the surge made",
        "made = {desktop.seat for desktop in records.reservations if desktop.run in run.takes_back}",
        "made = {desktop.seat for desktop in records.reservations}",
        (
            "made = [record.reservation for record in records.values() if record.reservation.run in run.takes_back]",
            "made = [record.reservation for record in records.values()]",
        ),
        (" or desktop.run not in run.takes_back:", ":"),
        seed=1970001,
    ),
    # -- a surge that is short of room
    without(
        "room is kept to restart the desktops of the fullest node",
        "if not self._nodes or self._fit_elsewhere(profile, candidate.node):",
        "if True:",
        seed=1995009,
    ),
    without(
        "no new desktop above a ceiling",
        "out = {want.seat: want for want in ranked[state.room :] if want.agent_id not in has}",
        "out = dict[Seat, Want]()",
        seed=1995002,
    ),
)


__all__ = ["MUTANTS"]
