"""Every field of Settings says what a reload does with it, and the reload does that."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from provisioner.daemon.composition import site_config_of
from provisioner.model.budget import Budget, Pace, Safety
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import DesktopPoolName
from provisioner.model.pools import DesktopPool
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.reload import needs_restart, reload_settings
from provisioner.settings.secret import Secret
from provisioner.settings.values import (
    ApiSettings,
    ConnectionSettings,
    ExpositionSettings,
    LogLevel,
    LogSettings,
    ReceiverSettings,
    Reload,
    Settings,
    SshSettings,
    StoreSettings,
)
from tests.builders.settings import SECRET, SURGE, a_site

_SSH = SshSettings(key_file=Path("key"), known_hosts_file=Path("hosts"))


_FIELDS = [field for field in fields(Settings) if field.metadata["reload"] is not Reload.EACH]


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
        "log": LogSettings(level=LogLevel.DEBUG),
        "freeze_file": Path("/other"),
        "ssh": _SSH,
        "scenario": surge.scenario,
        "scenario_file": Path("/other"),
        "timezone": "Indian/Reunion",
    }


def test_no_field_is_forgotten(old: Settings, tmp_path: Path):
    assert all(isinstance(field.metadata["reload"], Reload) for field in fields(Settings))
    assert changed(old, tmp_path).keys() == {field.name for field in _FIELDS}


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
