"""After any sequence of steps and restarts a database keeps the same as the store in memory."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.adapters.memory_store import MemoryStore
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import ReservationConflict
from provisioner.model.actions import Outcome, Result, Retired
from provisioner.model.bounds import LAST_AT
from provisioner.model.departures import Departure
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, NodeName, ProfileName, Seat, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Attempts, FirstBoot, GuestReport, Reservation, Session, SessionState, Unheard
from provisioner.model.machines.seats import seat_of
from provisioner.model.words import GuestWord
from provisioner.ports import Changes, Store
from tests.builders.records import a_step
from tests.builders.store import StillClock, a_roster

pytestmark = pytest.mark.long

RESTART = "restart"

instants = st.floats(min_value=0.0, max_value=LAST_AT, exclude_max=True)
"""Any other is set aside, and shown as such (tests/reconciler/test_set_aside.py, tests/reconciler/test_poisoned_tables.py)."""
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
names = st.sampled_from([DesktopName(f"vd-{n}") for n in range(4)])
keys = st.builds(GuestKey, st.sampled_from([ClusterId("paris"), ClusterId("lyon")]), st.integers(1, 3).map(Vmid))
agents = st.sampled_from([AgentId("id-ana"), AgentId("id-bob")])
reservations = st.builds(
    Reservation,
    name=names,
    cluster=st.sampled_from([ClusterId("paris"), ClusterId("lyon")]),
    vmid=st.integers(1, 3).map(Vmid),
    profile=texts.map(ProfileName),
    seat=st.none() | agents.map(seat_of) | st.just(Seat("pool:burst/1")),
    address=st.sampled_from(["", "10.0.0.1", "10.0.0.2"]),
    node=st.just(NodeName("n1")),
    reserved_at=instants,
    proven=st.booleans(),
    noted_as=st.lists(agents, max_size=2).map(tuple),
)
sessions = st.builds(Session, login=texts, state=st.sampled_from(SessionState), since=instants, source=texts)
reports = st.builds(
    GuestReport,
    read_at=instants,
    first_boot=st.sampled_from(FirstBoot),
    logon_port_open=st.booleans(),
    booted_at=st.none() | instants,
    ready_at=st.none() | instants,
    sessions=st.lists(sessions, max_size=2).map(tuple),
)
attempts = st.builds(
    Attempts,
    count=st.integers(0, 9),
    reason=st.text(max_size=8),
    retry_at=instants,
    gave_up=st.booleans(),
    avoid=st.lists(st.sampled_from([NodeName("n1"), NodeName("n2")]), max_size=2).map(tuple),
)
outcomes = st.builds(
    Outcome,
    desktop=names,
    key=keys,
    action=st.just("clone"),
    result=st.sampled_from(Result),
    reason=texts,
    started_at=instants,
    ended_at=instants,
)
unheard = st.builds(Unheard, word=st.sampled_from(GuestWord), text=texts, since=instants)
departures = st.builds(Departure, since=instants, recycled_at=st.none() | instants, ended=st.booleans())
rekeys = st.dictionaries(agents, st.just(AgentId("id-new")), max_size=1) | st.just({AgentId("id-new"): AgentId("id-ana")})
words = st.fixed_dictionaries(
    {
        "rekeyed": rekeys,
        "reserved": st.lists(reservations, max_size=2).map(tuple),
        "proven": st.lists(names, max_size=2).map(tuple),
        "released": st.lists(names, max_size=2).map(tuple),
        "retired": st.lists(st.builds(Retired, key=keys, reason=texts, at=instants), max_size=1).map(tuple),
        "reports": st.dictionaries(names, st.none() | reports, max_size=2),
        "started": st.dictionaries(names, st.none() | instants, max_size=2),
        "attempts": st.dictionaries(names, st.none() | attempts, max_size=2),
        "assignments": st.dictionaries(names, st.none() | agents, max_size=2),
        "superseded": st.dictionaries(names, st.none() | names, max_size=2),
        "unheard": st.dictionaries(names, st.none() | unheard, max_size=2),
        "departures": st.dictionaries(names, st.none() | departures, max_size=2),
        "deletions": st.dictionaries(st.tuples(names, instants), instants, max_size=2),
        "outcomes": st.lists(outcomes, max_size=2).map(tuple),
        "roster": st.none() | st.builds(a_roster, st.sampled_from(["ana", "bob"]), read_at=instants),
        "baseline_accepted": st.none() | st.booleans(),
    }
)
targets = st.sampled_from(["", "pve/pve1", "pve/pve2"])
about_all = (IntentKind.FREEZE, IntentKind.HOLD, IntentKind.ACCEPT_BASELINE)
orders = st.builds(Intent, kind=st.sampled_from(IntentKind), by=texts, at=instants, reason=texts, target=targets).map(
    lambda order: replace(order, target="") if order.kind in about_all else order
)
withdrawals = st.tuples(st.sampled_from(IntentKind), targets)
steps = st.lists(st.one_of(words, words, words, orders, withdrawals, st.just(RESTART)), max_size=12)


@given(steps=steps)
@settings(max_examples=40, deadline=None)
def test_a_database_keeps_what_the_store_in_memory_keeps(steps):
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/bascule.db"
        (Path(home) / "bascule.db").write_bytes(fresh())
        model: Store = MemoryStore()
        store: Store = SqlStore(url, clock=StillClock())
        model.claim()
        store.claim()
        for step in steps:
            if step is RESTART:
                store.close()
                store = SqlStore(url, clock=StillClock())
                store.claim()
            if isinstance(step, dict):
                step = a_step(model.load().desktops, **step)
            assert taken(store, step) == taken(model, step)
            assert store.load() == model.load()
            assert list(store.journal()) == list(model.journal())
        store.close()


@cache
def fresh() -> bytes:
    """An empty database. Made once: the schema's migrations take longer than most sequences."""
    with tempfile.TemporaryDirectory() as home:
        store = SqlStore(f"sqlite:///{home}/bascule.db", clock=StillClock())
        store.claim()
        store.close()
        return (Path(home) / "bascule.db").read_bytes()


def taken(store: Store, step: Changes | Intent | tuple[IntentKind, str] | str) -> object:
    """The result of the step."""
    if isinstance(step, Changes):
        try:
            store.commit(step)
        except ReservationConflict as exc:
            return str(exc)
        return None
    if isinstance(step, Intent):
        store.give(step)
    if isinstance(step, tuple):
        kind, target = step
        return store.withdraw(kind, by="ana", at=1.0, target=target)
    return None
