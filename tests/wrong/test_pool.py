"""K7: where the desktops are in a pool of Proxmox VE, the right is to be given on it, and the advice says so."""

from dataclasses import replace

import pytest

from provisioner.model.ids import PoolName, Vmid
from provisioner.model.kept.absence import why_absent
from provisioner.model.machines.desktops import Phase
from provisioner.pve.privileges import missing_rights
from provisioner.reasons.reason import act_of
from provisioner.wrong.clusters import of_clusters
from provisioner.wrong.listing import notable_in
from tests.builders.actions import a_reservation
from tests.builders.cluster import a_view
from tests.builders.monitors import a_desktop, a_status

DESKS = PoolName("desks")


@pytest.mark.parametrize(("pool", "where"), [(None, "/vms/5001"), (DESKS, "/pool/desks")])
def test_k7_of_a_desktop_that_the_list_does_not_show(pool, where):
    because = why_absent(a_reservation(1), a_view(existence={Vmid(5001): True}), pool)

    assert str(because) == f"VM 5001 exists, but the VM list does not show it: the token lacks VM.Audit on {where}"
    assert str(act_of(because)) == f"give the token VM.Audit on {where}"


@pytest.mark.parametrize(("pool", "where"), [(None, "/vms"), (DESKS, "/pool/desks")])
def test_k7_of_desktops_that_the_list_does_not_show(pool, where):
    because = why_absent(a_reservation(1), a_view(existence={Vmid(5001): True}), pool)
    status = a_status(desktops=tuple(replace(a_desktop(number, Phase.UNKNOWN), because=because) for number in (1, 2)))

    (wrong,) = (each for each in of_clusters(status, [], notable_in(status)) if each.says.code == "desktops_unlisted")
    assert str(act_of(wrong.says)) == f"give the token VM.Audit on {where}"


def test_k7_of_the_rights_that_check_storage_looks_with():
    assert "/pool/desks" in missing_rights({}, DESKS)
    assert "/vms" not in missing_rights({}, DESKS)
