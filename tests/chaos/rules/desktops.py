"""What is known of a desktop, and what several of them fail by."""

from tests.chaos.rules.mutant import without

MUTANTS = (
    # -- knowledge of a desktop
    without("an offline node's desktops are unknown", "if not view.complete_on(node):", "if False:", seed=41),
    without(
        "what HA has given up speaks against no node", "avoid=tried if attempts.gave_up else ()", "avoid=tried", seed=1950768
    ),
    without(
        "what HA recovers is not replaced",
        "if recovery := ha_recovery(",
        "if (recovery := why) is None and ha_recovery(",
        seed=1950006,
    ),
    without("a report counts for one boot", "and same_boot(report, guest.key.vmid, facts.view)", "", seed=20),
    without(
        "a start makes the kept report void",
        "edits.change(action.desktop, started_at=now, report=None, unheard=None)",
        "edits.change(action.desktop, started_at=now, unheard=None)",
        ("edits.change(name, report=None, started_at=None, unheard=None)", "edits.change(name, started_at=None, unheard=None)"),
        seed=1930001,
    ),
    without(
        "a desktop that has not changed is not as it was for ever",
        "return still_so(before, passing(self._situation, record, before.phase))",
        "return True",
        seed=354,
    ),
    # -- what listings lack
    without(
        "what a listing lacks is asked about before it counts as gone",
        "        if view.existence.get(record.reservation.vmid) is False:\n",
        "        if True:\n",
        seed=2000058,
    ),
    without(
        "many that a listing lacks are not gone",
        "    if counted and found.many_gone:\n",
        "    if False:\n",
        ("for cluster, reasons in why.items() if reasons}", "for cluster, reasons in ()}"),
        seed=2000014,
    ),
    without(
        "an answer about a number is news",
        "{vmid for vmid, _ in before.existence.items() ^ now.existence.items()}",
        "set()",
        seed=2000048,
    ),
    # -- what people change by hand
    without(
        "a desktop that has served is not configured again",
        "configured = record.has_served or is_configured(",
        "configured = is_configured(",
        ("    if _was_configured(action, installation, own):\n", "    if False:\n"),
        seed=2000002,
    ),
    without("a desktop that runs is not configured again", '    if status != "stopped":\n', "    if False:\n", seed=1400017),
    without(
        "a changed profile is written before the next start",
        "    if reconfigure(draft, want, desktop, profile):\n",
        "    if False:\n",
        seed=1400001,
    ),
    without("tags that were taken off are put back", "    put_marks_back(draft)\n", "", seed=2000008),
    without("a boot that was seen is not another", "boots=_known_boots(view, last)", "boots={}", seed=2000008),
    # -- what several fail by
    without(
        "what fails alike for all is nobody's own failure",
        "return len(cause.desktops) >= _ALIKE[cause.error] and (",
        "return False and (",
        seed=2000003,
    ),
    without(
        "a clone that ended well and is not seen is not made again",
        "if isinstance(action, Clone) and (task.ended_at or 0.0) < ending.now - _CLOCKS_DIFFER_S:",
        "if False:",
        seed=1600001,
    ),
    without(
        "clones that nobody sees stop cloning",
        "for cluster, reasons in why.items() if reasons}",
        "for cluster, reasons in ()}",
        seed=1600003,
    ),
    without(
        "a path that is forbidden pauses no cluster",
        "_OF_THE_CLUSTER = frozenset({_NO_QUORUM, word_for(Unauthorised)})",
        '_OF_THE_CLUSTER = frozenset({_NO_QUORUM, word_for(Unauthorised), "forbidden"})',
        seed=1900001,
    ),
    without(
        "a node that takes no orders is left",
        "    refusing = refusing_nodes(situation.causes, situation.now, situation.in_flight.values())\n",
        "    refusing = {}\n",
        seed=1700001,
    ),
    without(
        "a number is not skipped where a clone of ours may have come out",
        "        if desktop in self.records.unended:\n",
        "        if False:\n",
        seed=1600002,
    ),
    # -- what clones leave where no listing shows it
    without(
        "what a clone has left outside its pool is remembered until its number is free",
        "_LEFT = frozenset({CLONE_HIDDEN.code, TAKEN_HIDDEN.code})",
        "_LEFT = frozenset({TAKEN_HIDDEN.code})",
        seed=1948002,
    ),
    without(
        "what a clone has left in the middle holds nobody up, though it has our name",
        "    if is_leftover(guest, situation.snapshot.clusters[guest.key.cluster]):\n        return False\n",
        "",
        seed=100,
    ),
)


__all__ = ["MUTANTS"]
