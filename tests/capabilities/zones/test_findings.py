"""`bascule check` asks each zone whether it can be read and updated."""

from provisioner.capabilities.zones.findings import examine_zones
from provisioner.capabilities.zones.model import Held
from provisioner.capabilities.zones.reasons import ZONE_REFUSES_UPDATES, ZONE_SILENT
from provisioner.doctor.findings import Grade
from provisioner.errors import PublishingError
from tests.capabilities.zones.builders import REVERSE, MemoryZone

REFUSED = ZONE_REFUSES_UPDATES(server="192.0.2.53", zone=REVERSE, key="bascule")


class Probed(MemoryZone):
    """A zone that may refuse updates."""

    refuses = False

    def probe(self) -> None:
        if self.refuses:
            raise PublishingError(REFUSED)


def findings(*zones: Probed, dry_run: bool = False):
    return [(each.code, each.grade) for each in examine_zones(zones, installation="seine", dry_run=dry_run)]


def test_each_zone_is_asked_for_itself():
    deaf, closed, good = Probed(), Probed(REVERSE), Probed()
    deaf.failing, closed.refuses = ZONE_SILENT(server="192.0.2.53", said="timed out"), True

    assert findings(deaf, closed, good) == [
        ("zone_silent", Grade.BAD), ("zone_refuses_updates", Grade.BAD), ("zone_good", Grade.GOOD),
    ]  # fmt: skip


def test_in_a_dry_run_updates_need_not_be_let_in():
    closed = Probed()
    closed.refuses = True

    assert findings(closed, dry_run=True) == [("zone_dry", Grade.GOOD)]


def test_our_names_are_counted():
    zone = Probed(content={"a": Held(texts=frozenset({"bascule installation=seine desktop=vd-1"})), "b": Held()})
    (finding,) = examine_zones([zone], installation="seine", dry_run=False)

    assert "1 of its names" in finding.text
