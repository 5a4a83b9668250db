"""What orders, ends and observations change in the store."""

from dataclasses import replace

import pytest

from provisioner.execution.bookkeeping import of_effects, of_log, of_orders, of_retries, of_views
from provisioner.execution.executor import Effects
from provisioner.model.actions import Plan, Result, Retired
from provisioner.model.cluster import Power
from provisioner.model.departures import Departure
from provisioner.model.desktops import Attempts, Phase
from provisioner.model.ids import AgentId, ProfileName
from provisioner.ports import Changes
from tests.builders import RUNNING_SINCE, a_budget, a_desktop, a_memory, a_report
from tests.builders_actions import (
    a_check,
    a_clone,
    a_delete,
    a_key,
    a_name,
    a_release,
    a_reservation,
    a_start,
    an_agent_id,
    an_assignment,
    an_outcome,
    nothing_in_flight,
)
from tests.builders_cluster import INSTALLATION, NOW, a_view

BUDGET = a_budget()
NEW = a_reservation(1, proven=False)


def effects_on(memory, **effects):
    return of_effects(Effects(**effects), memory, BUDGET)


# -- before anything is sent -------------------------------------------------------------------------------------------


def test_a_new_desktop_is_reserved_before_its_clone_is_sent():
    clone = a_clone(1, reservation=NEW)

    assert of_orders(Plan(actions=(clone,)), (clone,), a_memory(), NOW) == Changes(reserved=(NEW,))


def test_a_clone_ordered_again_is_reserved_already():
    clone = a_clone(1, reservation=NEW)
    memory = a_memory([a_desktop(1, Phase.RESERVED)])

    assert not of_orders(Plan(actions=(clone,)), (clone,), memory, NOW)


def test_a_start_dates_the_boot_and_voids_what_the_last_one_reported():
    start = a_start(1)

    changes = of_orders(Plan(actions=(start,)), (start,), a_memory([a_desktop(1)]), NOW)

    assert (changes.started, changes.reports) == ({a_name(): NOW}, {a_name(): None})


def test_an_assignment_is_done_once_kept():
    plan = Plan(actions=(an_assignment(1), a_check(1)))

    assert of_orders(plan, (a_check(1),), a_memory([a_desktop(1)]), NOW) == Changes(assignments={a_name(): an_agent_id()})


def test_a_delete_is_counted_before_it_is_sent_and_only_where_it_is():
    delete, cut = a_delete(1), a_delete(2)

    changes = of_orders(Plan(actions=(delete,)), (delete,), a_memory([a_desktop(1), a_desktop(2)]), NOW)

    assert changes == Changes(deletions={(a_name(1), delete.reservation.reserved_at): NOW})
    assert cut.desktop not in {name for name, _ in changes.deletions}


def test_a_release_takes_the_desktop_from_its_agent_dates_it_and_is_journalled():
    kept = Departure(since=NOW - 99)
    changes = of_orders(Plan(actions=(a_release(1),)), (), a_memory([a_desktop(1).but(departure=kept)]), NOW)

    assert changes.assignments == {a_name(): None}
    assert changes.departures == {a_name(): Departure(since=NOW - 99, recycled_at=NOW)}
    assert [(one.action, one.result, one.reason) for one in changes.outcomes] == [("release", Result.DONE, "a test")]


@pytest.mark.parametrize(
    ("kept", "planned", "said"),
    [
        pytest.param(None, Departure(since=NOW), ["depart"], id="left"),
        pytest.param(Departure(since=NOW - 9), Departure(since=NOW - 99), [], id="the date is put right"),
        pytest.param(Departure(since=NOW - 9), Departure(since=NOW - 9, ended=True), ["return"], id="back"),
        pytest.param(Departure(since=NOW - 9, ended=True), None, [], id="and the tags are off"),
        pytest.param(Departure(since=NOW - 9, ended=True), Departure(since=NOW), ["depart"], id="left again"),
    ],
)
def test_a_departure_is_kept_and_journalled(kept, planned, said):
    plan = Plan(departures={a_name(): planned})
    changes = of_orders(plan, (), a_memory([a_desktop(1).but(departure=kept)]), NOW)

    assert changes.departures == plan.departures
    assert [one.action for one in changes.outcomes] == said


def test_a_deleted_desktop_is_released_and_its_number_may_be_used_again():
    changes = effects_on(a_memory([a_desktop(1)]), outcomes=(an_outcome(1, "delete", Result.DONE, reason="asked"),))

    assert (changes.released, changes.retired, changes.attempts) == ((a_name(),), (), {})


def test_a_delete_that_failed_is_tried_again_and_is_no_failed_desktop():
    memory = a_memory([a_desktop(1).but(attempts=Attempts(count=4))])
    changes = effects_on(memory, outcomes=(an_outcome(1, "delete", Result.REFUSED, error="refused"),))

    assert changes.released == ()
    assert not changes.attempts[a_name()].gave_up
    assert changes.attempts[a_name()].retry_at == NOW + BUDGET.retry_cap_s


def test_what_its_note_does_not_prove_ours_is_no_longer_taken_for_ours():
    changes = effects_on(a_memory([a_desktop(1)]), outcomes=(an_outcome(1, "delete", Result.REFUSED, error="not_ours"),))

    assert changes.unproven == (a_name(),)
    assert (changes.released, changes.retired) == ((), ())


@pytest.mark.parametrize(
    ("memory", "released"),
    [
        pytest.param(a_memory(), (), id="of nobody we know"),
        pytest.param(a_memory([a_desktop(1, Phase.CLONING), a_desktop(2)]), (a_name(1),), id="of a desktop: it is released"),
    ],
)
def test_a_leftover_is_retired(memory, released):
    leftover = Retired(key=a_key(1), reason="leftover", at=NOW)

    changes = of_orders(Plan(leftovers=(leftover,)), (), memory, NOW)

    assert (changes.retired, changes.released) == ((leftover,), released)


MOVED = a_clone(2, reservation=a_reservation(2, agent_id=an_agent_id(1), proven=False), instead_of=a_name(1), avoid=("n1",))


def test_a_desktop_made_instead_of_another_supersedes_it_durably():
    before = Attempts(count=2, reason="no luck", retry_at=NOW + 5)
    memory = a_memory([a_desktop(1, Phase.RESERVED).but(attempts=before)])

    changes = of_orders(Plan(actions=(MOVED,)), (MOVED,), memory, NOW)

    assert changes.reserved == (MOVED.reservation,)
    assert changes.superseded == {a_name(1): a_name(2)}
    assert changes.attempts == {a_name(2): Attempts(avoid=("n1",)), a_name(1): replace(before, retry_at=NOW + 600)}
    assert changes.released == (), "its own clone may still come out"
    assert changes.reports == {a_name(1): None}, "whether it is ready is asked anew should it come back"


def test_nothing_is_superseded_by_an_order_that_the_gate_has_cut():
    memory = a_memory([a_desktop(1, Phase.RESERVED)])

    assert not of_orders(Plan(actions=()), (), memory, NOW)


def test_which_desktop_counts_is_kept_and_what_nothing_came_of_is_given_back():
    plan = Plan(superseded={a_name(1): None, a_name(2): a_name(1)}, given_back=(a_name(3),))

    changes = of_orders(plan, (), a_memory([a_desktop(n) for n in (1, 2, 3)]), NOW)

    assert changes == Changes(superseded={a_name(1): None, a_name(2): a_name(1)}, released=(a_name(3),))


def test_what_has_gone_wrong_is_forgotten_by_order():
    gave_up = Attempts(count=2, reason="no", gave_up=True, retry_at=NOW + 99, avoid=("n1",))
    desktops = [a_desktop(number, Phase.FAILED).but(attempts=gave_up) for number in (1, 2)]
    memory = a_memory(desktops, superseded={a_name(2): a_name(3)})

    changes = of_retries([a_name(1), a_name(2), a_name(9)], memory)

    assert changes == Changes(attempts={a_name(1): None, a_name(2): Attempts(retry_at=NOW + 99, avoid=("n1",))})


# -- why it was given up ---------------------------------------------------------------------------------------------------

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
    changes = of_log(a_name(1), lines, a_memory([a_desktop(1, Phase.FAILED).but(attempts=before)]))

    assert changes == (Changes(attempts={a_name(1): replace(before, reason=reason)}) if reason else Changes())


# -- ends ----------------------------------------------------------------------------------------------------------------

TRIED_ONCE = Attempts(count=1, reason="no luck", retry_at=NOW - 1)
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
        pytest.param(an_outcome(error="no_quorum"), TRIED_ONCE, Result.RETRY, 1, True, id="paused: nobody's fault"),
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

    assert [one.retire_vmid for one in changes.outcomes] == [retired]
    if retired:
        assert [(one.key, one.reason, one.at) for one in changes.retired] == [(a_key(), "no luck", NOW)]
        assert (changes.released, changes.attempts) == ((a_name(),), {})
    else:
        assert (changes.retired, changes.released) == ((), ())
        assert changes.attempts[a_name()].count == (before.count if before else 0) + 1


def test_a_foreign_vm_in_our_range_is_retired_and_nothing_released():
    foreign = an_outcome(1, "verify", Result.DONE, retire_vmid=True)

    changes = effects_on(a_memory(), outcomes=(foreign,))

    assert ([one.key for one in changes.retired], changes.released) == ([a_key()], ())


def test_what_came_out_is_proven():
    assert effects_on(desktop(), proven=(a_name(),)).proven == (a_name(),)


@pytest.mark.parametrize(
    ("kept", "note", "reserved", "proven", "released"),
    [
        pytest.param((), a_reservation(1), True, False, (), id="not known: taken up"),
        pytest.param(
            [a_desktop(1, Phase.UNPROVEN)], a_reservation(1, node="n2"), False, True, (), id="known, on another node: proven"
        ),
        pytest.param(
            [a_desktop(1, Phase.UNPROVEN, agent_id=AgentId("somebody"))],
            a_reservation(1),
            True,
            False,
            (a_name(1),),
            id="known with another agent: the note is right",
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
    changes = effects_on(a_memory(kept), adopted=(note,))

    assert changes.reserved == ((note,) if reserved else ())
    assert changes.proven == ((a_name(1),) if proven else ())
    assert changes.released == released


# -- reports -------------------------------------------------------------------------------------------------------------

STARTING = a_desktop(1, Phase.STARTING).but(attempts=TRIED_ONCE)


def test_a_desktop_becomes_ready_once():
    report = a_report(read_at=NOW, ready_at=NOW - 2)

    changes = effects_on(a_memory([STARTING]), report=(a_name(), report))

    (outcome,) = changes.outcomes
    assert (outcome.action, outcome.result) == ("ready", Result.DONE)
    assert (outcome.started_at, outcome.ended_at) == (STARTING.started_at, NOW - 2)
    assert (changes.reports, changes.attempts) == ({a_name(): report}, {a_name(): None})


@pytest.mark.parametrize(
    ("report", "started_at", "ended_at"),
    [
        pytest.param(a_report(read_at=NOW, ready_at=NOW + 3600), NOW - 12, NOW, id="the guest's clock is ahead"),
        pytest.param(a_report(read_at=NOW, ready_at=NOW - 3600), NOW - 3600, NOW - 3600, id="the guest's clock is behind"),
        pytest.param(a_report(read_at=NOW, ready_at=None), NOW - 12, NOW, id="it does not say when"),
    ],
)
def test_becoming_ready_is_dated_sensibly_whatever_the_guests_clock(report, started_at, ended_at):
    (outcome,) = effects_on(a_memory([STARTING]), report=(a_name(), report)).outcomes

    assert (outcome.started_at, outcome.ended_at) == (started_at, ended_at)


def test_a_desktop_adopted_while_it_runs_has_no_start_to_count_from():
    adopted = a_desktop(1, Phase.STARTING).but(started_at=None)

    (outcome,) = effects_on(a_memory([adopted]), report=(a_name(), a_report(read_at=NOW, ready_at=NOW - 2))).outcomes

    assert (outcome.started_at, outcome.ended_at) == (NOW - 2, NOW - 2)


@pytest.mark.parametrize(
    ("desktops", "report", "kept"),
    [
        pytest.param([a_desktop(1)], a_report(read_at=NOW), True, id="ready before: only its report is newer"),
        pytest.param([STARTING], a_report(logon_port_open=False), True, id="not ready yet: its report is kept"),
        pytest.param([], a_report(), False, id="released meanwhile: nothing is kept"),
    ],
)
def test_a_report_that_makes_nobody_ready(desktops, report, kept):
    changes = effects_on(a_memory(desktops), report=(a_name(), report))

    assert changes.reports == ({a_name(): report} if kept else {})
    assert (changes.outcomes, changes.attempts) == ((), {})


# -- observations ----------------------------------------------------------------------------------------------------------

OFF = a_desktop(1).guest
OFF = replace(OFF, power=Power.STOPPED)


@pytest.mark.parametrize(
    ("ready", "view", "in_flight", "void"),
    [
        pytest.param(a_desktop(1), a_view(guests=(OFF,)), nothing_in_flight(), True, id="off: its last report is void"),
        pytest.param(a_desktop(1), a_view(guests=(a_desktop(1).guest,)), nothing_in_flight(), False, id="it runs"),
        pytest.param(a_desktop(1), a_view(), nothing_in_flight(), False, id="not to be seen"),
        pytest.param(a_desktop(1), a_view(guests=(OFF,)), {a_key(): a_start()}, False, id="being started"),
        pytest.param(
            a_desktop(1),
            a_view(guests=(OFF,), taken_at=RUNNING_SINCE + 15),
            nothing_in_flight(),
            False,
            id="started so lately that the listing may be older",
        ),
        pytest.param(a_desktop(1), a_view(guests=(OFF,), cluster="lyon"), nothing_in_flight(), False, id="another cluster"),
    ],
)
def test_a_desktop_seen_off_has_no_boot(ready, view, in_flight, void):
    changes = of_views([view], a_memory([ready]), in_flight, installation=INSTALLATION)

    told = {a_name(): None} if void else {}
    assert (changes.reports, changes.started) == (told, told)


BARE = replace(OFF, tags=frozenset())


@pytest.mark.parametrize(
    ("view", "in_flight", "fresh", "void"),
    [
        pytest.param(a_view(), nothing_in_flight(), True, True, id="gone: whatever comes next under its VMID is another"),
        pytest.param(a_view(), {a_key(): a_start()}, True, True, id="gone while it was being started"),
        pytest.param(a_view(guests=(BARE,)), nothing_in_flight(), False, True, id="without our tag: perhaps another"),
        pytest.param(a_view(guests=(BARE,)), nothing_in_flight(), True, False, id="without our tag yet, proven just now"),
        pytest.param(a_view(guests=(OFF,)), nothing_in_flight(), False, False, id="with our tag"),
        pytest.param(a_view(cluster="lyon"), nothing_in_flight(), False, False, id="another cluster"),
    ],
)
def test_a_proof_is_void_once_another_vm_may_stand_there(view, in_flight, fresh, void):
    ready = replace(a_desktop(1), reservation=replace(a_desktop(1).reservation, proven=True))

    changes = of_views(
        [view],
        a_memory([ready]),
        in_flight,
        installation=INSTALLATION,
        proved={a_name(): NOW - 5} if fresh else {a_name(): NOW - 31},
    )

    assert changes.unproven == ((a_name(),) if void else ())


def test_a_boot_of_a_desktop_no_longer_kept_is_nobodys():
    memory = replace(a_memory(), started={a_name(): NOW - 100})

    assert not of_views([a_view(guests=(OFF,))], memory, nothing_in_flight(), installation=INSTALLATION)
