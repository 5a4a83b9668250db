"""A scrape only copies: it costs the same at 100 and at 10,000 desktops."""

import time
from importlib.metadata import version

from prometheus_client import generate_latest

from monitors.collector import registry_of
from provisioner.model.desktops import Phase
from tests.builders.monitors import SetClock, a_desktop, a_recorder, a_status, a_switch
from tests.monitors.scraping import scrape


def test_the_number_of_series_does_not_depend_on_the_number_of_desktops():
    few, many = a_recorder(), a_recorder()
    few.status(a_switch(100, sessions=90))
    many.status(a_switch(10_000, sessions=9000))

    assert scrape(few).keys() == scrape(many).keys()


def test_a_phase_never_seen_before_brings_no_new_series():
    recorder = a_recorder()
    recorder.status(a_switch(10))
    before = scrape(recorder).keys()
    recorder.status(a_status(desktops=[a_desktop(n, phase) for n, phase in enumerate(Phase)]))

    assert scrape(recorder).keys() == before


def test_a_scrape_of_1700_desktops_takes_at_most_10_ms_of_cpu():
    recorder = a_recorder()
    recorder.status(a_switch(1700, sessions=1550))
    registry = registry_of(recorder, clock=SetClock())
    taken = []
    for _ in range(7):
        began = time.thread_time()
        generate_latest(registry)
        taken.append(time.thread_time() - began)

    assert min(taken) <= 0.010


def test_a_scrape_may_ask_for_some_names_only():
    recorder = a_recorder()
    recorder.status(a_switch(10))
    some = registry_of(recorder, clock=SetClock()).restricted_registry(["bascule_sessions_peak"])

    assert [family.name for family in some.collect()] == ["bascule_sessions_peak"]


def test_the_build_is_named():
    versions = [dict(labels) for name, labels in scrape(a_recorder()) if name == "bascule_build_info"]

    assert versions == [{"version": version("bascule")}]
