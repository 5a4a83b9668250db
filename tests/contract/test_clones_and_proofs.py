"""Clones, and the proof that a VM belongs to us."""

import pytest

from provisioner.errors import GoneOrMoved, IdTaken, NotOurs, OtherKey, PlaceElsewhere
from provisioner.model.ids import Vmid
from provisioner.model.machines.cluster import Power
from provisioner.model.people.profiles import Template
from provisioner.model.vm_marks import is_configured
from tests.builders.pve import CLUSTER, NODE, a_delete, a_note, a_reservation, a_tag, a_verify
from tests.contract.acts import (
    NOWHERE,
    PVE2,
    a_configured_desktop,
    a_finished_clone,
    clone,
    comes_to,
    end_of,
    eventually,
    named,
    observe,
)


def test_a_clone_comes_out_as_ordered(backend, vmid):
    upid = clone(backend, vmid)

    task = end_of(backend, upid)
    assert (task.kind, task.guest, task.succeeded) == ("qmclone", 9000, True), "its task names the template"
    guest = eventually(backend, lambda view: named(view, vmid))
    assert (guest.node, guest.template, guest.lock, guest.power) == ("pve1", False, None, Power.STOPPED)
    assert guest.name == f"vd-{vmid}"
    assert not is_configured(guest, "test"), "a clone inherits its template's tags, and that one it has not"


def test_a_clone_under_way_has_a_lock_and_no_name(backend, vmid):
    clone(backend, vmid)

    guest = eventually(backend, lambda view: view.guests.get(Vmid(vmid)), every_s=0.1)

    assert (guest.lock, guest.name) == ("clone", None)
    assert guest.power in (Power.UNKNOWN, Power.STOPPED), "stopped, if the status pass came just now"


@pytest.mark.parametrize("template", [pytest.param(0, id="on its node"), pytest.param(1, id="on another node")])
def test_a_taken_vmid_stays_with_its_owner(backend, vmid, template):
    a_finished_clone(backend, vmid)
    other = backend.templates[template]

    assert comes_to(backend, lambda: clone(backend, vmid, other)) is IdTaken
    assert observe(backend).guests[Vmid(vmid)].node == "pve1"


def test_a_template_that_is_gone_is_refused(backend, vmid):
    gone = Template(cluster=CLUSTER, vmid=Vmid(8999), node=NODE.node, storage=backend.templates[0].storage)

    assert comes_to(backend, lambda: clone(backend, vmid, gone)) is PlaceElsewhere
    assert Vmid(vmid) not in observe(backend).guests


def test_a_node_that_is_not_there_means_elsewhere(backend, vmid):
    lost = Template(cluster=CLUSTER, vmid=Vmid(9000), node=NOWHERE.node, storage=backend.templates[0].storage)

    assert comes_to(backend, lambda: clone(backend, vmid, lost)) is PlaceElsewhere


def test_the_number_of_a_deleted_desktop_may_be_cloned_to_again(backend, vmid):
    a_finished_clone(backend, vmid)

    assert comes_to(backend, lambda: backend.client.carry_out(a_delete(vmid))) is None
    eventually(backend, lambda view: Vmid(vmid) not in view.guests)
    assert comes_to(backend, lambda: backend.client.carry_out(a_delete(vmid))) is GoneOrMoved
    a_finished_clone(backend, vmid)


LEFT = "left-20261124t0900z"


def test_a_note_proves_its_own_vm_alone(backend, vmid):
    a_finished_clone(backend, vmid)
    proven = backend.client.carry_out(a_verify(vmid))
    assert proven is not None
    assert (proven.key, proven.name, proven.agent_id, proven.proven) == (
        a_reservation(vmid).key,
        f"vd-{vmid}",
        "agent-1",
        True,
    )
    note = str(backend.client.guest_config(NODE, Vmid(vmid))["description"])
    a_finished_clone(backend, vmid + 1)

    backend.describe(NODE, Vmid(vmid + 1), note)
    assert backend.client.carry_out(a_verify(vmid + 1)) is None, "a copied note proves nothing"
    backend.describe(NODE, Vmid(vmid), note.replace("agent-1", "agent-2"))
    with pytest.raises(OtherKey):  # an edited note proves nothing, and says that it is about this very VM
        backend.client.carry_out(a_verify(vmid))
    backend.describe(NODE, Vmid(vmid), f"Of Ms Dupont.\n{note}")
    assert backend.client.carry_out(a_verify(vmid)) is not None, "words around it do no harm"


@pytest.mark.parametrize("order", ["delete", "tag"])
def test_what_its_note_does_not_prove_ours_is_left_alone(backend, vmid, order):
    a_finished_clone(backend, vmid)
    backend.describe(NODE, Vmid(vmid), "a colleague's own words")
    orders = {
        "delete": lambda: backend.client.carry_out(a_delete(vmid)),
        "tag": lambda: backend.client.carry_out(a_tag(vmid, LEFT)),
    }

    assert comes_to(backend, orders[order]) is NotOurs
    assert LEFT not in observe(backend).guests[Vmid(vmid)].tags


def test_a_template_is_no_desktop_of_ours_and_is_not_deleted(backend):
    assert comes_to(backend, lambda: backend.client.carry_out(a_delete(9001, node=PVE2))) is NotOurs
    assert Vmid(9001) in observe(backend).guests


def test_a_departures_tags_come_and_go_and_all_others_stay(backend, vmid):
    a_configured_desktop(backend, vmid)
    before = observe(backend).guests[Vmid(vmid)].tags

    assert comes_to(backend, lambda: backend.client.carry_out(a_tag(vmid, LEFT, "recycled-20261208t0900z"))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before | {LEFT, "recycled-20261208t0900z"}
    assert comes_to(backend, lambda: backend.client.carry_out(a_tag(vmid, LEFT))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before | {LEFT}
    assert comes_to(backend, lambda: backend.client.carry_out(a_tag(vmid))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before


def test_a_rewritten_note_proves_the_desktop_under_both_ids(backend, vmid):
    """C2: its agent goes on under another id; words beside the note stay."""
    a_finished_clone(backend, vmid)
    note = str(backend.client.guest_config(NODE, Vmid(vmid))["description"])
    backend.describe(NODE, Vmid(vmid), f"Of the roads.\n{note}")

    for _ in range(2):  # its answer may be lost, and it is sent again
        assert comes_to(backend, lambda: backend.client.carry_out(a_note(vmid))) is None
        found = backend.client.carry_out(a_verify(vmid))
        assert (found.agent_id, found.name, found.reserved_at) == ("agent-2", f"vd-{vmid}", a_reservation(vmid).reserved_at)
    assert str(backend.client.guest_config(NODE, Vmid(vmid))["description"]).startswith("Of the roads.\n")
    assert comes_to(backend, lambda: backend.client.carry_out(a_tag(vmid, LEFT))) is NotOurs, "by the old id alone"
    assert comes_to(backend, lambda: backend.client.carry_out(a_note(vmid, agent="agent-3", before=()))) is NotOurs
