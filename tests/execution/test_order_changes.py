"""What commands change in the store before they are sent."""

from dataclasses import replace

import pytest

from provisioner.execution.order_changes import order_changes, retry_changes
from provisioner.model.actions import Plan, Result, Retired
from provisioner.model.departures import Departure
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.ports import Changes
from tests.builders.actions import (
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
)
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_memory, a_report
from tests.builders.records import a_step, changes_by_part

NEW = a_reservation(1, proven=False)


def ordered(plan, orders, records):
    return changes_by_part(order_changes(plan, orders, records, NOW), records.desktops)


def test_a_new_desktop_is_reserved_before_its_clone_is_sent():
    clone = a_clone(1, reservation=NEW)

    assert order_changes(Plan(actions=(clone,)), (clone,), a_memory(), NOW) == a_step(reserved=(NEW,))


def test_a_clone_ordered_again_is_reserved_already():
    clone = a_clone(1, reservation=NEW)
    records = a_memory([a_desktop(1, Phase.RESERVED)])

    assert not order_changes(Plan(actions=(clone,)), (clone,), records, NOW)


def test_a_start_dates_the_boot_and_voids_what_the_last_one_reported():
    start = a_start(1)

    changes = ordered(Plan(actions=(start,)), (start,), a_memory([a_desktop(1)]))

    assert (changes.started, changes.reports) == ({a_name(): NOW}, {a_name(): None})


def test_an_assignment_is_done_once_kept():
    plan = Plan(actions=(an_assignment(1), a_check(1)))

    records = a_memory([a_desktop(1).but(assigned=False)])

    after = a_step(records.desktops, assignments={a_name(): an_agent_id()})
    assert order_changes(plan, (a_check(1),), records, NOW) == after


def test_a_delete_is_counted_before_it_is_sent_and_only_where_it_is():
    delete, cut = a_delete(1), a_delete(2)

    changes = order_changes(Plan(actions=(delete,)), (delete,), a_memory([a_desktop(1), a_desktop(2)]), NOW)

    assert changes == Changes(deletions={(a_name(1), delete.reservation.reserved_at): NOW})
    assert cut.desktop not in {name for name, _ in changes.deletions}


def test_a_release_takes_the_desktop_from_its_agent_dates_it_and_is_journalled():
    kept = Departure(since=NOW - 99)
    changes = ordered(Plan(actions=(a_release(1),)), (), a_memory([a_desktop(1).but(departure=kept)]))

    assert changes.assignments == {a_name(): None}
    assert changes.departures == {a_name(): Departure(since=NOW - 99, recycled_at=NOW)}
    assert [(outcome.action, outcome.result, outcome.reason) for outcome in changes.outcomes] == [
        ("release", Result.DONE, "a test")
    ]


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
    changes = ordered(plan, (), a_memory([a_desktop(1).but(departure=kept)]))

    assert changes.departures == plan.departures
    assert [outcome.action for outcome in changes.outcomes] == said


@pytest.mark.parametrize(
    ("records", "released"),
    [
        pytest.param(a_memory(), (), id="of nobody we know"),
        pytest.param(a_memory([a_desktop(1, Phase.CLONING), a_desktop(2)]), (a_name(1),), id="of a desktop: it is released"),
    ],
)
def test_a_leftover_is_retired(records, released):
    leftover = Retired(key=a_key(1), reason="leftover", at=NOW)

    changes = ordered(Plan(leftovers=(leftover,)), (), records)

    assert (changes.retired, changes.released) == ((leftover,), released)


MOVED = a_clone(2, reservation=a_reservation(2, agent_id=an_agent_id(1), proven=False), instead_of=a_name(1), avoid=("n1",))


def test_a_desktop_made_instead_of_another_supersedes_it_durably():
    before = Attempts(count=2, reason="no luck", retry_at=NOW + 5)
    records = a_memory([a_desktop(1, Phase.RESERVED).but(attempts=before, report=a_report())])

    changes = ordered(Plan(actions=(MOVED,)), (MOVED,), records)

    assert changes.reserved == (MOVED.reservation,)
    assert changes.superseded == {a_name(1): a_name(2)}
    assert changes.attempts == {a_name(2): Attempts(avoid=("n1",)), a_name(1): replace(before, retry_at=NOW + 600)}
    assert changes.released == (), "its own clone may still come out"
    assert changes.reports == {a_name(1): None}, "whether it is ready is asked anew should it come back"


def test_nothing_is_superseded_by_an_order_that_the_gate_has_cut():
    records = a_memory([a_desktop(1, Phase.RESERVED)])

    assert not order_changes(Plan(actions=()), (), records, NOW)


def test_which_desktop_counts_is_kept_and_what_nothing_came_of_is_given_back():
    plan = Plan(superseded={a_name(1): None, a_name(2): a_name(1)}, given_back=(a_name(3),))

    records = a_memory([a_desktop(n) for n in (1, 2, 3, 4)], superseded={a_name(1): a_name(2), a_name(4): a_name(3)})
    changes = ordered(plan, (), records)

    assert changes.released == (a_name(3),)
    assert changes.superseded == {a_name(1): None, a_name(2): a_name(1), a_name(4): None}, "so does whom it had superseded"


def test_what_has_gone_wrong_is_forgotten_by_order():
    gave_up = Attempts(count=2, reason="no", gave_up=True, retry_at=NOW + 99, avoid=("n1",))
    desktops = [a_desktop(number, Phase.FAILED).but(attempts=gave_up) for number in (1, 2)]
    records = a_memory(desktops, superseded={a_name(2): a_name(3)})

    changes = retry_changes([a_name(1), a_name(2), a_name(9)], records)

    after = {a_name(1): None, a_name(2): Attempts(retry_at=NOW + 99, avoid=("n1",))}
    assert changes == a_step(records.desktops, attempts=after)
