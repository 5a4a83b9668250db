"""The marks of a desktop's VM: tags and a MAC address."""

import pytest

from provisioner.model.vm_marks import is_configured, mac_for, tags_for
from tests.builders.cluster import INSTALLATION, a_guest, a_profile


def test_tags_are_lower_case_sorted_and_name_installation_profile_and_image():
    assert tags_for(a_profile("Office", image="Golden-1"), "Lab") == ("bascule-lab", "img-golden-1", "profile-office")


@pytest.mark.parametrize(
    ("tags", "configured"),
    [
        pytest.param(tags_for(a_profile(), INSTALLATION), True, id="our tags"),
        pytest.param((), False, id="a bare clone"),
        pytest.param(("bascule-other",), False, id="another installation's"),
        pytest.param(("golden",), False, id="inherited from the template"),
    ],
)
def test_configured_once_our_tag_is_there(tags, configured):
    assert is_configured(a_guest(tags=frozenset(tags)), INSTALLATION) is configured


def test_mac_addresses_are_local_unicast_and_unique_per_vmid():
    every = [mac_for(vmid, INSTALLATION) for vmid in range(5001, 7001)]

    assert len(set(every)) == 2000
    assert {int(mac[:2], 16) & 0b11 for mac in every} == {0b10}
    assert mac_for(5001, "lab") != mac_for(5001, "other site"), "two installations on one bridge"
