"""`bascule check` asks the broker whether connections can be kept up there."""

from contextlib import contextmanager

import pytest

from provisioner.capabilities.brokers.findings import examine_broker, examine_protocols
from provisioner.doctor.findings import Grade
from provisioner.model.lending import GrantRules
from tests.builders.settings import STANDARD
from tests.capabilities.brokers.builders import NOW
from tests.capabilities.brokers.server import USER, GuacamoleDatabase
from tests.capabilities.brokers.test_outside import MARIE, connected
from tests.capabilities.brokers.test_settings import CONNECTIONS as ACCESS
from tests.capabilities.brokers.test_settings import KEY, a_site_with
from tests.settings.test_desktop_pools import HOMES, with_pool

_URL = "guacamole:\n  url: https://bureau.dep.example/guacamole/\n"
GRANTS, CONNECTIONS = f"{_URL}  grants: {{key: {{file: guacamole-key}}}}\n", _URL + ACCESS


@contextmanager
def examined(database: GuacamoleDatabase | None = None, *, dry_run: bool = False, ahead_s: float = 0.0, **changed):
    with connected(database, **changed) as (server, content):
        server.add(MARIE)
        content.asked.clear()
        server.listed()
        now = (server.requests.server_time or NOW) - ahead_s
        found = examine_broker(server, user=USER, dry_run=dry_run, grants=GrantRules(), now=now)
        yield [(each.code, each.grade) for each in found], content


def test_one_that_can_be_kept_up_is_good_and_nothing_is_written():
    with examined() as (found, database):
        assert found == [("broker_good", Grade.GOOD)]
        assert database.writes() == []


@pytest.mark.parametrize(
    ("ahead_s", "expected"),
    [
        pytest.param(20.0, [], id="well enough"),
        pytest.param(-200.0, [], id="behind, within what grants allow for"),
        pytest.param(40.0, [("broker_ahead", Grade.DOUBTFUL)], id="grants have run out before they are used"),
        pytest.param(-400.0, [("broker_behind", Grade.BAD)], id="grants are good for too long"),
    ],
)
def test_its_clock_is_compared(ahead_s, expected):
    with examined(ahead_s=ahead_s) as (found, _):
        assert found[1:] == expected


def test_an_account_without_the_right_is_named_unless_nothing_is_to_be_written():
    with connected() as (server, database):
        server.listed()
        database.rights = ["CREATE_CONNECTION"]
        now = server.requests.server_time or NOW
        for dry_run, expected in ((False, ("broker_rights", Grade.BAD)), (True, ("broker_dry", Grade.GOOD))):
            (found,) = examine_broker(server, user=USER, dry_run=dry_run, grants=None, now=now)
            assert (found.code, found.grade) == expected


def test_what_fails_is_one_finding_with_its_fix():
    with connected() as (server, database):
        database.spoil = lambda *_: "500"
        (found,) = examine_broker(server, user=USER, dry_run=False, grants=None, now=NOW)
    assert (found.code, found.grade) == ("broker_status", Grade.BAD)


@pytest.mark.parametrize(
    ("protocol", "section", "found"),
    [
        pytest.param("other", GRANTS, [("pool help-desk", "pool_grant_protocol")], id="no grant opens them"),
        pytest.param("other", CONNECTIONS, [], id="a pool's desktops get no connections anyway"),
        pytest.param("rdp", GRANTS, [], id="RDP"),
        pytest.param("other", "", [], id="no broker"),
    ],
)
def test_a_pool_that_guacamole_cannot_open_is_named(tmp_path, protocol, section, found):
    site = with_pool(tmp_path, "profile: shared, size: 2", profile=f"{STANDARD}{HOMES}connection: {{protocol: {protocol}}}\n")
    settings = site.write("guacamole-key", f"{KEY}\n").append(section).load()

    assert [(str(each.subject), each.code) for each in examine_protocols(settings)] == found


def test_desktops_of_ones_own_without_a_connection_are_named_by_their_profile(tmp_path):
    site = a_site_with(tmp_path, CONNECTIONS)
    settings = site.write("standard.yaml", f"{STANDARD}connection: {{protocol: other}}\n").load()
    (finding,) = examine_protocols(settings)

    assert (finding.code, finding.text.arguments["profile"], finding.grade) == ("broker_protocol", "standard", Grade.DOUBTFUL)
