"""F7: the site's zone is named once; where it is not, it is the machine's, by its name."""

from pathlib import Path

import pytest

from provisioner.errors import SettingsError
from provisioner.settings.reload import differences, needs_restart, reload_settings
from provisioner.settings.scenario_times import moment
from provisioner.settings.site_zone import SiteZone, machine_zone, site_zone, with_zone, zone_named
from provisioner.settings.store_access import load_store_access
from tests.builders.settings import a_site

SUMMER, WINTER = 1_782_000_000.0, 1_800_000_000.0


def test_what_the_configuration_names_counts_and_a_faulty_rest_does_not_hide_it(tmp_path: Path):
    site = a_site(tmp_path).append("timezone: Europe/Paris\n")
    assert site_zone(site.load().timezone, {"TZ": "UTC"}) == SiteZone("Europe/Paris")

    site.append("naming: {prefix: 7}\n")
    assert load_store_access(site.main, environment=site.environment).zone == SiteZone("Europe/Paris")


def test_a_zone_that_is_none_is_refused_with_its_place(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"bascule.yaml:\d+:\d+ timezone: .*Europe/Paris"):
        a_site(tmp_path).append("timezone: Europe/Pariss\n").load()


def test_a_reload_takes_it_up_and_a_difference_is_named(tmp_path: Path):
    before = a_site(tmp_path).load()
    after = a_site(tmp_path).append("timezone: Europe/Paris\n").load()

    assert reload_settings(before, after).timezone == "Europe/Paris"
    assert needs_restart(before, after) == []
    assert [(each.key, each.before, each.after) for each in differences(before, after)] == [("timezone", None, "Europe/Paris")]


@pytest.mark.parametrize(
    ("tz", "key"),
    [
        pytest.param("Europe/Paris", "Europe/Paris", id="by name"),
        pytest.param(":Europe/Paris", "Europe/Paris", id="as POSIX writes a file"),
        pytest.param("", "UTC", id="empty: the C library takes UTC"),
        pytest.param("CET-1CEST,M3.5.0,M10.5.0/3", None, id="a rule without a name"),
    ],
)
def test_the_machine_says_its_zone_by_the_variable(tz: str, key: str | None):
    assert machine_zone({"TZ": tz}) == SiteZone(key) == site_zone(None, {"TZ": tz})


@pytest.mark.parametrize(
    ("target", "key"),
    [
        pytest.param("usr/share/zoneinfo/Indian/Reunion", "Indian/Reunion", id="a link into the database"),
        pytest.param("usr/share/zoneinfo/Etc/UTC", "UTC", id="Debian's UTC"),
        pytest.param("etc/zone.tab", None, id="a copy: it has no name"),
        pytest.param(None, "UTC", id="no file: UTC"),
    ],
)
def test_or_by_the_file(tmp_path: Path, target: str | None, key: str | None):
    local = tmp_path / "localtime"
    if target is not None:
        (tmp_path / target).parent.mkdir(parents=True)
        (tmp_path / target).write_bytes(b"")
        local.symlink_to(tmp_path / target)

    assert machine_zone({}, local=local) == SiteZone(key)


@pytest.mark.parametrize("now", [1_792_886_000.0, 1_792_889_600.0, 1_792_893_200.0])
def test_what_is_proposed_for_a_file_is_the_moment_that_is_meant(now: float):
    """25 October 2026, around and in the hour that comes twice: the second one cannot be named by its zone."""
    paris = SiteZone("Europe/Paris")

    assert moment(with_zone(now, paris)) == now - now % 60


def test_it_knows_summer_from_winter_and_reads_what_it_writes():
    paris = SiteZone("Europe/Paris")

    assert [f"{paris.local(at):%H:%M %z}" for at in (SUMMER, WINTER)] == ["02:00 +0200", "09:00 +0100"]
    assert [paris.at(paris.local(at).replace(tzinfo=None)) for at in (SUMMER, WINTER)] == [SUMMER, WINTER]
    assert zone_named("Mars/Olympus") == zone_named(None) == SiteZone()
