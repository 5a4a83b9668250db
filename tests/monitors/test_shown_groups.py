"""What monitoring shows of a site with two profiles, a pool and a rotation: nothing is merged that need not be (F11)."""

from typing import Any

import pytest

from provisioner.model.pools import AfterPerson, Lend
from tests.builders.cluster import OFFICE
from tests.builders.core import a_session, an_agent_id
from tests.builders.mixed_site import CAD, SHARED, a_mixed_site, lend, work
from tests.builders.monitors import a_recorder
from tests.builders.pools import DESK, pool_desktops
from tests.builders.reconciler import Site
from tests.builders.rotation import a_rotation, a_scenario
from tests.monitors.scraping import Series, scrape, value


def shown(site: Site) -> Series:
    recorder = a_recorder()
    recorder.status(site.status)
    return scrape(recorder)


def of(series: Series, metric: str, label: str) -> dict[str, float]:
    """The sums of a metric by one label."""
    found: dict[str, float] = {}
    for (name, labels), count in series.items():
        if name == f"bascule_{metric}" and label in dict(labels):
            found[dict(labels)[label]] = found.get(dict(labels)[label], 0) + count
    return found


def test_with_a_pool_each_profile_is_shown_by_itself_and_so_is_the_pool():
    """F11: any pool merged two profiles of two into `other`."""
    site = a_mixed_site()
    work(site, OFFICE, SHARED, CAD)
    series = shown(site)

    sessions = of(series, "sessions", "profile")
    assert {OFFICE: 1, SHARED: 1, CAD: 1}.items() <= sessions.items()
    assert "other" not in sessions
    assert of(series, "pool_sessions", "pool") == {DESK: 1}
    assert of(series, "pool_desktops_sessions_unknown", "pool") == {DESK: 0}


def test_a_profile_of_few_people_is_merged_with_people_and_the_pool_is_not():
    site = a_mixed_site(cad=3)
    work(site, OFFICE, SHARED, CAD)
    series = shown(site)

    assert {"other": 2, SHARED: 1}.items() <= of(series, "sessions", "profile").items()
    assert of(series, "pool_sessions", "pool") == {DESK: 1}
    assert not {OFFICE, CAD} & of(series, "sessions", "profile").keys()


@pytest.mark.parametrize(
    ("people", "pool"),
    [
        pytest.param(3, {}, id="fewer than five people: the rest of the total would be theirs"),
        pytest.param(8, {"after_person": AfterPerson.KEPT}, id="one person has a desktop of it for good"),
    ],
)
def test_a_pool_whose_number_is_about_few_people_counts_in_its_profile_as_they_do(people: int, pool: dict[str, Any]):
    site = a_mixed_site(office=people, cad=0, **pool)
    if pool:
        lend(site, 1)
    series = shown(site)

    assert of(series, "pool_sessions", "pool") == {}
    assert SHARED not in of(series, "sessions", "profile")


def half_days(people: int, **changed: Any) -> Site:
    """Everybody comes to the pool for one half-day of two."""
    who = a_rotation(**changed)
    return a_mixed_site(office=people, scenario=a_scenario(who), lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART, size=6)


def test_a_pool_of_half_days_is_about_the_people_of_one_half_day():
    """Of eight four come at a time, and of twelve six."""
    assert of(shown(half_days(2)), "pool_sessions", "pool") == {}
    assert of(shown(half_days(6)), "pool_sessions", "pool") == {DESK: 0}


def test_what_is_planned_is_of_the_people_who_are_wanted_and_become_ready():
    """F11: 'ready 600, planned 630' never met: thirty desktops were a pool's."""
    site = a_mixed_site()
    series = shown(site)
    names = ("planned", "wanted", "wanted_ready")

    assert len(pool_desktops(site)) == 3
    assert [sum(of(series, f"desktops_{name}", "wave").values()) for name in names] == [12, 12, 12]
    assert value(series, "pool_size", pool=DESK) == 3


def test_lendable_is_what_the_next_person_gets_and_not_what_is_only_on():
    """F11: 27 of 45 were refused beside '9 ready'."""
    site = a_mixed_site()
    first, second, _ = pool_desktops(site)
    site.cluster.sessions[first.reservation.vmid] = (a_session("somebody"),)
    site.clock.at += 1800.0
    site.settle(cycles=10)
    lend(site, 1)
    series = shown(site)

    assert second.reservation.name == site.reconciler.records.leased[an_agent_id(1)]
    assert [value(series, "pool_desktops", pool=DESK, state=state) for state in ("ready", "lent")] == [2, 1]
    assert value(series, "pool_lendable_desktops", pool=DESK) == 1


def test_a_number_of_sessions_has_its_band_and_what_is_unknown_does_not_make_it_older():
    """F13: of how many desktops it is, of how many not, and how old the oldest reading is of those that are counted."""
    site = a_mixed_site()
    site.cluster.online["n1"] = False
    site.clock.at += 1000.0
    site.settle(cycles=2)
    series, states, records = shown(site), site.status.desktops, site.reconciler.records.desktops
    read = {name: record.report.read_at for name, record in records.items() if record.report is not None}
    counted = [read[name] for name, state in states.items() if state.counted]
    known, unknown = (sum(of(series, f"desktops_sessions_{word}", "profile").values()) for word in ("known", "unknown"))

    assert (known, unknown) == (len(counted), sum(state.sessions is None for state in states.values()))
    assert min(known, unknown) > 0
    assert value(series, "sessions_oldest_reading_timestamp_seconds") == min(counted) > min(read.values())


def test_sessions_that_nobody_knows_of_any_more_are_not_said_to_have_ended():
    """F12: 744 were 160. Of a lost node's desktops it is not known whether people work on; of one that is off it is."""
    site = a_mixed_site()
    work(site, OFFICE, CAD)
    at_work = [state for state in site.status.desktops.values() if state.sessions]
    lost = at_work[0].node
    on_it = sum(state.node == lost for state in at_work)
    site.cluster.online[lost] = False
    site.look(after=5)
    away = shown(site)
    site.cluster.online[lost] = True
    for state in at_work:
        site.cluster.power_off(state.reservation.vmid)
    site.look(after=5)
    off = shown(site)

    assert (len(at_work), on_it > 0) == (2, True)
    assert sum(of(away, "sessions", "profile").values()) == 2 - on_it
    assert [value(series, "sessions_last_known") for series in (away, off)] == [on_it, 0]
    assert sum(of(off, "sessions", "profile").values()) == 0
