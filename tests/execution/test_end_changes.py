"""What the end of a call changes in the store: outcomes, attempts, proofs, and why a desktop failed."""

from dataclasses import replace

import pytest

from provisioner.execution.end_changes import log_changes
from provisioner.model.actions import Result
from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.kept.absence import is_left_behind, is_missing
from provisioner.model.machines.desktops import Attempts, Phase
from tests.builders.actions import a_key, a_name, a_reservation, an_outcome
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_memory
from tests.builders.execution import BUDGET, TRIED_ONCE, changes_on, effects_on
from tests.builders.records import a_step, records_of


def test_a_deleted_desktop_is_released_and_its_number_may_be_used_again():
    changes = effects_on(a_memory([a_desktop(1)]), outcomes=(an_outcome(1, "delete", Result.DONE, reason="asked"),))

    assert (changes.released, changes.retired, changes.attempts) == ((a_name(),), (), {})


def test_a_delete_that_failed_is_tried_again_and_is_no_failed_desktop():
    records = a_memory([a_desktop(1).but(attempts=Attempts(count=4))])
    changes = effects_on(records, outcomes=(an_outcome(1, "delete", Result.REFUSED, error="refused"),))

    assert changes.released == ()
    assert not changes.attempts[a_name()].gave_up
    assert changes.attempts[a_name()].retry_at == NOW + BUDGET.retry_cap_s


def test_a_delete_that_is_refused_for_a_day_is_told_a_few_times():
    """A16: a protected VM added 285 lines a day to the journal."""
    desktop, now, tries = a_desktop(1), NOW, 0
    while now < NOW + 86_400:
        refused = an_outcome(1, "delete", Result.REFUSED, error="refused", ended_at=now)
        desktop = desktop.but(attempts=effects_on(a_memory([desktop]), outcomes=(refused,)).attempts[a_name()])
        now, tries = desktop.attempts.retry_at, tries + 1

    assert tries <= 12


def test_a_desktop_without_a_proving_note_is_no_longer_ours():
    changes = effects_on(a_memory([a_desktop(1)]), outcomes=(an_outcome(1, "delete", Result.REFUSED, error="not_ours"),))

    assert changes.unproven == (a_name(),)
    assert (changes.released, changes.retired) == ((), ())


TRIED_FOUR_TIMES = replace(TRIED_ONCE, count=4)


def desktop(attempts=None):
    return a_memory([a_desktop(1, Phase.RESERVED).but(attempts=attempts)])


@pytest.mark.parametrize(
    ("outcome", "before", "result", "count", "retries"),
    [
        pytest.param(an_outcome(result=Result.DONE), TRIED_ONCE, Result.DONE, None, False, id="done: the count starts anew"),
        pytest.param(an_outcome(error="hypervisor_error"), TRIED_ONCE, Result.RETRY, 2, True, id="failed: tried again"),
        pytest.param(an_outcome(error="lock_busy"), TRIED_ONCE, Result.RETRY, 1, True, id="busy: waited for"),
        pytest.param(
            an_outcome(error="hypervisor_error"), TRIED_FOUR_TIMES, Result.FAILED, 5, False, id="failed too often: given up"
        ),
        pytest.param(
            an_outcome(result=Result.UNKNOWN, error="outcome_unknown"),
            TRIED_FOUR_TIMES,
            Result.FAILED,
            5,
            False,
            id="unknown too often: given up",
        ),
        pytest.param(an_outcome(result=Result.REFUSED), None, Result.REFUSED, 1, False, id="refused: given up at once"),
        pytest.param(
            an_outcome(error="no_quorum"),
            TRIED_ONCE,
            Result.RETRY,
            1,
            False,
            id="paused: until the pause ends",
        ),
    ],
)
def test_an_outcome_is_kept_and_counted(outcome, before, result, count, retries):
    changes = effects_on(desktop(before), outcomes=(outcome,))

    (kept,) = changes.outcomes
    after = changes.attempts[a_name()]
    assert (kept.result, None if after is None else after.count) == (result, count)
    assert kept.retry_at == (after.retry_at if retries else None)


def test_an_outcome_of_a_desktop_that_is_not_kept_is_journalled_alone():
    outcome = an_outcome(1, "verify", Result.RETRY)

    changes = effects_on(a_memory(), outcomes=(outcome,))

    assert not changes.attempts
    assert len(changes.outcomes) == 1


@pytest.mark.parametrize(
    ("outcome", "before", "retired"),
    [
        pytest.param(an_outcome(retire_vmid=True), None, True, id="an image left behind"),
        pytest.param(an_outcome(error="id_taken"), None, False, id="taken: it may be our own clone, come late"),
        pytest.param(
            an_outcome(error="id_taken"),
            replace(TRIED_ONCE, reason="a busy lock"),
            False,
            id="taken after another failure: it may be our own clone, come late",
        ),
        pytest.param(an_outcome(error="id_taken"), TRIED_ONCE, True, id="taken again, and nobody was seen there"),
    ],
)
def test_when_a_vmid_is_given_up(outcome, before, retired):
    changes = effects_on(desktop(before), outcomes=(outcome,))

    assert [outcome.retire_vmid for outcome in changes.outcomes] == [retired]
    if retired:
        assert [(vmid.key, vmid.reason[:7], vmid.at) for vmid in changes.retired] == [(a_key(), "no luck", NOW)]
        assert (changes.released, changes.attempts) == ((a_name(),), {})
    else:
        assert (changes.retired, changes.released) == ((), ())
        assert changes.attempts[a_name()].count == (before.count if before else 0) + 1


def test_a_vmid_under_which_a_clone_of_ours_may_have_come_out_is_not_given_up():
    """A1: the answer was lost, or the daemon was killed; another VMID would give the agent a second desktop."""
    records = replace(desktop(TRIED_ONCE), maybe_made={a_name()}, unended={a_name()})
    changes = effects_on(records, outcomes=(an_outcome(error="id_taken"),))

    assert (changes.retired, changes.released) == ((), ())
    assert is_missing(changes.attempts[a_name()])
    assert "VM.Audit on /vms/5001" in changes.attempts[a_name()].reason


@pytest.mark.parametrize(
    ("maybe_made", "code"),
    [
        pytest.param({a_name()}, "clone_hidden", id="ours has failed there, as its task says: half made"),
        pytest.param(set(), "taken_hidden", id="nothing of ours was ever sent: somebody else's, or of a store that was lost"),
    ],
)
def test_why_a_number_is_held_by_what_no_listing_shows_is_remembered(maybe_made, code):
    """K2: the agent gets another desktop, and what is left stays in the list until Proxmox VE says that the number is free."""
    changes = effects_on(replace(desktop(TRIED_ONCE), maybe_made=maybe_made), outcomes=(an_outcome(error="id_taken"),))

    (left,) = changes.retired
    assert (left.key, left.reason.code, is_left_behind(left.reason)) == (a_key(), code, True)
    assert changes.released == (a_name(),)


def test_a_foreign_vm_in_our_range_is_retired_and_nothing_released():
    foreign = an_outcome(1, "verify", Result.DONE, retire_vmid=True)

    changes = effects_on(a_memory(), outcomes=(foreign,))

    assert ([vmid.key for vmid in changes.retired], changes.released) == ([a_key()], ())


def test_a_finished_clone_is_proven():
    assert effects_on(desktop(), proven=(a_name(),)).proven == (a_name(),)


@pytest.mark.parametrize(
    ("kept", "note", "reserved", "proven", "released"),
    [
        pytest.param((), a_reservation(1), True, False, (), id="not known: taken up"),
        pytest.param(
            [a_desktop(1, Phase.UNPROVEN)], a_reservation(1, node="n2"), False, True, (), id="known, on another node: proven"
        ),
        pytest.param(
            [a_desktop(1, Phase.UNPROVEN, agent_id=AgentId("somebody"), reserved_at=NOW - 5_000)],
            a_reservation(1),
            True,
            False,
            (a_name(1),),
            id="known with another agent since another day: the note is right",
        ),
        pytest.param(
            [a_desktop(1, Phase.UNPROVEN, profile=ProfileName("cad"))],
            a_reservation(1),
            True,
            False,
            (a_name(1),),
            id="known with another profile: the note is right",
        ),
        pytest.param(
            [a_desktop(1, Phase.RESERVED, name="old-5001"), a_desktop(2)],
            a_reservation(1),
            True,
            False,
            ("old-5001",),
            id="its VMID is kept under another name: that one goes",
        ),
        pytest.param(
            [a_desktop(2, Phase.RESERVED, address="10.40.0.10")],
            a_reservation(1, address="10.40.0.10"),
            True,
            False,
            (a_name(2),),
            id="its address was promised to one that nothing proves: that one goes",
        ),
        pytest.param(
            [a_desktop(2, address="10.40.0.10")],
            a_reservation(1, address="10.40.0.10"),
            True,
            False,
            (),
            id="its address is a proven desktop's: both stay, and the store refuses it",
        ),
    ],
)
def test_the_note_is_the_truth(kept, note, reserved, proven, released):
    records = a_memory(kept).desktops
    changes = changes_on(a_memory(kept), adopted=(note,))

    step = a_step(records, released=released, reserved=(note,) if reserved else (), proven=(a_name(1),) if proven else ())
    expected = dict(step.desktops)
    if reserved:
        expected[note.name] = replace(expected[note.name], logged_on=True)
    assert changes.desktops == expected


LOG = ("generating cloud-init ISO", "kvm: no such device", "TASK ERROR: start failed: QEMU exited with code 1", "")
GAVE_UP = Attempts(count=2, reason="gave up after 2 tries: QEMU exited with code 1", gave_up=True)


@pytest.mark.parametrize(
    ("before", "lines", "reason"),
    [
        pytest.param(
            GAVE_UP, LOG, f"{GAVE_UP.reason} (task log: generating cloud-init ISO / kvm: no such device)", id="said with it"
        ),
        pytest.param(GAVE_UP, (), None, id="an empty log adds nothing"),
        pytest.param(GAVE_UP, ("QEMU exited with code 1",), None, id="nor one that says it again"),
        pytest.param(replace(GAVE_UP, gave_up=False), LOG, None, id="it is tried again meanwhile"),
        pytest.param(None, LOG, None, id="it has worked meanwhile"),
    ],
)
def test_the_end_of_the_tasks_log_is_part_of_the_reason(before, lines, reason):
    records = a_memory([a_desktop(1, Phase.FAILED).but(attempts=before)])
    changes = log_changes(a_name(1), lines, records)

    after = {a_name(1): replace(before, reason=reason)} if reason else {}
    assert changes == a_step(records.desktops, attempts=after)


def test_a_note_with_another_agent_shows_a_rekey_after_the_store_was_copied():
    """C2: only a rekey writes another id into the note of the same desktop."""
    records = a_memory([a_desktop(1, Phase.UNPROVEN, agent_id=AgentId("earlier")).but(assigned=True)])
    given = records.desktops[a_name(1)]

    changes = changes_on(records, adopted=(a_reservation(1),))

    assert changes.rekeyed == {"earlier": "agent-0001"}
    assert changes.desktops == {a_name(1): replace(given, reservation=a_reservation(1), assigned_to="agent-0001")}


def test_no_rekey_to_an_agent_who_has_a_desktop():
    """C2: the records stay unchanged: a note speaks for its own desktop only."""
    records = a_memory(
        [a_desktop(1, Phase.UNPROVEN, agent_id=AgentId("earlier")), a_desktop(2, agent_id=AgentId("agent-0001"))]
    )

    changes = changes_on(records, adopted=(a_reservation(1),))

    assert changes.rekeyed == {}
    assert changes.desktops == {name: replace(each, logged_on=True) for name, each in records_of(a_reservation(1)).items()}


def test_a_note_with_an_earlier_id_of_its_agent_proves_the_desktop():
    """C2: the two contents that a note may have while it is rewritten."""
    records = a_memory([a_desktop(1, Phase.UNPROVEN, agent_id=AgentId("new"), noted_as=(AgentId("older"), AgentId("old")))])

    for named in ("older", "old", "new"):
        changes = changes_on(records, adopted=(a_reservation(1, agent_id=AgentId(named)),))
        still = () if named == "new" else (named,)
        proven = a_reservation(1, agent_id=AgentId("new"), noted_as=still)
        assert (changes.desktops, changes.rekeyed) == (records_of(proven), {})
