"""Whose a VM is: an empty or older store, proofs and notes, numbers that are handed out."""

from tests.chaos.rules.mutant import without

_UNREAD = (
    "if note is None or not (ours and action.reservation.may_be_noted_as(note.seat)):",
    "if action.word != 'configure' and not (ours and note and action.reservation.may_be_noted_as(note.seat)):",
)
"""The note is read again with each configuration, which corrects a wrong or missing proof of the clone."""
_UNJUDGED = ("if records.rebuilt_since is not None and records.provisional and records.desktops:", "if False:")
"""After the store was lost the directory is judged before anything new is made, and that comes after all else is known."""

MUTANTS = (
    # -- an empty or older store
    without(
        "an empty store waits for what is on its way",
        "draft.now < records.rebuilt_since + situation.config.safety.rebuild_settle_s:",
        "False:",
        _UNJUDGED,
        seed=1292,
    ),
    without(
        "no new desktop before every VM is explained",
        "if waiting := _to_be_identified(draft):",
        "if waiting := _to_be_identified(draft)[:0]:",
        seed=2000071,
    ),
    without(
        "an older store clones nothing before it has read the notes",
        "if unsure := _unsure(draft):",
        "if unsure := _unsure(draft)[:0]:",
        seed=1500004,
    ),
    without(
        "what is cloned again waits for notes, too",
        "if draft.no_new:  # an older store",
        "if False:  # an older store",
        seed=1601,
    ),
    without(
        "the note is the truth where the store is older",
        "if stored is not None and not _is_the_same(stored, reservation):",
        "if False:",
        seed=1854,
    ),
    without(
        "a desktop that its agent has besides is used before another is made",
        "    if double is None:\n        return False\n",
        "    return False\n",
        seed=1940013,
    ),
    without(
        "a number under which our clone was sent is not given up as somebody else's",
        "        self._unended.update(effects.unended)\n",
        "",
        seed=2000737,
    ),
    # -- our VMs
    without("a VM is proven before it is used", "if not reservation.proven:", "if False:", seed=7),
    without(
        "a VMID that is taken is adopted by its note alone",
        "    if isinstance(answer, Reservation):\n",
        "    if answer is None and action.name is not None:\n"
        "        return Effects(outcomes=(done(action, ending),), proven=(action.name,))\n"
        "    if isinstance(answer, Reservation):\n",
        seed=7,
    ),
    without(
        "a note proves one VMID", "reservation is not None and reservation.key == action.key", "reservation is not None", seed=7
    ),
    without(
        "a proof is void once another VM may stand there",
        "if desktop.proven and _doubtful(",
        "if False and _doubtful(",
        ("    put_marks_back(draft)\n", ""),  # before it writes a tag, it reads the note
        seed=1945003,
    ),
    without(
        "a clone whose answer was lost does not prove itself",
        "if not isinstance(action, Clone) or work.upid is None:",
        "if not isinstance(action, Clone):",
        _UNREAD,
        seed=7,
    ),
    without(
        "what an older store has retired may be ours since",
        "if guest.key not in situation.records.retired or _may_be_ours(guest, situation):",
        "if guest.key not in situation.records.retired:",
        seed=1054,
    ),
    without(
        "a clone proves itself only to who has watched it",
        "        if not watched:\n",
        "        if False:\n",
        _UNREAD,
        seed=1947002,
    ),
    without(
        "a clone proves itself on the node where it was ordered",
        'guest.lock != "clone" and guest.node == action.reservation.node',
        'guest.lock != "clone"',
        _UNREAD,
        seed=153,
    ),
    without(
        "a VM of somebody else's retires its VMID",
        "return Effects(outcomes=(replace(outcome, retire_vmid=True),))",
        "return Effects(outcomes=(outcome,))",
        seed=7,
    ),
    without(
        "a retired VMID is never handed out", "vmids[key.cluster].add(key.vmid)", "vmids[key.cluster].add(Vmid(0))", seed=43
    ),
    without(
        "a reserved VMID is never handed out",
        "        vmids[cluster].update(ours)\n",
        "        vmids[cluster].update(())\n",
        seed=1825,
    ),
    # -- notes that somebody else has written, or that cannot be read
    without("a VM is configured where its note proves it ours", *_UNREAD, seed=2000001),
    without(
        "what nothing has proven in this life is started after its note was read",
        'yield from own_config(action, context.key, f"start {action.desktop}")',
        "pass",
        seed=2000001,
    ),
    without(
        "a note of another key is an answer of its own",
        "if reservation is None and names_us(",
        "if False and names_us(",
        seed=2000002,
    ),
    without(
        "one note is read at each start",
        "for cluster in sorted(situation.snapshot.clusters.keys() & situation.records.unsampled):",
        "for cluster in sorted(situation.snapshot.clusters.keys() & frozenset()):",
        seed=1949018,
    ),
    without(
        "whether the key was changed is judged by the notes of earlier lives",
        "guest is None or desktop.name in draft.situation.records.maybe_made or",
        "guest is None or not desktop.proven or",
        ("return not tried or not asked_lately(draft, desktop.name)", "return not asked_lately(draft, desktop.name)"),
        (
            "    if action is not None:\n        return draft.now < action.deadline",
            "    if action is not None:\n        return False",
        ),
        ("(adopted for adopted in effects.adopted if adopted.name not in self._sent)", "effects.adopted"),
        seed=1949502,
    ),
    without(
        "what cannot be read is waited for",
        "if cluster not in reasons and holds_up(guest, situation) and name_of(guest) in unread:",
        "if False:",
        ("if rebuilding or name_of(guest) not in", "if name_of(guest) not in"),
        _UNJUDGED,
        seed=2000001,
    ),
)


__all__ = ["MUTANTS"]
