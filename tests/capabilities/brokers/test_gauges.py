"""Brokers as metrics: what stands there, what does not, who is connected, and since when nothing is known."""

from dataclasses import replace

from monitors.census import Census
from monitors.facts import DaemonFacts
from monitors.metric import KnownNames, view_of
from provisioner.capabilities.brokers.gauges import ROOM, connected, connections, failing, read_at, unknown
from provisioner.capabilities.brokers.model import STATES, BrokerState, BrokerUse
from provisioner.extensions import Parts
from provisioner.model.ids import DesktopName
from provisioner.reasons.reason import Reason
from tests.builders.monitors import MONDAY, a_status
from tests.capabilities.gauges import labels_of, labels_with

NAME = DesktopName("vd-5001")
WELL = BrokerState(
    broker="guacamole",
    wanted=10,
    published=7,
    foreign=(NAME,),
    unknown_people=2,
    read_at=MONDAY - 5,
    uses=(BrokerUse(desktop=NAME, login="marie", began_at=MONDAY - 9),),
    uses_at=MONDAY - 4,
)


def view(state: BrokerState):
    status = replace(a_status(), parts=Parts().having(STATES, (state,)))
    return view_of(status, Census(), KnownNames(), started_at=MONDAY - 60, facts=DaemonFacts())


def test_what_is_to_stand_there_is_published_or_foreign_or_waits():
    found = view(WELL)
    assert connections.read is not None
    assert dict(connections.read(found)) == {
        ("guacamole", "published"): 7, ("guacamole", "foreign"): 1, ("guacamole", "waiting"): 2,
    }  # fmt: skip
    assert unknown.read is not None
    assert dict(unknown.read(found)) == {("guacamole",): 2}
    assert read_at.since is not None
    assert dict(read_at.since(found)) == {("guacamole",): MONDAY - 5}


def test_who_is_connected_is_not_zero_while_it_is_not_known():
    deaf = BrokerState(broker="guacamole", failing=Reason("no answer"))
    assert connected.read is not None
    assert failing.read is not None
    assert dict(connected.read(view(WELL))) == {("guacamole",): 1}
    assert dict(connected.read(view(deaf))) == {}
    assert [dict(failing.read(view(state))) for state in (WELL, deaf)] == [{("guacamole",): 0}, {("guacamole",): 1}]


def test_every_row_has_a_series_with_its_labels():
    assert labels_with(ROOM, STATES, (BrokerState(broker="guacamole", uses_at=0.0),)) == labels_of(ROOM)
