"""Desktops of a pool are lent to one person after the other, and to nobody while anything of the last person is left."""

from dataclasses import replace

import pytest

from provisioner.model.actions import CheckGuest
from provisioner.model.lending import GiveBackOrder, LeaseState, LendOrder
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.pools import AfterPerson, ResetRules
from provisioner.model.scenario.calendars import DailyHours
from provisioner.model.words import GuestWord, JournalWord
from provisioner.ports import Changes
from tests.builders.core import a_session
from tests.builders.pools import DESK, a_desk, pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_pools import calm
from tests.reconciler.test_rebuild import accept, lose_the_store


def a_site(agents=3, **pool):
    site = Site(agents=agents, config=with_desk(**pool))
    site.settle()
    return site


def lend(site, number=1, **changed):
    order = {"who": f"login{number:04}", "by": "zoe", "at": site.clock.at, **changed}
    return site.reconciler.lend(LendOrder(**order))


def give_back(site, number=1):
    return site.reconciler.lend(GiveBackOrder(who=f"login{number:04}", by="zoe", at=site.clock.at))


def leases(site):
    """The state of each lease, by desktop."""
    records = site.store.load().desktops
    return {name: record.lease.state for name, record in sorted(records.items()) if record.lease is not None}


def lines(site):
    words = {JournalWord.LEND, JournalWord.GIVE_BACK, JournalWord.RESET}
    return [(line.what, line.subject) for line in site.store.journal() if line.what in words][::-1]


def test_a_ready_one_is_lent_at_once_and_the_same_again_to_the_same_person():
    site = a_site(size=2)
    first, again, other = lend(site), lend(site), lend(site, 2)

    assert (first.login, first.ready, first.existing, first.refused) == ("login0001", True, False, "")
    assert again == replace(first, existing=True)
    assert other.desktop not in (None, first.desktop)
    assert leases(site) == {first.desktop: LeaseState.LENT, other.desktop: LeaseState.LENT}
    assert lines(site) == [("lend", first.desktop), ("lend", other.desktop)]


@pytest.mark.long
def test_the_person_whom_it_is_lent_to_is_no_stranger_there():
    site = a_site(size=1)
    vmid = pool_desktops(site)[0].reservation.vmid
    name = lend(site).desktop
    site.cluster.sessions[vmid] = (a_session("login0001"),)
    calm(site, cycles=80)
    state = site.reconciler.status.desktops[name]
    logins = [session.login for session in state.sessions]
    assert (state.agent_login, logins, state.strangers) == ("login0001", ["login0001"], ())

    site.cluster.sessions[vmid] = (a_session("login0002"),)
    site.clock.at += 1000
    calm(site)
    assert [session.login for session in site.reconciler.status.desktops[name].strangers] == ["login0002"]


@pytest.mark.long
def test_a_free_one_has_nobodys_login():
    site = a_site(size=1, after_person=AfterPerson.RESTART)
    assert pool_desktops(site)[0].agent_login == ""
    lend(site)
    calm(site)
    assert pool_desktops(site)[0].agent_login == "login0001"
    give_back(site)
    calm(site)
    assert pool_desktops(site)[0].agent_login == ""


@pytest.mark.long
def test_without_a_ready_one_the_person_gets_the_soonest_and_it_is_booted():
    site = a_site(size=2, spare=0)
    answer = lend(site)
    assert (answer.ready, answer.expected_s) == (False, 40.0)  # as boots have taken

    calm(site)
    assert [state.phase for state in pool_desktops(site)] == [Phase.READY, Phase.STOPPED]
    assert lend(site).ready


def test_when_none_is_free_it_is_said_why_and_when_there_may_be_one():
    site = a_site(size=1)
    lend(site)
    refused = lend(site, 2)

    assert (refused.refused.code, refused.for_now, refused.expected_s) == ("lend_none_free", True, 900.0)
    assert refused.refused == "no desktop of pool desk is free: 1 are lent, 0 are being reset"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"who": "nobody"}, "unknown_agent"),
        ({"pool": "other"}, "lend_no_such_pool"),
    ],
)
def test_what_can_never_be_is_refused_for_good(changed, code):
    refused = lend(a_site(size=1), **changed)

    assert (refused.refused.code, refused.for_now, refused.desktop) == (code, False, None)


def test_without_a_pool_it_says_so():
    site = Site(agents=1)
    site.settle()
    assert lend(site).refused.code == "lend_no_pools"


def test_after_a_restart_the_next_person_gets_it_once_it_was_off():
    site = a_site(size=1, after_person=AfterPerson.RESTART)
    name = lend(site).desktop
    assert give_back(site).desktop == name
    assert lend(site, 2).refused.code == "lend_none_free"

    calm(site)
    assert leases(site) == {}
    assert lend(site, 2).desktop == name
    assert lines(site) == [("lend", name), ("give_back", name), ("reset", name), ("lend", name)]


@pytest.mark.long
def test_it_is_made_anew_without_counting_for_the_limit_of_deletes():
    site = a_site(size=1)
    assert site.config.safety.max_deletes == 0
    name = lend(site).desktop
    before = site.store.load().desktops[name].reservation
    give_back(site)
    calm(site, cycles=80)

    (state,) = pool_desktops(site)
    assert state.phase is Phase.READY
    assert state.reservation.reserved_at > before.reserved_at
    assert leases(site) == {}
    assert site.store.load().deletions == {}


@pytest.mark.long
def test_it_is_made_anew_only_in_the_pool_s_hours():
    """The clock of these tests stands at noon, UTC, give or take an hour."""
    minute = int(Site().clock.at % 86_400 // 60)
    later = DailyHours(begins=(minute + 300) % 1440, ends=(minute + 360) % 1440, zone="UTC")
    site = a_site(size=1, resets=ResetRules(hours=later))
    name = lend(site).desktop
    give_back(site)
    calm(site)

    assert site.phases[name] is Phase.STOPPED
    assert later.words in site.reasons[name]
    site.clock.at += 290 * 60
    calm(site, cycles=80)
    assert leases(site) == {}


def test_a_kept_one_is_for_the_same_person_alone():
    site = a_site(size=1, after_person=AfterPerson.KEPT)
    name = lend(site).desktop
    give_back(site)
    calm(site)

    assert leases(site) == {name: LeaseState.KEPT}
    assert lend(site, 2).refused.code == "lend_none_free"
    assert lend(site).desktop == name
    assert leases(site) == {name: LeaseState.LENT}


@pytest.mark.long
def test_with_somebody_logged_on_it_is_neither_lent_nor_reset():
    site = a_site(size=1, after_person=AfterPerson.RESTART)
    (state,) = pool_desktops(site)
    site.cluster.sessions[state.reservation.vmid] = (a_session("login0003"),)
    site.clock.at += 1000
    calm(site)
    assert lend(site, 1).refused.code == "lend_none_free"

    site.cluster.sessions.clear()
    site.clock.at += 1000
    calm(site)
    lend(site, 1)
    site.cluster.sessions[state.reservation.vmid] = (a_session("login0001"),)
    give_back(site)
    calm(site)
    assert site.phases[state.reservation.name] is Phase.READY
    assert leases(site) == {state.reservation.name: LeaseState.TO_RESET}


def test_what_is_to_be_reset_is_read_at_once_although_its_routine_reading_is_due_too():
    """A routine one makes nobody look at the cluster soon: where looks are rarer than readings it was never reset."""
    site = a_site(size=1, after_person=AfterPerson.RESTART)
    name = lend(site).desktop
    give_back(site)
    site.clock.at += 3600
    (reading,) = [action for action in site.look() if isinstance(action, CheckGuest) and action.desktop == name]

    assert leases(site) == {name: LeaseState.TO_RESET}
    assert not reading.is_routine


def test_unknown_sessions_are_never_none():
    site = a_site(size=1)
    site.clock.at += 7200  # no reading for longer than any is worth
    assert lend(site).refused.code == "lend_none_free"


@pytest.mark.long
def test_who_never_comes_loses_it_and_who_is_there_does_not():
    site = a_site(size=2, unused_after_s=600.0)
    gone, there = lend(site, 1).desktop, lend(site, 2).desktop
    vmid = site.store.load().desktops[there].reservation.vmid
    site.cluster.sessions[vmid] = (a_session("login0002"),)
    for _ in range(12):
        site.clock.at += 600
        calm(site, cycles=3)

    assert leases(site).get(there) is LeaseState.LENT
    assert leases(site).get(gone) is not LeaseState.LENT


@pytest.mark.long
def test_a_lost_store_lends_nothing_before_everything_was_reset():
    site = a_site(size=2, after_person=AfterPerson.RESTART)
    lend(site)
    lose_the_store(site)
    site.carry_out(site.look())
    site.settle()
    assert set(leases(site).values()) == {LeaseState.TO_RESET}
    assert lend(site, 2).refused.code == "lend_none_free"

    accept(site)
    calm(site, cycles=80)
    assert leases(site) == {}
    assert lend(site, 2).ready


def test_a_restart_of_the_daemon_changes_nothing():
    site = a_site(size=1)
    first = lend(site)
    site.restart()
    assert lend(site).refused.code == "api_no_cycle_yet"
    site.settle()

    assert lend(site) == replace(first, existing=True)
    assert lend(site, 2).refused.code == "lend_none_free"


def test_an_order_that_was_carried_out_and_given_back_is_not_carried_out_again():
    site = a_site(size=2)
    name = lend(site, key="k1").desktop
    give_back(site)

    assert lend(site, key="k1").refused.code == "lend_key_over"
    assert lend(site, key="k2").desktop not in (None, name)


def test_giving_back_twice_is_giving_back_once():
    site = a_site(size=1)
    lend(site)
    give_back(site)
    assert (give_back(site).desktop, give_back(site).refused) == (None, "")


@pytest.mark.long
def test_who_has_one_of_another_pool_is_told():
    site = a_site(size=1)
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1), "other": a_desk(1, name="other")})
    site.reconciler.follow(site.config)
    site.settle()
    lend(site, pool=DESK)

    assert lend(site, pool="other").refused.code == "lend_of_other_pool"


def test_the_status_counts_each_desktop_once():
    site = a_site(size=3, spare=1, after_person=AfterPerson.RESTART)
    lend(site, 1)
    lend(site, 2)
    site.look()

    (pool,) = site.status.pools
    assert (pool.lent, pool.waiting, pool.made) == (1, 1, 3)
    assert pool.ready + pool.off + pool.coming == 1


def test_a_desktop_in_quarantine_is_no_longer_that_person_s():
    from provisioner.model.intents import Intent, IntentKind

    site = a_site(size=2)
    name = lend(site).desktop
    site.reconciler.obey(Intent(kind=IntentKind.QUARANTINE, by="zoe", at=site.clock.at, target=name, reason="broken"))
    site.settle(cycles=2)
    other = lend(site)

    assert other.desktop not in (None, name)
    assert leases(site)[name] is LeaseState.TO_RESET


def test_one_that_is_kept_for_its_person_waits_in_quarantine_and_they_are_told():
    """It ended with ReservationConflict, and no answer. A second one would not be theirs, and this may have the only copy."""
    from provisioner.model.intents import Intent, IntentKind

    site = a_site(size=2, after_person=AfterPerson.KEPT)
    name = lend(site).desktop
    site.reconciler.obey(Intent(kind=IntentKind.QUARANTINE, by="zoe", at=site.clock.at, target=name, reason="broken"))
    site.settle(cycles=2)
    for _ in range(2):
        answer = lend(site)
        assert (answer.desktop, answer.refused.code, answer.for_now) == (None, "lend_kept_out_of_use", False)
        assert "out of use: in quarantine, by zoe (broken)" in str(answer.refused)
        assert leases(site) == {name: LeaseState.LENT}
        site.look()


def test_one_that_is_kept_for_its_person_and_hangs_may_be_there_again_soon():
    site = a_site(size=2, after_person=AfterPerson.KEPT)
    name = lend(site).desktop
    cache = site.reconciler.parts.cache
    hangs = Unheard(word=GuestWord.HANGS, text="x", silent=True, since=site.clock.at)
    cache.commit(Changes(desktops={name: replace(cache.state.desktops[name], unheard=hangs)}))
    site.look()
    answer = lend(site)

    assert (answer.desktop, answer.refused.code, answer.for_now) == (None, "lend_kept_out_of_use", True)


def at_night(site, *, begins_in, ends_in):
    """Hours of resets, in minutes from now."""
    minute = int(site.clock.at % 86_400 // 60)
    return ResetRules(
        at_once=1, hours=DailyHours(begins=(minute + begins_in) % 1440, ends=(minute + ends_in) % 1440, zone="UTC")
    )


@pytest.mark.long
def test_by_day_it_is_restarted_and_what_was_used_is_made_anew_overnight_some_at_a_time():
    resets = at_night(Site(), begins_in=300, ends_in=600)
    site = a_site(size=3, after_person=AfterPerson.OVERNIGHT, resets=resets)
    made = {state.reservation.name: state.reservation.reserved_at for state in pool_desktops(site)}
    used = {lend(site, number).desktop for number in (1, 2)}
    for number in (1, 2):
        give_back(site, number)
    calm(site)
    assert leases(site) == {}
    assert {name for name, record in site.store.load().desktops.items() if record.used} == used
    assert {state.reservation.reserved_at for state in pool_desktops(site)} == set(made.values())

    site.clock.at += 310 * 60
    site.restart()
    most = 0
    for _ in range(300):
        calm(site, cycles=1)
        most = max(most, list(leases(site).values()).count(LeaseState.TO_RESET))
    after = {state.reservation.name: state.reservation.reserved_at for state in pool_desktops(site)}

    assert most == 1
    assert len(after) == 3
    assert sum(at not in made.values() for at in after.values()) == 2
    assert not any(record.used for record in site.store.load().desktops.values())
    assert leases(site) == {}


@pytest.mark.long
def test_a_desktop_on_which_somebody_is_logged_on_at_night_is_left_alone():
    resets = at_night(Site(), begins_in=300, ends_in=600)
    site = a_site(size=1, after_person=AfterPerson.OVERNIGHT, resets=resets)
    name = lend(site).desktop
    give_back(site)
    calm(site)
    site.cluster.sessions[site.store.load().desktops[name].reservation.vmid] = (a_session("login0002"),)

    site.clock.at += 310 * 60
    calm(site, cycles=40)

    record = site.store.load().desktops[name]
    assert (record.lease, record.used) == (None, True)
    assert site.phases[name] is Phase.READY


@pytest.mark.parametrize(("minutes", "expected"), [(0, AfterPerson.RESTART), (310, AfterPerson.REBUILD)])
def test_what_becomes_of_it_depends_on_the_hour_it_is_given_back(minutes, expected):
    at = Site().clock.at
    pool = a_desk(1, after_person=AfterPerson.OVERNIGHT, resets=at_night(Site(), begins_in=300, ends_in=600))

    assert pool.after(at + minutes * 60) is expected


@pytest.mark.long
def test_given_back_at_night_nobody_else_gets_it_before_it_is_made_anew():
    resets = at_night(Site(), begins_in=-10, ends_in=300)
    site = a_site(size=2, after_person=AfterPerson.OVERNIGHT, resets=resets)  # of two, one waits for its deletion
    names = [lend(site, number).desktop for number in (1, 2)]
    before = {site.store.load().desktops[name].reservation.reserved_at for name in names}
    for number in (1, 2):
        give_back(site, number)
    for _ in range(80):
        calm(site, cycles=1)
        answer = lend(site, 3)
        if not answer.refused:
            break

    assert answer.desktop is not None
    assert site.store.load().desktops[answer.desktop].reservation.reserved_at not in before
