"""Values that other processes get by pickle are equal there: settings with every section, a scenario, a status."""

import pickle
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.capabilities.brokers.model import STATES as BROKERS
from provisioner.capabilities.brokers.model import BrokerState
from provisioner.capabilities.domain.model import STATE as DOMAIN
from provisioner.capabilities.domain.model import DomainState
from provisioner.capabilities.notices.model import STATES as NOTICES
from provisioner.capabilities.notices.model import ChannelState
from provisioner.capabilities.probes.model import STATE as PROBES
from provisioner.capabilities.probes.model import ProbeState
from provisioner.capabilities.readiness.model import STATE as READINESS
from provisioner.capabilities.readiness.model import Readiness, StandingState
from provisioner.capabilities.zones.model import STATES as ZONES
from provisioner.capabilities.zones.model import ZoneState
from provisioner.extensions import Parts
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.probes import Factor, FactorKind
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason, as_reason, to_document
from provisioner.reasons.steps import LATE, RETRY
from provisioner.settings.values import Settings
from tests.builders.autoscale import IN_SHADOW
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.pools import A_POOL, DESK
from tests.builders.settings import SECRET
from tests.builders.views import a_publication
from tests.settings.every_key import a_full_site

SECTIONS = """\
connections: {certificate: r.pem, key: r.key}
dns: {server: 192.0.2.53, forward: vd.dep.example, key: {name: bascule, secret: {file: dns-key}}}
domain: {realm: dep.example, urls: [ldaps://dc1], bind_dn: 'cn=join,dc=x', password: {file: password}, ou: 'ou=vd,dc=x'}
guacamole:
  url: https://guacamole.example.org
  grants: {key: {file: grant-key}}
notices: {link: 'https://desks.example/', mail: {server: smtp.example.org, sender: bascule@dep.example}}
probes: {command: xfreerdp3}
readiness: {at: 03:00}
ssh: {key_file: r.key, known_hosts_file: hosts}
timezone: Europe/Paris
"""
RARE = RETRY(why=LATE(after_s=900.0), tries=2)
PARTS = (
    Parts()
    .having(ZONES, (ZoneState(zone="vd.dep.example", failing=RARE),))
    .having(DOMAIN, DomainState(realm="DEP.EXAMPLE", failing=RARE))
    .having(BROKERS, (BrokerState(broker="guacamole", failing=RARE),))
    .having(NOTICES, (ChannelState(channel="mail", stages={}),))
    .having(READINESS, StandingState(answer=Readiness(at=1.0, scenario="surge", wanted=9, ready=8, untried=RARE)))
    .having(PROBES, ProbeState(causes=((Factor(FactorKind.NODE, "pve/pve03"),),), what=RARE))
)


def copied(value: Any) -> Any:
    """As another process gets it."""
    return pickle.loads(pickle.dumps(value))


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    site = a_full_site(tmp_path).append(SECTIONS)
    for name, text in {"dns-key": "c2VjcmV0\n", "password": SECRET, "grant-key": "0" * 32, "hosts": ""}.items():
        site.write(name, text)
    return site.load()


def test_settings_are_equal(settings: Settings):
    assert [field.name for field in fields(settings) if getattr(settings, field.name) is None] == []
    assert [part.name for part, value in settings.sections.items() if value is None] == []
    assert copied(settings) == settings


def test_a_scenario_is_equal(settings: Settings):
    assert isinstance(settings.scenario, Scenario)
    assert isinstance(settings.scenario.waves[0], Wave)
    assert copied(settings.scenario) == settings.scenario


def test_a_status_is_equal():
    status = replace(
        a_publication(a_desktop(1), a_desktop(2), wanted=3).status,
        surge=SurgeRun.begun("night", NOW),
        parts=PARTS,
        pools=(A_POOL,),
        autoscale={DESK: IN_SHADOW},
        blocked=(RARE,),
        certificates=(WatchedCertificate(use="api.certificate", path="api.pem", ends=None, fault=RARE),),
    )

    assert copied(status) == status != Status(at=status.at)


@pytest.mark.parametrize("reason", [RARE, as_reason("no space left")])
def test_a_reason_keeps_its_code_and_arguments(reason: Reason):
    assert to_document(copied(reason)) == to_document(reason)
