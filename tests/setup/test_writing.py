"""All of a site or nothing, and never over anything."""

import re

import pytest

from provisioner.errors import SettingsError
from provisioner.model.ids import StorageId
from provisioner.settings.bascule import load_settings
from provisioner.settings.directory import DirectoryGroups, DirectorySettings, Tls
from provisioner.settings.secret import Secret
from provisioner.settings.shipped import shipped
from provisioner.setup.cluster_look import ImageTemplates
from provisioner.setup.receiver_files import new_receiver, own_address, renew
from provisioner.setup.site_files import NewFile, NewSite, files_of
from provisioner.setup.writing import write_site
from tests.builders.cli import files_of as names_in

PASSWORD = 'a "secret": #1'
NOW = 1_800_000_000.0


def a_site(**changes):
    image = ImageTemplates(
        name="golden",
        places={StorageId("local-lvm"): {"pve1": 9001, "pve2": 9002}, StorageId("fast"): {"pve3": 9003}},
        vcpus=2,
        memory_mib=4096,
        disk_gib=32,
    )
    usual = {
        "installation": "oise",
        "timezone": "Indian/Reunion",
        "cluster": "beauvais",
        "endpoints": ("https://pve1:8006", "https://pve2:8006"),
        "token_id": "bascule@pve!daemon",
        "ca": "-----BEGIN",
        "vmids": (20000, 20999),
        "directory": DirectorySettings(
            urls=("ldaps://directory",), base="ou=people,dc=oise", bind_dn="cn=reader,dc=oise", password=Secret(PASSWORD)
        ),
        "groups": ("Télétravail: tous",),
        "image": image,
        "bridge": "vmbr1",
        "vlan": 12,
        "own_places": True,
        "secrets": {"token": "0-1-2", "note-key": "k" * 64, "directory-password": PASSWORD},
    }
    return NewSite(**{**usual, **changes})


def written(tmp_path, **changes):
    return write_site(tmp_path / "site", files_of(a_site(**changes)), environment={})


def test_what_is_written_is_what_is_loaded(tmp_path):
    settings = written(tmp_path)

    cluster, profile = settings.clusters["beauvais"], settings.profiles["standard"]
    assert (settings.installation, settings.naming.vmids["beauvais"]) == ("oise", (20000, 20999))
    assert (cluster.endpoints, cluster.token_secret.reveal()) == (("https://pve1:8006", "https://pve2:8006"), "0-1-2")
    assert settings.timezone == "Indian/Reunion"
    assert settings.directory.password.reveal() == PASSWORD
    assert settings.entitlements[0].who.groups == {"Télétravail: tous"}
    assert {(template.node, template.storage, template.vmid) for template in profile.templates} == {
        ("pve1", "local-lvm", 9001),
        ("pve2", "local-lvm", 9002),
        ("pve3", "fast", 9003),
    }
    assert (profile.bridge, profile.vlan, profile.addressing.first, profile.nameservers) == ("vmbr1", 12, "", ())


def test_its_scenarios_and_calendar_go_by_the_sites_clock(tmp_path):
    """Whoever writes 18:00 into the scenario, or has `day 1 08:00` there, means the clock on the wall: not that of Paris."""
    written(tmp_path)

    of_another = [file for file in (tmp_path / "site").rglob("*.yaml") if "Europe/Paris" in file.read_text(encoding="utf-8")]
    assert not of_another
    assert "zone: Indian/Reunion" in (tmp_path / "site/calendars/departement.yaml").read_text(encoding="utf-8")
    assert "18:00 Indian/Reunion" in (tmp_path / "site/scenarios/everyone.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("zone", [None, "UTC", "Etc/UTC"])
def test_a_machine_on_utc_says_nothing_of_working_days(tmp_path, zone):
    written(tmp_path, timezone=zone)

    assert "zone: Europe/Paris" in (tmp_path / "site/calendars/departement.yaml").read_text(encoding="utf-8")


def test_its_scenario_starts_nothing_for_decades(tmp_path):
    scenario = written(tmp_path).scenario

    assert scenario.starts_at > 4_000_000_000
    assert all(wave.prepare.value == "none" for wave in scenario.waves)


def test_secrets_are_files_that_nobody_else_reads(tmp_path):
    written(tmp_path)

    modes = {path.name: path.stat().st_mode & 0o777 for path in [tmp_path / "site", *(tmp_path / "site").rglob("*")]}
    assert (modes["site"], modes["secrets"]) == (0o750, 0o700)
    assert {modes[name] for name in ("token", "note-key", "directory-password")} == {0o600}
    for name in ("bascule.yaml", "profiles/standard.yaml"):
        assert PASSWORD not in (tmp_path / "site" / name).read_text()
        assert "0-1-2" not in (tmp_path / "site" / name).read_text()


@pytest.mark.parametrize(
    ("directory", "loaded"),
    [
        pytest.param({"tls": Tls.STARTTLS, "urls": ("ldap://directory",)}, {"tls": Tls.STARTTLS}, id="STARTTLS"),
        pytest.param({"tls": Tls.NONE, "urls": ("ldap://127.0.0.1",)}, {"tls": Tls.NONE}, id="in clear on this machine"),
        pytest.param(
            {"groups": DirectoryGroups(base="dc=oise", members=("member", "memberUid"))},
            {"groups": DirectoryGroups(base="dc=oise", members=("member", "memberUid"))},
            id="groups that list their members",
        ),
        pytest.param({"page_size": 200}, {"page_size": 200}, id="small pages"),
        pytest.param({"bind_dn": "", "password": None}, {"bind_dn": "", "password": None}, id="anonymous"),
    ],
)
def test_each_way_to_a_directory(tmp_path, directory, loaded):
    usual = {"urls": ("ldaps://directory",), "base": "dc=oise", "bind_dn": "cn=reader,dc=oise", "password": Secret(PASSWORD)}

    settings = written(tmp_path, directory=DirectorySettings(**{**usual, **directory})).directory

    assert {name: getattr(settings, name) for name in loaded} == loaded


def test_for_the_systems_folder_the_places_are_the_systems(tmp_path):
    settings = written(tmp_path, own_places=False)

    assert settings.store.url == "sqlite:////var/lib/bascule/bascule.db"
    assert str(settings.api.socket) == "/run/bascule/api.sock"


def test_every_comment_of_the_examples_is_kept(tmp_path):
    written(tmp_path)
    for name in ("bascule.yaml", "profiles/standard.yaml"):
        text = (tmp_path / "site" / name).read_text()
        comments = [line for line in (shipped() / name).read_text().splitlines() if re.match(r" *# \S", line)]
        assert [line for line in comments if line not in text] == []


@pytest.mark.parametrize("there", ["file", "full", "link"])
def test_nothing_is_written_over_anything(tmp_path, there):
    place = tmp_path / "site"
    if there == "file":
        place.touch()
    elif there == "link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.mkdir()
        (place / "mine").touch()
    before = names_in(tmp_path)

    with pytest.raises(SettingsError, match="not an empty folder"):
        written(tmp_path)

    assert names_in(tmp_path) == before


def test_an_empty_folder_will_do(tmp_path):
    (tmp_path / "site").mkdir(mode=0o777)

    written(tmp_path)

    assert load_settings(tmp_path / "site" / "bascule.yaml", environment={}).installation == "oise"


def test_what_would_not_load_leaves_nothing(tmp_path):
    with pytest.raises(SettingsError, match="installation"):
        written(tmp_path, installation="Not A Name")

    assert names_in(tmp_path) == set()


def test_an_interruption_leaves_nothing(tmp_path):
    def files():
        yield NewFile(path="bascule.yaml", text="")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_site(tmp_path / "site", files(), environment={})

    assert names_in(tmp_path) == set()


@pytest.mark.parametrize(
    ("own_places", "group", "socket"),
    [
        pytest.param(True, "", "pushes.sock", id="in a folder of its own"),
        pytest.param(False, "", "/run/bascule-receiver/daemon.sock", id="in the system's folder"),
        pytest.param(False, "bascule-receiver", "/run/bascule-receiver/daemon.sock", id="with an account of its own"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_desktops_report_by_themselves_if_it_was_agreed(tmp_path, language, own_places, group, socket):
    """F1: no `receiver` was written, so that desktops were only read."""
    receiver = new_receiver("127.0.0.1", 9999, own="127.0.0.1", group=group, now=NOW)
    written(tmp_path, language=language, own_places=own_places, receiver=receiver)

    site = tmp_path / "site"
    settings = load_settings(site / "bascule.yaml", environment={}).receiver
    assert (settings.address, settings.port, settings.name, settings.group) == ("127.0.0.1", 9999, "127.0.0.1", group)
    assert settings.socket == site / socket
    files = (settings.certificate, settings.key, settings.authority, settings.authority_key)
    names = ("receiver.pem", "secrets/receiver.key", "receiver-ca.pem", "secrets/receiver-ca.key")
    assert [(file.relative_to(site).as_posix(), file.stat().st_mode & 0o777) for file in files] == [
        (name, 0o600 if name.startswith("secrets/") else 0o640) for name in names
    ]
    assert renew(settings, now=NOW) is False, "it is fresh"
    assert renew(settings, now=NOW + 300 * 86_400) is True


def test_the_key_of_the_authority_is_in_no_other_file(tmp_path):
    receiver = new_receiver("127.0.0.1", 9999, own="127.0.0.1", now=NOW)
    written(tmp_path, receiver=receiver)

    holding = [
        path.name for path in (tmp_path / "site").rglob("*") if path.is_file() and receiver.authority.key in path.read_text()
    ]
    assert holding == ["receiver-ca.key"]


def test_without_it_nothing_is_written_of_it(tmp_path):
    assert written(tmp_path).receiver is None
    assert not [path for path in (tmp_path / "site").rglob("*") if "receiver" in path.name]


@pytest.mark.parametrize(
    ("name", "own", "listens"),
    [
        pytest.param("127.0.0.1", "10.0.0.1", "127.0.0.1", id="an address of this machine"),
        pytest.param("192.0.2.9", "10.0.0.1", "0.0.0.0", id="an address that is translated on the way"),
        pytest.param("bascule.example.org", "10.0.0.1", "0.0.0.0", id="a name"),
        pytest.param("bascule.example.org", "2001:db8::1", "::", id="a name where all is IPv6"),
        pytest.param("2001:db8::9", "2001:db8::1", "::", id="a translated address of IPv6"),
    ],
)
def test_it_listens_where_desktops_reach_it(name, own, listens):
    assert new_receiver(name, 9819, own=own, now=NOW).address == listens


def test_this_machine_is_known_by_the_address_that_reaches_the_cluster():
    assert own_address("https://127.0.0.1:8006") == "127.0.0.1"
