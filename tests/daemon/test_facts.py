"""What the daemon knows of itself, for its metrics."""

from dataclasses import replace

from monitors.facts import ApiLoad, DaemonFacts, ForecastScore
from monitors.recorder import Recorder
from tests.builders.monitors import MONDAY, SetClock, a_recorder, a_status
from tests.monitors.scraping import scrape, value

SCORE = ForecastScore(at=MONDAY, judged=8, held=7, bias=1.25)


def test_facts_are_on_the_page_from_the_next_cycle_on():
    recorder: Recorder = a_recorder(SetClock())
    load = ApiLoad(answers={"2xx": 40, "5xx": 1}, shed=2, connections=7, streams=3)
    recorder.facts = DaemonFacts(
        certificates={"exposition.certificate": MONDAY + 86_400, "receiver.certificate": None},
        api=load,
        journal_sequence=1234,
        forecasts=SCORE,
    )
    recorder.status(replace(a_status(), at=MONDAY))
    series = scrape(recorder)

    assert [value(series, "daemon_api_answers_total", status=name) for name in ("2xx", "4xx", "5xx")] == [40, 0, 1]
    assert [value(series, name) for name in ("daemon_api_shed_total", "daemon_api_connections", "daemon_api_streams")] == [
        2,
        7,
        3,
    ]
    assert value(series, "journal_sequence") == 1234
    assert [value(series, f"forecasts_{name}") for name in ("judged", "held", "bias_ratio")] == [8, 7, 1.25]
    assert value(series, "certificate_end_timestamp_seconds", use="exposition.certificate") == MONDAY + 86_400


def test_n4_the_end_of_a_certificate_that_cannot_be_read_is_no_number():
    """N4: 0 is an end, that of 1970; unknown is not a series, also where it was known before."""
    recorder: Recorder = a_recorder(SetClock())
    for at, ends in ((MONDAY, MONDAY + 86_400.0), (MONDAY + 60, None)):
        recorder.facts = DaemonFacts(certificates={"receiver.certificate": ends})
        recorder.status(replace(a_status(), at=at))
        found = scrape(recorder)
        assert any(name == "bascule_certificate_end_timestamp_seconds" for name, _ in found) is (ends is not None)
