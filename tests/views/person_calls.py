"""Calls to a help desk: each a site in a state, made by the daemon's own core; and whom the caller is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from provisioner.errors import DirectoryUnavailable, Refused, Unseen
from provisioner.model.ids import WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import GiveBackOrder, LendOrder
from provisioner.model.people.agents import AccountStatus, Rejected
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.pools import AfterPerson
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel, Scenario, Wave
from provisioner.reasons.directory import LOGIN_MISSING, NEWCOMER_LOGIN_TAKEN
from tests.builders.cluster import NOW, OFFICE, a_profile, some_addresses
from tests.builders.core import a_config, a_naming, a_roster, a_session, an_agent
from tests.builders.person import go_on
from tests.builders.pools import with_desk
from tests.builders.reconciler import Cluster, Site, ready_since_long
from tests.builders.rotation import AM, RotatingSite

NOBODY_WAITS = Scenario(name="nobody", waves=())
PARIS = Calendar(zone="Europe/Paris", working_days=frozenset(range(5)), half_days=(HalfDay(name="day", begins=480, ends=1080),))
ME = frozenset({"login0001"})


def addressed(agents: int = 2) -> Site:
    return ready_since_long(agents, config=a_config(a_profile(addressing=some_addresses())))


def order(site: Site, kind: IntentKind, target: str = "", *, reason: str = "") -> Site:
    """Given by zoe, and taken."""
    assert site.reconciler.obey(Intent(kind=kind, by="zoe", at=site.clock.at, target=target, reason=reason)) == ""
    return site


def with_people(site: Site, people: Iterable[Any], rejected: Iterable[Rejected] = ()) -> Site:
    """The directory has these people from now on, and is read."""
    roster = a_roster(people)
    site.roster = replace(roster, read_at=site.clock.at, rejected=tuple(rejected))
    site.reconciler.read_directory(in_full=True)
    return site


# -- there is a desktop --------------------------------------------------------------------------------------------------


def all_is_well() -> Site:
    return ready_since_long(2)


def with_an_address() -> Site:
    return addressed()


def at_work() -> Site:
    site = addressed()
    site.cluster.sessions[5001] = (a_session("login0001", since=NOW + 480),)
    return go_on(site, 1200)


def somebody_else_is_on_it() -> Site:
    site = addressed()
    site.cluster.sessions[5001] = (a_session("bob", since=NOW + 480),)
    return go_on(site, 1200)


def hangs() -> Site:
    return go_on(addressed(), 3000, silent=(5001,))


def answers_no_more() -> Site:
    return go_on(addressed(), 1500, silent=(5001,))


def hangs_under_a_freeze() -> Site:
    return go_on(order(hangs(), IntentKind.FREEZE), 60, silent=(5001,))


def starts() -> Site:
    site = ready_since_long(2)
    site.cluster.power_off(5001)
    site.look(after=20)
    return go_on(site, 60, silent=(5001,))


def starts_too_long() -> Site:
    return go_on(starts(), 1500, silent=(5001,))


def given_up() -> Site:
    site = Site(agents=2)
    for _ in range(60):
        for action in site.look(after=60):
            refused = action.word == "start" and action.desktop == "vd-5001"  # type: ignore[union-attr]
            site.carry_out([action], error=Refused("kvm: no such device") if refused else None)
        site.cluster.come_out()
    return site


def node_lost() -> Site:
    site = addressed()
    site.cluster.online["n1"] = False
    return go_on(site, 60)


def node_lost_and_replaced() -> Site:
    return go_on(node_lost(), 600)


def node_back_after_the_replacement() -> Site:
    site = node_lost_and_replaced()
    site.cluster.online["n1"] = True
    return go_on(site, 300)


def works_on_the_newer_one() -> Site:
    site = node_back_after_the_replacement()
    site.cluster.sessions[5003] = (a_session("login0001", since=NOW + 900),)
    return go_on(site, 1200)


def given_back() -> Site:
    site = order(node_back_after_the_replacement(), IntentKind.RESTORE, "vd-5001", reason="her thesis is on it")
    return go_on(site, 60)


def kept_aside() -> Site:
    return go_on(order(addressed(), IntentKind.QUARANTINE, "vd-5001"), 600)


def kept_aside_just_now() -> Site:
    site = order(addressed(), IntentKind.QUARANTINE, "vd-5001")
    site.carry_out(site.look(after=20))
    return site


def restarted() -> Site:
    site = order(ready_since_long(2), IntentKind.RESTART, "vd-5001")
    site.look(after=5)
    return site


def on_its_node_is_drained() -> Site:
    site = ready_since_long(2)
    site.reconciler.obey(Intent(kind=IntentKind.DRAIN, by="zoe", at=site.clock.at, target="pve/n1", reason="memory"))
    return go_on(site, 600, every_s=5)


def rests() -> Site:
    every = Wave(name=WaveName("all"), who=Selection(), ready_by=PlannedTime(after_s=3600.0))
    site = Site(agents=2, scenario=Scenario(name="s", planned=True, calendar=PARIS, waves=(every,), up_before_s=900.0))
    site.settle()
    site.clock.at = NOW + 9 * 3600
    return go_on(site, 900, every_s=5)


# -- there is none -------------------------------------------------------------------------------------------------------


def is_made() -> Site:
    site = Site(agents=2)
    site.look(after=20)
    return site


def no_room() -> Site:
    site = Site(agents=3, config=a_config(naming=a_naming(5001, 5002)), scenario=Scenario(name="s", waves=(
        Wave(name=WaveName("first"), who=Selection(logins=frozenset({"login0002", "login0003"})), priority=1),
        Wave(name=WaveName("rest"), who=Selection()),
    )))  # fmt: skip
    site.settle()
    return site


def frozen_before_it_was_made() -> Site:
    site = order(Site(agents=2), IntentKind.FREEZE)
    return go_on(site, 60)


def two_waves(**later: Any) -> Scenario:
    first = Wave(name=WaveName("first"), who=Selection(logins=frozenset({"login0002"})))
    return Scenario(name="s", waves=(first, Wave(name=WaveName("rest"), who=Selection(), after_s=7200.0, **later)))


def a_later_wave() -> Site:
    site = Site(agents=2, scenario=two_waves())
    site.settle()
    return site


def a_later_wave_with_a_deadline() -> tuple[Site, int]:
    each = Wave(name=WaveName("rest"), who=Selection(), ready_by=PlannedTime(after_s=3600.0), size=1, interval_s=7200.0)
    site = Site(agents=2, scenario=Scenario(name="s", planned=True, calendar=PARIS, waves=(each,)))
    site.settle()
    return site, 2


def made_ahead() -> Site:
    site = Site(agents=2, scenario=two_waves(prepare=PreparationLevel.STOPPED))
    site.settle()
    return site


def not_started() -> Site:
    site = Site(
        agents=2, scenario=Scenario(name="confinement", by_hand=True, waves=(Wave(name=WaveName("all"), who=Selection()),))
    )
    site.settle(cycles=5)
    return site


def no_wave() -> Site:
    site = Site(
        agents=2, scenario=Scenario(name="s", waves=(Wave(name=WaveName("w"), who=Selection(logins=frozenset({"login0002"}))),))
    )
    site.settle()
    return site


def not_entitled() -> Site:
    config = replace(a_config(), entitlements=(Entitlement(profile=OFFICE, who=Selection(logins=frozenset({"login0002"}))),))
    site = Site(agents=2, config=config)
    site.settle()
    return site


def not_entitled_and_the_directory_fails() -> Site:
    site = not_entitled()
    site.roster = DirectoryUnavailable("connection refused")
    site.reconciler.read_directory()
    return go_on(site, 300)


def disabled() -> Site:
    site = Site(agents=a_roster([an_agent(1, standing=AccountStatus.DISABLED), an_agent(2)]))
    site.settle()
    return site


def has_left() -> Site:
    site = ready_since_long(30)
    with_people(site, [an_agent(number) for number in range(2, 31)])
    return go_on(site, 300)


def rejected_entry() -> tuple[Site, str]:
    site = Site(agents=replace(a_roster(2), rejected=(
        Rejected(entry="uid=zdurand,ou=people", login="zdurand", reason=NEWCOMER_LOGIN_TAKEN(login="zdurand")),
        Rejected(entry="cn=Nameless,ou=people", reason=LOGIN_MISSING(name="uid")),
    )))  # fmt: skip
    site.settle()
    return site, "zdurand"


def the_directory_fails() -> Site:
    site = ready_since_long(2)
    site.roster = DirectoryUnavailable("connection refused")
    site.reconciler.read_directory()
    return go_on(site, 300)


def the_cluster_is_away() -> Site:
    site = addressed()
    site.unseen[site.cluster.name] = Unseen("connection refused")
    return go_on(site, 900)


def no_quorum() -> Site:
    site = Site(agents=2, clusters=[Cluster(online={"n1": True, "n2": False}, quorate=False)])
    return go_on(site, 120)


# -- desktops that are shared --------------------------------------------------------------------------------------------


def a_pool(agents: int = 3, **pool: Any) -> Site:
    site = Site(agents=agents, config=with_desk(**pool), scenario=NOBODY_WAITS)
    site.settle()
    return site


def lend(site: Site, number: int = 1) -> Site:
    assert site.reconciler.lend(LendOrder(who=f"login{number:04}", by="zoe", at=site.clock.at)).refused == ""
    return go_on(site, 40)


def one_can_be_lent() -> Site:
    return a_pool()


def one_is_lent() -> Site:
    return lend(a_pool())


def none_is_free() -> Site:
    return lend(lend(a_pool(), 2), 3)


def one_is_kept() -> Site:
    site = lend(a_pool(after_person=AfterPerson.KEPT))
    site.reconciler.lend(GiveBackOrder(who="login0001", by="zoe", at=site.clock.at))
    return go_on(site, 40)


def lent_and_hangs() -> Site:
    site = lend(a_pool(size=3))
    return go_on(site, 3000, silent=(5001,))


def hangs_beside_a_pool() -> Site:
    site = Site(agents=2, config=with_desk())
    site.settle()
    return go_on(site, 3000, silent=(5001,))


def rotation() -> RotatingSite:
    return RotatingSite(agents=2, size=1)


def in_the_half_day() -> tuple[RotatingSite, int]:
    site = rotation()
    (first,) = site.of_slot(0)
    site.until(AM + 600)
    return site, first


def after_the_half_day() -> tuple[RotatingSite, int]:
    site = rotation()
    (second,) = site.of_slot(1)
    site.until(AM + 600)
    return site, second


def waits_in_the_half_day() -> tuple[RotatingSite, int]:
    site = rotation()
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)
    site.log_on(first)
    site.until(AM + 3 * 3600 + 300)
    return site, second
