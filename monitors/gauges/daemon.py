"""The daemon's own API, its journal, its certificates and its forecasts. Taken once a minute."""

from monitors.metric import Instants, Room, Rows, View

ROOM = Room("The daemon's API, journal, certificates and forecasts")

_CLASSES = ("2xx", "3xx", "4xx", "5xx")


@ROOM.total(
    "daemon_api_answers_total",
    "status",
    help="Answers of the daemon's API, by class of HTTP status.",
    query='increase(bascule_daemon_api_answers_total{status="5xx"}[1h]) > 0',
)
def answers(view: View) -> Rows:
    return {(name,): view.facts.api.answers.get(name, 0) for name in _CLASSES}


@ROOM.total(
    "daemon_api_shed_total",
    help="Connections to the daemon's API that were closed to make room for another.",
    query="increase(bascule_daemon_api_shed_total[1h]) > 0",
)
def shed(view: View) -> Rows:
    return {(): view.facts.api.shed}


@ROOM.gauge("daemon_api_connections", help="Open connections to the daemon's API.")
def connections(view: View) -> Rows:
    return {(): view.facts.api.connections}


@ROOM.gauge("daemon_api_streams", help="Open event streams of the daemon's API.")
def streams(view: View) -> Rows:
    return {(): view.facts.api.streams}


@ROOM.gauge(
    "journal_sequence",
    help="Number of the journal's last line: it grows by one with each.",
    query="60 * deriv(bascule_journal_sequence[5m])",
)
def journal(view: View) -> Rows:
    return {(): view.facts.journal_sequence}


@ROOM.timestamp(
    "certificate_end",
    "use",
    help="Unix time when a certificate ends that is served or trusted, by its key in bascule.yaml (`receiver.certificate`). "
    "None while that is not known.",
    query="bascule_certificate_end_timestamp_seconds - time() < 30 * 86400",
)
def certificate_end(view: View) -> Instants:
    return {(use,): ends for use, ends in view.facts.certificates.items() if ends is not None}


@ROOM.gauge(
    "forecasts_judged",
    help="Forecasts, at most the latest 50, of which it is known whether they were right. Compared once an hour.",
    query="bascule_forecasts_held / (bascule_forecasts_judged > 0)",
)
def judged(view: View) -> Rows:
    return {(): view.facts.forecasts.judged}


@ROOM.gauge(
    "forecasts_held", help="Of bascule_forecasts_judged, those whose band held what came; nine of ten would be perfect."
)
def held(view: View) -> Rows:
    return {(): view.facts.forecasts.held}


@ROOM.gauge(
    "forecasts_bias_ratio",
    help="How many times as long it took as forecasts said, in the median; 0: none has come.",
    query="bascule_forecasts_bias_ratio > 0",
)
def bias(view: View) -> Rows:
    return {(): view.facts.forecasts.bias or 0.0}
