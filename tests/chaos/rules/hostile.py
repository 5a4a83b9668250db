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
    without_in_hostile(
        "a document tells of no more sessions than its desktop can have",
        "    if len(value) > most:\n        raise NoDocument(",
        "    if False:\n        raise NoDocument(",
    ),
    without_in_hostile(
        "a day is inexact by no more than each desktop can have",
        "        off_by = 0 if name in self._undated else most\n",
        "        off_by = most\n",
    ),
    without_in_hostile(
        "how long pushes take is what most desktops say",
        "return float(median_low(took_s)) if took_s else None",
        "return float(max(took_s)) if took_s else None",
    ),
    # -- whose it is
    without_in_hostile(
        "what a desktop says is signed with the secret of its boot",
        "    boot = next((boot for boot in of_boot if is_signed(push, boot.secret)), None)\n",
        "    boot = of_boot[0]\n",
    ),
    without_in_hostile(
        "a push is newer than what was taken",
        "    if push.sequence <= boot.sequence:\n",
        "    if False:\n",
        ("        return report.sequence <= known.sequence and not was_set_back\n", "        return False\n"),
    ),
    without_in_hostile(
        "who says that another one has restarted does not have it read while that one pushes",
        "config.pace.session_first_s, pushed_at + PUSHED_WITHIN_S)",
        "config.pace.session_first_s)",
        seed=1,
    ),
    # -- rates
    without_in_hostile(
        "a rate fills again by the hour", "_an_hour(rate, sessions) * passed_s / _HOUR_S", "_an_hour(rate, sessions) * passed_s"
    ),
    without_in_hostile(
        "host keys that a desktop changes are written down at a rate",
        "        if is_other and self.may_write(name, report.read_at, config):\n",
        "        if is_other:\n",
    ),
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
        seed=3,
    ),
    without_in_hostile(
        "a desktop's restarts by its own word have a rate",
        "if before is not None and report.is_of_other_boot(before) and not self._gate.may(name, Flow.BOOT, report.read_at):",
        "if False:",
        seed=2,
    ),
    without_in_hostile(
        "nothing is taken off a desktop's rates before its signature is proven",
        "        return check_push(push, known, heard_at=heard_at, admits=lambda boot: self._admits(boot, heard_at))\n",
        "        known = tuple(known)\n"
        "        if not all([self._admits(boot, heard_at) for boot in known]):\n"
        "            return PushVerdict(word=PushWord.CUT)\n"
        "        return check_push(push, known, heard_at=heard_at)\n",
    ),
    # -- time
    without_in_hostile(
        "no document is of a moment that the desktop's uptime has not come to",
        "    return PushWord.AHEAD if boot.earliest_at + push.sequence / 1e6 > heard_at + SAME_S else None\n",
        "    return None\n",
    ),
    without_in_hostile(
        "a desktop's pushes do not move when its boot began",
        "        earliest_at = before.earliest_at if known.source == PUSH else known.earliest_at\n",
        "        earliest_at = known.earliest_at\n",
    ),
    without_in_hostile(
        "a document that is read again under one number gets old",
        "        return is_same and known is not None and report.read_at - known.heard_at <= MAX_AGE_S\n",
        "        return is_same\n",
        seed=15,
    ),
    # -- marks
    without_in_hostile(
        "a mark that Bascule has given keeps back nobody who was given it",
        "            if mark not in self._given:\n                shared",
        "            if True:\n                shared",
        seed=1,
    ),
    without_in_hostile(
        "an address that Bascule has given to nobody keeps nobody back",
        "        return self.clash(name, replace(identity, addresses=tuple(filter(self._is_given, identity.addresses))))\n",
        "        return self.clash(name, identity)\n",
        ('{other for other in shared["address"] if self._sharing(other, self._addresses[other]) <= mine}', 'shared["address"]'),
        seed=1,
    ),
    without_in_hostile(
        "who says that it has the addresses of many is told alone",
        '{other for other in shared["address"] if self._sharing(other, self._addresses[other]) <= mine}',
        'shared["address"]',
        seed=1,
    ),
)

__all__ = ["MUTANTS"]
