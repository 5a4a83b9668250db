"""Claimed stores, and a store that keeps a value of every kind."""

from collections.abc import Callable

from provisioner.model.actions import Result
from provisioner.model.departures import Departure
from provisioner.model.guard import GuardRecord, HeldInput, Quarantine, RosterMove
from provisioner.model.ids import AgentId, NodeName, ProfileName, WaveName
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Attempts, Identity, Unheard
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import PreparationLevel, Scenario, Wave
from provisioner.model.words import GuestWord
from provisioner.ports import Store
from tests.builders.records import a_step
from tests.builders.store import NOON, a_key, a_name, a_report, a_reservation, a_retirement, a_roster, an_outcome

OpenStore = Callable[[], Store]
"""Opens a further store on the same database, unclaimed."""
WHO = Selection(
    groups=frozenset({"a", "b"}),
    departments=frozenset({"Été"}),
    sites=frozenset({"Melun"}),
    logins=frozenset({"zoé"}),
    units=frozenset({"ou=x,dc=y"}),
    attributes=(("title", frozenset({"chef", "cheffe"})),),
)
RULES = Rules(
    entitlements=(
        Entitlement(profile=ProfileName("office"), who=WHO),
        Entitlement(profile=ProfileName("lab"), who=Selection()),
    ),
    scenario=Scenario(
        name="confinement",
        starts_at=NOON + 0.5,
        waves=(
            Wave(name=WaveName("first"), who=WHO, priority=1, after_s=60.0, size=300, interval_s=14_400.0),
            Wave(name=WaveName("rest"), who=Selection(), prepare=PreparationLevel.STOPPED, prepare_before_s=3_600.0),
        ),
    ),
)
FILLED = a_step(
    reserved=(
        a_reservation(1001, agent_id=AgentId("id-zoé"), address="10.40.0.1"),
        a_reservation(1002, proven=True),
        a_reservation(1003, address="10.40.0.3", noted_as=(AgentId("id-before"), AgentId("id-earlier"))),
    ),
    proven=(a_name(1001),),
    retired=(a_retirement(1009),),
    reports={a_name(1001): a_report(), a_name(1002): a_report(booted_at=None, ready_at=None, sessions=())},
    started={a_name(1001): NOON + 0.125},
    unheard={a_name(1002): Unheard(word=GuestWord.NO_FILE, text="Agent error: « gone »", since=NOON - 8)},
    attempts={
        a_name(1003): Attempts(
            count=2,
            reason="the lock « paris/ceph » was busy",
            retry_at=NOON + 7,
            gave_up=True,
            waited=1,
            misplaced=1,
            error="lock_busy",
            avoid=(NodeName("pve1"),),
        )
    },
    assignments={a_name(1001): AgentId("id-zoé")},
    superseded={a_name(1003): a_name(1002)},
    departures={a_name(1002): Departure(since=NOON - 3, recycled_at=NOON), a_name(1003): Departure(since=NOON, ended=True)},
    identities={a_name(1003): Identity(machine="5d" * 16, host_keys=("SHA256:a",), cards=("02:00:00:00:03:eb",))},
    deletions={(a_name(1002), NOON - 99): NOON},
    rekeyed={AgentId("id-older"): AgentId("id-old")},
    outcomes=(an_outcome(1001), an_outcome(1003, result=Result.RETRY, reason="lock busy")),
    roster=a_roster("zoé", "parti"),
    guard=GuardRecord(
        left={AgentId("id-léa"): RosterMove(at=NOON, allowed=True, places=("unit ou=« a »,dc=x", "group b"))},
        joined={AgentId("id-tom"): RosterMove(at=NOON + 0.5)},
        quarantine=Quarantine(
            since=NOON, read_at=NOON + 300, reason="« half » is gone", leavers=30, joiners=2, of=HeldInput.BOTH
        ),
        rules=RULES,
    ),
    baseline_accepted=True,
)
EVERYTHING = Records(
    rekeyed=FILLED.rekeyed,
    desktops={name: record for name, record in FILLED.desktops.items() if record is not None},
    deletions=FILLED.deletions,
    retired={a_key(1009): "leftover image"},
    roster=FILLED.roster,
    guard=FILLED.guard or GuardRecord(),
    intents=(),
    baseline_accepted=True,
)


def claimed(open_store: OpenStore) -> Store:
    """A store that its caller owns."""
    store = open_store()
    store.claim()
    return store


def filled(open_store: OpenStore) -> Store:
    """A claimed store that keeps EVERYTHING."""
    store = claimed(open_store)
    store.commit(FILLED)
    return store
