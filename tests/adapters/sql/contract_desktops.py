"""Desktop records that every store keeps, and changes that it refuses."""

import pytest

from provisioner.errors import ReservationConflict
from provisioner.model.departures import Departure
from provisioner.model.ids import AgentId, ClusterId, DesktopName
from provisioner.model.machines.desktops import Attempts
from tests.adapters.sql.filled import EVERYTHING, OpenStore, filled
from tests.builders.records import change, parts_of
from tests.builders.store import NOON, a_name, a_report, a_reservation, a_retirement, an_outcome

LYON = ClusterId("lyon")


class DesktopsContract:
    """Reservations, the values that belong to them, and the values that end with them."""

    @pytest.mark.parametrize(
        ("step", "words"),
        [
            pytest.param(
                {"reserved": (a_reservation(1002, name=DesktopName("vd-new")),)},
                "desktop vd-new: VMID paris/1002 is reserved for vd-1002",
                id="VMID",
            ),
            pytest.param(
                {"reserved": (a_reservation(1050, address="10.40.0.3"),)},
                "desktop vd-1050: address 10.40.0.3 is reserved for vd-1003",
                id="address",
            ),
            pytest.param(
                {"reserved": (a_reservation(1050, address="10.40.0.9"), a_reservation(1051, address="10.40.0.9"))},
                "desktop vd-1051: address 10.40.0.9 is reserved for vd-1050",
                id="address twice in one step",
            ),
            pytest.param(
                {"reserved": (a_reservation(1009),)},
                "desktop vd-1009: VMID paris/1009 is retired: leftover image",
                id="retired VMID",
            ),
            pytest.param(
                {"retired": (a_retirement(1050, reason="not ours"),), "reserved": (a_reservation(1050),)},
                "desktop vd-1050: VMID paris/1050 is retired: not ours",
                id="VMID retired in the same step",
            ),
            pytest.param(
                {"retired": (a_retirement(1009, reason="again"),), "reserved": (a_reservation(1009),)},
                "is retired: leftover image",
                id="a VMID retired again keeps its first reason",
            ),
        ],
    )
    def test_a_conflict_is_named_and_nothing_of_the_step_is_kept(self, open_store: OpenStore, step, words):
        store = filled(open_store)
        before = list(store.journal())
        whole = {
            **step,
            "reserved": (a_reservation(1040), *step["reserved"]),
            "released": (a_name(1001),),
            "outcomes": (an_outcome(1040),),
            "baseline_accepted": False,
        }

        with pytest.raises(ReservationConflict) as caught:
            change(store, **whole)

        assert words in str(caught.value)
        assert (store.load(), list(store.journal())) == (EVERYTHING, before)
        change(store, reserved=(a_reservation(1040),))

    @pytest.mark.parametrize(
        "step",
        [
            pytest.param(
                {"reserved": (a_reservation(1050), a_reservation(1051))}, id="desktops on DHCP have no address to share"
            ),
            pytest.param(
                {"reserved": (a_reservation(1001, cluster=LYON, name=DesktopName("vd-l1001")),)},
                id="the VMID of another cluster",
            ),
            pytest.param(
                {"released": (a_name(1001),), "reserved": (a_reservation(1001, address="10.40.0.1"),)},
                id="name, VMID and address given back in the same step",
            ),
            pytest.param(
                {"released": (a_name(1001),), "reserved": (a_reservation(1050, address="10.40.0.1"),)},
                id="an address given back in the same step",
            ),
            pytest.param({"reserved": (a_reservation(1009, proven=True),)}, id="a proven desktop found on a retired VMID"),
        ],
    )
    def test_free_names_and_numbers_may_be_reserved(self, open_store: OpenStore, step):
        store = filled(open_store)

        change(store, **step)

        kept = store.load().desktops
        assert [kept[reservation.name].reservation for reservation in step["reserved"]] == list(step["reserved"])

    def test_nothing_is_kept_of_a_released_desktop(self, open_store: OpenStore):
        store = filled(open_store)

        change(store, released=(a_name(1001), a_name(1003), a_name(4444)))

        kept = parts_of(store.load().desktops)
        assert set(kept.reservations) == set(kept.reports) == {a_name(1002)}
        assert (kept.started, kept.attempts, kept.assignments, kept.superseded) == ({}, {}, {}, {})
        assert set(kept.departures) == {a_name(1002)}

    def test_a_delete_that_was_ordered_outlives_its_desktop(self, open_store: OpenStore):
        store = filled(open_store)

        change(store, deletions={(a_name(1002), NOON - 99): NOON + 5})
        change(store, released=(a_name(1002),))

        assert store.load().deletions == {(a_name(1002), NOON - 99): NOON + 5}

    def test_a_desktop_counts_again_once_its_replacement_is_released(self, open_store: OpenStore):
        store = filled(open_store)
        change(store, superseded={a_name(1001): a_name(1003)})

        change(store, released=(a_name(1002),))

        assert parts_of(store.load().desktops).superseded == {a_name(1001): a_name(1003)}
        change(store, superseded={a_name(1001): None})
        assert parts_of(store.load().desktops).superseded == {}

    def test_a_replacement_can_change_with_the_release(self, open_store: OpenStore):
        store = filled(open_store)

        change(store, released=(a_name(1002),), reserved=(a_reservation(1050),), superseded={a_name(1003): a_name(1050)})

        assert parts_of(store.load().desktops).superseded == {a_name(1003): a_name(1050)}

    def test_a_name_reserved_again_keeps_nothing_of_its_past(self, open_store: OpenStore):
        store = filled(open_store)

        change(store, released=(a_name(1001),), reserved=(a_reservation(1001),), started={a_name(1001): NOON + 9})

        kept = parts_of(store.load().desktops)
        assert kept.started == {a_name(1001): NOON + 9}
        assert a_name(1001) not in kept.reports | kept.assignments

    def test_none_voids_what_was_known(self, open_store: OpenStore):
        store = filled(open_store)
        first, third = a_name(1001), a_name(1003)

        change(store, reports={first: None}, started={first: None}, attempts={third: None}, assignments={first: None})

        kept = parts_of(store.load().desktops)
        assert set(kept.reports) == {a_name(1002)}
        assert (kept.started, kept.attempts, kept.assignments) == ({}, {}, {})

    def test_a_proof_can_become_void(self, open_store: OpenStore):
        store = filled(open_store)

        change(store, unproven=(a_name(1002),))

        assert not store.load().desktops[a_name(1002)].reservation.proven

    def test_nothing_is_kept_of_a_desktop_without_reservation(self, open_store: OpenStore):
        store = filled(open_store)
        late = a_name(4444)

        change(
            store,
            proven=(late,),
            reports={late: a_report()},
            started={late: NOON},
            attempts={late: Attempts(count=1)},
            assignments={late: AgentId("id-zoé")},
            superseded={late: a_name(1002)},
            departures={late: Departure(since=NOON)},
        )

        assert store.load() == EVERYTHING
