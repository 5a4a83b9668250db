"""A run of a surge scenario: its state, who brought it there, and what comes of each order. Dates are read, no clock is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from provisioner.model import bounds
from provisioner.model.ids import Instant, WaveName
from provisioner.model.order_words import SurgeEvent, SurgeState
from provisioner.model.scenario.scenarios import KEEP_S, End, Scenario
from provisioner.reasons.reason import NONE, Reason, ReasonKind
from provisioner.reasons.surges import (
    SURGE_IS_SO,
    SURGE_NO_SCENARIO,
    SURGE_NONE,
    SURGE_OTHER,
    SURGE_RESUME_FIRST,
    SURGE_RETURN_GOES_ON,
    SURGE_STILL_RETURNS,
    SURGE_TOO_LATE,
    SURGE_UNDER_WAY,
)

ORDERED = (
    SurgeEvent.START,
    SurgeEvent.PAUSE,
    SurgeEvent.RESUME,
    SurgeEvent.GO,
    SurgeEvent.ABORT,
    SurgeEvent.FINISH,
    SurgeEvent.EXTEND,
    SurgeEvent.ACCEPT,
)
"""The events that an operator brings about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRules:
    """How desktops go back."""

    size: int | None = None
    """Desktops in a batch; None: all at once, as fast as the budget of stops allows."""
    interval_s: float = 0.0
    """Seconds from one batch to the next."""
    every_half_day: bool = False
    """The next batch goes back as the next half-day of the scenario's calendar begins, instead."""
    keep_s: float = KEEP_S
    """Seconds for which a desktop is kept, counted from the beginning of the return. Then the leavers' ladder has it."""

    def __post_init__(self) -> None:
        """Raises ValueError outside the bounds."""
        bounds.duration(self.interval_s)
        bounds.duration(self.keep_s)
        if self.size is not None:
            bounds.count(self.size, least=1)

    @classmethod
    def of(cls, end: End) -> "ReturnRules":
        """The rules of a return, as the scenario says."""
        return cls(size=end.size, interval_s=end.interval_s, every_half_day=end.every_half_day, keep_s=end.keep_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeRun:
    """One run of a scenario. At most one is not over; the numbers grow."""

    scenario: str
    """The scenario's name."""
    number: int
    """1 for the first run of an installation, of whatever scenario."""
    state: SurgeState
    started_at: Instant
    """When its time begins to count: what the scenario says of its start is reckoned from here. May be in the future."""
    since: Instant
    """When it came into its state."""
    by: str
    """Who brought it into its state."""
    reason: str = ""
    """The operator's words for that."""
    day_1: date | None = None
    """The first day of the scenario, if it was ordered; None: as its calendar says."""
    released: frozenset[WaveName] = frozenset()
    """Waves that an operator has let go: their next gate does not wait."""
    opened: Mapping[WaveName, int] = field(default_factory=dict, hash=False)
    """How many batches of each wave have passed their gate: what has opened stays open."""
    ends_at: Instant | None = None
    """When its return begins by itself; None: when it is ordered."""
    then_returns: bool = False
    """Whether its return follows once an abort is done."""
    goes_back: ReturnRules = ReturnRules()
    """How its desktops go back."""
    returned_at: Instant | None = None
    """When its return began; None: none has begun."""
    takes_back: frozenset[int] = frozenset()
    """The runs whose desktops go back at its end: itself, and earlier runs whose desktops had gone back, which it woke."""
    as_started: Scenario | None = None
    """The scenario that an operator has started, or accepted since; None: the configured one counts as it is."""
    rebuilt: bool = False
    """Whether it is known from its desktops' notes alone, after the store was lost, until an operator resumes it."""

    def __post_init__(self) -> None:
        """Raises ValueError outside the bounds."""
        bounds.count(self.number)
        bounds.texts(self.scenario, self.by, self.reason)
        _within(self.started_at, self.since, self.ends_at, self.returned_at, day_1=self.day_1)

    @classmethod
    def begun(cls, scenario: str, at: Instant, *, number: int = 1) -> "SurgeRun":
        """The run of a scenario that begins by itself, as files without `start: by hand` do."""
        return cls(
            scenario=scenario,
            number=number,
            state=SurgeState.RUNNING,
            started_at=at,
            since=at,
            by="daemon",
            takes_back=frozenset({number}),
        )

    @property
    def is_over(self) -> bool:
        """Whether another may be started."""
        return self.state is SurgeState.ENDED

    @property
    def wakes(self) -> frozenset[int]:
        """Earlier runs whose desktops had gone back: each is off until its batch opens in this run."""
        return self.takes_back - {self.number}

    @property
    def asks_what_is_on(self) -> bool:
        """Whether who is wanted depends on which desktops are on."""
        return not self.is_over and (self.rebuilt or bool(self.wakes))

    @property
    def kept_until(self) -> Instant | None:
        """When the leavers' ladder has the desktops that went back; None: none has."""
        return None if self.returned_at is None else self.returned_at + self.goes_back.keep_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeTerms:
    """What an order about a surge says besides."""

    scenario: str = ""
    """Of `start`: the scenario that is meant; empty: the configured one."""
    starts_at: Instant | None = None
    """Of `start`: when its time begins to count; None: now."""
    day_1: date | None = None
    """The first day of `start`."""
    wave: WaveName | None = None
    """The wave of `go`."""
    ends_at: Instant | None = None
    """Of `start` and `extend`: when its return begins by itself."""
    then_returns: bool = False
    """Of `abort`: whether the return follows."""
    goes_back: ReturnRules | None = None
    """Of `finish`, and of an `abort` that the return follows; None: as usual."""

    def __post_init__(self) -> None:
        """Raises ValueError outside the bounds."""
        _within(self.starts_at, self.ends_at, day_1=self.day_1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeChange:
    """A run after an event, and the journal's words for it."""

    run: SurgeRun
    what: str
    """The event, with the wave that it is about."""
    by: str
    at: Instant
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveMove:
    """What another scenario would change for the people of one wave. Who is served stays served, whatever it says."""

    wave: WaveName
    before: int
    """People of the wave under the scenario in force."""
    after: int
    """Under the other one; 0 also if it has no such wave."""
    joining: int
    """Who would belong to it, and belonged to another wave or to none."""
    leaving: int
    """Who would belong to another wave, or to none."""
    unselected: int
    """Of those who leave it, who would be in no wave and have no half-days, and have no desktop: they would get none."""


_States = Mapping[SurgeState, SurgeState | ReasonKind]
_P, _R, _G, _Z, _A, _B, _E = SurgeState
_ANY_LATER = {_A: SURGE_TOO_LATE, _B: SURGE_TOO_LATE, _E: SURGE_NONE}

TRANSITIONS: Mapping[SurgeEvent, _States] = {
    # The same again is a new run: the one before is over.
    SurgeEvent.START: {**dict.fromkeys((_P, _R, _G, _Z, _A), SURGE_UNDER_WAY), _B: SURGE_STILL_RETURNS, _E: _R},
    SurgeEvent.PAUSE: {_P: _Z, _R: _Z, _G: _Z, _Z: SURGE_IS_SO, _A: SURGE_TOO_LATE, _B: SURGE_RETURN_GOES_ON, _E: SURGE_NONE},
    # An abort, or a return, that was a mistake is taken back: nothing of it is lost yet.
    SurgeEvent.RESUME: {_P: SURGE_IS_SO, _R: SURGE_IS_SO, _G: SURGE_IS_SO, _Z: _R, _A: _R, _B: _R, _E: SURGE_NONE},
    SurgeEvent.GO: {_P: _P, _R: _R, _G: _R, _Z: SURGE_RESUME_FIRST, **_ANY_LATER},
    # An abort of the return leaves the rest of the desktops on.
    SurgeEvent.ABORT: {_P: _A, _R: _A, _G: _A, _Z: _A, _A: SURGE_IS_SO, _B: _E, _E: SURGE_NONE},
    # Also after an abort: the desktops are still there.
    SurgeEvent.FINISH: {_P: _B, _R: _B, _G: _B, _Z: _B, _A: _B, _B: SURGE_IS_SO, _E: _B},
    SurgeEvent.EXTEND: {_P: _P, _R: _R, _G: _G, _Z: _Z, **_ANY_LATER},
    SurgeEvent.ACCEPT: {_P: _P, _R: _R, _G: _G, _Z: _Z, **_ANY_LATER},
    # What the daemon finds by itself changes the state where it says something, and is not a refusal elsewhere.
    SurgeEvent.BEGIN: {_P: _R, **{state: state for state in (_R, _G, _Z, _A, _B, _E)}},
    SurgeEvent.SHUT: {_R: _G, **{state: state for state in (_P, _G, _Z, _A, _B, _E)}},
    SurgeEvent.OPEN: {_G: _R, **{state: state for state in (_P, _R, _Z, _A, _B, _E)}},
    SurgeEvent.DONE: {_A: _E, _B: _E, **{state: state for state in (_P, _R, _G, _Z, _E)}},
}
"""For each event and state: the next state, or why the order is refused. Without a run it is as after its end, except that
there is nothing to finish."""


def _within(*instants: Instant | None, day_1: date | None) -> None:
    for at in instants:
        if at is not None:
            bounds.instant(at)
    if day_1 is not None:
        bounds.day(day_1)


def next_state(run: SurgeRun | None, event: SurgeEvent) -> SurgeState | Reason:
    """The state after the event, or why it is refused."""
    if run is None and event is SurgeEvent.FINISH:
        return SURGE_NONE()
    answer = TRANSITIONS[event][SurgeState.ENDED if run is None else run.state]
    if isinstance(answer, SurgeState) or run is None:
        return answer if isinstance(answer, SurgeState) else answer()
    return _refusal(answer, run)


def not_startable(configured: Scenario) -> Reason:
    """Why the configured scenario cannot be started, whatever run goes on. Empty: it can."""
    return SURGE_NO_SCENARIO() if configured.is_for_nobody else NONE


def of_another(configured: str, named: str) -> Reason:
    """Why a start is refused that names this scenario, empty: none. Empty: it names the configured one."""
    return NONE if named in ("", configured) else SURGE_OTHER(configured=configured, named=named)


def _refusal(answer: ReasonKind, run: SurgeRun) -> Reason:
    words: dict[str, str | int] = {"number": run.number, "scenario": run.scenario, "state": run.state.value}
    if answer is SURGE_NONE:
        return answer()
    if answer is SURGE_IS_SO:
        return answer(**words, since=f"{datetime.fromtimestamp(run.since, UTC):%Y-%m-%dT%H:%M:%SZ}", by=run.by)
    return answer(**words)


def moved(run: SurgeRun, state: SurgeState, *, by: str, at: Instant, reason: str = "") -> SurgeRun:
    """The run in this state: dated, if it was in another."""
    if state is run.state:
        return run
    return replace(run, state=state, since=at, by=by, reason=reason)


__all__ = [
    "KEEP_S", "ORDERED", "TRANSITIONS", "ReturnRules", "SurgeChange", "SurgeEvent", "SurgeRun", "SurgeState", "SurgeTerms",
    "WaveMove",     "moved", "next_state",
]  # fmt: skip
