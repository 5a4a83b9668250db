"""A half-day's end and the sessions that are still there: whose end it is, and what a desktop is told."""

from dataclasses import replace

from provisioner.model.session_rules import HandoverRules
from tests.builders.rotation import AM, PM, RotatingSite, a_rotation, a_scenario

HANDOVER = HandoverRules(warn_minutes=(15, 5), disconnected_s=600.0)
END = AM + 2 * 3600.0


def a_site(*, handover: HandoverRules = HANDOVER, agents: int = 2, size: int = 1) -> RotatingSite:
    return RotatingSite(agents=agents, size=size, scenario=a_scenario(a_rotation(handover=handover)))


def left_s(site: RotatingSite, number: int) -> float | None:
    """Until the end of the half-day of the person's desktop, as it is judged by."""
    name = site.has(number)
    assert name is not None, "the person has no desktop"
    record = site.reconciler.records.desktops[name]
    found = site.reconciler.parts.half_day_of(record)
    return None if found is None else found.left_s


def test_the_end_is_that_of_the_half_day_that_goes_on_and_then_of_the_one_that_was():
    site = a_site()
    (first,) = site.of_slot(0)
    site.until(AM)
    site.log_on(first)
    site.until(END - 300)
    assert -60 < (left_s(site, first) or 0) - 300 <= 0

    site.until(END + 600)

    assert -660 <= (left_s(site, first) or 0) <= -600


def test_before_the_half_day_has_begun_nothing_ends():
    site = a_site()
    (first,) = site.of_slot(0)
    site.until(AM - 600)

    assert left_s(site, first) is None


def test_whose_next_half_day_is_on_the_same_day_keeps_the_desktop_over_the_pause():
    site = a_site(agents=1)
    assert site.of_slot(0) == [1] or site.of_slot(1) == [1]
    both = {key: replace(week, slots=tuple(sorted(week.slots))) for key, week in site.store.load().half_days.items()}
    slots = [slot for week in both.values() for slot in week.slots]
    site.until(slots[0].begins - site.midnight)

    alone = left_s(site, 1)

    assert alone is not None
    assert alone <= 2 * 3600.0


def test_without_rules_nothing_happens_at_the_end():
    site = a_site(handover=HandoverRules())
    (first,) = site.of_slot(0)
    site.until(AM)

    assert left_s(site, first) is None


def test_the_next_person_has_the_desktop_once_the_disconnected_session_is_gone():
    site = a_site()
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)
    name = site.log_on(first)
    site.until(END + 660)
    assert (site.has(first), site.has(second)) == (name, None)

    site.log_off(name)
    site.until(PM)

    assert site.has(second) == name
