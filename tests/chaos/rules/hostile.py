"""The gate in front of what desktops say: root in one of them costs itself, and nobody else (`tests.chaos.hostile`)."""

from tests.chaos.rules.mutant import without_in_hostile

MUTANTS = (
    # -- sessions
    without_in_hostile(
        "events count only where they lead to what is told",
        "    return steps[-1] == end and min(steps) >= 0 and max(steps) <= max(most, begin)\n",
        "    return min(steps) >= 0 and max(steps) <= max(most, begin)\n",
    ),
    without_in_hostile(
        "no desktop has more sessions than it can hold at any moment",
        "    return steps[-1] == end and min(steps) >= 0 and max(steps) <= max(most, begin)\n",
        "    return steps[-1] == end and min(steps) >= 0\n",
    ),
    without_in_hostile(
        "a desktop's log-ons and log-offs keep the order of its documents",
        "self._changed_at[name] = at = max(at, self._changed_at.get(name, at))",
        "self._changed_at[name] = at",
    ),
    # -- rates
    without_in_hostile("a desktop's documents have a rate", "    if not admits(boot):\n", "    if False:\n"),
    without_in_hostile(
        "a desktop's log-ons and log-offs have a rate",
        "if leads and is_whole and self.may(name, Flow.CHANGE, report.read_at, sessions=sessions, wanted=len(dated)):",
        "if leads and is_whole:",
    ),
    without_in_hostile(
        "a desktop's questions have a rate",
        "is_few = self.may(sender.desktop, Flow.QUESTION, heard_at, sessions=sender.max_sessions)",
        "is_few = True",
    ),
    without_in_hostile(
        "what a desktop has written in journal and log has a rate",
        "        return self._gate.may(name, Flow.LINE, at, sessions=most_sessions(record.reservation, config))\n",
        "        return True\n",
        ("        if len(asked.sessions) > boot.max_sessions:\n", "        if False:\n"),
    ),
    without_in_hostile(
        "a desktop's restarts by its own word have a rate",
        "if before is not None and report.is_of_other_boot(before) and not self._gate.may(name, Flow.BOOT, report.read_at):",
        "if False:",
    ),
    without_in_hostile(
        "nothing is taken off a desktop's rates before its signature is proven",
        "        return check_push(push, known, heard_at=heard_at, admits=lambda boot: self._admits(boot, heard_at))\n",
        "        known = tuple(known)\n"
        "        if not all([self._admits(boot, heard_at) for boot in known]):\n"
        "            return Verdict(word=PushWord.CUT)\n"
        "        return check_push(push, known, heard_at=heard_at)\n",
    ),
    # -- time
    without_in_hostile(
        "no document is of a moment that the desktop's uptime has not come to",
        "    return PushWord.AHEAD if boot.earliest_at + push.sequence / 1e6 > heard_at + _SAME_S else None\n",
        "    return None\n",
    ),
    without_in_hostile(
        "a desktop's pushes do not move when its boot began",
        "        earliest_at = before.earliest_at if known.source == PUSH else known.earliest_at\n",
        "        earliest_at = known.earliest_at\n",
    ),
    # -- marks
    without_in_hostile(
        "a mark that Bascule has given keeps back nobody who was given it",
        "            if mark not in self._given:\n                shared",
        "            if True:\n                shared",
    ),
    without_in_hostile(
        "an address that Bascule has given to nobody keeps nobody back",
        "        return self.clash(name, replace(identity, addresses=tuple(filter(self._is_given, identity.addresses))))\n",
        "        return self.clash(name, identity)\n",
    ),
)

__all__ = ["MUTANTS"]
