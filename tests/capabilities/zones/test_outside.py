"""Zones on a real BIND: nothing of others is ever changed, and every failure is named for its remedy."""

from dataclasses import replace

import pytest

from provisioner.capabilities.zones.model import ChangeKind, Held, RecordKind, ZoneChange, ZoneRecord, ZoneRules
from provisioner.capabilities.zones.outside import DnsZone
from provisioner.capabilities.zones.settings import DnsKey, DnsSettings
from provisioner.errors import PublishingError
from provisioner.model.ids import DesktopName
from provisioner.model.machines.owner_text import owner_text
from provisioner.settings.secret import Secret
from tests.builders.patience import FUSE_S
from tests.servers.bind import KEY, OTHER_SECRET, SECRET, running_bind
from tests.servers.processes import free_port

ZONE, REVERSE = "vd.example.test", "20.10.in-addr.arpa"
FOREIGN = 'mail A 192.0.2.1\nmail TXT "the mail server"\nempty.below A 192.0.2.2'
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_bind(tmp_path_factory.mktemp("bind"), (ZONE, REVERSE), more=FOREIGN) as bind:
        yield bind


def settings(server, **key) -> DnsSettings:
    made = DnsKey(**{"name": KEY, "secret": Secret(SECRET), **key})
    return DnsSettings(server="127.0.0.1", port=server.port, key=made, zones=ZoneRules(forward=ZONE), timeout_s=FUSE_S)


@pytest.fixture
def zone(server):
    return DnsZone(ZONE, settings(server))


def add(number: int, *, address: str = "", owner_before: str = "") -> ZoneChange:
    name, desktop = f"vd-{number}.{ZONE}", DesktopName(f"vd-{number}")
    record = ZoneRecord(name=name, kind=RecordKind.A, value=address or f"10.20.0.{number}", desktop=desktop)
    kind = ChangeKind.REPLACE if owner_before else ChangeKind.ADD
    owner = owner_text("test", desktop)
    return ZoneChange(kind=kind, name=name, record=record, owner=owner, owner_before=owner_before)


def remove(number: int) -> ZoneChange:
    desktop = DesktopName(f"vd-{number}")
    return ZoneChange(kind=ChangeKind.REMOVE, name=f"vd-{number}.{ZONE}", owner_before=owner_text("test", desktop))


def test_what_is_added_is_answered_and_read_and_removed_again(zone, server):
    assert zone.apply([add(1)]) == []
    assert server.asked(f"vd-1.{ZONE}", "A") == {"10.20.0.1"}
    assert zone.read()[f"vd-1.{ZONE}"] == Held(
        values=frozenset({("A", "10.20.0.1")}), texts=frozenset({"bascule installation=test desktop=vd-1"})
    )

    assert zone.apply([remove(1)]) == []
    assert server.asked(f"vd-1.{ZONE}", "A") == set()
    assert f"vd-1.{ZONE}" not in zone.read()


def test_an_address_that_changed_is_replaced(zone, server):
    zone.apply([add(2)])
    owner = owner_text("test", DesktopName("vd-2"))

    assert zone.apply([add(2, address="10.20.9.9", owner_before=owner)]) == []
    assert server.asked(f"vd-2.{ZONE}", "A") == {"10.20.9.9"}


def test_a_name_of_others_is_left_alone_and_the_rest_of_the_message_is_done(zone, server):
    taken = ZoneChange(kind=ChangeKind.ADD, name=f"mail.{ZONE}", record=replace(add(3).record, name=f"mail.{ZONE}"), owner="x")

    assert zone.apply([add(3), taken, add(4)]) == [taken]
    assert server.asked(f"mail.{ZONE}", "A") == {"192.0.2.1"}
    assert server.asked(f"vd-3.{ZONE}", "A") == {"10.20.0.3"}
    assert server.asked(f"vd-4.{ZONE}", "A") == {"10.20.0.4"}


def test_a_name_that_somebody_has_taken_over_meanwhile_is_not_removed(zone, server):
    zone.apply([add(5)])
    by_hand = add(5, address="192.0.2.77", owner_before=owner_text("test", DesktopName("vd-5")))
    zone.apply([replace(by_hand, owner="the network team's")])

    assert zone.apply([remove(5)]) == [remove(5)]
    assert server.asked(f"vd-5.{ZONE}", "A") == {"192.0.2.77"}


def test_other_records_under_a_name_of_ours_stay(zone, server):
    zone.apply([add(6)])
    extra = replace(add(6).record, kind=RecordKind.AAAA, value="2001:db8::6")
    owner = owner_text("test", DesktopName("vd-6"))
    zone.apply([replace(add(6, owner_before=owner), record=extra)])

    assert server.asked(f"vd-6.{ZONE}", "A") == set()
    assert server.asked(f"vd-6.{ZONE}", "AAAA") == {"2001:db8::6"}


def test_hundreds_are_written_in_a_few_messages(zone, server):
    changes = [add(number, address=f"10.20.{number // 200}.{number % 200 + 1}") for number in range(1000, 1300)]

    assert zone.apply(changes) == []
    assert server.asked(f"vd-1299.{ZONE}", "A") == {"10.20.6.100"}


def test_a_probe_changes_nothing(zone):
    before = zone.read()
    zone.probe()

    assert zone.read() == before


@pytest.mark.parametrize(
    ("changed", "of", "code"),
    [
        pytest.param({"key": {"secret": Secret(OTHER_SECRET)}}, ZONE, "zone_key_wrong", id="another secret"),
        pytest.param({"key": {"name": "nobody"}}, ZONE, "zone_key_wrong", id="a key that the server does not know"),
        pytest.param({}, "elsewhere.test", "zone_missing", id="a zone that it does not have"),
        pytest.param({"port": True}, ZONE, "zone_silent", id="nobody listens"),
    ],
)
def test_each_failure_is_named_for_its_remedy(server, changed, of, code):
    wrong = settings(server, **changed.get("key", {}))
    wrong = replace(wrong, port=free_port()) if "port" in changed else wrong

    for ask in (DnsZone(of, wrong).read, lambda: DnsZone(of, wrong).apply([add(9)])):
        with pytest.raises(PublishingError) as error:
            ask()
        assert error.value.reason.code == code


def test_a_key_that_may_only_read_is_refused_updates(server):
    reader = DnsZone(ZONE, settings(server, name="reader"))

    assert reader.read()
    with pytest.raises(PublishingError) as error:
        reader.apply([add(8)])
    assert error.value.reason.code == "zone_refuses_updates"


def test_a_stranger_may_not_read(server, zone):
    plain = settings(server)
    with pytest.raises(PublishingError) as error:
        DnsZone("vd.example.test.", replace(plain, key=DnsKey(name="nobody", secret=Secret(SECRET)))).read()
    assert error.value.reason.code == "zone_key_wrong"
