"""The section `dns`: zones in one form, networks as their zones, and each problem at its place."""

import pytest

from provisioner.capabilities.zones.model import ZoneRules
from provisioner.capabilities.zones.settings import DNS
from tests.builders.settings import SECRET, a_site

KEY = "  key: {name: bascule, secret: {file: dns-key}}\n"
GOOD = f"dns:\n  server: 192.0.2.53\n  forward: VD.dep.example.\n  reverse: [10.40.0.0/16, 'fd00:1::/32']\n{KEY}"


def a_site_with(folder, text: str):
    return a_site(folder).write("dns-key", "c2VjcmV0\n").append(text)


def test_zones_are_in_one_form(tmp_path):
    dns = a_site_with(tmp_path, GOOD).load().sections[DNS]

    assert dns is not None
    assert dns.zones == ZoneRules(forward="vd.dep.example", reverse=("40.10.in-addr.arpa", "1.0.0.0.0.0.d.f.ip6.arpa"))
    assert (dns.port, dns.timeout_s, dns.key.algorithm, dns.key.secret.reveal()) == (53, 5.0, "hmac-sha256", "c2VjcmV0")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("192.0.2.53", "ns.dep.example", "must be an IP address", id="a name as server"),
        pytest.param("VD.dep.example.", "vd", "must be the name of a domain", id="a single label"),
        pytest.param("10.40.0.0/16", "10.40.0.0/20", "must be a reverse zone", id="a network that is no zone"),
        pytest.param("10.40.0.0/16", "dep.example", "must be a reverse zone", id="a forward zone as reverse"),
        pytest.param("'fd00:1::/32'", "40.10.in-addr.arpa", "names a zone twice", id="a zone twice"),
    ],
)
def test_each_problem_is_named(tmp_path, old, new, said):
    (problem,) = a_site_with(tmp_path, GOOD.replace(old, new)).problems()

    assert said in problem


def test_a_name_is_not_kept_for_longer_than_an_address_rests(tmp_path):
    (problem,) = a_site_with(tmp_path, GOOD.replace("  forward", "  ttl: 1h\n  forward")).problems()

    assert "dns.ttl: is longer than naming.address_rest" in problem


def test_a_secret_that_is_no_base64_is_refused_and_not_shown(tmp_path):
    (problem,) = a_site_with(tmp_path, GOOD).write("dns-key", f"{SECRET}!\n").problems()

    assert "is not base64" in problem
    assert SECRET not in problem
