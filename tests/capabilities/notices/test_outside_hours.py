"""A desktop that rests outside the hours was announced already."""

from provisioner.capabilities.notices.decide import desired_notices
from tests.reconciler.test_outside_hours import EVENING, MORNING, a_site, at


def test_nobody_is_told_of_another_date():
    site = a_site()
    before = desired_notices(site.status)

    assert len(before) == 2
    assert desired_notices(at(site, EVENING).status) == before
    site.clock.at = MORNING - 960
    for _ in range(20):
        site.carry_out(site.look(after=5))
        assert desired_notices(site.status) == before
