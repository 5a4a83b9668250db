"""The tags of a departure, and that they read back as the same departure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.departures import Departure, departure_in, departure_tags, tags_of

NOON = 1_795_521_600.0  # 2026-11-24T12:00:00Z
instants = st.floats(1e6, 4e9)


def test_a_departure_is_told_by_its_minute():
    departure = Departure(since=NOON, recycled_at=NOON + 14 * 86400)

    assert tags_of(departure) == {"left-20261124t1200z", "recycled-20261208t1200z"}


@pytest.mark.parametrize("departure", [None, Departure(since=NOON, ended=True)], ids=["none", "over"])
def test_a_desktop_of_a_wanted_agent_has_no_departure_tags(departure):
    assert tags_of(departure) == frozenset()


@pytest.mark.long
@given(instants, st.none() | instants)
def test_what_is_read_back_is_never_earlier_and_at_most_a_minute_later(since, recycled_at):
    departure = Departure(since=since, recycled_at=recycled_at)
    read_back = departure_in({"bascule-lab", "left-handed", *tags_of(departure)})

    assert 0 <= read_back.since - since <= 60
    assert (read_back.recycled_at is None) is (recycled_at is None)
    assert recycled_at is None or 0 <= read_back.recycled_at - recycled_at <= 60


@given(instants)
def test_proxmox_ve_takes_the_tags_as_they_are(since):
    """pve-common: PVE::JSONSchema, format pve-tag."""
    for tag in tags_of(Departure(since=since, recycled_at=since)):
        assert re.fullmatch(r"[a-z0-9_][a-z0-9_+.-]*", tag)


@pytest.mark.parametrize(
    ("tags", "departure"),
    [
        pytest.param({"bascule-lab", "left-handed", "left-20261124"}, None, id="others' tags"),
        pytest.param({"left-20261324t1200z"}, None, id="no such date"),
        pytest.param({"recycled-20261124t1200z"}, None, id="recycled, and nobody knows since when"),
        pytest.param({"left-20261124t1200z", "left-20261124t1201z"}, Departure(since=NOON), id="two: the earlier"),
    ],
)
def test_what_other_tags_tell(tags, departure):
    assert departure_in(tags) == departure


def test_a_departures_tags_are_told_from_all_others():
    assert departure_tags(frozenset({"left-20261324t1200z", "left-handed", "bascule-lab"})) == {"left-20261324t1200z"}
