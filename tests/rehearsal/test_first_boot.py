"""What a new desktop does at its very first boot, with the daemon's own orders on a twin."""

from dataclasses import replace

import pytest

from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.twin.model.first_boot import network_data, user_data
from tests.builders.rehearsal import FIRST_VMID, a_config_on, a_profile_on, a_stage
from tests.builders.twin import EXACT, TEMPLATE, a_spec


def test_no_desktop_upgrades_itself_at_its_first_boot():
    """E1: Proxmox VE has cloud-init upgrade all packages unless it is told not to, and the first boot waits for it."""
    spec = a_spec(durations=replace(EXACT, upgrade_s=300.0))
    rehearsal = Rehearsal(a_stage(spec, agents=2))

    forecast = rehearsal.run()

    assert forecast.ready == 2
    assert forecast.ready_after_s[-1] < 100, "an upgrade takes 300 s"
    desktops = [guest for guest in rehearsal.twins[spec.name].cluster.guests.values() if guest.desktop]
    assert not any("package_upgrade" in user_data(guest) for guest in desktops)


@pytest.mark.long
def test_a_profile_may_have_its_desktops_upgrade_themselves():
    """E1: then the first boot takes as long as that takes, and the desktop is waited for."""
    spec = a_spec(durations=replace(EXACT, upgrade_s=300.0))
    config = a_config_on(spec, profile=a_profile_on(spec, upgrade_at_first_boot=True))

    forecast = Rehearsal(a_stage(spec, agents=2, config=config)).run()

    assert forecast.ready == 2
    assert forecast.ready_after_s[0] > 340


def test_a_desktop_asks_the_name_servers_of_its_profile():
    """E11: by itself it would ask its node's."""
    spec = a_spec()
    profile = a_profile_on(spec, nameservers=("10.0.0.53",), searchdomains=("dep.example",))
    rehearsal = Rehearsal(a_stage(spec, agents=1, config=a_config_on(spec, profile=profile)))

    assert rehearsal.run().ready == 1

    text = network_data(rehearsal.twins[spec.name].cluster.guests[FIRST_VMID])
    assert text.endswith("      address:\n      - '10.0.0.53'\n      search:\n      - 'dep.example'\n")


@pytest.mark.long
def test_a_template_that_carries_our_tag_makes_no_desktop_that_was_never_configured():
    """A16: an image that was made from a desktop. Nothing is cloned from it, and the reason says what to do."""
    spec = a_spec()
    rehearsal = Rehearsal(a_stage(spec, agents=2, at_most_s=900.0))
    twin = rehearsal.twins[spec.name]
    twin.cluster.guests[TEMPLATE].config["tags"] = "bascule-lab;golden"
    rehearsal.run()
    status = rehearsal.reconciler.status

    assert status is not None
    assert [guest.vmid for guest in twin.cluster.guests.values() if not guest.template] == []
    assert all("has the tag bascule-lab" in deferral.reason for deferral in status.plan.deferred)
    assert len(status.plan.deferred) == 2
