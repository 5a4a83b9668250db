"""With its store lost, or older than the cluster, the daemon loses, duplicates and orphans no desktop."""

from provisioner import errors
from provisioner.adapters.memory_store import MemoryStore
from provisioner.errors import ReservationConflict
from provisioner.model.ids import GuestKey, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.ports import Changes
from tests.builders.actions import a_reservation
from tests.builders.cluster import NOW, PVE, a_guest, a_profile, some_addresses
from tests.builders.core import a_config, a_report
from tests.builders.reconciler import Site, kinds, ready
from tests.builders.records import a_step, parts_of

LOST = errors.OutcomeUnknown("596: broken pipe")


def lose_the_store(site):
    site.restart(MemoryStore())


def accept(site):
    site.store.give(Intent(kind=IntentKind.ACCEPT_BASELINE, by="zoe", at=site.clock.at))


# -- a store that is empty ----------------------------------------------------------------------------------------------


def test_a_new_installation_waits_and_then_needs_no_operator():
    site = Site(agents=1, accepted=False)

    assert site.look() == []
    assert site.reasons == {"login0001": "the store was empty: waiting for clones ordered earlier (safety.rebuild_settle)"}
    assert not site.status.baseline_accepted
    assert site.look(after=39) == []
    orders = site.look(after=10) or site.look(after=10)
    assert kinds(orders) == ["clone vd-5001"]
    assert site.reconciler.records.baseline_accepted
    assert site.store.load().baseline_accepted
    assert not site.heard.notices


def test_a_daemon_that_is_killed_again_and_again_begins_all_the_same():
    """K7: each life is shorter than `rebuild_settle`; what may be on its way from before the loss does not begin anew."""
    site = Site(agents=1, accepted=False)
    ordered = []
    for _ in range(6):
        ordered += site.look(after=10)
        ordered += site.look(after=10)
        site.restart()

    assert kinds(ordered)[:1] == ["clone vd-5001"]
    assert site.clock.at - NOW < 130


def test_a_clock_that_was_ahead_as_the_store_was_lost_makes_no_wait_longer_or_shorter():
    """K7: the wait counts from now at the latest."""
    site = Site(agents=1, accepted=False)
    site.store.commit(Changes(rebuild_began=site.clock.at + 3600))

    assert site.look() == site.look(after=39) == []
    assert kinds(site.look(after=10) or site.look(after=10)) == ["clone vd-5001"]


def test_a_lost_store_is_rebuilt_from_the_notes_and_nothing_is_cloned_meanwhile():
    site = ready(3)
    before = set(site.cluster.guests)
    lose_the_store(site)

    orders = site.look()
    assert kinds(orders) == ["verify vm-5001", "verify vm-5002", "verify vm-5003"]
    site.carry_out(orders)
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert set(site.cluster.guests) == before
    assert {reservation.agent_id for reservation in site.store.load().reservations} == {
        "agent-0001",
        "agent-0002",
        "agent-0003",
    }
    assert parts_of(site.store.load().desktops).assignments.keys() == {"vd-5001", "vd-5002", "vd-5003"}


def test_a_rebuilt_store_waits_for_an_operators_word_and_says_so_once():
    site = ready(2)
    lose_the_store(site)
    site.settle()

    text = "rebuilt from the notes of 2 desktops: `bascule store accept` lets stops and deletes go on"
    assert site.heard.notices == [("store", text)]
    assert not site.status.baseline_accepted

    accept(site)
    site.look(after=10)
    assert site.status.baseline_accepted
    assert site.store.load().baseline_accepted
    assert site.heard.notices[1:] == [("store", "the rebuilt desktops were accepted: stops and deletes may go on")]
    site.look(after=10)
    assert not any(intent.kind is IntentKind.ACCEPT_BASELINE for intent in site.store.intents()), "it has done its work"
    assert len(site.heard.notices) == 2


def test_a_clone_that_was_on_its_way_when_the_store_was_lost_is_no_second_desktop():
    site = Site(agents=1)
    clone = site.look()
    lose_the_store(site)
    assert site.look() == []

    site.clock.at += 20
    site.cluster.do(clone[0], site.clock.at)
    site.cluster.come_out()
    site.settle()

    assert site.phases == {"vd-5001": Phase.READY}
    assert set(site.cluster.guests) == {5001}


def test_while_rebuilding_a_node_that_is_away_may_hold_anybodys_desktop():
    site = ready(2)
    lose_the_store(site)
    site.cluster.online["n2"] = False
    site.cluster.unreadable.add(5002)

    site.settle()
    assert site.phases == {"vd-5001": Phase.READY}
    assert site.reasons["login0002"].endswith(
        "VM 5002 is on node n2, which is offline: bring the node back, or remove it from the cluster"
    )

    site.cluster.online["n2"] = True
    site.cluster.unreadable.clear()
    site.settle()
    assert site.phases == {"vd-5001": Phase.READY, "vd-5002": Phase.READY}
    assert set(site.cluster.guests) == {5001, 5002}


def test_a_node_that_was_taken_out_of_the_cluster_is_not_waited_for():
    site = ready(2)
    lose_the_store(site)
    del site.cluster.online["n2"], site.cluster.guests[5002]

    site.settle()

    assert len(site.phases) == 2
    assert set(site.phases.values()) == {Phase.READY}


def test_a_store_older_than_the_cluster_takes_up_what_it_does_not_know():
    site = ready(1)
    older = MemoryStore()
    older.claim()
    older.commit(_accepted())
    older.close()

    site.restart(older)
    orders = site.look()
    assert kinds(orders) == ["verify vm-5001"]
    site.carry_out(orders)
    site.settle()

    assert site.phases == {"vd-5001": Phase.READY}


def _accepted():
    return Changes(baseline_accepted=True)


# -- conflicts ----------------------------------------------------------------------------------------------------------


class Contested(MemoryStore):
    """A cluster where somebody else takes the VMIDs first, for a while."""

    contested = False

    def commit(self, changes):
        if self.contested and changes.desktops:
            raise ReservationConflict("VMID pve/5001 is reserved for vd-5001 already")
        super().commit(changes)


def test_a_conflict_over_numbers_orders_nothing_in_that_cycle():
    store = Contested()
    store.claim()
    store.commit(_accepted())
    store.close()
    site = Site(agents=1, store=store)
    store.contested = True

    assert site.look() == []
    assert site.heard.notices == [("store", "nothing was ordered in this cycle: VMID pve/5001 is reserved for vd-5001 already")]
    assert site.status.in_flight == {}

    store.contested = False
    assert kinds(site.look(after=10)) == ["clone vd-5001"]


def test_a_store_that_is_older_than_the_cluster_clones_nothing_before_it_has_read_the_notes():
    site = ready(1)
    older = MemoryStore()
    older.claim()
    strangers, mine = (
        a_reservation(1, agent_id="agent-0009", proven=False),
        a_reservation(2, agent_id="agent-0001", proven=False),
    )
    older.commit(a_step(reserved=(strangers, mine), baseline_accepted=True))
    older.close()
    site.restart(older)

    orders = site.look()
    assert kinds(orders) == ["verify vd-5001"]
    assert site.reasons == {
        "login0001": "no new desktop yet: the notes of 1 desktops from before the daemon's restart are read first"
    }

    site.carry_out(orders)
    site.settle()
    assert set(site.cluster.guests) == {5001}
    assert site.phases["vd-5001"] is Phase.READY


def test_two_vms_whose_notes_claim_one_address_stop_nothing():
    config = a_config(a_profile(addressing=some_addresses()))
    site = ready(1, config=config)
    site.cluster.guests[5009] = a_guest(5009)
    site.cluster.notes[5009] = a_reservation(9, address="10.40.0.10")

    site.carry_out(site.look(after=20))

    assert ("store", "a desktop is not taken up: desktop vd-5009: address 10.40.0.10 is reserved for vd-5001") in (
        site.heard.notices
    )
    site.settle(cycles=3)
    assert site.phases == {"vd-5001": Phase.READY}


def test_a_second_desktop_of_one_agent_is_kept_and_reported_once_it_is_known():
    site = ready(1)
    site.cluster.guests[5009] = a_guest(5009)
    site.cluster.notes[5009] = a_reservation(9, agent_id="agent-0001")

    site.settle(cycles=3)

    assert set(site.cluster.guests) == {5001, 5009}
    assert site.phases["vd-5001"] is Phase.READY
    assert site.reasons == {"vd-5009": "duplicate: its agent already has vd-5001; kept but unused"}
    assert GuestKey(PVE, Vmid(5009)) not in site.reconciler.records.retired


# -- what happens on the cluster ----------------------------------------------------------------------------------------


def test_a_desktop_that_was_powered_off_is_started_again():
    site = ready(1)
    site.cluster.power_off(5001)

    assert kinds(site.look(after=60)) == ["start vd-5001"]


def test_a_desktop_that_was_deleted_by_hand_is_made_again_under_its_number():
    site = ready(1)
    site.cluster.delete(5001)

    assert kinds(site.look(after=60)) == [], "first it is asked whether it is really gone"
    orders = site.look(after=10)
    assert kinds(orders) == ["clone vd-5001"]
    site.carry_out(orders)
    site.cluster.come_out()
    site.settle()
    assert site.phases == {"vd-5001": Phase.READY}


def test_a_node_that_goes_away_makes_its_desktops_unknown_never_missing():
    site = ready(2)
    site.cluster.online["n2"] = False
    del site.cluster.guests[5002]

    orders = site.look(after=60)

    assert [command for command in orders if "clone" in kinds([command])[0]] == []
    assert site.phases == {"vd-5001": Phase.READY, "vd-5002": Phase.UNKNOWN}
    assert site.status.desktops["vd-5002"].sessions is None


def test_a_desktop_keeps_its_report_over_a_restart():
    site = ready(1)
    report = site.store.load().report_of("vd-5001")
    site.restart()

    site.look(after=10)

    assert site.phases == {"vd-5001": Phase.READY}
    assert site.reconciler.records.report_of("vd-5001") == report
    assert report != a_report()
