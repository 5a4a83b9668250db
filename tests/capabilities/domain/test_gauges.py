"""The metrics of `domain`."""

from provisioner.capabilities.domain.gauges import ROOM
from provisioner.capabilities.domain.model import STATE, DomainState
from tests.capabilities.gauges import labels_of, labels_with


def test_every_row_has_a_series_with_its_labels():
    assert labels_with(ROOM, STATE, DomainState(realm="DEP.EXAMPLE")) == labels_of(ROOM)
