"""The cached page is identical to a page that prometheus_client writes from scratch."""

import gzip
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import make_wsgi_app

from monitors.collector import registry_of
from monitors.recorder import Recorder
from monitors.scrape import Scrape
from monitors.summary import Known
from provisioner.model.ids import ClusterId, ProfileName
from tests.builders.monitors import MONDAY, PVE, SetClock, a_recorder, a_snapshot, a_status, a_switch, an_api_call, an_outcome

PROMETHEUS = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
ACCEPTED = [
    pytest.param("", id="a person with curl"),
    pytest.param(PROMETHEUS, id="Prometheus"),
    pytest.param("application/openmetrics-text", id="OpenMetrics without a version"),
    pytest.param("text/plain;version=1.0.0;escaping=allow-utf-8", id="text with UTF-8 names"),
    pytest.param("application/openmetrics-text;version=1.0.0;escaping=dots", id="names escaped with dots"),
    pytest.param("application/openmetrics-text;version=7.0.0", id="a version that is still to come"),
]


def answer(app: Callable, *, accept: str = "", encoding: str = "", query: str = "", method: str = "GET"):
    """Status, headers and body of one request."""
    started: list = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": "/metrics", "QUERY_STRING": query}
    environ |= {"HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": encoding}
    body = b"".join(app(environ, lambda status, headers: started.extend([status, dict(headers)])))
    return started[0], started[1], body


def own(body: bytes) -> list[str]:
    """Without the values of this process's own use, which change while one looks."""
    return [line for line in body.decode().split("\n") if not line.startswith("process_")]


EVENTS: list[Callable[[Recorder], None]] = [
    lambda recorder: recorder.api_call(an_api_call(seconds=0.05)),
    lambda recorder: recorder.api_call(an_api_call("POST", "lock_busy", seconds=40.0, received=10**17)),
    lambda recorder: recorder.outcome(an_outcome(lasted=12.5)),
    lambda recorder: recorder.status(a_switch(20, ready=7, sessions=3)),
    lambda recorder: recorder.status(a_status(free=0, snapshot=a_snapshot(nodes=3, offline=1))),
    lambda recorder: recorder.status(replace(a_status(), cycle_seconds=float("inf"))),
]


@pytest.mark.parametrize("accept", ACCEPTED)
@settings(max_examples=10, deadline=None)
@given(steps=st.lists(st.lists(st.sampled_from(EVENTS), max_size=3), min_size=1, max_size=3))
def test_it_is_what_the_library_writes(accept: str, steps: list[list[Callable[[Recorder], None]]]):
    clock = SetClock()
    recorder = a_recorder(clock)
    kept, anew = Scrape(recorder, clock=clock), make_wsgi_app(registry_of(recorder, clock=clock))

    for events in steps:
        for event in events:
            event(recorder)
        clock.at += 7.25
        status, headers, body = answer(kept, accept=accept)
        expected = answer(anew, accept=accept)
        assert (status, headers, own(body)) == (*expected[:2], own(expected[2]))


def test_names_that_need_escaping_are_as_the_library_writes_them():
    odd = ['a"b', "back\\slash", "line\nbreak", "ü\u2028é", "# HELP", "a b"]
    known = Known(profiles=tuple(map(ProfileName, odd)), clusters=tuple(map(ClusterId, odd)))
    recorder = a_recorder(known=known)
    kept, anew = Scrape(recorder, clock=SetClock()), make_wsgi_app(registry_of(recorder, clock=SetClock()))

    for accept in ("", PROMETHEUS):
        assert own(answer(kept, accept=accept)[2]) == own(answer(anew, accept=accept)[2])


def test_it_comes_packed_where_that_is_wanted():
    scrape = Scrape(a_recorder(), clock=SetClock())

    _, headers, body = answer(scrape, encoding="gzip, deflate")

    assert headers["Content-Encoding"] == "gzip"
    assert own(gzip.decompress(body)) == own(answer(scrape)[2])


@pytest.mark.parametrize(
    ("method", "query", "status", "first"),
    [
        pytest.param("GET", "name[]=bascule_sessions_peak", "200 OK", "# HELP bascule_sessions_peak", id="some names only"),
        pytest.param("POST", "", "405 Method Not Allowed", "# HTTP 405", id="nothing can be changed here"),
    ],
)
def test_what_the_library_answers(method: str, query: str, status: str, first: str):
    answered, _, body = answer(Scrape(a_recorder(), clock=SetClock()), method=method, query=query)

    assert answered == status
    assert body.decode().startswith(first)


def test_a_node_that_is_gone_is_gone_from_the_page():
    recorder = a_recorder()
    scrape = Scrape(recorder, clock=SetClock())
    recorder.status(a_status(snapshot=a_snapshot(nodes=2)))
    before = answer(scrape)[2].decode()
    recorder.status(a_status(snapshot=a_snapshot(nodes=1)))

    assert 'bascule_node_online{cluster="pve",node="pve1"} 1.0' in before
    assert 'node="pve1"} 1.0' not in answer(scrape)[2].decode()


def test_a_scrape_of_fifty_clusters_writes_only_what_has_changed():
    clusters = tuple(ClusterId(f"c{n}") for n in range(50))
    recorder = a_recorder(known=Known(profiles=(ProfileName("standard"),), clusters=clusters))
    scrape = Scrape(recorder, clock=SetClock())
    answer(scrape)
    taken = []
    for _ in range(5):
        for cluster in clusters:
            recorder.api_call(replace(an_api_call(), cluster=cluster))
        began = time.thread_time()
        answer(scrape)
        taken.append(time.thread_time() - began)

    assert min(taken) <= 0.020  # the library alone takes twice as long and more


def test_ages_grow_between_two_status():
    clock = SetClock()
    recorder = a_recorder(clock)
    recorder.status(a_status(at=MONDAY))
    scrape = Scrape(recorder, clock=clock)
    answer(scrape)
    clock.at = MONDAY + 42

    assert "\nbascule_last_cycle_age_seconds 42.0\n" in answer(scrape)[2].decode()
    assert f'\nbascule_cluster_observation_age_seconds{{cluster="{PVE}"}} 42.0\n' in answer(scrape)[2].decode()
