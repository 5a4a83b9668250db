"""The commands for foreign VMs."""

import pytest

from provisioner.model.intents import IntentKind
from tests.builders.cli import a_lonely_site, ordered_by
from tests.builders.desk import ordered, orders_in

pytestmark = pytest.mark.long


@pytest.fixture(name="site")
def _site(tmp_path):
    return a_lonely_site(tmp_path)


def _retire(site, name: str):
    return ordered(site, "store", "retire", name, "--reason", "a backup", "--by", "eve")


def _range(site) -> tuple[str, int]:
    ((cluster, (first, _)),) = site.load().naming.vmids.items()
    return cluster, first


def test_a_vm_in_our_range_is_retired(site):
    """A12: the store keeps the intent for the daemon."""
    cluster, first = _range(site)
    said = _retire(site, f"{cluster}/{first + 7}")

    assert said.code == 0, said
    (intent,) = orders_in(site)
    assert (intent.kind, intent.target, intent.by, intent.reason) == (
        IntentKind.RETIRE,
        f"{cluster}/{first + 7}",
        ordered_by("eve"),
        "a backup",
    )


@pytest.mark.parametrize("name", ["5001", "nowhere/5001", "CLUSTER/abc", "CLUSTER/100"])
def test_what_is_no_vm_of_our_range_is_refused(site, name: str):
    """A12: a mistyped number changes nothing."""
    cluster, _ = _range(site)
    said = _retire(site, name.replace("CLUSTER", cluster))

    assert said.code == 2
    assert len(said.err.splitlines()) == 1
