"""What desktops share: each kind of mark is named, and what is not said is not shared."""

from dataclasses import replace

import pytest

from provisioner.model.desktops import Identity
from provisioner.model.identities import Identities
from provisioner.model.records import DesktopRecord
from tests.builders.actions import a_name, a_reservation

OWN = Identity(
    image="2026.11", machine="1", host_keys=("k1", "k2"), hostname="vd-5001", cards=("02:00",), addresses=("192.0.2.1",)
)
OTHER = Identity(
    image="2026.11", machine="2", host_keys=("k3",), hostname="vd-5002", cards=("02:01",), addresses=("192.0.2.2",)
)  # fmt: skip


def clash(mine: Identity, *others: Identity) -> str:
    records = [DesktopRecord(reservation=a_reservation(number), identity=other) for number, other in enumerate(others, 2)]
    return Identities(records).clash(a_name(1), mine)


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        ({"machine": "1"}, "machine-id"),
        ({"host_keys": ("k3", "k2")}, "SSH host key"),
        ({"cards": ("02:00",)}, "network card address"),
        ({"hostname": "vd-5001"}, "host name"),
        ({"addresses": ("192.0.2.9", "192.0.2.1")}, "IP address"),
        ({"hostname": "vd-5001", "machine": "1"}, "machine-id"),
    ],
)
def test_each_kind_of_mark_is_named_the_surest_first(shared, words):
    assert clash(OWN, replace(OTHER, **shared)) == f"it has the same {words} as vd-5002"


@pytest.mark.parametrize("mine", [OWN, Identity()])
@pytest.mark.parametrize("other", [OTHER, Identity(), Identity(image="2026.11")])
def test_what_is_not_said_is_not_shared(mine, other):
    assert clash(mine, other) == ""


def test_of_many_a_few_are_named():
    assert clash(OWN, *[OWN] * 9) == "it has the same machine-id as vd-5002, vd-5003, vd-5004 and 6 more"


def test_a_desktop_shares_nothing_with_itself():
    record = DesktopRecord(reservation=a_reservation(1), identity=OWN)

    assert Identities([record]).clash(a_name(1), OWN) == ""
