"""The switch in numbers, without people."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.machines.desktops import Phase
from provisioner.model.session_counts import NO_FIGURES, GroupKind
from provisioner.model.status import Status
from provisioner.model.words import GuestWord
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """Sessions of one group of people: at least five are entitled in it, or it is `other`."""

    label: str
    """A profile, site or wave. `other`: those that are too small to be shown, and people without one."""
    open: int
    day_peak: int
    """The most at once today (UTC), to the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """Sessions of all desktops."""

    open: int
    """Open sessions, as far as they are known."""
    of_strangers: int
    """Of them, of people other than the desktop's agent."""
    counted: int
    """Desktops that are on and whose sessions are known: `open` is of these."""
    unknown: int
    """Desktops whose sessions are unknown: they may have any."""
    oldest_at: str | None
    """The oldest document that `open` is of; None: there is none, or without a daemon it is not known."""
    day_peak: int | None
    """The most at once today (UTC), to the event; None: without a daemon that is not known."""
    profiles: tuple[GroupFigures, ...]
    """The open sessions of each kind of group add up to `open`. The three are empty without a daemon."""
    sites: tuple[GroupFigures, ...]
    waves: tuple[GroupFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFigures:
    """The desktops of one profile."""

    profile: str
    desktops: Mapping[str, int]
    """Desktops by phase."""
    to_make: int
    """Wanted desktops that do not exist yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresDocument:
    """The switch in numbers. Nothing in it names or describes a person."""

    at: str
    """When the cycle ended whose numbers these are."""
    wanted: int
    """Agents whose batch is open."""
    ready: int
    """Of them, those whose desktop is ready."""
    ahead: int
    """Desktops that are made ahead of need."""
    not_wanted: int
    """Agents who are not to have a desktop now."""
    desktops: Mapping[str, int]
    """Desktops by phase."""
    profiles: tuple[ProfileFigures, ...]
    """The same by profile, with desktops that are still to be made."""
    leaving: Mapping[str, int]
    """Desktops of agents who have left, by step: `suspended`, `stopped`, `recycled`."""
    sessions: SessionFigures
    guests_unknown: Mapping[str, int]
    """Desktops that give no report, by cause."""
    in_flight: Mapping[str, int]
    """Actions under way, by kind."""
    waiting: Mapping[str, int]
    """Desktops without an order yet, by what they wait for."""
    waiting_since: str | None
    """Since when the longest waiting agent has been waiting; None: no agent waits."""


def figures_document(status: Status) -> FiguresDocument:
    """The switch in numbers."""
    desktops = status.desktops.values()
    return FiguresDocument(
        at=stamp(status.at),
        wanted=len(status.demand.wants),
        ready=ready_in(status),
        ahead=sum(want.agent_id is not None and want.rest is None for want in status.demand.ahead.values()),
        not_wanted=len(status.demand.not_wanted),
        desktops=_counted(state.phase.value for state in desktops),
        profiles=_by_profile(status),
        leaving=_counted(state.leaving.step.value for state in desktops if state.leaving is not None),
        sessions=session_figures(status),
        guests_unknown=_counted(word.value for word in unheard_in(status)),
        in_flight=dict(sorted(status.in_flight.items())),
        waiting=dict(sorted(status.queued.items())),
        waiting_since=stamp_or_none(status.oldest_queued_at),
    )


def ready_in(status: Status) -> int:
    """Wanted desktops that are ready."""
    return sum(state.wanted and state.phase is Phase.READY for state in status.desktops.values())


def _by_profile(status: Status) -> tuple[ProfileFigures, ...]:
    states = status.desktops.values()
    made = {state.reservation.seat for state in states if state.wanted}
    to_make: Counter[str] = Counter(want.profile for seat, want in status.demand.wants.items() if seat not in made)
    phases: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for state in states:
        phases[state.reservation.profile][state.phase.value] += 1
    return tuple(
        ProfileFigures(profile=name, desktops=dict(sorted(phases[name].items())), to_make=to_make[name])
        for name in sorted({*phases, *to_make})
    )


def session_figures(status: Status) -> SessionFigures:
    """Sessions of all desktops."""
    desktops = status.desktops.values()
    return SessionFigures(
        open=sum(len(state.sessions or ()) for state in desktops),
        of_strangers=sum(len(state.strangers) for state in desktops),
        counted=sum(state.counted for state in desktops),
        unknown=sum(state.sessions is None for state in desktops),
        oldest_at=stamp_or_none(status.session_figures.oldest_at),
        day_peak=None if status.session_figures is NO_FIGURES else status.session_figures.day_peak,
        profiles=_groups(status, GroupKind.PROFILE),
        sites=_groups(status, GroupKind.SITE),
        waves=_groups(status, GroupKind.WAVE),
    )


def _groups(status: Status, kind: GroupKind) -> tuple[GroupFigures, ...]:
    figures = status.session_figures
    if figures is NO_FIGURES:
        return ()
    open_now, peaks = figures.by(kind, figures.open), figures.by(kind, figures.day_peaks)
    labels = sorted(open_now.keys() | peaks.keys())
    return tuple(GroupFigures(label=each, open=open_now.get(each, 0), day_peak=peaks.get(each, 0)) for each in labels)


def unheard_in(status: Status) -> Iterator[GuestWord]:
    """The cause, for each desktop in sight that gives no report: else its node, or its cluster, is the cause."""
    states = (state for state in status.desktops.values() if state.phase is not Phase.UNKNOWN)
    return (state.unheard.word for state in states if state.unheard is not None)


def _counted(words: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
