"""The order of deadlines changes the turn of people, and nothing else of what is wanted."""

from dataclasses import replace

from provisioner.planning.demand.deadline_order import by_deadline
from tests.builders.core import a_demand, a_want, a_want_ahead


def test_what_is_due_first_comes_first_and_who_has_no_deadline_after_all_of_these():
    important = replace(a_want(1), rank=(0, 900.0, "a"), due_at=900.0, begins_at=0.0)
    urgent = replace(a_want(2), rank=(1, 300.0, "b"), due_at=300.0, begins_at=0.0)
    early = replace(a_want(3), rank=(0, 50.0, "c"))
    ahead = replace(a_want_ahead(4), rank=(2, 600.0, "d"), due_at=600.0, begins_at=0.0)
    demand = a_demand([important, urgent, early], ahead=[ahead])

    found = by_deadline(demand)

    ranked = sorted((*found.wants.values(), *found.ahead.values()), key=lambda want: want.rank)
    assert [want.login for want in ranked] == [urgent.login, ahead.login, important.login, early.login]
    assert [want.opens_at for want in ranked] == [0.0, 0.0, 0.0, 50.0]
    assert {replace(want, rank=(0, 0.0, "")) for want in found.wants.values()} == {
        replace(want, rank=(0, 0.0, "")) for want in demand.wants.values()
    }
