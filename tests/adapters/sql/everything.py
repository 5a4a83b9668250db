"""A store in which every table has rows and every column a value, and all that can be read of a store."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, ProfileName, WaveName
from provisioner.model.intents import Allowance, IntentKind, Rekey, Terms
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.kept.store_fit import histories
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import FirstBootData, Identity, Reservation
from provisioner.model.machines.seats import pool_seat, seat_of
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.ceilings import Ceiling, Counted
from provisioner.model.scenario.etas import MeasuredKind
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.half_days import PersonWeek, Share
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.scenario.scenarios import End, PlannedTime, PreparationLevel, Scenario, Shortage, Wave
from provisioner.model.scenario.surges import ReturnRules, SurgeChange, SurgeRun, SurgeState
from provisioner.model.session_counts import OTHER, DayPeak, DayReadings, GroupKind, GroupPlace, SessionCounts
from provisioner.model.session_rules import HandoverRules
from provisioner.ports import Changes
from provisioner.reasons.reason import from_document, join_reasons
from provisioner.reasons.targets import WANTED
from tests.adapters.sql.contract_history import (
    a_forecast,
    a_measurement,
    a_person_week,
    a_quarter,
)
from tests.adapters.sql.filled import FILLED, WHO
from tests.builders.progress import a_batch, a_bind, a_moment, a_run, run_began
from tests.builders.store import NOON, a_report, a_reservation, a_roster, an_intent, an_outcome

CALENDAR = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080)),
    closed=frozenset({"2027-05-01"}),
)
ROTATION = Rotation(
    pool=DesktopPoolName("shared"),
    share=Share(slots=5, of=10),
    who=WHO,
    excepted=(Selection(logins=frozenset({"léa"})),),
    obliged=Selection(groups=frozenset({"crise"})),
    by_department=True,
    reserve=3,
    handover=HandoverRules(warn_minutes=(15, 5), disconnected_s=600.0),
    absences=(Absence(login="tom", first="2027-01-18", last="2027-01-20"),),
)
WAVES = (
    Wave(
        name=WaveName("first"),
        who=WHO,
        excepted=(Selection(sites=frozenset({"Meaux"})),),
        percent=50.0,
        priority=1,
        size=300,
        prepare=PreparationLevel.RUNNING,
        ready_by=PlannedTime(day=1, minute=480),
        every_half_day=True,
        prepare_from=PlannedTime(after_s=60.0),
        gate=Gate.of(ready=90.0, failed_at_most=2.0, go=1.0),
    ),
    Wave(name=WaveName("rest"), who=Selection(), gate=Gate.of(ready=50.0)),
)
STARTED = Scenario(
    name="confinement",
    waves=WAVES,
    calendar=CALENDAR,
    planned=True,
    by_hand=True,
    ceilings=(Ceiling(name="vpn", limit=900, counts=Counted.SESSIONS),),
    survive_nodes=1,
    deletes=False,
    up_before_s=900.0,
    shortage=Shortage(profiles=(ProfileName("light"),), shares=(Share(slots=4, of=10),), refuses=True),
    end=End(when=PlannedTime(at=NOON + 9e6), size=40, interval_s=60.0, keep_s=3600.0),
    rotation=ROTATION,
)
RUN = SurgeRun(
    scenario="confinement",
    number=3,
    state=SurgeState.GATED,
    started_at=NOON - 60,
    since=NOON,
    by="claire as root (astreinte)",
    reason="« répétition »",
    day_1=date(2027, 1, 18),
    released=frozenset({WaveName("first")}),
    opened={WaveName("first"): 2, WaveName("rest"): 1},
    ends_at=NOON + 8e6,
    then_returns=True,
    goes_back=ReturnRules(size=9, every_half_day=True, keep_s=7200.0),
    returned_at=NOON + 5,
    takes_back=frozenset({1, 3}),
    as_started=STARTED,
    rebuilt=True,
)
COUNTS = SessionCounts(
    settled_at=NOON - 1800,
    base={GroupPlace("office", "Melun", "first"): 3, GroupPlace("lab", OTHER, OTHER): 1},
    recent=((NOON - 9, 1, GroupPlace("office", "Melun", "first")), (NOON - 4, -1, GroupPlace("lab", OTHER, OTHER))),
    peaks=(
        DayPeak(day=20833, group=None, most=4, at=NOON - 4),
        DayPeak(day=20833, group=(GroupKind.PROFILE, "office"), most=3, at=NOON - 9),
    ),
    readings=(DayReadings(day=20833, desktops=2, within_s=61.5, inferred=1),),
)
IDENTITY = Identity(
    image="2026.11",
    machine="5d" * 16,
    host_keys=("SHA256:a",),
    hostname="vd-1011",
    cards=("02:00:00:00:03:f3",),
    addresses=("10.40.0.11", "fd00::11"),
)
LENT, LEFT = DesktopName("vd-1011"), DesktopName("vd-1012")


def _pooled(number: int, vmid: int, **changed: object) -> Reservation:
    return a_reservation(vmid, seat=pool_seat(DesktopPoolName("shared"), number), run=3, proven=True, **changed)


DESKTOPS = {
    LENT: DesktopRecord(
        reservation=_pooled(1, 1011, address="fd00::11"),
        report=a_report(
            written_at=NOON + 61,
            age_s=0.25,
            boot_id="0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01",
            connections=1,
            sequence=100_000_000,
            event_number=2,
            identity=IDENTITY,
            ask_at=NOON + 90,
            push_secret="7f" * 32,
            first_boot_data=FirstBootData.FAILED,
            first_boot_error="no such file",
            clash=join_reasons(["one", "two"]),
        ),
        lease=Lease(state=LeaseState.LENT, since=NOON, agent_id=AgentId("id-tom"), key="once"),
        used=True,
        identity=IDENTITY,
    ),
    LEFT: DesktopRecord(reservation=_pooled(2, 1012), lease=Lease(state=LeaseState.TO_RESET, since=NOON)),
    DesktopName("vd-1013"): DesktopRecord(reservation=a_reservation(1013, seat=seat_of(AgentId("id-léo")), run=1)),
}
INTENTS = (
    an_intent(at=NOON + 1),
    an_intent(IntentKind.CORDON, target="paris/n1", at=NOON + 2),
    an_intent(
        IntentKind.ACCEPT_DIRECTORY,
        at=NOON + 3,
        until=NOON + 3600.5,
        allows=Allowance(leavers=frozenset({AgentId("id-1")}), joiners=frozenset({AgentId("id-2"), AgentId("id-3")})),
    ),
    an_intent(IntentKind.REKEY, at=NOON + 4, rekeys=(Rekey(AgentId("id-zoé"), AgentId("7")),)),
    an_intent(
        IntentKind.REBUILD,
        target="vd-1001",
        at=NOON + 5,
        terms=Terms(even_with_session=True, by_force=True, agent=AgentId("id-zoé")),
    ),
)
FROZEN = {
    "code": "readiness_frozen",
    "arguments": {},
    "text": "a freeze stands: nothing would be written to any cluster (`bascule thaw`)",
}
LATE = {"code": "readiness_late", "arguments": {}, "text": "they would not have their desktop in time"}
LATE_FOR = {"code": "readiness_late_for", "arguments": {"why": FROZEN}, "text": f"{LATE['text']}: {FROZEN['text']}"}
HISTORY: Mapping[str, Mapping[str, Any]] = {
    "readiness": {
        "at": NOON + 1,
        "scenario": "confinement",
        "wanted": 9,
        "ready": 8,
        "causes": [{"what": FROZEN, "people": 9}],
        "doubts": [LATE],
        "trials": [LATE_FOR],
        "untried": None,
    },
    "drills": {
        "at": NOON,
        "scenario": "confinement",
        "place": "twin",
        "planned": 9,
        "ready": 8,
        "batches": 3,
        "late_batches": 1,
    },
}
"""A value of each history: its moment, and its document."""
WEEK: PersonWeek = replace(a_person_week("id-tom", slots=2), run=3, waited=(NOON,))


def keep_everything(store: SqlStore) -> None:
    """Into a claimed, empty store; but for what capabilities keep."""
    store.commit(FILLED)
    store.commit(run_began(a_run()))
    store.commit(run_began(a_run(2, state=SurgeState.ENDED)))
    run = SurgeChange(run=RUN, what="start", by=RUN.by, at=NOON, why=RUN.reason)
    store.commit(Changes(desktops=DESKTOPS, surge=run, half_days=(WEEK,), session_counts=COUNTS, roster=a_roster("zoé", "tom")))
    store.commit(
        Changes(
            outcomes=(
                an_outcome(1011, because=WANTED(wave="first", profile="office", login="zoé"), reason=from_document(LATE)),
            )
        )
    )
    for intent in INTENTS:
        store.give(intent)
    store.keep_measured([a_measurement(), a_measurement(1, kind=MeasuredKind.FIRST_BOOT, place="paris/n1")])
    store.keep_forecast(a_forecast())
    for history in histories():
        store.add(history, history.value(HISTORY[history.name]["at"], HISTORY[history.name]))
    store.keep_progress([a_moment(0, a_batch(due_at=None), binds=(a_bind(),)), a_moment(1, a_batch(4), sessions=2, run=3)])
    store.keep_arrivals([a_quarter("shared", 900, 3, 6, waited=4)])


def all_in(store: SqlStore) -> Mapping[str, object]:
    """All that can be read."""
    return {
        "records": store.load(),
        "journal": list(store.journal(limit=10_000)),
        "rosters": list(store.rosters()),
        "measured": store.measured(),
        "forecasts": store.forecasts(),
        **{history.name: store.latest(history, history.most) for history in histories()},
        "runs": store.runs(),
        "progress": [store.progress(run.number) for run in store.runs()],
        "arrivals": store.arrivals(),
        "session_counts": store.session_counts(),
    }


__all__ = ["all_in", "keep_everything"]


def mark_as_older(store: SqlStore) -> None:
    """As a store of an earlier version is taken up: nobody knows of its desktops whether anybody was logged on."""
    records = store.load().desktops
    store.commit(Changes(desktops={name: replace(record, logged_on=True) for name, record in records.items()}))
