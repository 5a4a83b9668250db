"""For how many people ceilings and addresses suffice, by wave: beside a checker that seats one person after the other."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.profiles import Addressing, Selection
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.planning.demand.agenda import PeopleCount
from provisioner.planning.demand.fitting import in_ranges, under_ceilings
from tests.builders.cluster import a_profile

NAMES = [WaveName(name) for name in ("crisis", "essential", "rest")]
OFFICE, LIGHT, ALONE = (ProfileName(name) for name in ("office", "light", "alone"))
SHARED = Addressing(network="10.40.0.0/16", gateway="10.40.0.1", first="10.40.10.1", last="10.40.10.9")
OWN = Addressing(network="10.41.0.0/16", gateway="10.41.0.1", first="10.41.10.1", last="10.41.10.4")
PROFILES = {
    OFFICE: a_profile(name=OFFICE, addressing=SHARED),
    LIGHT: a_profile(name=LIGHT, addressing=SHARED),
    ALONE: a_profile(name=ALONE, addressing=OWN),
    ProfileName("dhcp"): a_profile(name=ProfileName("dhcp"), addressing=Addressing()),
}
SIZES = {SHARED: 9, OWN: 4}


def a_scenario(order, limit=5):
    waves = tuple(Wave(name=name, who=Selection(), priority=place) for name, place in zip(NAMES, order, strict=True))
    return Scenario(name="s", waves=waves, ceilings=(Ceiling(name="vpn", limit=limit),))


def people_of(crowd):
    return PeopleCount(
        of_wave=Counter(wave for wave, _ in crowd), of_profile=Counter(crowd), in_no_wave=0, not_entitled=0
    )  # fmt: skip


def left_out(crowd, scenario, room):
    """One person after the other, the most important wave first."""
    rank = {wave.name: (wave.priority, place) for place, wave in enumerate(scenario.waves)}
    waiting = sorted((wave for wave, _ in crowd), key=lambda wave: rank[wave])[room:]
    return tuple((wave, Counter(waiting)[wave]) for wave in dict.fromkeys(waiting))


CROWDS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(PROFILES))), max_size=30)


@settings(max_examples=100, deadline=None)
@given(CROWDS, st.permutations(range(3)), st.integers(1, 12))
def test_the_least_important_are_left_out(crowd, order, limit):
    scenario, people = a_scenario(order, limit), people_of(crowd)

    (fit,) = under_ceilings(scenario, people)

    assert (fit.people, fit.fits) == (len(crowd), min(limit, len(crowd)))
    assert fit.left_out == left_out(crowd, scenario, limit)
    for found in in_ranges(scenario, people, PROFILES, SIZES.__getitem__):
        mine = [entry for entry in crowd if entry[1] in found.profiles]
        assert (found.people, found.left_out) == (len(mine), left_out(mine, scenario, found.room))


def test_profiles_with_the_same_range_share_it_and_those_without_have_none():
    crowd = [(NAMES[0], OFFICE)] * 6 + [(NAMES[1], LIGHT)] * 5 + [(NAMES[2], ALONE)] * 4 + [(NAMES[2], ProfileName("dhcp"))]
    found = {fit.profiles: fit for fit in in_ranges(a_scenario(range(3)), people_of(crowd), PROFILES, SIZES.__getitem__)}

    assert set(found) == {(ALONE,), (LIGHT, OFFICE)}
    assert found[LIGHT, OFFICE].left_out == ((NAMES[1], 2),)
    assert found[LIGHT, OFFICE].name == "10.40.10.1–10.40.10.9"
    assert (found[ALONE,].fits, found[ALONE,].left_out) == (4, ())
