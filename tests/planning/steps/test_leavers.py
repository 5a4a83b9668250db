"""The leavers' ladder down and up: the actions of each step, what it waits for, and how it is undone."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Delete, Release, Tag
from provisioner.model.demand import NotWanted
from provisioner.model.departures import DAY_S, Departure, LeaverRules, LeaverStep, tags_of
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.people.agents import AccountStatus, Rejected
from provisioner.model.rules import Rules
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.leaver_ladder import leavers_of, leaving_of
from provisioner.reasons.targets import GONE
from tests.builders.actions import a_delete, a_name, a_seat, an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_roster, a_session, a_situation, a_want, an_agent, an_order
from tests.planning.plans import orders, reasons

WHY = f"its agent no longer needs a desktop: {GONE()}"
FRESH = a_report(read_at=NOW - 5)
JUST_GONE = Departure(since=NOW - 60)
ONE_DAY, A_FORTNIGHT = Departure(since=NOW - DAY_S), Departure(since=NOW - 14 * DAY_S)
LONG_GONE = Departure(since=NOW - 60 * DAY_S, recycled_at=NOW - 46 * DAY_S)


def left(number=1, departure=JUST_GONE, phase=Phase.STOPPED, **changed):
    """A desktop whose agent has left, with the right tags."""
    desktop = a_desktop(number, phase)
    tags = (desktop.guest.tags if desktop.guest else frozenset()) | tags_of(departure)
    guest = replace(desktop.guest, tags=tags) if desktop.guest else None
    return desktop.but(guest=guest, departure=departure, **changed)


def running(number=1, departure=ONE_DAY, **changed):
    return left(number, departure, Phase.READY, **{"report": FRESH, **changed})


def plan(*desktops, wanted=0, max_deletes=1, **changed):
    agents = [an_agent(99), *(an_agent(number) for number in range(1, wanted + 1))]
    return make_plan(
        a_situation(desktops, wanted=wanted, **{"max_deletes": max_deletes, "roster": a_roster(agents), **changed})
    )


# -- who has left ----------------------------------------------------------------------------------------------------------


def who(roster, **changed):
    return leavers_of(a_situation([a_desktop(1)], roster=roster, **changed))


@pytest.mark.parametrize(
    ("roster", "reason"),
    [
        pytest.param(None, None, id="no roster was read yet: nobody has left"),
        pytest.param(a_roster([an_agent(2)]), GONE(), id="gone"),
        pytest.param(
            replace(a_roster([an_agent(2)]), rejected=(Rejected(entry="cn=x", reason="no login", agent_id=an_agent_id(1)),)),
            None,
            id="there, with an entry that cannot be used",
        ),
    ],
)
def test_who_is_not_in_the_roster(roster, reason):
    assert who(roster) == ({a_name(1): reason} if reason else {})


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        pytest.param(AccountStatus.ACTIVE, "no entitlement matches: check department, site and groups", id="entitled no more"),
        pytest.param(AccountStatus.DISABLED, "the account is disabled", id="disabled"),
        pytest.param(AccountStatus.EXPIRED, "the account is expired", id="expired"),
    ],
)
def test_who_is_in_the_roster_and_not_wanted(standing, reason):
    from provisioner.model.scenario.scenarios import EVERYONE

    roster = a_roster([an_agent(1, standing=standing)])
    situation = a_situation([a_desktop(1)], roster=roster)
    demand = demand_of(roster, Rules(entitlements=(), scenario=EVERYONE), run=SurgeRun.begun("everyone", NOW), now=NOW)

    assert leavers_of(replace(situation, demand=demand)) == {a_name(1): reason}


def test_whose_wave_has_not_opened_is_no_leaver():
    assert who(a_roster(1), later=[a_want(1, rank=(1, NOW + 60, "x"))]) == {}
    assert who(a_roster(1), ahead=[a_want(1)]) == {}
    assert who(a_roster(1), wanted=1) == {}


# -- down ------------------------------------------------------------------------------------------------------------------


def test_a_departure_is_noted_and_tagged_when_it_is_first_seen():
    made = plan(a_desktop(1, Phase.STOPPED))

    assert made.departures == {"vd-5001": Departure(since=NOW)}
    (tag,) = made.actions
    assert isinstance(tag, Tag)
    assert tag.tags == tags_of(Departure(since=NOW))
    assert reasons(made) == {}


@pytest.mark.parametrize(
    ("desktop", "ordered", "waits"),
    [
        pytest.param(left(), [], None, id="suspended and off: not started, and nothing else"),
        pytest.param(running(departure=JUST_GONE), [], None, id="suspended and running: left to itself"),
        pytest.param(running(), ["stop vd-5001"], None, id="a day later: shut down"),
        pytest.param(running(departure=Departure(since=NOW - DAY_S + 1)), [], None, id="a second less: not yet"),
        pytest.param(
            running(report=replace(FRESH, sessions=(a_session(),))),
            [],
            "not shut down, it has 1 open session(s)",
            id="somebody is logged on",
        ),
        pytest.param(
            running(report=a_report(read_at=NOW - 60), checked_at=NOW - 20),
            [],
            "not shut down, its sessions are unknown",
            id="nobody can say who is logged on",
        ),
        pytest.param(
            running(report=a_report()),
            ["checkguest vd-5001"],
            "not shut down yet, its sessions are read once more",
            id="read a minute ago: read once more",
        ),
        pytest.param(left(departure=ONE_DAY), [], None, id="off already: it stays so"),
        pytest.param(left(departure=A_FORTNIGHT), ["release vd-5001"], None, id="a fortnight later: recycled"),
        pytest.param(left(departure=Departure(since=NOW - 14 * DAY_S + 1)), [], None, id="not a second earlier"),
        pytest.param(
            running(departure=A_FORTNIGHT, report=replace(FRESH, sessions=(a_session(),))),
            [],
            "not shut down, it has 1 open session(s)",
            id="logged on for a fortnight: not released",
        ),
        pytest.param(left(departure=LONG_GONE), ["delete vd-5001"], None, id="sixty days later: deleted"),
        pytest.param(
            left(departure=replace(LONG_GONE, recycled_at=NOW - 46 * DAY_S + 1)), [], None, id="recycled late: deleted later"
        ),
        pytest.param(left(departure=replace(LONG_GONE, recycled_at=None)), ["release vd-5001"], None, id="no step is left out"),
        pytest.param(running(departure=LONG_GONE), ["stop vd-5001"], None, id="started by hand meanwhile: shut down first"),
    ],
)
def test_each_step_comes_in_its_time(desktop, ordered, waits):
    made = plan(desktop)

    assert orders(made) == ordered
    assert reasons(made) == ({"vd-5001": f"{waits}: {WHY}"} if waits else {})


@pytest.mark.parametrize(
    ("desktop", "changed", "waits"),
    [
        pytest.param(
            left(departure=LONG_GONE),
            {"max_deletes": 0},
            "and safety.max_deletes allows none: set it to 1 or more to let deletions run",
            id="nothing is deleted without an operator",
        ),
        pytest.param(
            left(departure=LONG_GONE).but(guest=replace(left(departure=LONG_GONE).guest, lock="backup")),
            {},
            "its VM is locked (backup): waiting for the lock to clear (Bascule never removes locks)",
            id="locked",
        ),
        pytest.param(
            left(departure=LONG_GONE, attempts=Attempts(reason="protection mode enabled", retry_at=NOW + 200)),
            {},
            "protection mode enabled",
            id="refused lately",
        ),
        pytest.param(
            left(departure=LONG_GONE, attempts=Attempts(reason="protection mode enabled", retry_at=NOW + 5 * 3600)),
            {},
            "protection mode enabled",
            id="A16: refused for days, and so asked four times a day",
        ),
        pytest.param(
            left(departure=LONG_GONE),
            {"leavers": LeaverRules(deletes_a_day=0)},
            "and 0 of 0 were deleted within 24 hours (leavers.deletes_a_day)",
            id="none a day",
        ),
        pytest.param(
            left(departure=LONG_GONE),
            {"leavers": LeaverRules(deletes_a_day=1), "deletions": {("vd-7000", NOW - 9e6): NOW - DAY_S + 1}},
            "and 1 of 1 were deleted within 24 hours (leavers.deletes_a_day)",
            id="the day's number is used up",
        ),
        pytest.param(
            left(departure=LONG_GONE),
            {"in_flight": {a_delete(3).key: a_delete(3)}},
            "after that of vd-5003: cluster pve deletes one at a time",
            id="another is being deleted",
        ),
    ],
)
def test_a_deletion_that_is_due_says_what_it_waits_for(desktop, changed, waits):
    made = plan(desktop, **changed)

    assert orders(made) == []
    assert reasons(made) == {"vd-5001": f"its deletion is due, {waits}: {WHY}"}


@pytest.mark.parametrize(
    "deletions",
    [
        pytest.param({("vd-7000", NOW - 9e6): NOW - DAY_S}, id="a day ago"),
        pytest.param({("vd-5001", a_desktop(1).reservation.reserved_at): NOW - 400}, id="its own first try"),
    ],
)
def test_deletions_that_no_longer_count_for_the_day(deletions):
    assert orders(plan(left(departure=LONG_GONE), leavers=LeaverRules(deletes_a_day=1), deletions=deletions)) == [
        "delete vd-5001"
    ]


def test_one_is_deleted_at_a_time_the_longest_gone_first():
    made = plan(left(1, LONG_GONE), left(2, replace(LONG_GONE, since=LONG_GONE.since - 1)), max_deletes=5)

    assert orders(made) == ["delete vd-5002"]
    assert list(reasons(made)) == ["vd-5001"]


def test_power_that_is_not_known_is_not_off():
    desktop = left(departure=LONG_GONE)
    made = plan(desktop.but(guest=replace(desktop.guest, power=Power.UNKNOWN)))

    assert orders(made) == []
    assert "Proxmox VE reports its power as 'unknown'" in reasons(made)["vd-5001"]


@pytest.mark.parametrize("ago", [601, 599], ids=["long ago", "just now"])
def test_a_reservation_without_a_vm_goes_by_itself_once_nothing_can_come_of_it(ago):
    ladder = LeaverRules(stop_after_s=1, recycle_after_s=2, delete_after_s=3)
    made = plan(left(1, Departure(since=NOW - ago, recycled_at=NOW - 100), Phase.RESERVED), leavers=ladder)

    assert made.given_back == (("vd-5001",) if ago > 600 else ())
    assert orders(made) == []


@pytest.mark.parametrize("phase", [Phase.CLONING, Phase.STARTING, Phase.UNKNOWN, Phase.DELETING, Phase.STOPPING])
def test_a_desktop_in_between_is_neither_released_nor_deleted(phase):
    made = plan(left(1, LONG_GONE, phase))

    assert not any(isinstance(action, Release | Delete) for action in made.actions)


def test_a_leaver_without_proof_is_verified_first():
    assert orders(plan(left(1, LONG_GONE, Phase.UNPROVEN))) == ["verify vd-5001"]


@pytest.mark.parametrize(
    ("order", "why"), [(IntentKind.HOLD, "held by an operator"), (IntentKind.FREEZE, "frozen by an operator")]
)
def test_hold_and_freeze_go_first(order, why):
    made = plan(running(), intents=(an_order(order),))

    assert orders(made) == []
    assert reasons(made) == {"vd-5001": f"not shut down, {why}: {WHY}"}


def test_a_desktop_that_is_off_on_a_drained_node_is_deleted_in_its_time():
    """A drain prevents only its start."""
    drain = Intent(kind=IntentKind.DRAIN, by="zoe", at=NOW, target="pve/n1")

    assert orders(plan(left(departure=LONG_GONE), intents=(drain,))) == ["delete vd-5001"]


def test_a_profile_that_is_gone_is_said():
    desktop = running()
    made = plan(desktop.but(reservation=replace(desktop.reservation, profile="old")))

    assert orders(made) == []
    assert reasons(made) == {"vd-5001": f"not shut down, its profile old is no longer configured: {WHY}"}


def test_a_superseded_desktop_and_a_second_one_go_the_same_way():
    first, second = (running(number).but(reservation=running(number).reservation) for number in (1, 2))
    second = second.but(reservation=replace(second.reservation, seat=a_seat(1)))

    made = plan(first, second, superseded={"vd-5001": "vd-5002"}, max_stops_percent=100.0)

    assert sorted(orders(made)) == ["stop vd-5001", "stop vd-5002"]


# -- up --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "departure", [JUST_GONE, ONE_DAY, A_FORTNIGHT, LONG_GONE], ids=["suspended", "stopped", "due", "recycled"]
)
def test_a_returning_agent_gets_the_desktop_back(departure):
    made = plan(left(1, departure), wanted=1)

    assert orders(made) == ["start vd-5001"]
    assert made.departures == {"vd-5001": Departure(since=departure.since, ended=True)}


def test_the_tags_come_off_and_the_departure_is_forgotten_with_them():
    tagged = running(departure=replace(JUST_GONE, ended=True))
    tagged = tagged.but(guest=replace(tagged.guest, tags=tagged.guest.tags | tags_of(JUST_GONE)))
    bare = running(departure=replace(JUST_GONE, ended=True))

    made = plan(tagged, wanted=1)
    assert [(action.word, action.tags) for action in made.actions] == [("tag", frozenset())]
    assert made.departures == {}
    assert plan(bare, wanted=1).departures == {"vd-5001": None}


def test_leaving_again_starts_a_new_departure_despite_old_tags():
    tagged = left(departure=LONG_GONE).but(departure=replace(LONG_GONE, ended=True))

    made = plan(tagged)

    assert made.departures == {"vd-5001": Departure(since=NOW)}
    assert orders(made) == ["tag vd-5001"]


# -- what outlives the store -----------------------------------------------------------------------------------------------


def test_with_an_empty_store_the_desktop_tells_its_date_by_itself():
    lost = left(departure=LONG_GONE).but(departure=None)

    (departure,) = plan(lost).departures.values()

    assert 0 <= departure.since - LONG_GONE.since < 60
    assert 0 <= departure.recycled_at - LONG_GONE.recycled_at < 60


def test_a_tag_that_cannot_be_written_now_keeps_no_step_waiting():
    untagged = a_desktop(1, Phase.STOPPED).but(departure=A_FORTNIGHT, attempts=Attempts(reason="locked", retry_at=NOW + 200))

    assert orders(plan(untagged)) == ["release vd-5001"]
    assert orders(plan(untagged.but(departure=ONE_DAY))) == []


# -- for people ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("departure", "off", "step", "then", "at"),
    [
        (JUST_GONE, True, LeaverStep.SUSPENDED, "stopped", NOW - 60 + DAY_S),
        (ONE_DAY, False, LeaverStep.SUSPENDED, "stopped", NOW),
        (ONE_DAY, True, LeaverStep.STOPPED, "recycled", NOW + 13 * DAY_S),
        (LONG_GONE, True, LeaverStep.RECYCLED, "deleted", NOW),
    ],
)
def test_how_it_stands(departure, off, step, then, at):
    leaving = leaving_of(departure, GONE(), LeaverRules(), NOW, off=off)

    assert (leaving.step, leaving.next_step, leaving.next_at, leaving.since) == (step, then, at, departure.since)


def test_not_wanted_with_a_reason_and_no_opening_is_a_leaver():
    situation = a_situation([a_desktop(1)], roster=a_roster(1))
    out = NotWanted(agent_id=an_agent_id(1), login="login0001", reason="no entitlement matches")

    assert leavers_of(replace(situation, demand=replace(situation.demand, not_wanted=(out,)))) == {a_name(1): out.reason}


def test_an_agent_left_out_of_the_scenario_has_not_left():
    situation = a_situation([a_desktop(1)], roster=a_roster(1))
    out = NotWanted(
        agent_id=an_agent_id(1), login="login0001", reason="no wave of scenario 'x' selects this agent", entitled=True
    )

    assert leavers_of(replace(situation, demand=replace(situation.demand, not_wanted=(out,)))) == {}
