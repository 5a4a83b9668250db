"""Reasons of rejected entries and of quarantined readings, in every store."""

from dataclasses import replace

from provisioner.model.guard import GuardRecord, Quarantine
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Rejected
from provisioner.ports import Changes
from provisioner.reasons.directory import LEAVERS, LEAVERS_GONE, LOGIN_SHARED, STAYS
from provisioner.reasons.reason import ALL, join_reasons, to_document
from tests.adapters.sql.filled import OpenStore, claimed
from tests.builders.store import NOON, a_roster, an_erasure

SHARED = STAYS(why=LOGIN_SHARED(value="ana", others=join_reasons(["uid=ana,dc=x", "uid=bob,dc=x"], ALL)))
GONE = LEAVERS(why="35 of 60 would leave", how=LEAVERS_GONE(count=35))


def a_reading(*logins, reason=SHARED):
    return replace(a_roster(*logins), rejected=(Rejected(entry="uid=c,dc=x", reason=reason, agent_id=AgentId("id-c")),))


class ReasonsContract:
    """A reason comes back with its code and its arguments."""

    def test_why_an_entry_is_no_agent_is_kept_with_code_and_arguments(self, open_store: OpenStore):
        store = claimed(open_store)
        store.commit(Changes(roster=a_reading("ana")))
        (again,) = store.load().roster.rejected
        assert to_document(again.reason) == to_document(SHARED)

        store.commit(Changes(roster=a_reading("ana", reason=again.reason)))
        assert len(list(store.rosters())) == 1, "the same was found once more"

    def test_why_a_reading_is_not_believed_is_kept_with_code_and_arguments(self, open_store: OpenStore):
        held = Quarantine(since=NOON, read_at=NOON, reason=GONE, leavers=35, joiners=0)
        store = claimed(open_store)
        store.commit(Changes(guard=GuardRecord(quarantine=held)))

        assert to_document(store.load().guard.quarantine.reason) == to_document(GONE)

    def test_a_person_is_erased_from_the_arguments_too(self, open_store: OpenStore):
        store = claimed(open_store)
        reading = a_reading("ana", "bob")
        store.commit(Changes(roster=replace(reading, agents={AgentId("id-bob"): reading.agents[AgentId("id-bob")]})))

        assert store.forget(an_erasure("ana")).rosters == 1

        (entry,) = next(store.rosters()).rejected
        assert "ana" not in str(to_document(entry.reason))
        assert entry.reason.arguments["why"].arguments["others"].arguments == {"0": "uid=person-0,dc=x", "1": "uid=bob,dc=x"}
