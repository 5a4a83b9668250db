"""Work under way: nothing is doubled, lost or waited for without end, and nothing is written when it may not be."""

from tests.chaos.rules.mutant import without

MUTANTS = (
    # -- nothing doubled
    without(
        "reservations are durable before the clone",
        "self._parts.cache.commit(order_changes(",
        "self._parts.cache.state.apply(order_changes(",
        seed=1,
    ),
    without(
        "a clone is repeated under the same VMID",
        "    clone_again(draft, task)\n",
        "    create(draft, want, task.profile)\n",
        ("import SupersededDesktop, clone_again, home_refusal", "import SupersededDesktop, create, home_refusal"),
        seed=23,
    ),
    without(
        "an unknown outcome is not a failure, after which another VMID is taken",
        "    if ends_by_observation(action) and (error is None or isinstance(error, spec_of(action).unsettled_by)):\n",
        '    if action.word == "clone" and isinstance(error, OutcomeUnknown):\n'
        "        failed = after(error, action, ActionEnding(started_at=work.ordered_at, now=now))\n"
        "        return _without(executor, (action.key,)), Effects(outcomes=(replace(failed, retire_vmid=True),))\n"
        "    if ends_by_observation(action) and (error is None or isinstance(error, spec_of(action).unsettled_by)):\n",
        seed=2,
    ),
    without(
        "an observation older than the answer says nothing",
        "return self.answered_at is not None and self.answered_at <= view.taken_at",
        "return self.answered_at is not None",
        seed=1000001,
    ),
    without(
        "a clone that has just ended is not a leftover",
        "if _clones_on(view, node) == _ended(_clones_on(last, node))}",
        "if _ended(_clones_on(view, node)) is not None}",
        seed=1000001,
    ),
    without(
        "a clone is not a leftover before its node's tasks were read",
        "for node in view.tasks_of & last.tasks_of if",
        "for node in view.nodes if",
        seed=1920001,
    ),
    without(
        "a VM locked by a clone is waited for",
        'if guest.lock == "clone" or isinstance(facts.in_flight, Clone):',
        "if isinstance(facts.in_flight, Clone):",
        seed=1000001,
    ),
    without(
        "a note is not looked for while the clone is under way",
        'elif guest.lock != "clone" and guest.key not in situation.in_flight',
        "elif guest.key not in situation.in_flight",
        seed=55,
    ),
    without(
        "one VM is worked on by one order at a time",
        "if action := draft.situation.in_flight.get(desktop.key):",
        "if action := None:",
        ("for action in sent if action.key not in executor.work", "for action in sent"),
        seed=3,
    ),
    without("a desktop is configured before it is started", "if not configured:", "if False:", seed=1),
    # -- when nothing may be written
    without("a freeze stops every write", "if not facts.frozen:", "if True:", seed=16),
    without("nothing is written on a paused cluster", "sorted(facts.paused.items())", "()", seed=23),
    without(
        "quorum that is seen lost pauses",
        "if view.quorate is False:\n            lost =",
        "if False:\n            lost =",
        seed=692,
    ),
    without(
        "an answer that says to stop pauses", "if error in _OF_THE_CLUSTER and changes_node(action):", "if False:", seed=23
    ),
    # -- a clock put back
    without("a clock put back is a restart", "if set_by_s < -_BACK_S or", "if", seed=78),
    without("a clock put forward is a restart", " or set_by_s > _FORWARD_S else", " else", seed=1946001),
    without(
        "what a clock that was ahead has noted is put right",
        "        self.commit(clock_changes(records, self._clock.now(), budget, set_back_s=set_back_s))\n",
        "",
        seed=214,
    ),
    without("a report by a clock that was ahead is of no boot", "read_at=_LONG_AGO, written_at=None", "read_at=now", seed=1914),
    without(
        "a report may be older by as much as the clock was set back",
        "read_at=max(_LONG_AGO, report.read_at - set_back_s)",
        "read_at=report.read_at",
        seed=1932002,
    ),
    without(
        "a surge that began by a clock that was ahead begins now",
        "if run is not None and run.since > now:",
        "if False:",
        seed=1000002,
    ),
    # -- nothing in silence, nothing for ever
    without("who waits for an order's end is told so", "if not ends_by_itself(phase, action):", "if False:", seed=3),
    without(
        "who waits for a leftover gets another desktop",
        "if desktop.key in unusable) if unusable else ()",
        "if desktop.key in unusable and False) if unusable else ()",
        seed=27773,
    ),
    without("a look that never ends is given up", "if now - watch.since >= UNANSWERED_S:", "if False:", seed=2000015),
    without(
        "an order that never ends is given up",
        "for overdue in executor.overdue(self.flight.executor, now, after_s=UNANSWERED_S):",
        "for overdue in ():",
        seed=2000045,
    ),
)


__all__ = ["MUTANTS"]
