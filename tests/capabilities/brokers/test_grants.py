"""Grants: what they allow, read by a decoder that knows Guacamole's manual alone; and how often they can be used."""

import random
from urllib.parse import parse_qs, urlsplit

import pytest

from provisioner.model.lending import GrantRules
from tests.capabilities.brokers.builders import NOW, GrantServer, decoded_by_openssl, some_grants, some_terms


def test_a_grant_allows_this_person_this_desktop_once():
    grant = some_grants(security="nla", username="${GUAC_USERNAME}").grant(some_terms())

    content = decoded_by_openssl(grant.data)
    (connection,) = content.pop("connections").items()
    assert content == {"username": "émilie", "expires": int(NOW + 60) * 1000, "singleUse": True}
    assert connection[0] == "vd-5001"
    assert len(connection[1].pop("id")) == 32
    assert connection[1] == {
        "protocol": "rdp",
        "singleUse": True,
        "parameters": {"security": "nla", "username": "${GUAC_USERNAME}", "hostname": "10.40.0.7", "port": "3389"},
    }


def test_the_address_carries_it_where_no_server_logs_it():
    grant = some_grants().grant(some_terms())
    parts = urlsplit(grant.url)

    assert (parts.scheme, parts.netloc, parts.path, parts.query) == ("https", "bureau.dep.example", "/guacamole/", "")
    assert parse_qs(parts.fragment.removeprefix("/?"), strict_parsing=True) == {"data": [grant.data]}


def test_no_two_grants_are_alike_and_none_is_shown():
    grants = [some_grants().grant(some_terms()) for _ in range(50)]

    assert len({grant.data for grant in grants}) == 50
    assert all(grant.data not in f"{grant!r} {grant}" for grant in grants)


@pytest.mark.parametrize("length", range(33))
def test_every_length_is_padded(length):
    content = decoded_by_openssl(some_grants().grant(some_terms(login="x" * length)).data)

    assert content["username"] == "x" * length


def test_a_changed_bit_or_another_key_is_refused():
    grant, server = some_grants().grant(some_terms()), GrantServer()
    changed = grant.data[:-10] + ("A" if grant.data[-10] != "A" else "B") + grant.data[-9:]

    assert GrantServer(key=bytes(16)).opens(grant.data, at=NOW) is None
    assert server.opens(changed, at=NOW) is None
    assert server.opens(grant.data, at=NOW) == decoded_by_openssl(grant.data)


@pytest.mark.long
def test_of_10000_grants_none_is_used_twice_however_the_clocks_go():
    """Each is tried five times within ten minutes, on a server whose clock is up to five minutes before or behind."""
    chance, maker, rules = random.Random(22), some_grants(), GrantRules()
    used, twice, late, behind, refused = 0, 0, 0, 0, 0
    for number in range(10_000):
        server, apart_s = GrantServer(), chance.uniform(-rules.clocks_apart_s, rules.clocks_apart_s)
        grant = maker.grant(some_terms(login=f"login{number}", expires_at=NOW + rules.lifetime_s))
        tries = sorted(chance.uniform(0, 600) for _ in range(5))
        taken = [after_s for after_s in tries if server.opens(grant.data, at=NOW + after_s + apart_s)]
        used, refused = used + bool(taken), refused + (not taken)
        twice += len(taken) > 1
        late += any(after_s > rules.hold_s for after_s in taken)
        behind += any(after_s > rules.lifetime_s for after_s in taken)

    assert (twice, late) == (0, 0)
    assert used > 3_000
    assert refused > 3_000
    assert behind > 1_000, "a hold that takes the server's clock for right would be too short"


def test_a_server_that_forgets_and_sets_its_clock_back_opens_nothing_after_the_hold():
    """Then only the lease helps: until the hold is over, the desktop is still its person's, or nobody's."""
    chance, maker, rules, again = random.Random(23), some_grants(), GrantRules(), 0
    for _ in range(300):
        grant = maker.grant(some_terms(expires_at=NOW + rules.lifetime_s))
        for after_s in sorted(chance.uniform(0, 900) for _ in range(6)):
            apart_s = chance.uniform(-rules.clocks_apart_s, rules.clocks_apart_s)
            opened = GrantServer().opens(grant.data, at=NOW + after_s + apart_s)
            assert not (opened and after_s > rules.hold_s)
            again += bool(opened)
    assert again > 100
