"""The invariants at every moment and at the end of every scenario."""

import re
from collections import Counter
from collections.abc import Iterator

from provisioner.actions.registry import spec_named
from provisioner.model.actions import Outcome
from provisioner.model.deferrals import Deferral
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import DEFERRED_BY
from provisioner.ports import ApiCall
from provisioner.reasons.steps import SECOND, SUPERSEDED

_UNDER_WAY = frozenset({Phase.CLONING, Phase.UNPROVEN, Phase.STARTING, Phase.STOPPING, Phase.DELETING})
"""Phases that explain themselves."""
_CONFIGURED = {"configure": frozenset({Phase.CLONED}), "reconfigure": frozenset({Phase.STOPPED, Phase.FAILED})}
"""Phases in which an order says what is done."""
_CONFIGURED_IN = frozenset[Phase]().union(*_CONFIGURED.values())
_WITHOUT_A_WORD = re.compile(
    r"gave up after|^superseded: |node \S+ (?:boots|is configuring)|running, but not ready|a second desktop of the same agent"
    r"|is not configured any more|being identified|Proxmox VE reports its power"
)
"""Reasons to wait that are none of DEFERRED_BY."""


class Witness:
    """Listens to a daemon, and records violations in its statuses."""

    def __init__(self) -> None:
        self.status_seen: Status | None = None
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.wrong: dict[str, None] = {}
        """Each fault once, in the order seen."""

    @property
    def last(self) -> Status:
        """The last status of the last life."""
        assert self.status_seen is not None, "no cycle has ended"
        return self.status_seen

    def api_call(self, call: ApiCall) -> None:
        """The wire sees them."""

    def outcome(self, outcome: Outcome) -> None:
        """Count it. Of every order it is known what it was given for."""
        self.outcomes[outcome.action, outcome.result.value] += 1
        if spec_named(outcome.action) is not None and not (outcome.because or outcome.reason).code:
            self.wrong[f"nobody knows why {outcome.action} {outcome.desktop} was ordered: '{outcome.because}'"] = None

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """The log has it."""

    def notice(self, subject: str, text: str) -> None:
        """The log has it."""

    def status(self, status: Status) -> None:
        """Look at every desktop that is wanted and not ready, and at every deferral."""
        self.status_seen = status
        self.wrong.update(dict.fromkeys([*_unexplained(status), *_speechless(status), *_ill_queued(status)]))


def _unexplained(status: Status) -> Iterator[str]:
    """Every unmet want, now or ahead of need, has a reason: a deferral's, its phase's, or something under way."""
    deferred = {deferral.seat for deferral in status.plan.deferred}
    owned: dict[object, list[DesktopState]] = {}
    for desktop in (desktop for desktop in status.desktops.values() if desktop.superseded_by is None):
        owned.setdefault(desktop.reservation.seat, []).append(desktop)
    silent: Counter[str] = Counter()
    for seat, want in (*status.demand.wants.items(), *status.demand.ahead.items()):
        phases = {desktop.phase for desktop in owned.get(seat, ())}
        if any(want.is_met_by(phase) for phase in phases) or seat in deferred or phases & _UNDER_WAY:
            continue
        silent[next(iter(phases), "no desktop")] += 1
        if not phases <= _CONFIGURED_IN:
            yield f"{want.login} waits without a reason, its desktop being {sorted(phases) or 'none'}"
    for word, phases in _CONFIGURED.items():
        waiting, under_way = sum(silent[phase] for phase in phases), status.in_flight.get(word, 0)
        if waiting > under_way:
            yield f"{waiting} of {sorted(phases)} desktops wait without a reason, and {under_way} {word} are under way"


def _speechless(status: Status) -> Iterator[str]:
    for deferral in status.plan.deferred:
        if not deferral.reason.strip():
            yield f"{deferral.what} is deferred without a reason"
        if deferral.binds not in ("", *DEFERRED_BY):
            yield f"{deferral.what} waits for {deferral.binds!r}, which is none of the words"
        if not deferral.binds and not _may_be_wordless(deferral):
            yield f"this reason to wait has no word: {deferral.reason}"
    for state in status.desktops.values():
        if not state.because.strip():
            yield f"{state.reservation.name} is {state.phase} for no reason"


def _may_be_wordless(deferral: Deferral) -> bool:
    return _WITHOUT_A_WORD.search(deferral.reason) is not None


def _ill_queued(status: Status) -> Iterator[str]:
    """A desktop that its agent no longer uses is reported, and waits for nothing."""
    waiting = sum(deferral.reason.code not in (SECOND.code, SUPERSEDED.code) for deferral in status.plan.deferred)
    if sum(status.queued.values()) != waiting:
        yield f"{sum(status.queued.values())} queued, {waiting} of {len(status.plan.deferred)} deferred"
