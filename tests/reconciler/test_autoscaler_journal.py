"""F16: the journal says what autoscale has done, not what it has wanted again and again."""

from dataclasses import replace

import pytest

from provisioner.model.autoscale import Spare
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.pools import AfterPerson
from provisioner.model.words import JournalWord
from tests.builders.arrivals import CALENDAR
from tests.builders.pools import DESK, a_desk, phases_of, pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_autoscaler import a_site, autoscale, state_of
from tests.reconciler.test_lending import give_back, lend
from tests.reconciler.test_pools import calm

WORDS = ("pardoned", "started", "drained", "made")


def said(site) -> dict[str, int]:
    """All lines added up, the newest one written."""
    site.clock.at += 61
    calm(site, cycles=2)
    lines = [line.reason.arguments for line in site.store.journal() if line.what == JournalWord.AUTOSCALE]
    return {word: sum(int(line[word]) for line in lines) for word in WORDS}


def wants(site, **rules) -> None:
    """Somebody edits the rules."""
    site.config = replace(site.config, desktop_pools={DESK: a_desk(1, autoscale=autoscale(**rules))})
    site.reconciler.follow(site.config)


def test_what_was_made_and_started_is_counted_once():
    site = a_site(min=3, spare=Spare(count=2))

    assert said(site) == {"pardoned": 0, "started": 2, "drained": 0, "made": 3}


@pytest.mark.long
def test_a_desktop_that_is_made_anew_after_its_person_is_not_made_to_follow_people():
    """Each person had it "made" again: 60 were said where 3 were."""
    config = with_desk(size=1, after_person=AfterPerson.REBUILD, autoscale=autoscale(min=2, spare=Spare(count=1)))
    site = Site(agents=6, config=config)
    site.come_to_rest()
    calm(site, cycles=20)
    before = said(site)
    for _ in range(3):
        lend(site, 1)
        calm(site, cycles=10)
        give_back(site, 1)
        calm(site, cycles=40)

    assert len(pool_desktops(site)) == 2
    assert said(site)["made"] == before["made"] == 2


def test_what_is_held_back_is_not_shut_down():
    """22 were said to be shut down where an order held them: they ran all the time."""
    site = a_site(min=4, spare=Spare(count=3))
    site.reconciler.obey(Intent(kind=IntentKind.HOLD, by="zoe", at=site.clock.at))
    wants(site, min=4, spare=Spare(count=1))
    site.clock.at += 3600
    calm(site, cycles=40)
    assert state_of(site).decision.counts.draining == 2

    assert said(site)["drained"] == 0
    assert phases_of(site).count("ready") == 3


@pytest.mark.long
def test_what_was_shut_down_is_counted_once_it_is_off():
    site = a_site(min=3, spare=Spare(count=3))
    before = said(site)
    wants(site, min=3, spare=Spare(count=1))
    site.clock.at += 3600
    calm(site, cycles=80)
    assert sorted(phases_of(site)) == ["ready", "stopped", "stopped"]

    assert said(site)["drained"] - before["drained"] == 2


def test_one_that_was_to_go_and_is_kept_is_counted_once():
    site = a_site(min=4, spare=Spare(count=3))
    site.reconciler.obey(Intent(kind=IntentKind.HOLD, by="zoe", at=site.clock.at))
    wants(site, min=4, spare=Spare(count=1))
    site.clock.at += 3600
    calm(site, cycles=40)
    wants(site, min=4, spare=Spare(count=3))
    calm(site, cycles=10)

    assert said(site)["pardoned"] == 2
    assert said(site)["drained"] == 0


def test_the_day_that_goes_on_is_none_that_was_learned_from():
    """It said "learned from 1 days" after two hours: only earlier days of the same kind are learned from."""
    site = a_site(max=6)
    for number in (1, 2, 3):
        lend(site, number)
    site.clock.at += 7200
    calm(site, cycles=2)
    assert CALENDAR.date_of(site.clock.at) == CALENDAR.date_of(site.clock.at - 7200)
    assert state_of(site).learned_days == 0

    site.clock.at += 86400
    calm(site, cycles=2)
    assert state_of(site).learned_days == 1
