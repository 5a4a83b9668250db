"""A scrape only copies: it costs the same at 100 and at 100,000 desktops."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from monitors.collector import registry_of
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.model.ids import ClusterId, DesktopName, ProfileName, WaveName
from provisioner.model.machines.desktops import Phase
from tests.bench.scrape import Scraped, measured, writing_s
from tests.builders.monitors import MONDAY, PVE, SetClock, a_desktop, a_recorder, a_snapshot, a_status, a_switch
from tests.monitors.scraping import scrape, value


@pytest.mark.long
def test_the_number_of_series_does_not_depend_on_the_number_of_desktops():
    few, many = a_recorder(), a_recorder()
    hundred = a_switch(100, sessions=90)
    states = tuple(hundred.desktops.values())
    few.status(hundred)
    many.status(replace(hundred, desktops={DesktopName(f"vd-{n}"): states[n % 100] for n in range(100_000)}))

    assert scrape(few).keys() == scrape(many).keys()
    assert value(scrape(many), "desktops", profile="standard", phase="ready", cluster=PVE) == 100_000
    assert value(scrape(many), "sessions_peak") == 90_000


@pytest.mark.long
@pytest.mark.parametrize("clusters", [1, 50])
def test_the_number_of_series_is_bounded_by_what_is_configured(clusters: int):
    """With 3 profiles and 4 waves; each node brings seven, a storage with a lock six, a cluster a few hundred."""
    names = tuple(ClusterId(f"c{n}") for n in range(clusters))
    known = KnownNames(profiles=tuple(map(ProfileName, "abc")), clusters=names, waves=tuple(map(WaveName, "wxyz")))

    assert len(scrape(a_recorder(known=known))) <= 800 + 160 * clusters


def test_a_phase_never_seen_before_brings_no_new_series():
    recorder = a_recorder()
    recorder.status(a_switch(10))
    before = scrape(recorder).keys()
    recorder.status(a_status(desktops=[a_desktop(n, phase) for n, phase in enumerate(Phase)]))

    assert scrape(recorder).keys() == before


def test_a_scrape_of_1700_desktops_takes_at_most_10_ms_of_cpu():
    site = Scraped(1700)

    assert writing_s(site.page.text, before=site.go_on) <= 0.010


@pytest.mark.long
def test_a_scrape_costs_less_than_to_write_as_many_constant_series():
    assert measured(1700)["ratio"] < 1.0, "the page of figures has the ratio: other processes move it"


def test_a_node_that_is_gone_is_gone_from_the_page():
    recorder = a_recorder()
    recorder.status(a_status(snapshot=a_snapshot(nodes=2)))
    before = nodes_on(recorder)
    recorder.status(a_status(snapshot=a_snapshot(nodes=1)))

    assert (before, nodes_on(recorder)) == ({"pve0", "pve1"}, {"pve0"})


def nodes_on(recorder: Recorder) -> set[str]:
    return {dict(labels)["node"] for name, labels in scrape(recorder) if name == "bascule_node_online"}


def test_ages_grow_between_two_status_and_the_instants_they_count_from_stay():
    clock = SetClock()
    recorder = a_recorder(clock)
    recorder.status(a_status(at=MONDAY))
    clock.at = MONDAY + 42
    series = scrape(recorder, clock)

    assert value(series, "last_cycle_age_seconds") == 42
    assert value(series, "last_cycle_timestamp_seconds") == MONDAY
    assert value(series, "cluster_observation_age_seconds", cluster=PVE) == 42
    assert value(series, "cluster_observation_timestamp_seconds", cluster=PVE) == MONDAY
    assert value(series, "config_rejected_timestamp_seconds") == 0


def test_a_scrape_may_ask_for_some_names_only():
    recorder = a_recorder()
    recorder.status(a_switch(10))
    some = registry_of(recorder, clock=SetClock()).restricted_registry(["bascule_sessions_peak"])

    assert [family.name for family in some.collect()] == ["bascule_sessions_peak"]


def test_the_build_is_named():
    versions = [dict(labels) for name, labels in scrape(a_recorder()) if name == "bascule_build_info"]

    assert versions == [{"version": version("bascule")}]
