"""The contract of every store, on any database."""

from dataclasses import replace

import pytest

from provisioner.errors import StoreError, StoreOwned
from provisioner.model.ids import AgentId
from provisioner.model.kept.records import Records
from provisioner.model.people.agents import ServerState, SyncMark
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.reason import NONE, as_reason
from tests.adapters.sql.contract_desktops import DesktopsContract
from tests.adapters.sql.contract_history import HistoryContract
from tests.adapters.sql.contract_orders import OrdersContract
from tests.adapters.sql.contract_reasons import ReasonsContract
from tests.adapters.sql.filled import EVERYTHING, OpenStore, claimed, filled
from tests.builders.store import NOON, a_name, a_roster, an_outcome


class StoreContract(DesktopsContract, HistoryContract, OrdersContract, ReasonsContract):
    """Run by a subclass whose module has a fixture `open_store`."""

    def test_a_new_store_is_empty_and_its_baseline_not_accepted(self, open_store: OpenStore):
        store = claimed(open_store)

        assert store.load() == Records(baseline_accepted=False)
        assert (store.intents(), list(store.journal())) == ((), [])

    def test_all_that_is_committed_outlives_the_daemon(self, open_store: OpenStore):
        filled(open_store).close()

        store = claimed(open_store)

        assert store.load() == EVERYTHING
        assert list(store.journal()) == [
            JournalEntry(at=NOON + 60, what="clone", subject="vd-1003", result="retry", reason=as_reason("lock busy")),
            JournalEntry(at=NOON + 60, what="clone", subject="vd-1001", result="done", reason=NONE),
        ]

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

    def test_the_source_of_the_roster_in_force_outlives_a_restart(self, open_store: OpenStore):
        """C7, C8: an older state, or a state without a known attribute, is not believed after a restart either."""
        origin = {"source": "ldaps://one", "mark": SyncMark(server="ad one", value="41"), "entries": 2, "having": {"uid": 2}}
        state = ServerState(mark=SyncMark(server="ad two", value="7"), latest={AgentId("ana"): "20200316063000"})
        origin |= {"full_at": NOON - 600, "servers": {"ldaps://two": state}}
        store = claimed(open_store)
        store.commit(Changes(roster=a_roster("ana", "bob")))
        store.commit(Changes(roster=replace(a_roster("ana"), **origin)))
        store.close()

        assert claimed(open_store).load().roster == replace(a_roster("ana"), **origin)

    def test_a_store_has_one_owner_until_it_is_closed(self, open_store: OpenStore):
        first = claimed(open_store)

        with pytest.raises(StoreOwned):
            open_store().claim()
        with pytest.raises(StoreOwned):
            first.claim()

        first.close()
        assert claimed(open_store).load() == Records(baseline_accepted=False)

    def test_only_the_owner_commits(self, open_store: OpenStore):
        store = filled(open_store)
        store.close()

        with pytest.raises(StoreError, match="claimed before"):
            open_store().commit(Changes(desktops={a_name(1001): None}))

        assert store.load() == EVERYTHING

    def test_nothing_to_change_is_nothing_done(self, open_store: OpenStore):
        store = filled(open_store)

        store.commit(Changes())

        assert store.load() == EVERYTHING
