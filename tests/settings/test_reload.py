"""Every field of Settings says what a reload does with it, and the reload does that."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.capabilities.domain.settings import DOMAIN, DomainSettings
from provisioner.capabilities.notices.model import NoticeRules
from provisioner.capabilities.notices.settings import NOTICES, NoticeSettings, WebhookSettings
from provisioner.capabilities.zones.model import ZoneRules
from provisioner.capabilities.zones.settings import DNS, DnsKey, DnsSettings
from provisioner.daemon.composition import site_config_of
from provisioner.extensions import Part
from provisioner.model.brokers import GrantRules
from provisioner.model.budget import Budget, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import DesktopPoolName
from provisioner.model.pools import DesktopPool
from provisioner.settings.guacamole import GrantSettings, GuacamoleSettings
from provisioner.settings.probes import ProbeSettings
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.readiness import ReadinessSettings
from provisioner.settings.reload import needs_restart, reload_settings
from provisioner.settings.reloading import Reload
from provisioner.settings.secret import Secret
from provisioner.settings.sections import SECTIONS
from provisioner.settings.values import (
    ApiSettings,
    ConnectionSettings,
    ExpositionSettings,
    LogLevel,
    LogSettings,
    ReceiverSettings,
    Settings,
    SshSettings,
    StoreSettings,
)
from tests.builders.settings import SECRET, SURGE, a_site

_SSH = SshSettings(key_file=Path("key"), known_hosts_file=Path("hosts"))


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> Settings:
    return a_site(tmp_path).load()


def changed(old: Settings, tmp_path: Path) -> dict[str, object]:
    """Another value for every field."""
    profile = next(iter(old.profiles.values()))
    cluster = next(iter(old.clusters.values()))
    surge = a_site(tmp_path / "surge").write("surge.yaml", SURGE).append("scenario: surge.yaml\n").load()
    return {
        "installation": "marne",
        "note_key": replace(old.note_key, secret=b"another key of thirty-two bytes!"),
        "clusters": {cluster.cluster: replace(cluster, connections=7)},
        "directory": replace(old.directory, page_size=7),
        "profiles": {profile.name: replace(profile, vcpus=7)},
        "entitlements": (),
        "pools": {DesktopPoolName("help-desk"): DesktopPool(name=DesktopPoolName("help-desk"), profile=profile.name, size=7)},
        "naming": replace(old.naming, prefix="other-"),
        "budget": Budget(max_attempts=7),
        "safety": Safety(max_deletes=7),
        "leavers": LeaverRules(stop_after_s=7.0),
        "pace": Pace(session_first_s=7.0),
        "store": StoreSettings(url="sqlite:////other"),
        "exposition": ExpositionSettings(port=7),
        "api": ApiSettings(socket=Path("/other")),
        "receiver": ReceiverSettings(address="10.0.0.1", certificate=Path("/other")),
        "connections": ConnectionSettings(certificate=Path("/other.pem"), key=Path("/other.key")),
        "prometheus": PrometheusSettings(url="https://other.example", username="u", password=Secret(SECRET)),
        "probes": ProbeSettings(timeout_s=7.0),
        "guacamole": GuacamoleSettings(
            url="https://other.example", grants=GrantSettings(key=Secret(SECRET), rules=GrantRules(lifetime_s=7.0))
        ),
        "readiness": ReadinessSettings(at=180),
        "log": LogSettings(level=LogLevel.DEBUG),
        "freeze_file": Path("/other"),
        "ssh": _SSH,
        "scenario": surge.scenario,
        "scenario_file": Path("/other"),
        "sections": old.sections.having(DNS, changed_sections()[DNS]),
    }


def changed_sections() -> dict[Part[Any], Any]:
    """Another value for every section of a capability."""
    return {
        DOMAIN: DomainSettings(
            realm="OTHER.EXAMPLE", urls=("ldaps://dc",), bind_dn="cn=join", password=Secret(SECRET), ou="ou=vd,dc=other"
        ),
        DNS: DnsSettings(
            server="192.0.2.1",
            key=DnsKey(name="other", secret=Secret(SECRET)),
            zones=ZoneRules(forward="vd.example"),
        ),
        NOTICES: NoticeSettings(link="https://a", rules=NoticeRules(), webhook=WebhookSettings(url="https://b")),
    }


def test_no_field_is_forgotten(old: Settings, tmp_path: Path):
    assert all(isinstance(field.metadata["reload"], Reload) for field in fields(Settings))
    assert changed(old, tmp_path).keys() == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("section", tuple(SECTIONS.found()), ids=lambda section: section.part.name)
def test_a_changed_section_is_taken_up_or_named(old: Settings, section):
    new = replace(old, sections=old.sections.having(section.part, changed_sections()[section.part]))

    live = section.reload is Reload.LIVE

    assert reload_settings(old, new) == (new if live else old)
    assert needs_restart(old, new) == ([] if live else [section.part.name])


_FIELDS = [field for field in fields(Settings) if field.name != "sections"]


@pytest.mark.parametrize("field", _FIELDS, ids=lambda field: field.name)
def test_a_changed_field_is_taken_up_or_named(old: Settings, tmp_path: Path, field):
    new = replace(old, **{field.name: changed(old, tmp_path)[field.name]})
    assert new != old

    live = field.metadata["reload"] is Reload.LIVE

    assert reload_settings(old, new) == (new if live else old)
    assert needs_restart(old, new) == ([] if live else [field.name])


@pytest.mark.parametrize("name", ["profiles", "entitlements", "pools", "budget", "safety", "leavers", "pace", "scenario"])
def test_a_live_field_reaches_the_loop(old: Settings, tmp_path: Path, name: str):
    """B1: `leavers:` was neither taken up nor named."""
    new = replace(old, **{name: changed(old, tmp_path)[name]})

    assert site_config_of(reload_settings(old, new)) == site_config_of(new) != site_config_of(old)
