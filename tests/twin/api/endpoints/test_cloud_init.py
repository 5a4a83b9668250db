"""Cloud-init as Proxmox VE writes it: recorded on pve-manager 9.2.11 (`cloudinit dump user`, `cloudinit dump network`)."""

from dataclasses import replace

import pytest

from tests.builders.twin import EXACT, NODE, STORAGE, TEMPLATE, Lab, a_spec

VM = f"/nodes/{NODE}/qemu/101"
USER_DATA = """\
#cloud-config
hostname: vm101
manage_etc_hosts: true
fqdn: vm101
user:\x20\x20
chpasswd:
  expire: False
users:
  - default
package_upgrade: true
"""
"""Without the lines of its password and its keys."""
NETWORK_DATA = """\
version: 1
config:
    - type: physical
      name: eth0
      mac_address: 'bc:24:11:c7:4a:f3'
      subnets:
      - type: static
        address: '10.10.10.101'
        netmask: '255.255.255.0'
        gateway: '10.10.10.1'
    - type: nameserver
      address:
      - '127.0.0.1'
      search:
      - 'lab.local'
"""
AS_RECORDED = {
    "name": "vm101", "ciuser": "", "net0": "virtio=BC:24:11:C7:4A:F3,bridge=vmbr0",
    "ipconfig0": "ip=10.10.10.101/24,gw=10.10.10.1",
}  # fmt: skip


def a_desktop(**config: str | int) -> Lab:
    lab = Lab(a_spec(durations=replace(EXACT, upgrade_s=300.0))).cloned(101)
    assert lab.ask("PUT", f"{VM}/config", **config).ok
    return lab


@pytest.mark.parametrize(
    ("what", "text"), [pytest.param("user", USER_DATA, id="users"), pytest.param("network", NETWORK_DATA, id="network")]
)
def test_it_is_written_as_recorded(what: str, text: str) -> None:
    assert a_desktop(**AS_RECORDED).get(f"{VM}/cloudinit/dump", type=what) == text


def test_a_guest_of_dhcp_asks_the_name_servers_it_was_given() -> None:
    text = a_desktop(nameserver="10.0.0.53 10.0.1.53", searchdomain="dep.example").get(f"{VM}/cloudinit/dump", type="network")

    assert "      - type: dhcp4\n" in text
    assert text.endswith("      address:\n      - '10.0.0.53'\n      - '10.0.1.53'\n      search:\n      - 'dep.example'\n")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        pytest.param(
            "ip6=2001:db8::1:7/64,gw6=fe80::1",
            "      - type: static6\n        address: '2001:db8::1:7/64'\n        gateway: 'fe80::1'\n    - type",
            id="an address",
        ),
        pytest.param("ip=dhcp,ip6=auto", "      - type: dhcp4\n      - type: ipv6_slaac\n    - type", id="both"),
    ],
)
def test_a_guest_of_ipv6(given: str, lines: str) -> None:
    assert lines in a_desktop(ipconfig0=given).get(f"{VM}/cloudinit/dump", type="network")


def test_packages_are_upgraded_unless_the_guest_or_its_template_says_no() -> None:
    lab = Lab()
    assert lab.ask("PUT", f"/nodes/{NODE}/qemu/{TEMPLATE}/config", ciupgrade=0).ok
    lab.cloned(101)

    assert "package_upgrade" not in lab.get(f"{VM}/cloudinit/dump", type="user")
    assert lab.ask("PUT", f"{VM}/config", ciupgrade=1).ok
    assert "package_upgrade: true" in lab.get(f"{VM}/cloudinit/dump", type="user")


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        pytest.param({"ciupgrade": 0}, 48, id="no upgrade"),
        pytest.param({}, 348, id="an upgrade: five minutes more"),
        pytest.param({"delete": "ide2"}, 48, id="no cloud-init drive: nobody tells it to"),
    ],
)
def test_the_very_first_boot_waits_for_the_upgrade(config: dict[str, str | int], seconds: float) -> None:
    lab = a_desktop(onboot=0, **config)
    for lasts in (seconds, 48):
        lab.start(101)
        lab.wait(lasts - 0.1)
        assert lab.truth.ready == 0
        assert lab.wait(0.2).truth.ready == 1
        lab.do("POST", f"{VM}/status/stop")


def test_a_template_without_a_drive_upgrades_nothing() -> None:
    lab = Lab(a_spec(templates=(replace(a_spec().templates[0], cloud_init=False),))).cloned(101)

    assert STORAGE in str(lab.config(101)["scsi0"])
    assert "package_upgrade" not in lab.get(f"{VM}/cloudinit/dump", type="user")
