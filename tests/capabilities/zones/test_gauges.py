"""DNS zones as metrics: what is published, what is not, and since when nothing is known."""

from dataclasses import replace

from monitors.census import Census
from monitors.facts import DaemonFacts
from monitors.metric import KnownNames, view_of
from provisioner.capabilities.zones.gauges import ROOM, failing, read_at, records
from provisioner.capabilities.zones.model import STATES, ZoneState
from provisioner.extensions import Parts
from provisioner.reasons.reason import Reason
from tests.builders.monitors import MONDAY, a_status
from tests.capabilities.gauges import labels_of, labels_with

WELL = ZoneState(zone="vd.dep.example", wanted=10, published=7, foreign=("vd-1.vd.dep.example",), read_at=MONDAY - 5)
DEAF = ZoneState(zone="20.10.in-addr.arpa", wanted=10, failing=Reason("no answer"))


def test_what_is_to_stand_in_a_zone_is_published_or_foreign_or_waits():
    status = replace(a_status(), parts=Parts().having(STATES, (WELL, DEAF)))
    view = view_of(status, Census(), KnownNames(), started_at=MONDAY - 60, facts=DaemonFacts())

    assert records.read is not None
    assert dict(records.read(view)) == {
        ("vd.dep.example", "published"): 7, ("vd.dep.example", "foreign"): 1, ("vd.dep.example", "waiting"): 2,
        ("20.10.in-addr.arpa", "published"): 0, ("20.10.in-addr.arpa", "foreign"): 0, ("20.10.in-addr.arpa", "waiting"): 10,
    }  # fmt: skip
    assert failing.read is not None
    assert dict(failing.read(view)) == {("vd.dep.example",): 0, ("20.10.in-addr.arpa",): 1}
    assert read_at.since is not None
    assert dict(read_at.since(view)) == {("vd.dep.example",): MONDAY - 5, ("20.10.in-addr.arpa",): MONDAY - 60}


def test_every_row_has_a_series_with_its_labels():
    assert labels_with(ROOM, STATES, (ZoneState(zone="vd.dep.example"),)) == labels_of(ROOM)
