"""What desktops share: each kind of mark is named, and what is not said is not shared."""

from dataclasses import replace

import pytest

from provisioner.model.kept.identities import Identities
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Identity
from provisioner.model.vm_marks import mac_for
from tests.builders.actions import a_name, a_reservation

OWN = Identity(
    image="2026.11",
    machine="1",
    host_keys=("k1", "k2"),
    hostname="golden",
    cards=("52:54:00:00:00:01",),
    addresses=("192.0.2.1",),
)
OTHER = Identity(
    image="2026.11", machine="2", host_keys=("k3",), hostname="vd-5002", cards=("52:54:00:00:00:02",), addresses=("192.0.2.2",)
)  # fmt: skip


def identities(*others: Identity) -> Identities:
    records = [DesktopRecord(reservation=a_reservation(number), identity=other) for number, other in enumerate(others, 2)]
    return Identities([DesktopRecord(reservation=a_reservation(1)), *records])


def clash(mine: Identity, *others: Identity) -> str:
    return identities(*others).clash(a_name(1), mine)


def given(number: int) -> Identity:
    """What Bascule gives to it."""
    mine = a_reservation(number, address=f"198.51.100.{number}")
    return Identity(hostname=mine.name, cards=(mac_for(mine.vmid, "paris").lower(),), addresses=(mine.address,))


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        ({"machine": "1"}, "machine-id"),
        ({"host_keys": ("k3", "k2")}, "SSH host key"),
        ({"cards": ("52:54:00:00:00:01",)}, "network card address"),
        ({"hostname": "golden"}, "host name"),
        ({"addresses": ("192.0.2.9", "192.0.2.1")}, "IP address"),
        ({"hostname": "golden", "machine": "1"}, "machine-id"),
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


@pytest.mark.parametrize("mark", ["hostname", "cards", "addresses"])
def test_a_mark_that_bascule_has_given_convicts_whoever_claims_it_and_nobody_else(mark):
    """H3: root in one desktop says that it has the next one's card, address or name, before that one is there, or after."""
    records = [
        DesktopRecord(reservation=a_reservation(1, address="198.51.100.1"), identity=given(1)),
        DesktopRecord(reservation=a_reservation(2, address="198.51.100.2"), identity=given(2)),
    ]
    claims = replace(given(2), **{mark: getattr(given(1), mark)})
    found = Identities(records)
    found.add(a_name(2), claims)

    assert found.clash(a_name(1), given(1)) == ""
    words = {"hostname": "host name", "cards": "network card address", "addresses": "IP address"}[mark]
    assert found.clash(a_name(2), claims) == f"it says that it has the {words} that Bascule has given to vd-5001"


def test_an_address_that_bascule_has_given_to_nobody_keeps_nobody_back_and_is_told():
    """H3: the next addresses of DHCP, and those that follow from a card's address, can be guessed."""
    found = identities(replace(OTHER, addresses=OWN.addresses))

    assert found.keeps_back(a_name(1), OWN) == ""
    assert found.clash(a_name(1), OWN) == "it has the same IP address as vd-5002"


def test_a_desktop_that_says_that_it_has_the_addresses_of_many_is_told_alone():
    """H3: sixteen of them made seventeen entries of the list of differences; only one desktop had said anything untrue."""
    theirs = {number: Identity(addresses=(f"203.0.113.{number}",)) for number in range(3, 9)}
    records = [DesktopRecord(reservation=a_reservation(number), identity=each) for number, each in theirs.items()]
    liar = Identity(addresses=tuple(address for each in theirs.values() for address in each.addresses))
    found = Identities([*records, DesktopRecord(reservation=a_reservation(2), identity=liar)])

    assert {found.clash(a_name(number), each) for number, each in theirs.items()} == {""}
    assert found.clash(a_name(2), liar).startswith("it has the same IP address as vd-5003")


def test_the_next_desktops_name_with_its_domain_keeps_it_back_as_little_as_its_name():
    """H3: images whose host name has a domain. The name was nobody's then, and both were said to share it."""
    liar = DesktopRecord(reservation=a_reservation(2), identity=Identity(hostname=f"{a_name(1)}.example.org"))
    found = Identities([DesktopRecord(reservation=a_reservation(1)), liar])

    assert found.keeps_back(a_name(1), Identity(hostname=f"{a_name(1)}.example.org")) == ""
    assert found.keeps_back(a_name(2), liar.identity) != ""
