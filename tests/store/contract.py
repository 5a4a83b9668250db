"""What every store must do, on whatever it keeps things."""

from collections.abc import Callable

import pytest

from provisioner.errors import ReservationConflict, StoreError, StoreOwned
from provisioner.model.actions import Result
from provisioner.model.departures import Departure
from provisioner.model.desktops import Attempts
from provisioner.model.guarding import GuardRecord, Move, Quarantine
from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeName
from provisioner.model.intents import Allowance, IntentKind
from provisioner.model.memory import Memory
from provisioner.ports import Changes, JournalEntry, Store
from tests.builders_store import (
    NOON,
    a_forgetting,
    a_key,
    a_name,
    a_report,
    a_reservation,
    a_retirement,
    a_roster,
    an_intent,
    an_outcome,
)

OpenStore = Callable[[], Store]
"""A further store on the same place, unclaimed."""

LYON = ClusterId("lyon")
FILLED = Changes(
    reserved=(
        a_reservation(1001, agent_id=AgentId("id-zoé"), address="10.40.0.1"),
        a_reservation(1002, proven=True),
        a_reservation(1003, address="10.40.0.3"),
    ),
    proven=(a_name(1001),),
    retired=(a_retirement(1009),),
    reports={a_name(1001): a_report(), a_name(1002): a_report(booted_at=None, ready_at=None, sessions=())},
    started={a_name(1001): NOON + 0.125},
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
    deletions={(a_name(1002), NOON - 99): NOON},
    outcomes=(an_outcome(1001), an_outcome(1003, result=Result.RETRY, reason="lock busy")),
    roster=a_roster("zoé", "parti"),
    guard=GuardRecord(
        left={AgentId("id-léa"): Move(at=NOON, allowed=True)},
        joined={AgentId("id-tom"): Move(at=NOON + 0.5)},
        quarantine=Quarantine(since=NOON, read_at=NOON + 300, reason="« half » is gone", leavers=30, joiners=2),
    ),
    baseline_accepted=True,
)
EVERYTHING = Memory(
    reservations={
        a_name(1001): a_reservation(1001, agent_id=AgentId("id-zoé"), address="10.40.0.1", proven=True),
        a_name(1002): a_reservation(1002, proven=True),
        a_name(1003): a_reservation(1003, address="10.40.0.3"),
    },
    reports=FILLED.reports,
    started={a_name(1001): NOON + 0.125},
    attempts=FILLED.attempts,
    assignments={a_name(1001): AgentId("id-zoé")},
    superseded={a_name(1003): a_name(1002)},
    departures=FILLED.departures,
    deletions=FILLED.deletions,
    retired=frozenset({a_key(1009)}),
    roster=FILLED.roster,
    guard=FILLED.guard or GuardRecord(),
    intents=(),
    baseline_accepted=True,
)
ORDERS: list[tuple[IntentKind, float]] = [(IntentKind.HOLD, 3), (IntentKind.FREEZE, 5), (IntentKind.HOLD, 9)]


class StoreContract:
    """Run by a subclass whose module has a fixture `open_store`."""

    def test_a_new_store_is_empty_and_its_baseline_not_accepted(self, open_store: OpenStore):
        store = claimed(open_store)

        assert store.load() == Memory(baseline_accepted=False)
        assert (store.intents(), list(store.journal())) == ((), [])

    def test_all_that_is_committed_outlives_the_daemon(self, open_store: OpenStore):
        filled(open_store).close()

        store = claimed(open_store)

        assert store.load() == EVERYTHING
        assert list(store.journal()) == [
            JournalEntry(at=NOON + 60, what="clone", subject="vd-1003", result="retry", reason="lock busy"),
            JournalEntry(at=NOON + 60, what="clone", subject="vd-1001", result="done", reason=""),
        ]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            pytest.param(
                Changes(reserved=(a_reservation(1050, name=a_name(1002)),)),
                "desktop vd-1002: the name vd-1002 is reserved for vd-1002",
                id="name",
            ),
            pytest.param(
                Changes(reserved=(a_reservation(1002, name=DesktopName("vd-new")),)),
                "desktop vd-new: VMID paris/1002 is reserved for vd-1002",
                id="VMID",
            ),
            pytest.param(
                Changes(reserved=(a_reservation(1050, address="10.40.0.3"),)),
                "desktop vd-1050: address 10.40.0.3 is reserved for vd-1003",
                id="address",
            ),
            pytest.param(
                Changes(reserved=(a_reservation(1050, address="10.40.0.9"), a_reservation(1051, address="10.40.0.9"))),
                "desktop vd-1051: address 10.40.0.9 is reserved for vd-1050",
                id="address twice in one step",
            ),
            pytest.param(
                Changes(reserved=(a_reservation(1009),)),
                "desktop vd-1009: VMID paris/1009 is retired: leftover image",
                id="retired VMID",
            ),
            pytest.param(
                Changes(retired=(a_retirement(1050, reason="not ours"),), reserved=(a_reservation(1050),)),
                "desktop vd-1050: VMID paris/1050 is retired: not ours",
                id="VMID retired in the same step",
            ),
            pytest.param(
                Changes(retired=(a_retirement(1009, reason="again"),), reserved=(a_reservation(1009),)),
                "is retired: leftover image",
                id="a VMID retired again keeps its first reason",
            ),
        ],
    )
    def test_what_is_taken_is_named_and_nothing_of_the_step_is_kept(self, open_store: OpenStore, changes, words):
        store = filled(open_store)
        before = list(store.journal())
        whole = Changes(
            reserved=(a_reservation(1040), *changes.reserved),
            retired=changes.retired,
            released=(a_name(1001),),
            outcomes=(an_outcome(1040),),
            baseline_accepted=False,
        )

        with pytest.raises(ReservationConflict) as caught:
            store.commit(whole)

        assert words in str(caught.value)
        assert (store.load(), list(store.journal())) == (EVERYTHING, before)
        store.commit(Changes(reserved=(a_reservation(1040),)))

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(
                Changes(reserved=(a_reservation(1050), a_reservation(1051))), id="desktops on DHCP have no address to share"
            ),
            pytest.param(
                Changes(reserved=(a_reservation(1001, cluster=LYON, name=DesktopName("vd-l1001")),)),
                id="the VMID of another cluster",
            ),
            pytest.param(
                Changes(released=(a_name(1001),), reserved=(a_reservation(1001, address="10.40.0.1"),)),
                id="name, VMID and address given back in the same step",
            ),
            pytest.param(
                Changes(released=(a_name(1001),), reserved=(a_reservation(1050, address="10.40.0.1"),)),
                id="an address given back in the same step",
            ),
            pytest.param(Changes(reserved=(a_reservation(1009, proven=True),)), id="a proven desktop found on a retired VMID"),
        ],
    )
    def test_what_is_free_may_be_reserved(self, open_store: OpenStore, changes):
        store = filled(open_store)

        store.commit(changes)

        kept = store.load().reservations
        assert [kept[one.name] for one in changes.reserved] == list(changes.reserved)

    def test_nothing_is_kept_of_a_released_desktop(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes(released=(a_name(1001), a_name(1003), a_name(4444))))

        kept = store.load()
        assert set(kept.reservations) == set(kept.reports) == {a_name(1002)}
        assert (kept.started, kept.attempts, kept.assignments, kept.superseded) == ({}, {}, {}, {})
        assert set(kept.departures) == {a_name(1002)}

    def test_a_delete_that_was_ordered_outlives_its_desktop(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes(deletions={(a_name(1002), NOON - 99): NOON + 5}))
        store.commit(Changes(released=(a_name(1002),)))

        assert store.load().deletions == {(a_name(1002), NOON - 99): NOON + 5}

    def test_a_desktop_counts_again_once_the_one_given_instead_is_released(self, open_store: OpenStore):
        store = filled(open_store)
        store.commit(Changes(superseded={a_name(1001): a_name(1003)}))

        store.commit(Changes(released=(a_name(1002),)))

        assert store.load().superseded == {a_name(1001): a_name(1003)}
        store.commit(Changes(superseded={a_name(1001): None}))
        assert store.load().superseded == {}

    def test_what_is_given_instead_can_change_with_the_release(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(
            Changes(released=(a_name(1002),), reserved=(a_reservation(1050),), superseded={a_name(1003): a_name(1050)})
        )

        assert store.load().superseded == {a_name(1003): a_name(1050)}

    def test_a_name_reserved_anew_begins_with_nothing(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes(released=(a_name(1001),), reserved=(a_reservation(1001),), started={a_name(1001): NOON + 9}))

        kept = store.load()
        assert kept.started == {a_name(1001): NOON + 9}
        assert a_name(1001) not in kept.reports | kept.assignments

    def test_none_voids_what_was_known(self, open_store: OpenStore):
        store = filled(open_store)
        one, three = a_name(1001), a_name(1003)

        store.commit(Changes(reports={one: None}, started={one: None}, attempts={three: None}, assignments={one: None}))

        kept = store.load()
        assert set(kept.reports) == {a_name(1002)}
        assert (kept.started, kept.attempts, kept.assignments) == ({}, {}, {})

    def test_a_proof_can_become_void(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes(unproven=(a_name(1002),)))

        assert not store.load().reservations[a_name(1002)].proven

    def test_nothing_is_kept_of_a_desktop_without_reservation(self, open_store: OpenStore):
        store = filled(open_store)
        late = a_name(4444)

        store.commit(
            Changes(
                proven=(late,),
                reports={late: a_report()},
                started={late: NOON},
                attempts={late: Attempts(count=1)},
                assignments={late: AgentId("id-zoé")},
                superseded={late: a_name(1002)},
                departures={late: Departure(since=NOON)},
            )
        )

        assert store.load() == EVERYTHING

    @pytest.mark.parametrize("accepted", [True, False])
    def test_the_baseline_is_kept_as_last_set(self, open_store: OpenStore, accepted):
        store = claimed(open_store)
        store.commit(Changes(baseline_accepted=not accepted))
        store.commit(Changes(baseline_accepted=accepted))
        store.commit(Changes(outcomes=(an_outcome(),)))

        assert store.load().baseline_accepted is accepted

    def test_the_roster_last_accepted_is_in_force(self, open_store: OpenStore):
        store = claimed(open_store)
        for roster in (a_roster("ana"), a_roster("ana", "bob"), a_roster("ana", "bob", read_at=NOON + 300)):
            store.commit(Changes(roster=roster))

        assert store.load().roster == a_roster("ana", "bob", read_at=NOON + 300)

    def test_an_order_needs_no_claim_and_reaches_the_owner(self, open_store: OpenStore):
        owner = claimed(open_store)

        open_store().give(an_intent())

        assert owner.intents() == owner.load().intents == open_store().intents() == (an_intent(),)

    def test_orders_stand_until_withdrawn_and_are_journalled(self, open_store: OpenStore):
        store = open_store()
        for kind, at in ORDERS:
            store.give(an_intent(kind, at=at))

        assert [(one.kind, one.at) for one in store.intents()] == [(IntentKind.FREEZE, 5), (IntentKind.HOLD, 9)]
        assert store.withdraw(IntentKind.FREEZE, by="ana", at=11)
        assert not store.withdraw(IntentKind.FREEZE, by="ana", at=12)
        assert [one.kind for one in store.intents()] == [IntentKind.HOLD]
        assert [(one.what, one.result, one.reason) for one in store.journal(limit=2)] == [
            ("freeze", "withdrawn", "by ana"),
            ("hold", "given", "by zoé: maintenance"),
        ]

    def test_an_order_about_the_directory_ends_and_allows_so_much(self, open_store: OpenStore):
        store = claimed(open_store)
        order = an_intent(IntentKind.ACCEPT_DIRECTORY, until=NOON + 3600.5, allows=Allowance(leavers=850, joiners=0))

        store.give(order)

        assert store.intents() == (order,)
        line = next(store.journal())
        assert line.reason == "by zoé: maintenance (850 may leave and 0 join, until 2027-01-15T09:00:00Z)"

    def test_orders_of_one_kind_stand_side_by_side_for_different_targets(self, open_store: OpenStore):
        store = open_store()
        for target, at in (("pve/pve2", 3), ("pve/pve1", 5), ("pve/pve2", 9)):
            store.give(an_intent(IntentKind.CORDON, target=target, at=at))

        assert [(one.target, one.at) for one in store.intents()] == [("pve/pve1", 5), ("pve/pve2", 9)]
        assert not store.withdraw(IntentKind.CORDON, by="ana", at=11)
        assert store.withdraw(IntentKind.CORDON, by="ana", at=11, target="pve/pve1")
        assert [one.target for one in store.intents()] == ["pve/pve2"]
        assert [(one.what, one.subject, one.result) for one in store.journal(limit=2)] == [
            ("cordon", "pve/pve1", "withdrawn"),
            ("cordon", "pve/pve2", "given"),
        ]

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            pytest.param({}, ["start", "stop", "clone", "freeze"], id="newest first, by the order of writing"),
            pytest.param({"limit": 2}, ["start", "stop"], id="the newest few"),
            pytest.param({"limit": 0}, [], id="none asked for"),
            pytest.param({"subject": "vd-1001"}, ["start", "clone"], id="one desktop"),
            pytest.param({"subject": "vd-1001", "limit": 1}, ["start"], id="the newest of one desktop"),
            pytest.param({"subject": ""}, ["freeze"], id="what concerns all"),
            pytest.param({"subject": "vd-9"}, [], id="an unknown desktop"),
        ],
    )
    def test_the_journal_is_read_backwards(self, open_store: OpenStore, asked, expected):
        store = claimed(open_store)
        store.give(an_intent())
        store.commit(Changes(outcomes=(an_outcome(1001), an_outcome(1002, "stop", ended_at=NOON + 99))))
        store.commit(Changes(outcomes=(an_outcome(1001, "start", ended_at=NOON - 99),)))

        assert [one.what for one in open_store().journal(**asked)] == expected

    def test_a_store_has_one_owner_until_it_is_closed(self, open_store: OpenStore):
        first = claimed(open_store)

        with pytest.raises(StoreOwned):
            open_store().claim()
        with pytest.raises(StoreOwned):
            first.claim()

        first.close()
        assert claimed(open_store).load() == Memory(baseline_accepted=False)

    def test_only_the_owner_commits(self, open_store: OpenStore):
        store = filled(open_store)
        store.close()

        with pytest.raises(StoreError, match="claimed before"):
            open_store().commit(Changes(released=(a_name(1001),)))

        assert store.load() == EVERYTHING

    def test_nothing_to_change_is_nothing_done(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes())

        assert store.load() == EVERYTHING

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("half a pair \ud83d, a NUL \0, two\nlines", id="what no encoding takes"),
            pytest.param("'; DROP TABLE desktops; -- %s :name {0}", id="what looks like a statement"),
            pytest.param("é" * 20_000, id="very long"),
        ],
    )
    def test_any_text_of_a_failure_is_journalled(self, open_store: OpenStore, text):
        store = claimed(open_store)
        name = a_name(1001)
        store.commit(Changes(reserved=(a_reservation(1001),), attempts={name: Attempts(count=1, reason=text)}))
        store.commit(Changes(outcomes=(an_outcome(reason=text),), retired=(a_retirement(1009, reason=text),)))
        store.give(an_intent(reason=text))

        assert store.load().attempts[name].reason == text
        assert [len(one.reason) for one in store.journal(subject=name)] == [len(text)]
        assert len(store.intents()) == 1

    def test_every_mention_of_a_person_is_erased_and_that_is_journalled(self, open_store: OpenStore):
        store = filled(open_store)
        store.commit(
            Changes(roster=a_roster("zoé", "léo"), outcomes=(an_outcome(1002, reason="uid=parti,dc=x: no such user"),))
        )
        store.give(an_intent(IntentKind.HOLD, by="PARTI", reason="partial; ask parti@departement.example"))
        lines = len(list(store.journal()))

        found = store.forget(a_forgetting("parti"))

        assert (found.lines, found.orders) == (2, 1)
        newest, *others = store.journal()
        assert len(others) == lines, "no line goes"
        assert (newest.what, newest.subject, newest.result) == ("forget", "person-0", "erased")
        assert newest.reason.startswith("by ann: asked for (2 journal lines, ")
        assert [one.reason for one in others[:2]] == [
            "by person-0: partial; ask person-0",
            "uid=person-0,dc=x: no such user",
        ]
        assert [one.by for one in store.intents()] == ["person-0"]
        assert all("id-parti" not in roster.agents for roster in store.rosters())
        assert next(store.rosters()).agents.keys() == {"id-zoé", "id-léo"}
        assert store.load().reservations == EVERYTHING.reservations

    def test_who_is_not_mentioned_leaves_everything_as_it_is(self, open_store: OpenStore):
        store = filled(open_store)
        before = list(store.journal()), list(store.rosters()), store.load()

        assert not store.forget(a_forgetting("nobody"))

        assert (list(store.journal()), list(store.rosters()), store.load()) == before

    def test_another_process_may_forget_while_the_daemon_runs(self, open_store: OpenStore):
        daemon = filled(open_store)
        daemon.give(an_intent(reason="for parti"))

        open_store().forget(a_forgetting("parti"))

        daemon.commit(Changes(outcomes=(an_outcome(1002),)))
        assert [one.what for one in daemon.journal()][:2] == ["clone", "forget"]
        assert daemon.intents()[0].reason == "for person-0"


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
