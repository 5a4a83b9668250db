"""A wave: how many it wants, how many are ready, and what the others wait for."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import Seat, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import Reason
from provisioner.views.orders import OrderDocument
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonCount, deferral_counts, reason_counts
from provisioner.views.times import zone_of
from provisioner.views.waves import WaveDocument, waves_document
from provisioner.views.why.holds import intents_about


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveWhy:
    """A wave of the scenario in force."""

    scenario: str
    zone: str | None
    """Where people are shown its times: the zone of the run's calendar; None: on their own machine's clock."""
    wave: WaveDocument
    phases: Mapping[str, int]
    """Desktops that are wanted now, by phase."""
    missing: int
    """Agents whose batch is open, and who have no desktop yet."""
    binds: str | None
    """What most of those that wait wait for, in one word; None: nobody waits, or for none of these words."""
    waiting: tuple[ReasonCount, ...]
    """Why desktops wait, those made ahead of need included."""
    stuck: tuple[ReasonCount, ...]
    """Why desktops that are wanted now have failed, or are unknown."""
    later: tuple[ReasonCount, ...]
    """Why agents of the wave are to have no desktop yet."""
    intents: tuple[OrderDocument, ...]
    """Orders in force for everything."""


def wave_why(published: Published, name: WaveName) -> WaveWhy:
    """A wave of the scenario."""
    status, document = published.status, waves_document(published)
    states, deferrals = _states(status, name), tuple(_deferrals(status, name))
    return WaveWhy(
        scenario=document.scenario,
        zone=zone_of(status.surge, published.scenario),
        wave=next(entry for entry in document.waves if entry.wave == name),
        phases=dict(sorted(Counter(state.phase.value for state in states.values()).items())),
        missing=sum(want.wave == name and seat not in states for seat, want in status.demand.wants.items()),
        binds=_binds(deferrals),
        waiting=deferral_counts(deferrals),
        stuck=reason_counts(_stuck(states)),
        later=reason_counts(
            entry.reason for entry in status.demand.not_wanted if entry.then is not None and entry.then.wave == name
        ),
        intents=intents_about(status.intents),
    )


def _states(status: Status, name: WaveName) -> dict[Seat, DesktopState]:
    """The desktops that agents of the wave use and that are wanted now, by seat."""
    wants = status.demand.wants
    found: dict[Seat, DesktopState] = {}
    for state in status.desktops.values():
        seat = state.reservation.seat
        if seat is not None and seat in wants and wants[seat].wave == name and state.superseded_by is None:
            found[seat] = state
    return found


def _deferrals(status: Status, name: WaveName) -> Iterator[Deferral]:
    for deferral in status.plan.deferred:
        want = status.demand.want_of(deferral.seat)
        if want is not None and want.wave == name:
            yield deferral


def _binds(deferrals: tuple[Deferral, ...]) -> str | None:
    counts = Counter(deferral.binds.value for deferral in deferrals if deferral.binds)
    return min(counts, key=lambda word: (-counts[word], word), default=None)


def _stuck(states: Mapping[Seat, DesktopState]) -> Iterator[Reason]:
    return (state.because for state in states.values() if state.phase in (Phase.FAILED, Phase.UNKNOWN))
