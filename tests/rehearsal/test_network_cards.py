"""A template's network card in its desktops, with the daemon's own orders on a twin."""

from provisioner.model.ids import Vmid
from provisioner.model.vm_marks import mac_for
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import FIRST_VMID, a_config_on, a_profile_on, a_stage
from tests.builders.twin import TEMPLATE, a_spec

OF_THE_TEMPLATE = "virtio=BC:24:11:00:00:01,bridge=vmbr9,firewall=1,mtu=1400,queues=4,rate=12.5,tag=7"


def test_a_desktops_card_keeps_what_its_template_says():
    """A4: only the bridge, the VLAN and the address are ours; a firewall that was on stays on."""
    spec = a_spec()
    rehearsal = Rehearsal(a_stage(spec, agents=1, config=a_config_on(spec, profile=a_profile_on(spec, vlan=40))))
    guests = rehearsal.twins[spec.name].cluster.guests
    guests[TEMPLATE].config["net0"] = OF_THE_TEMPLATE

    assert rehearsal.run().ready == 1

    mac = mac_for(Vmid(FIRST_VMID), "lab")
    assert guests[FIRST_VMID].config["net0"] == f"virtio={mac},bridge=vmbr0,firewall=1,mtu=1400,queues=4,rate=12.5,tag=40"
