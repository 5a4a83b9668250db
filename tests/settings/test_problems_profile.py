"""A single problem in a profile."""

import pytest

from tests.builders.settings import STANDARD, a_pool, a_site

DURATION = "must be a duration such as 90s, 15min, 4h or 1h30min, or a number of seconds"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(a_pool("10.0.0.9", "10.0.0.20"), [], id="a pool inside its network is right"),
        pytest.param(
            a_pool("10.0.0.20", "10.0.0.9"), ["standard.yaml:10:13 addressing: last comes before first"], id="a pool backwards"
        ),
        pytest.param(
            a_pool("10.0.0.9", "10.0.1.9"),
            ["standard.yaml:10:13 addressing: last is not a host address of the network"],
            id="a pool that leaves its network",
        ),
        pytest.param(
            a_pool("10.0.0.9", "10.0.0.255"),
            ["standard.yaml:10:13 addressing: last is not a host address of the network"],
            id="the broadcast address is nobody's",
        ),
        pytest.param(
            a_pool("10.0.0.9", "10.0.0.999"), ["standard.yaml:10:78 addressing.last: must be an IP address"], id="no address"
        ),
        pytest.param(
            a_pool("2001:db8::9", "2001:db8::20%eth0", network="2001:db8::/64", gateway="fe80::1"),
            ["standard.yaml:10:82 addressing.last: must be an IP address"],
            id="an address of one machine's card",
        ),
        pytest.param(
            a_pool("2001:db8::", "2001:db8::20", network="2001:db8::/64", gateway="fe80::1"),
            ["standard.yaml:10:13 addressing: first is not a host address of the network"],
            id="the address of all routers",
        ),
        pytest.param(
            a_pool("10.0.0.9", "2001:db8::20", network="2001:db8::/64", gateway="fe80::1"),
            ["standard.yaml:10:13 addressing: first is not a host address of the network"],
            id="IPv4 in a network of IPv6",
        ),
        pytest.param(
            a_pool("2001:db8::1:0", "2001:db8::3:0", network="2001:db8::/64", gateway="fe80::1"),
            ["standard.yaml:10:13 addressing: holds more than 131072 addresses"],
            id="more addresses than can be written out",
        ),
        pytest.param(
            a_pool("10.0.0.9", "10.0.0.20", network="10.0.0.1/24"),
            ["standard.yaml:10:13 addressing: network must be such as 10.40.0.0/21 or 2001:db8:40::/64, host bits zero"],
            id="an address for a network",
        ),
        pytest.param(
            "addressing: {first: 10.0.0.1}\n",
            [
                "standard.yaml:10:1 addressing.gateway: is missing",
                "standard.yaml:10:1 addressing.last: is missing",
                "standard.yaml:10:1 addressing.network: is missing",
            ],
            id="half a pool lacks each of the rest",
        ),
        pytest.param(
            "readiness: port\n",
            ["standard.yaml:10:12 readiness: port and first_boot need addressing: with DHCP no address is known"],
            id="a port at an unknown address",
        ),
        pytest.param(
            "probe: ssh\n",
            [
                "standard.yaml:10:8 probe: ssh needs addressing: with DHCP the desktop's address is not known",
                "standard.yaml:10:8 probe: ssh needs the section ssh: in bascule.yaml",
            ],
            id="the SSH probe's needs",
        ),
        pytest.param(
            "dedicated: false\n",
            ["bascule.yaml:15:14 entitlements[0].profile: profile 'standard' says `dedicated: false`: only a pool can use it"],
            id="a profile for pools alone, in an entitlement",
        ),
        pytest.param("ready_timeout: 15m\n", ["standard.yaml:10:16 ready_timeout: " + DURATION], id="an unknown unit of time"),
        pytest.param("ready_timeout: 0\n", ["standard.yaml:10:16 ready_timeout: must be more than 0"], id="no time at all"),
        pytest.param(
            "cpu_ratio: .nan\n", ["standard.yaml:10:12 cpu_ratio: must be a finite number"], id="a number that is none"
        ),
        pytest.param("vlan: 4095\n", ["standard.yaml:10:7 vlan: must be at most 4094"], id="a VLAN that does not exist"),
    ],
)
def test_problems_of_a_profile_file(tmp_path, more, expected):
    assert a_site(tmp_path).append(more, name="standard.yaml").problems() == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("nameservers: [10.0.0.53, fd00::53]\nsearchdomains: [dep.example, example]\n", [], id="both"),
        pytest.param("nameservers: [10.0.0.53]\n", [], id="name servers alone"),
        pytest.param(
            "nameservers: [10.0.0.530, dns.example]\n",
            [
                "standard.yaml:10:15 nameservers[0]: must be an IP address",
                "standard.yaml:10:27 nameservers[1]: must be an IP address",
            ],
            id="what is no address",
        ),
        pytest.param(
            "searchdomains: ['dep.example,tag', -a.example]\n",
            [
                "standard.yaml:10:17 searchdomains[0]: must be the name of a domain, such as dep.example",
                "standard.yaml:10:36 searchdomains[1]: must be the name of a domain, such as dep.example",
            ],
            id="what is no domain",
        ),
    ],
)
def test_a_profile_names_the_name_servers_of_its_desktops(tmp_path, more, expected):
    """E11: without them a guest asks its node's, which may know nothing of the site's names."""
    assert a_site(tmp_path).append(more, name="standard.yaml").problems() == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "cluster: melun",
            "cluster: melon",
            ["standard.yaml:3:14 templates[0].cluster: unknown cluster 'melon'; did you mean 'melun'?"],
            id="an unknown cluster",
        ),
        pytest.param(
            "pve1: 9001",
            "pve1: 20001",
            ["standard.yaml:5:19 templates[0].vmids.pve1: lies in the range of VMIDs that is for desktops"],
            id="a template among the desktops",
        ),
        pytest.param(
            "pve1: 9001",
            "pve1: 9001, pve2: 9001",
            ["standard.yaml:5:31 templates[0].vmids.pve2: is on node 'pve1' already: a cluster has each VMID once"],
            id="one VMID on two nodes",
        ),
        pytest.param(
            "bridge: vmbr0",
            "bridge: vmbr0,tag=1",
            ["standard.yaml:9:9 bridge: must be the name of a bridge, such as vmbr0"],
            id="nothing slips into an option of Proxmox VE",
        ),
        pytest.param(
            "image: trixie-1",
            "image: Trixie 1",
            ["standard.yaml:1:8 image: must be lower-case letters, digits and . _ -, for it becomes a tag"],
            id="an image that is no tag",
        ),
        pytest.param(
            STANDARD, "- a\n- b\n", ["standard.yaml:1:1: must be a mapping of keys to values"], id="a list for a profile"
        ),
        pytest.param(
            STANDARD,
            "a: [\n",
            ["standard.yaml:2:1: is not valid YAML: a bracket is missing, or there is one too many"],
            id="a profile that is no YAML",
        ),
    ],
)
def test_what_a_profile_gets_wrong(tmp_path, old, new, expected):
    assert a_site(tmp_path).change(old, new, name="standard.yaml").problems() == expected
