"""A pool that follows its people: what is decided is ordered, or shown, and nobody is cut off."""

from dataclasses import replace

import pytest

from provisioner.errors import GuestUnknown
from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, PoolAutoscale, Spare, Warmth
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.words import JournalWord
from tests.builders.arrivals import CALENDAR
from tests.builders.core import a_session
from tests.builders.pools import DESK, a_desk, phases_of, pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_lending import give_back, lend
from tests.reconciler.test_pools import calm

pytestmark = pytest.mark.long

ON, SHADOW = AutoscaleMode.ON, AutoscaleMode.SHADOW


def autoscale(mode=ON, **rules):
    return PoolAutoscale(mode=mode, rules=AutoscaleRules(**{"max": 6, "spare": Spare(count=1), **rules}), calendar=CALENDAR)


def a_site(mode=ON, *, agents=6, size=1, **rules):
    site = Site(agents=agents, config=with_desk(size=size, autoscale=autoscale(mode, **rules)))
    site.come_to_rest()
    calm(site, cycles=20)
    return site


def state_of(site):
    return site.status.autoscale[DESK]


def test_as_many_are_made_and_on_as_the_rules_say():
    assert sorted(phases_of(a_site(min=3, spare=Spare(count=2)))) == ["ready", "ready", "stopped"]


def test_with_each_person_another_is_made_ready_up_to_the_most():
    site = a_site(max=3)
    for number in (1, 2, 3, 4):
        lend(site, number)
        calm(site, cycles=30)

    assert len(pool_desktops(site)) == 3
    assert phases_of(site) == ["ready"] * 3
    assert state_of(site).decision.because[0].code == "autoscale_at_most"
    assert (state_of(site).came, state_of(site).waited) == (4, 1)


def test_several_are_started_in_one_cycle():
    site = a_site(min=5, spare=Spare(count=1))
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(min=5, spare=Spare(count=4)))})
    site.reconciler.follow(site.config)
    site.look()

    assert len(state_of(site).decision.start) == 3


def test_what_nobody_needs_any_more_is_shut_down_and_kept():
    site = a_site(min=3, spare=Spare(count=3))
    assert phases_of(site) == ["ready"] * 3
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(min=3, spare=Spare(count=1)))})
    site.reconciler.follow(site.config)
    site.clock.at += 3600  # what was wanted lately is kept for some minutes
    calm(site, cycles=80)

    assert sorted(phases_of(site)) == ["ready", "stopped", "stopped"]


def answers_nothing(site, vmid):
    """The desktop's guest agent is silent from now on."""
    report = site.cluster.report

    def ask(of, at):
        if of == vmid:
            raise GuestUnknown("no agent")
        return report(of, at)

    site.cluster.report = ask


@pytest.mark.parametrize("sessions", [(a_session("zoe"),), None])
def test_a_session_or_an_unknown_is_never_shut_down(sessions):
    site = a_site(min=2, spare=Spare(count=2))
    used, _ = pool_desktops(site)
    if sessions is None:
        answers_nothing(site, used.reservation.vmid)
        site.clock.at += 7200
    else:
        site.cluster.sessions[used.reservation.vmid] = sessions
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(min=2, spare=Spare(count=0)))})
    site.reconciler.follow(site.config)
    site.clock.at += 3600
    calm(site, cycles=80)

    assert site.phases[used.reservation.name].value in ("ready", "unknown")


def test_one_that_was_to_go_is_pardoned_before_another_is_started():
    site = a_site(min=4, spare=Spare(count=3))
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(min=4, spare=Spare(count=1)))})
    site.reconciler.follow(site.config)
    site.reconciler.obey(Intent(kind=IntentKind.HOLD, by="zoe", at=site.clock.at))  # so that none is off yet
    site.clock.at += 3600
    calm(site, cycles=40)
    assert state_of(site).decision.counts.draining == 2
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(min=4, spare=Spare(count=3)))})
    site.reconciler.follow(site.config)
    site.look()

    decision = state_of(site).decision
    assert len(decision.pardon) == 2
    assert not decision.start
    assert not decision.make


def test_in_shadow_the_same_is_decided_and_nothing_is_ordered():
    site = a_site(SHADOW, size=2, min=4, spare=Spare(count=3))
    state = state_of(site)

    assert phases_of(site) == ["ready"] * 2
    assert (state.mode, state.decision.make, state.differences) == (SHADOW, 2, {"made": 2})
    assert not [line for line in site.store.journal() if line.what == JournalWord.AUTOSCALE]


def test_off_is_off():
    site = a_site(AutoscaleMode.OFF, size=2, min=4)

    assert site.status.autoscale == {}
    assert phases_of(site) == ["ready"] * 2


def test_warm_stopped_means_a_boot_for_everybody():
    assert phases_of(a_site(min=2, warm=Warmth.STOPPED)) == ["stopped"] * 2


def test_what_was_ordered_is_in_the_journal_with_its_reason():
    site = a_site(min=2)
    site.clock.at += 61
    calm(site, cycles=2)
    said = [line for line in site.store.journal() if line.what == JournalWord.AUTOSCALE]

    assert {(line.subject, line.reason.code) for line in said} == {("desk", "autoscale_steps")}
    assert sum(line.reason.arguments["made"] for line in said) == 2
    assert sum(line.reason.arguments["started"] for line in said) == 1


def test_arrivals_survive_a_restart_as_counts_without_names():
    site = a_site(max=6)
    for number in (1, 2, 3):
        lend(site, number)
    site.look()
    site.restart()
    site.settle()

    (kept,) = site.store.arrivals()
    assert (kept.pool, kept.quarter.count) == (DESK, 3)
    assert state_of(site).came_lately == 3
    assert "login0001" not in repr(kept)


def test_whoever_asks_right_after_a_restart_is_answered():
    """A restarted daemon has decided nothing yet in its first cycle."""
    site = a_site()
    lend(site, 1)
    site.restart()
    site.look()

    assert lend(site, 1).existing


def test_who_is_refused_and_asks_again_has_come_once():
    site = a_site(max=1)
    lend(site, 1)
    for _ in range(3):
        assert lend(site, 2).refused.code == "lend_none_free"
    give_back(site, 1)
    calm(site, cycles=80)
    assert lend(site, 2).desktop

    site.look()
    assert (state_of(site).came, state_of(site).waited) == (2, 1)


def test_a_switch_from_shadow_to_on_and_back_is_one_word():
    site = a_site(SHADOW, size=1, min=3)
    assert len(pool_desktops(site)) == 1
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(ON, min=3))})
    site.reconciler.follow(site.config)
    calm(site, cycles=40)
    assert len(pool_desktops(site)) == 3

    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(SHADOW, min=3))})
    site.reconciler.follow(site.config)
    calm(site, cycles=40)
    assert phases_of(site) == ["ready", "stopped", "stopped"]
