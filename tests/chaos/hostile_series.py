"""Every series that the daemon of a life exports, at each sample; and which of them one desktop's word may move, by how much.

No series is of one desktop: each is a sum over all. So the rows of one are its weight in the sums that are listed here.
Whatever is not listed has to be the same, to the last digit.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Any

from monitors.collector import StatusCollector
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.model.actions import Outcome
from provisioner.model.ids import ClusterId
from provisioner.model.machines.guest_bounds import MAX_AGE_S, Flow
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord
from provisioner.ports import ApiCall, Clock
from tests.chaos.book_figures import most_of
from tests.chaos.hostile_site import MOST

Sample = dict[str, float]


class Series:
    """Listens, and counts the status at each sample alone: that of each cycle would take as long as the cycle."""

    def __init__(self, config: SiteConfig, spec: TwinSpec, *, clock: Clock) -> None:
        waves = tuple(wave.name for wave in EVERYONE.waves)
        known = KnownNames(profiles=tuple(config.profiles), clusters=(ClusterId(spec.name),), waves=waves)
        self._recorder = Recorder(clock=clock, known=known)
        self._page = StatusCollector(self._recorder, clock=clock)
        self.samples: list[Sample] = []

    def sample(self, status: Status) -> None:
        """All of them, now."""
        self._recorder.status(replace(status, moved=None))
        self.samples.append(
            {f"{row.name}{{{','.join(labels)}}}": value for row, rows in self._page.rows() for labels, value in rows.items()}
        )

    def outcome(self, outcome: Outcome) -> None:
        self._recorder.outcome(outcome)

    def api_call(self, call: ApiCall) -> None:
        self._recorder.api_call(call)

    def __getattr__(self, _: str) -> Callable[..., Any]:
        return lambda *_args, **_more: None


def differences(mine: Sequence[Sample], theirs: Sequence[Sample], *, hours: float) -> Iterator[str]:
    """What differs, and may not, at any sample; each series once."""
    found = set[str]()
    for number, (ours, others) in enumerate(zip(mine, theirs, strict=True)):
        for series in sorted({*ours, *others} - found):
            apart = abs(others.get(series, 0.0) - ours.get(series, 0.0))
            if apart > weight_of(series, hours=hours) + _DIGIT:  # both without a number: no difference
                found.add(series)
                yield f"the series {series}, sample {number}: {others.get(series)} instead of {ours.get(series)}"


def weight_of(series: str, *, hours: float) -> float:
    """What one desktop may weigh in it after so many hours; infinite: it counts what was refused or cut."""
    name = series.partition("{")[0].removeprefix("bascule_")
    if name in _REFUSED or series in _REFUSED_SERIES:
        return inf
    documents, readings = most_of(Flow.DOCUMENT, hours), READINGS_AN_HOUR * hours
    weights: dict[str, float] = {
        **_WEIGHTS,
        "pushes_total": documents,
        "session_documents_total": documents + readings,
        "sessions_inferred_total": MOST * (most_of(Flow.CHANGE, hours) + readings),
        "session_disagreements_total": documents + readings,
        "host_key_changes_total": most_of(Flow.LINE, hours),
        "first_boot_requests_total": most_of(Flow.QUESTION, hours),
        "session_orders_total": most_of(Flow.QUESTION, hours),
        "readiness_reached_total": 4 * most_of(Flow.BOOT, hours),
        "readiness_seconds_total": 600 * most_of(Flow.BOOT, hours),
    }
    return readings + documents if series in _READINGS else weights.get(name, 0.0)


_DIGIT = 1e-6
READINGS_AN_HOUR = 60
"""Of one desktop: `session_interval`."""
_REFUSED = frozenset({"desktop_words_cut_total"})
_GIVEN = {
    "pushes_total": "accepted",
    "first_boot_requests_total": "given,not_ready",
    "session_orders_total": "answered,message,log_off",
}
_REFUSED_SERIES = frozenset(
    f"bascule_{name}{{{word.value}}}"
    for name, words in (
        ("pushes_total", PushWord), ("first_boot_requests_total", FirstBootWord), ("session_orders_total", SessionOrderWord)
    )
    for word in words
    if word.value not in _GIVEN[name].split(",")
)  # fmt: skip
_READINGS = frozenset({"bascule_actions_total{other,done}", "bascule_actions_total{other,unknown}"})
_CYCLE_S, _PUSH_S, _HEARD_S = 15.0, 11.25, 130.0 + MAX_AGE_S
"""The pace of cycles, which what is said moves; the oldest document that the twin pushes; how long sessions are known, and how
old a document can be by then."""
_WEIGHTS: dict[str, float] = {
    # its sessions
    **dict.fromkeys(
        ("sessions", "sessions_peak", "sessions_of_strangers", "sessions_last_known", "sessions_day_peak", "site_sessions",
         "site_sessions_day_peak", "wave_sessions", "wave_sessions_day_peak", "profile_sessions_day_peak"), MOST
    ),
    # itself among the desktops
    **dict.fromkeys(
        ("desktops", "desktops_guest_unknown", "desktops_silent", "desktops_sessions_known", "desktops_sessions_unknown",
         "desktops_heard", "desktops_late", "desktops_slow", "desktops_ready", "wrong"), 1
    ),
    "differences": 2,  # itself, and whom it says to be
    # when a cycle was, and how old what it was made of
    **dict.fromkeys(
        ("last_cycle_age_seconds", "last_cycle_timestamp_seconds", "cluster_observation_age_seconds",
         "cluster_observation_timestamp_seconds"), _CYCLE_S
    ),
    **dict.fromkeys(
        ("sessions_oldest_reading_age_seconds", "sessions_oldest_reading_timestamp_seconds"), _HEARD_S
    ),
    "push_delay_seconds": _PUSH_S,
}  # fmt: skip

__all__ = ["READINGS_AN_HOUR", "Sample", "Series", "differences"]
