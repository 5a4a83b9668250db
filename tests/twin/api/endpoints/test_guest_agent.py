"""Requests of other clients to a guest agent."""

from typing import Any

import pytest

from tests.builders.twin import NODE, Lab

VM = f"/nodes/{NODE}/qemu/101"


def a_ready_desktop(**settings: str) -> Lab:
    lab = Lab().cloned(101)
    if settings:
        assert lab.ask("PUT", f"{VM}/config", **settings).ok
    lab.start(101)
    return lab.wait(60)


@pytest.mark.parametrize(
    ("command", "picked", "value"),
    [
        pytest.param("get-host-name", "host-name", "vd-101", id="its name"),
        pytest.param("get-osinfo", "id", "debian", id="its system"),
        pytest.param("get-timezone", "zone", "UTC", id="its time zone"),
        pytest.param("info", "version", "10.0.13", id="its agent's version"),
    ],
)
def test_facts(command: str, picked: str, value: str) -> None:
    assert a_ready_desktop().get(f"{VM}/agent/{command}")["result"][picked] == value


def test_numbers() -> None:
    lab = a_ready_desktop()

    assert len(lab.get(f"{VM}/agent/get-vcpus")["result"]) == 2
    assert lab.get(f"{VM}/agent/get-fsinfo")["result"][0]["total-bytes"] == 32 * 2**30
    assert lab.get(f"{VM}/agent/get-time")["result"] == pytest.approx(lab.events.now * 1e9)
    assert lab.ask("POST", f"{VM}/agent/ping").data == {"result": {}}


@pytest.mark.parametrize(
    ("settings", "address", "prefix"),
    [
        pytest.param({"ipconfig0": "ip=10.40.0.17/21,gw=10.40.0.1"}, "10.40.0.17", 21, id="the address that cloud-init set"),
        pytest.param({"ipconfig0": "ip=dhcp"}, "10.0.0.101", 8, id="DHCP: one by VMID"),
        pytest.param({}, "10.0.0.101", 8, id="nothing set: one by VMID"),
    ],
)
def test_the_first_card_has_the_desktops_address(settings: dict[str, str], address: str, prefix: int) -> None:
    lab = a_ready_desktop(**settings)
    interfaces: list[dict[str, Any]] = lab.get(f"{VM}/agent/network-get-interfaces")["result"]

    assert [interface["name"] for interface in interfaces] == ["lo", "eth0"]
    assert interfaces[1]["ip-addresses"] == [{"ip-address": address, "prefix": prefix, "ip-address-type": "ipv4"}]
    assert interfaces[1]["hardware-address"].upper() in lab.config(101)["net0"]
