"""Desktops with more vCPUs than some node has cores, with the daemon's own orders on a twin."""

from dataclasses import replace

from provisioner.model.machines.twin_spec import NodeSpec
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_config_on, a_profile_on, a_stage
from tests.builders.twin import a_spec


def test_no_desktop_is_made_where_it_cannot_start():
    """E8: a node may carry six vCPUs a core, and yet Proxmox VE starts no single VM with more than it has cores."""
    two = a_spec(nodes=2)
    spec = replace(two, nodes=(NodeSpec(name="pve1", cores=8), NodeSpec(name="pve2", cores=64)))
    profile = a_profile_on(spec, vcpus=16)
    rehearsal = Rehearsal(a_stage(spec, agents=4, config=a_config_on(spec, profile=profile)))

    forecast = rehearsal.run()

    desktops = [guest.node for guest in rehearsal.twins[spec.name].cluster.guests.values() if guest.desktop]
    assert (forecast.ready, desktops) == (4, ["pve2"] * 4)
