"""Adapters made from a configuration."""

import pytest

from provisioner.daemon.composition import outside_of, site_config_of
from provisioner.errors import SettingsError, StoreError
from provisioner.model.people.profiles import Probe
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE, NOBODY_NEW
from provisioner.settings.directory import DirectoryGroups
from tests.builders.cli import a_lonely_site
from tests.builders.directory import FixedClock
from tests.builders.settings import SECRET


def _outside(site):
    return outside_of(site.load(), clock=FixedClock(), on_call=lambda _: None)


@pytest.fixture
def site(tmp_path):
    return a_lonely_site(tmp_path)


def test_every_cluster_has_a_hypervisor_and_a_probe(site):
    outside = _outside(site)

    assert outside.hypervisors.keys() == {"melun"}
    assert outside.probes.keys() == {("melun", Probe.GUEST_AGENT)}
    outside.close()


def test_nothing_is_connected_to_or_written_at_first(site):
    _outside(site).close()

    assert not (site.folder / "bascule.db").exists()


def test_an_endpoint_is_a_name_and_a_port_to_the_adapter(site):
    outside = _outside(site)

    assert "https://" not in repr(outside.hypervisors["melun"])
    assert "127.0.0.1:" in repr(outside.hypervisors["melun"])
    outside.close()


def test_no_repr_holds_a_secret(site):
    outside = _outside(site)

    assert SECRET not in repr(outside)
    assert SECRET not in repr(site.load())
    outside.close()


def test_a_token_that_cannot_be_one_is_the_configurations_fault(site):
    site.write("token", "two words")

    with pytest.raises(SettingsError, match=r"cluster melun: the secret of token bascule@pve!daemon is empty or holds a blank"):
        _outside(site)


def test_a_store_that_is_no_place_is_the_stores_fault(site):
    site.change("sqlite:///bascule.db", "postgresql+psycopg://127.0.0.1:1/bascule")
    outside = _outside(site)

    with pytest.raises(StoreError, match="store postgresql"):
        outside.store.load()
    outside.close()


def test_without_a_scenario_everybody_is_wanted_at_once_on_a_new_installation_alone(site):
    new = site_config_of(site.load())
    explicit = site_config_of(site.append("scenario: everyone\n").load())

    assert (new.scenario, new.scenario_given, explicit.scenario, explicit.scenario_given) == (EVERYONE, False, EVERYONE, True)
    assert explicit.rules_for(None, is_new=False) == new.rules_for(None, is_new=True) == new.rules
    assert new.rules_for(new.rules, is_new=False) == new.rules, "it never had another"
    assert new.rules_for(None, is_new=False).scenario == NOBODY_NEW, "the store was lost, and there are desktops"
    assert new.rules_for(Rules(entitlements=(), scenario=NOBODY_NEW), is_new=False).scenario == NOBODY_NEW


def test_the_pool_of_a_cluster_is_part_of_the_configuration(site):
    """A5: clones go into the pool."""
    assert site_config_of(site.load()).pools == {}

    site.change("    vmids:", "    pool: town/desks\n    vmids:")

    assert site_config_of(site.load()).pools == {"melun": "town/desks"}


def test_every_base_has_the_filter_that_holds_there(site):
    alone = site.load().directory
    site.change(
        "  base: ou=people,dc=departement,dc=example\n",
        """\
  bases: [{base: "ou=a,dc=x"}, {base: "ou=b,dc=x", filter: "(cn=*)"}]
  groups: {base: "ou=groups,dc=x", members: member}
""",
    )
    several = site.load().directory

    assert [(place.base, place.filter) for place in alone.places] == [(alone.base, alone.filter)]
    assert [(place.base, place.filter) for place in several.places] == [("ou=a,dc=x", several.filter), ("ou=b,dc=x", "(cn=*)")]
    assert several.groups == DirectoryGroups(base="ou=groups,dc=x", members=("member",))
