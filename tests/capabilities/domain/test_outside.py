"""Computer accounts against a real Samba, the domain controller of an Active Directory; a desktop's own program joins."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.capabilities.domain.model import WantedAccount
from provisioner.capabilities.domain.outside import DomainComputers
from provisioner.capabilities.domain.settings import DomainSettings
from provisioner.errors import DirectoryRefused, DirectoryUnavailable
from provisioner.model.ids import DesktopName
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant, FirstBootRules, first_boot_data
from provisioner.settings.secret import Secret
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import FixedClock
from tests.servers.certificates import Authority
from tests.servers.samba import PASSWORD, READER, REALM, SUFFIX, Samba, samba

pytestmark = pytest.mark.real
PROGRAM = Path(__file__).parents[3] / "config" / "guest" / "bascule-first-boot"
DESKTOPS, ELSEWHERE = f"OU=Desktops,{SUFFIX}", f"OU=Postes,{SUFFIX}"
COMPUTER = "bf967a86-0de6-11d0-a285-00aa003049e2"
"""The class `computer` in access lists: [MS-ADSC] 2.21."""
DELEGATED = f"(OA;CI;CCDC;{COMPUTER};;{{reader}})(OA;CIIO;GA;;{COMPUTER};{{reader}})"
"""As docs/en/domain.md has it granted: create and delete computer accounts, and everything with them, and nothing else."""
FOREIGN = "VD-20009"
_WITH_HOSTS = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"')


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the files of the test module."""
    return tmp_path_factory.mktemp("domain")


@pytest.fixture(scope="module")
def authority(home: Path) -> Authority:
    """The authority whose certificates are trusted."""
    return Authority(home / "ca")


@pytest.fixture(scope="module")
def server(home: Path, authority: Authority) -> Iterator[Samba]:
    containers = [record(dn, objectClass=("organizationalUnit",)) for dn in (DESKTOPS, ELSEWHERE)]
    account = {"objectClass": ("computer",), "userAccountControl": ("4096",)}
    foreign = record(f"CN={FOREIGN},{ELSEWHERE}", sAMAccountName=(f"{FOREIGN}$",), **account)
    ldif = home / "containers.ldif"
    write_ldif(ldif, [*containers, foreign])
    with samba(home / "samba", authority=authority, ldif=ldif, rights={DESKTOPS: DELEGATED}, kerberos=True) as server:
        (home / "hosts").write_text(server.hosts)
        yield server


@pytest.fixture
def settings(server: Samba) -> DomainSettings:
    return DomainSettings(
        realm=REALM, urls=(server.ldaps,), ca_file=server.ca_file, bind_dn=READER, password=Secret(PASSWORD), ou=DESKTOPS
    )


def accounts(settings: DomainSettings, installation: str = "seine") -> DomainComputers:
    return DomainComputers(settings, installation=installation, clock=FixedClock())


def wanted(name: str, computer_ou: str = DESKTOPS) -> WantedAccount:
    return WantedAccount(desktop=DesktopName(name), computer_ou=computer_ou, host_name=f"{name}.vd.dep.example")


def joins(join: DomainJoin, root: Path, hosts: Path) -> dict[str, str]:
    """A desktop applies its first-boot data; how it went, in its own words. Kerberos knows the controller by its name alone."""
    grant = FirstBootGrant(desktop=DesktopName("vd"), secret="", login="", rules=FirstBootRules())
    data = first_boot_data(grant, hook="", password_hash="", join=replace(join, controller="dc1.departement.example"))
    for folder in ("run/bascule", "etc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "run/bascule/first-boot.json").write_text(json.dumps(data))
    command = [*_WITH_HOSTS, str(hosts), sys.executable, "-IB", str(PROGRAM), "--root", str(root)]
    subprocess.run(command, check=False, capture_output=True, timeout=60)
    return dict(json.loads((root / "var/lib/bascule/first-boot-data").read_text()))


def test_a_desktop_joins_with_it_once(settings: DomainSettings, home: Path, tmp_path: Path):
    join = accounts(settings).make(wanted("vd-20001"))

    assert joins(join, tmp_path / "a", home / "hosts") == {"state": "done", "why": ""}
    assert b"VD-20001$" in (tmp_path / "a/etc/krb5.keytab").read_bytes()
    again = joins(join, tmp_path / "b", home / "hosts")
    assert again["state"] == "failed"
    assert "Preauthentication failed" in again["why"]
    assert join.password not in again["why"]
    assert join.password not in repr(join)


def test_an_earlier_desktops_account_goes_before_the_name_is_joined_again(settings: DomainSettings, home: Path, tmp_path: Path):
    first = accounts(settings).make(wanted("vd-20002"))
    (stale,) = [account for account in accounts(settings).read() if account.desktop == "vd-20002"]
    second = accounts(settings).make(wanted("vd-20002"))

    (now,) = [account for account in accounts(settings).read() if account.desktop == "vd-20002"]
    assert now.identity != stale.identity
    assert joins(first, tmp_path / "a", home / "hosts")["state"] == "failed"
    accounts(settings).remove(stale)  # it is gone, and the new one is not hit
    assert joins(second, tmp_path / "b", home / "hosts")["state"] == "done"


def test_an_account_goes_with_its_desktop_even_after_it_has_joined(settings: DomainSettings, home: Path, tmp_path: Path):
    join = accounts(settings).make(wanted("vd-20003"))
    joins(join, tmp_path, home / "hosts")
    (account,) = [account for account in accounts(settings).read() if account.desktop == "vd-20003"]
    for _ in range(2):
        accounts(settings).remove(account)

    assert "vd-20003" not in {each.desktop for each in accounts(settings).read()}


def test_an_account_of_others_is_never_touched(settings: DomainSettings):
    with pytest.raises(DirectoryRefused, match=f"computer account {FOREIGN} is somebody else's"):
        accounts(settings).make(wanted(FOREIGN.lower()))
    accounts(settings).make(wanted("vd-20004"))
    with pytest.raises(DirectoryRefused, match="is somebody else's"):
        accounts(settings, "marne").make(wanted("vd-20004"))

    assert not accounts(settings, "marne").read()
    assert "vd-20004" in {each.desktop for each in accounts(settings).read()}


def test_it_can_be_seen_beforehand_where_accounts_can_be_made(settings: DomainSettings):
    assert accounts(settings).may_make(DESKTOPS)
    assert not accounts(settings).may_make(ELSEWHERE)
    with pytest.raises(DirectoryRefused, match="VD-20005 in OU=Postes"):
        accounts(settings).make(wanted("vd-20005", ELSEWHERE))


def test_the_next_controller_is_asked_if_one_does_not_answer(settings: DomainSettings):
    deaf = "ldaps://127.0.0.1:9"
    join = accounts(replace(settings, urls=(deaf, *settings.urls))).make(wanted("vd-20006"))

    assert settings.urls[0].endswith(join.controller)
    with pytest.raises(DirectoryUnavailable):
        accounts(replace(settings, urls=(deaf,))).read()
