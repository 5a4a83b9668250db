"""The safety rules of the product, each with the words of the source that carry it: what `mutants` removes, one at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule less: each `text`, which must be there once in all of the product, becomes its `instead`.

    Where two places keep one rule, each for itself, both are removed: the second is there in case the first is wrong.
    """

    rule: str
    changes: tuple[tuple[str, str], ...]
    seed: int
    """One that is known to fail without the rule; it is played first, and when it fails no more, all that the suite plays: ten
    minutes."""


def _without(rule: str, text: str, instead: str, *also: tuple[str, str]) -> Mutant:
    return Mutant(rule=rule, changes=((text, instead), *also), seed=_CAUGHT_BY.get(rule, 1))


_CAUGHT_BY = {
    "whoever is connected is not logged off by the disconnected time": 6_000_016,
    "the longest time waits for its message": 6_000_026,
    "under a freeze no session is touched": 6_000_022,
    "nothing is moved without an order": 1_980_001,
    "an empty store waits for what is on its way": 229,
    "no new desktop before every VM is explained": 2000071,
    "an older store clones nothing before it has read the notes": 1500004,
    "what is cloned again waits for notes, too": 1601,
    "the note is the truth where the store is older": 101,
    "a VM is proven before it is used": 7,
    "a VMID that is taken is adopted by its note alone": 7,
    "a note proves one VMID": 7,
    "a proof is void once another VM may stand there": 2000048,
    "a clone whose answer was lost does not prove itself": 7,
    "what an older store has retired may be ours since": 1054,
    "a clone proves itself only to who has watched it": 647,
    "a clone proves itself on the node where it was ordered": 153,
    "a VM of somebody else's retires its VMID": 7,
    "a retired VMID is never handed out": 43,
    "a reserved VMID is never handed out": 5,
    "reservations are durable before the clone": 1,
    "a clone is repeated under the same VMID": 3,
    "an unknown outcome is no failure, after which another VMID is taken": 2,
    "an observation older than the answer says nothing": 1000001,
    "a clone that has just ended is no leftover": 1000001,
    "a clone is no leftover before its node's tasks were read": 1000001,
    "a VM locked by a clone is waited for": 1000001,
    "a note is not looked for while the clone is under way": 55,
    "one VM is worked on by one order at a time": 3,
    "a desktop is configured before it is started": 1,
    "a freeze stops every write": 16,
    "nothing is written on a paused cluster": 23,
    "quorum that is seen lost pauses": 23,
    "an answer that says to stop pauses": 23,
    "a desktop with a session is not stopped": 1,
    "whoever stops a desktop reads its sessions once more": 91,
    "a desktop whose sessions are unknown is not stopped": 1,
    "nothing is stopped before the rebuilt baseline is accepted": 55,
    "nothing is stopped while held": 304,
    "an offline node's desktops are unknown": 41,
    "a report counts for one boot": 20,
    "a start makes the kept report void": 75,
    "what a clock that was ahead has noted is put right": 214,
    "a report by a clock that was ahead is of no boot": 1914,
    "a surge that began by a clock that was ahead begins now": 1000002,
    "a clock put back is a restart": 78,
    "who waits for an order's end is told so": 3,
    "who waits for a leftover gets another desktop": 69,
    "what a listing lacks is asked about before it counts as gone": 2000058,
    "many that a listing lacks are not gone": 2000014,
    "an answer about a number is news": 2000048,
    "a desktop that has served is not configured again": 2000002,
    "a desktop that runs is not configured again": 1400017,
    "a changed profile is written before the next start": 1400001,
    "tags that were taken off are put back": 2000008,
    "a VM is configured where its note proves it ours": 2000001,
    "what nothing has proven in this life is started after its note was read": 2000001,
    "a note of another key is an answer of its own": 2000002,
    "one note is read at each start": 2000048,
    "one note of another key is not judged while others are to be read": 2000489,
    "what cannot be read is waited for": 2000001,
    "an old document proves nobody's absence": 2000004,
    "an undated document proves nobody's absence": 2000028,
    "a clock that is ahead makes no old document current": 5000004,
    "no desktop reports more sessions than it can hold": 2000030,
    "a boot that was seen is not another": 2000008,
    "a look that never ends is given up": 2000015,
    "an order that never ends is given up": 2000011,
    "what fails alike for all is nobody's own failure": 2000003,
    "a leaver's desktop is shut down in its time": 2000017,
    "a clone that ended well and is not seen is not made again": 1600001,
    "clones that nobody sees stop cloning": 1600003,
    "a number is not skipped where a clone of ours may have come out": 1600002,
    "a path that is forbidden pauses no cluster": 1900001,
    "a node that takes no orders is left": 1700001,
    "an order stops no desktop with a known session": 1800001,
    "an order stops a desktop once": 1800002,
    "what HA recovers is not replaced": 1950002,
    "a restart is done once": 1960003,
    "nothing is written to a desktop in quarantine": 1960002,
    "a paused surge begins no new desktop": 1970005,
    "a return shuts down only what the surge made": 1970001,
    "a desktop that was given back is reset before anybody gets it": 1985001,
    "a desktop that somebody has is lent to nobody else": 1985001,
    "a desktop that somebody has is not reset": 1985001,
    "room is kept to restart the desktops of the fullest node": 1995009,
    "no new desktop above a ceiling": 1995002,
}

_UNREAD = (
    "if note is None or not (ours and action.reservation.may_be_noted_as(note.seat)):",
    "if action.word != 'configure' and not (ours and note and action.reservation.may_be_noted_as(note.seat)):",
)
"""The note is read again with each configuration, which corrects a wrong or missing proof of the clone."""
_UNJUDGED = ("if records.rebuilt_since is not None and records.provisional and records.desktops:", "if False:")
"""After the store was lost the directory is judged before anything new is made, and that comes after all else is known."""


MUTANTS = (
    # -- an empty or older store
    _without(
        "an empty store waits for what is on its way",
        "draft.now < records.rebuilt_since + situation.config.safety.rebuild_settle_s:",
        "False:",
        _UNJUDGED,
    ),
    _without(
        "no new desktop before every VM is explained",
        "if waiting := _to_be_identified(draft):",
        "if waiting := _to_be_identified(draft)[:0]:",
    ),
    _without(
        "an older store clones nothing before it has read the notes",
        "if unsure := _unsure(draft):",
        "if unsure := _unsure(draft)[:0]:",
    ),
    _without(
        "what is cloned again waits for notes, too",
        "if draft.no_new:  # an older store",
        "if False:  # an older store",
    ),
    _without(
        "the note is the truth where the store is older",
        "if stored is not None and not _is_the_same(stored, reservation):",
        "if False:",
    ),
    # -- our VMs
    _without("a VM is proven before it is used", "if not reservation.proven:", "if False:"),
    _without(
        "a VMID that is taken is adopted by its note alone",
        "    if isinstance(answer, Reservation):\n",
        "    if answer is None and action.name is not None:\n"
        "        return Effects(outcomes=(done(action, ending),), proven=(action.name,))\n"
        "    if isinstance(answer, Reservation):\n",
    ),
    _without(
        "a note proves one VMID",
        "reservation is not None and reservation.key == action.key",
        "reservation is not None",
    ),
    _without(
        "a proof is void once another VM may stand there",
        "if desktop.proven and _doubtful(",
        "if False and _doubtful(",
    ),
    _without(
        "a clone whose answer was lost does not prove itself",
        "if not isinstance(action, Clone) or work.upid is None:",
        "if not isinstance(action, Clone):",
        _UNREAD,
    ),
    _without(
        "what an older store has retired may be ours since",
        "if guest.key not in situation.records.retired or _may_be_ours(guest, situation):",
        "if guest.key not in situation.records.retired:",
    ),
    _without("a clone proves itself only to who has watched it", "        if not watched:\n", "        if False:\n", _UNREAD),
    _without(
        "a clone proves itself on the node where it was ordered",
        "guest.lock != \"clone\" and guest.node == action.reservation.node",
        "guest.lock != \"clone\"",
        _UNREAD,
    ),
    _without(
        "a VM of somebody else's retires its VMID",
        "return Effects(outcomes=(replace(outcome, retire_vmid=True),))",
        "return Effects(outcomes=(outcome,))",
    ),
    _without(
        "a retired VMID is never handed out",
        "vmids[key.cluster].add(key.vmid)",
        "vmids[key.cluster].add(Vmid(0))",
    ),
    _without(
        "a reserved VMID is never handed out",
        "        vmids[cluster].update(ours)\n",
        "        vmids[cluster].update(())\n",
    ),
    # -- nothing doubled
    _without(
        "reservations are durable before the clone",
        "self._parts.cache.commit(order_changes(",
        "self._parts.cache.state.apply(order_changes(",
    ),
    _without(
        "a clone is repeated under the same VMID",
        "    clone_again(draft, task)\n",
        "    create(draft, want, task.profile)\n",
    ),
    _without(
        "an unknown outcome is no failure, after which another VMID is taken",
        "    if ends_by_observation(action) and (error is None or isinstance(error, spec_of(action).unsettled_by)):\n",
        "    if action.word == \"clone\" and isinstance(error, OutcomeUnknown):\n"
        "        failed = after(error, action, ActionEnding(started_at=work.ordered_at, now=now))\n"
        "        return _without(executor, (action.key,)), Effects(outcomes=(replace(failed, retire_vmid=True),))\n"
        "    if ends_by_observation(action) and (error is None or isinstance(error, spec_of(action).unsettled_by)):\n",
    ),
    _without(
        "an observation older than the answer says nothing",
        "return self.answered_at is not None and self.answered_at <= view.taken_at",
        "return self.answered_at is not None",
    ),
    _without("a clone that has just ended is no leftover", "_JUST_ENDED_S = 60.0", "_JUST_ENDED_S = -1e12"),
    _without(
        "a clone is no leftover before its node's tasks were read",
        'if guest.lock != "clone" or guest.node not in view.tasks_of:',
        'if guest.lock != "clone":',
    ),
    _without(
        "a VM locked by a clone is waited for",
        'if guest.lock == "clone" or isinstance(facts.in_flight, Clone):',
        "if isinstance(facts.in_flight, Clone):",
    ),
    _without(
        "a note is not looked for while the clone is under way",
        'elif guest.lock != "clone" and guest.key not in situation.in_flight',
        "elif guest.key not in situation.in_flight",
    ),
    _without(
        "one VM is worked on by one order at a time",
        "if action := draft.situation.in_flight.get(desktop.key):",
        "if action := None:",
        ("for action in sent if action.key not in executor.work", "for action in sent"),
    ),
    _without(
        "a desktop is configured before it is started",
        "if not configured:",
        "if False:",
    ),
    # -- when nothing may be written
    _without("a freeze stops every write", "if not facts.frozen:", "if True:"),
    _without("nothing is written on a paused cluster", "sorted(facts.paused.items())", "()"),
    _without(
        "quorum that is seen lost pauses",
        "if not view.quorate:\n            lost =",
        "if False:\n            lost =",
    ),
    _without(
        "an answer that says to stop pauses",
        "if error in _OF_THE_CLUSTER and changes_node(action):",
        "if False:",
    ),
    # -- no session is cut off
    _without(
        "a desktop with a session is not stopped",
        "    if sessions:\n        return Target(level=TargetLevel.AS_IS",
        "    if False:\n        return Target(level=TargetLevel.AS_IS",
        ("    if report.sessions:\n        raise InUse", "    if False:\n        raise InUse"),
    ),
    _without(
        "whoever stops a desktop reads its sessions once more",
        "    if report.sessions:\n        raise InUse",
        "    if False:\n        raise InUse",
    ),
    _without(
        "a desktop whose sessions are unknown is not stopped",
        "if unanswered or (doubt and not report.sessions):",
        "if False:",
        ("if not insists and draft.now - draft.situation.records.report_of(desktop.name).read_at > FRESH_S:", "if False:"),
        (
            "_require_unused(report, action, now=context.now())",
            "pass",
        ),
    ),
    _without(
        "nothing is stopped while held",
        "if IntentKind.HOLD not in facts.ordered or not facts.is_running(desktop):",
        "if True:",
        ("    if not facts.held:\n", "    if True:\n"),
    ),
    _without(
        "nothing is stopped before the rebuilt baseline is accepted",
        "if facts.baseline_accepted or not count:",
        "if True:",
    ),
    # -- knowledge of a desktop
    _without("an offline node's desktops are unknown", "if not view.complete_on(node):", "if False:"),
    _without("what HA recovers is not replaced", "if recovery := ha_recovery(", "if False and ha_recovery("),
    _without("a report counts for one boot", "and same_boot(report, guest.key.vmid, facts.view)", ""),
    _without(
        "a start makes the kept report void",
        "edits.change(action.desktop, started_at=now, report=None, unheard=None)",
        "edits.change(action.desktop, started_at=now, unheard=None)",
        ("edits.change(name, report=None, started_at=None, unheard=None)", "edits.change(name, started_at=None, unheard=None)"),
    ),
    # -- a clock put back
    _without("a clock put back is a restart", "return behind_s if behind_s > _TOLERANCE_S else 0.0", "return 0.0"),
    _without(
        "what a clock that was ahead has noted is put right",
        "        self.commit(clock_changes(records, self._clock.now(), budget))\n",
        "",
    ),
    _without("a report by a clock that was ahead is of no boot", "read_at=_LONG_AGO, written_at=None", "read_at=now"),
    _without(
        "a surge that began by a clock that was ahead begins now", "if run is not None and run.since > now:", "if False:"
    ),
    # -- nothing in silence, nothing for ever
    _without("who waits for an order's end is told so", "if not ends_by_itself(phase, action):", "if False:"),
    _without(
        "who waits for a leftover gets another desktop",
        "if desktop.key in unusable) if unusable else ()",
        "if desktop.key in unusable and False) if unusable else ()",
    ),
    # -- what people change by hand, and what the token does not see
    _without(
        "what a listing lacks is asked about before it counts as gone",
        "elif not doubtful and view.existence.get(record.reservation.vmid) is False:",
        "elif not doubtful:",
    ),
    _without("many that a listing lacks are not gone", "doubtful = is_doubtful(len(absent), on_cluster)", "doubtful = False"),
    _without(
        "an answer about a number is news",
        "{vmid for vmid, _ in before.existence.items() ^ now.existence.items()}",
        "set()",
    ),
    _without(
        "a desktop that has served is not configured again",
        "configured = record.has_served or is_configured(",
        "configured = is_configured(",
        ("    if _was_configured(action, installation, own):\n", "    if False:\n"),
    ),
    _without("a desktop that runs is not configured again", '    if status != "stopped":\n', "    if False:\n"),
    _without(
        "a changed profile is written before the next start",
        "    if reconfigure(draft, want, desktop, profile):\n",
        "    if False:\n",
    ),
    _without("tags that were taken off are put back", "    put_marks_back(draft)\n", ""),
    _without(
        "a VM is configured where its note proves it ours",
        *_UNREAD,
    ),
    _without(
        "what nothing has proven in this life is started after its note was read",
        'yield from own_config(action, context.key, f"start {action.desktop}")',
        "pass",
    ),
    _without("a note of another key is an answer of its own", "if reservation is None and names_us(", "if False and names_us("),
    _without(
        "one note is read at each start",
        "for cluster in sorted(situation.snapshot.clusters.keys() & situation.records.unsampled):",
        "for cluster in sorted(situation.snapshot.clusters.keys() & frozenset()):",
    ),
    _without("one note of another key is not judged while others are to be read", " or _others_to_read(draft)):", "):"),
    _without(
        "what cannot be read is waited for",
        "if cluster not in reasons and holds_up(guest, situation) and name_of(guest) in unread:",
        "if False:",
        ("if rebuilding or name_of(guest) not in", "if name_of(guest) not in"),
        _UNJUDGED,
    ),
    _without("an old document proves nobody's absence", "if age_s > self.period_s:", "if False:"),
    _without(
        "a clock that is ahead makes no old document current",
        "now - self.written_at if self.age_s is None else self.age_s + now - self.read_at",
        "now - self.written_at",
    ),
    _without(
        "an undated document proves nobody's absence",
        "return UNDATED()",
        "return NONE",
    ),
    _without(
        "no desktop reports more sessions than it can hold",
        'source="guest_agent", max_sessions=action.profile.max_sessions)',
        'source="guest_agent")',
    ),
    _without("a boot that was seen is not another", "boots=_known_boots(view, last)", "boots={}"),
    _without("a look that never ends is given up", "if now - watch.since >= UNANSWERED_S:", "if False:"),
    _without(
        "an order that never ends is given up",
        "for overdue in executor.overdue(self.flight.executor, now, after_s=UNANSWERED_S):",
        "for overdue in ():",
    ),
    _without(
        "what fails alike for all is nobody's own failure",
        "return len(cause.desktops) >= _ALIKE[cause.error] and (",
        "return False and (",
    ),
    _without(
        "a leaver's desktop is shut down in its time",
        "if not off and facts.now >= stop_at(departure, ladder):",
        "if not off:",
    ),
    # -- what several fail by, and what an operator orders
    _without(
        "a clone that ended well and is not seen is not made again",
        "if isinstance(action, Clone) and (task.ended_at or 0.0) < ending.now - _CLOCKS_DIFFER_S:",
        "if False:",
    ),
    _without(
        "clones that nobody sees stop cloning",
        "if never_listed[cluster] >= MANY or is_doubtful(count, of[cluster])",
        "if False",
    ),
    _without(
        "a path that is forbidden pauses no cluster",
        "_OF_THE_CLUSTER = frozenset({_NO_QUORUM, word_for(Unauthorised)})",
        '_OF_THE_CLUSTER = frozenset({_NO_QUORUM, word_for(Unauthorised), "forbidden"})',
    ),
    _without(
        "a node that takes no orders is left",
        "    refusing = refusing_nodes(situation.causes, situation.now, situation.in_flight.values())\n",
        "    refusing = {}\n",
    ),
    _without(
        "an order stops no desktop with a known session",
        "(_last_known(facts, desktop), \"\") if insists else",
        "(0, \"\") if insists else",
        ("    if report.sessions:\n        raise InUse", "    if False:\n        raise InUse"),
    ),
    _without(
        "a number is not skipped where a clone of ours may have come out",
        "if outcome.desktop not in self.records.maybe_made:",
        "if True:",
    ),
    _without("a restart is done once", "if not self._is_restarted(name, order)", "if True"),
    _without(
        "nothing is written to a desktop in quarantine",
        "for rule in (_freeze, _quarantine, _pause,",
        "for rule in (_freeze, _pause,",
        (" and task.desktop.name not in draft.survey.quarantined:", ":"),
        ("    QUARANTINE,  # an operator keeps this desktop as it is\n", ""),
    ),
    _without(
        "nothing is moved without an order",
        "there = [desktop for desktop in reservations if where(draft.situation, desktop) in evacuated]",
        "there = [desktop for desktop in reservations if evacuated]",
    ),
    # -- a surge that is steered
    _without(
        "a paused surge begins no new desktop",
        "return _only(halted, lambda want: want.agent_id in begun, why)",
        "return halted",
    ),
    _without(
        "a return shuts down only what the surge made",
        "made = {desktop.seat for desktop in records.reservations if desktop.run in run.takes_back}",
        "made = {desktop.seat for desktop in records.reservations}",
        (
            "made = [record.reservation for record in records.values() if record.reservation.run in run.takes_back]",
            "made = [record.reservation for record in records.values()]",
        ),
        (" or desktop.run not in run.takes_back:", ":"),
    ),
    # -- desktops that are lent
    _without(
        "a desktop that was given back is reset before anybody gets it",
        "    return replace(before, state=LeaseState.TO_RESET, since=now, agent_id=None)\n",
        "    return None\n",
    ),
    _without(
        "a desktop that somebody has is lent to nobody else",
        "if wanted and not going and facts.record(desktop.name).lease is None and facts.is_usable(desktop.name):",
        "if wanted and not going and facts.is_usable(desktop.name):",
    ),
    _without(
        "a desktop that somebody has is not reset",
        "    return lease.state is LeaseState.TO_RESET\n",
        "    return True\n",
    ),
    # -- sessions by rule
    _without(
        "whoever is connected is not logged off by the disconnected time",
        "is_away = session.away_s is not None and asked.connections == 0",
        "is_away = True",
        ("    away_s = session.away_s or 0.0\n", "    away_s = session.away_s or session.open_s\n"),
    ),
    _without(
        "the longest time waits for its message",
        "    return warned is not None and warned.ago_s >= warned.minutes * _MINUTE_S\n",
        "    return True\n",
    ),
    _without(
        "under a freeze no session is touched",
        "if record is None or self._intents.keeps_sessions(boot.desktop):",
        "if record is None:",
    ),
    # -- a surge that is short of room
    _without(
        "room is kept to restart the desktops of the fullest node",
        "if not self._nodes or self._fit_elsewhere(profile, candidate.node):",
        "if True:",
    ),
    _without(
        "no new desktop above a ceiling",
        "out = {want.seat: want for want in ranked[state.room :] if want.agent_id not in has}",
        "out = dict[Seat, Want]()",
    ),
    _without("an order stops a desktop once", "if intent.kind is IntentKind.STOP and phase in _OFF:", "if False:"),
)  # fmt: skip


__all__ = ["MUTANTS", "Mutant"]
