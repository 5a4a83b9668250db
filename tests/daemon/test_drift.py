"""Drift between store and cluster, without a daemon: which notes are read, and how a second look corrects the first."""

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.composition import OutsideSystems
from provisioner.daemon.drift import compare
from provisioner.errors import HypervisorError
from provisioner.model.ids import AgentId, ClusterId, DesktopName, NodeName, ProfileName, Vmid
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.machines.ownership import note_for
from provisioner.ports import Changes
from provisioner.pve.desktop_settings import settings_tag
from provisioner.twin.model.running_tasks import start_task
from tests.builders.actions import a_reservation
from tests.builders.core import a_roster
from tests.builders.directory import FixedClock
from tests.builders.records import a_step
from tests.builders.settings import a_site
from tests.builders.twin import NODE, Lab, a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor
from tests.scenarios.surroundings import ScriptedDirectory

MELUN = ClusterId("melun")


class Compared:
    """A site whose cluster is a twin, with some desktops on it that the store knows."""

    def __init__(self, folder, desktops=2):
        site = a_site(folder).change("storage: local-lvm", "storage: thin", name="standard.yaml")
        site.append(f"store: {{url: 'sqlite:///{folder}/bascule.db'}}\nfreeze_file: {folder}/freeze\n")
        self.settings = site.load()
        self.lab = Lab(a_spec(nodes=2, name=MELUN))
        self.now = self.lab.events.now
        self.hypervisor = VirtualHypervisor(self.lab.twin, key=self.settings.note_key)
        self.store = SqlStore(f"sqlite:///{folder}/bascule.db", clock=FixedClock())
        self.store.claim()
        for number in range(desktops):
            self.add(20000 + number)
        self.lab.wait(20)

    def add(self, vmid, *, stored=True):
        reservation = a_reservation(
            name=DesktopName(f"vd-{vmid}"),
            cluster=MELUN,
            vmid=Vmid(vmid),
            node=NodeName(NODE),
            profile=ProfileName("standard"),
            agent_id=AgentId(f"agent-{vmid}"),
        )
        self.lab.finish(self.lab.clone(vmid, name=reservation.name, description=note_for(reservation, self.settings.note_key)))
        given = settings_tag(reservation, self.settings.profiles[reservation.profile])
        tags = f"bascule-seine;profile-standard;img-trixie-1;{given}"
        self.lab.ask("PUT", f"/nodes/{NODE}/qemu/{vmid}/config", tags=tags)
        if stored:
            self.store.commit(a_step(reserved=(reservation,)))

    def describe(self, vmid, text):
        assert self.lab.ask("PUT", f"/nodes/{NODE}/qemu/{vmid}/config", description=text).ok

    def note_of(self, vmid):
        return self.lab.config(vmid)["description"]

    def outcome(self, *, hypervisor=None, **changed):
        directory = ScriptedDirectory(None, lambda: self.now)
        outside = OutsideSystems(hypervisors={MELUN: hypervisor or self.hypervisor}, directory=directory, store=self.store)
        return compare(self.settings, outside, now=self.lab.events.now, **changed)

    def found(self, **changed):
        return [(difference.kind, difference.subject) for difference in self.outcome(**changed).differences]


@pytest.fixture
def site(tmp_path):
    site = Compared(tmp_path)
    site.store.commit(Changes(roster=ScriptedDirectory(a_roster(0), lambda: site.now).read()))
    return site


def test_without_drift_nothing_is_listed_and_no_note_is_read(site):
    outcome = site.outcome()

    assert (outcome.differences, outcome.notes_read, dict(outcome.unseen), dict(outcome.unread)) == ((), 0, {}, {})


def test_all_notes_are_read_when_asked_for(site):
    site.describe(20001, "my desktop")

    assert site.found() == []
    assert site.outcome(all_notes=True).notes_read == 2
    assert site.found(all_notes=True) == [(DifferenceKind.NOTE_CHANGED, "vd-20001")]


def test_the_note_of_what_differs_is_read_unasked(site):
    site.add(20009, stored=False)
    site.lab.wait(20)

    (difference,) = site.outcome().differences

    assert (difference.kind, difference.subject) == (DifferenceKind.UNKNOWN_VM, "vm melun/20009")
    assert difference.seen.endswith("and its note proves it ours")


def test_a_copy_under_another_number_is_found_out_by_its_note(site):
    site.lab.finish(site.lab.clone(300, name="vd-20000", description=site.note_of(20000)))
    site.lab.wait(20)

    assert site.found() == [(DifferenceKind.NOTE_COPIED, "vm melun/300"), (DifferenceKind.NAME_COPIED, "vm melun/300")]


def test_what_a_second_look_does_not_show_is_no_difference(site):
    """A clone of the daemon's own that came out between the reading of the store and the look at the cluster."""

    class Amid(VirtualHypervisor):
        looks = 0

        def observe(self, order):
            view = super().observe(order)
            self.looks += 1
            if self.looks == 1:
                site.add(20008)
                view = super().observe(order)
            return view

    amid = Amid(site.lab.twin, key=site.settings.note_key)

    assert site.found(hypervisor=amid) == []
    assert amid.looks == 2


def test_a_restore_is_found_in_the_task_lists(site):
    cluster = site.lab.twin.cluster

    def restore(_task):
        yield cluster.sleep(5)

    start_task(cluster, cluster.nodes[NODE], "qmrestore", about=20001, user="root@pam", work=restore)
    site.lab.wait(20)

    assert site.found() == [(DifferenceKind.RESTORED, "vd-20001")]


def test_unseen_clusters_and_unread_notes_are_listed(site):
    class Deaf(VirtualHypervisor):
        def nodes(self):
            raise HypervisorError("GET /nodes: connection refused")

    class Mute(VirtualHypervisor):
        def guest_config(self, node, vmid):
            raise HypervisorError(f"VM {vmid} on {node}: 500 no")

    deaf, mute = (kind(site.lab.twin, key=site.settings.note_key) for kind in (Deaf, Mute))

    assert site.outcome(hypervisor=deaf).unseen == {MELUN: "GET /nodes: connection refused"}
    assert site.outcome(hypervisor=mute, all_notes=True).unread.keys() == {"melun/20000", "melun/20001"}
