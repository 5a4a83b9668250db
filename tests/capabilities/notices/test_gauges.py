"""The metrics of `notices`."""

from provisioner.capabilities.notices.gauges import ROOM
from provisioner.capabilities.notices.model import STATES, ChannelState
from tests.capabilities.gauges import labels_of, labels_with


def test_every_row_has_a_series_with_its_labels():
    assert labels_with(ROOM, STATES, (ChannelState(channel="mail", stages={}),)) == labels_of(ROOM)
