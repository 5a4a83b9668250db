"""The one gate in front of all that comes from desktops. Whatever a desktop says is about itself, and it says only so much.

What lies behind it: the book of sessions, the records that planning reads, the journal and the log. What is beyond the bounds
(`model.guest_bounds`) is cut, counted by its kind, and its desktop named for an hour. Nothing is taken off a desktop's rates
before its signature is proven: nobody can use up another one's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import EventKind, GuestReport, SessionEvent
from provisioner.model.machines.guest_bounds import CUT_NAMED_S, MAX_SESSIONS, RATES, Flow, Rate
from provisioner.model.words import FirstBootWord, PushWord
from provisioner.sessions.push import KnownBoot, Push, PushVerdict, check_push, misdated, sender_of

_HOUR_S = 3600.0
_FULL_AGAIN_S = 24 * _HOUR_S
"""After so long every rate is whole again."""
_CHANGES = {EventKind.LOGON: 1, EventKind.LOGOFF: -1}
_WORDS = {
    PushWord.UNKNOWN_DESKTOP: FirstBootWord.UNKNOWN_DESKTOP,
    PushWord.UNKNOWN_BOOT: FirstBootWord.UNKNOWN_BOOT,
    PushWord.FORGED: FirstBootWord.FORGED,
}


@dataclass(slots=True)
class _Bucket:
    left: float
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How a document leads on from what was known of its desktop."""

    dated: tuple[tuple[float, int], ...] = ()
    """Log-ons (+1) and log-offs (-1) that its events tell of, each with its second of the uptime."""
    undated: int = 0
    """By how many its sessions are more or fewer; only where its events do not lead there."""


class PushGate:
    """Changed by one thread; told the time."""

    def __init__(self) -> None:
        self.cut: Counter[Flow] = Counter()
        """What was beyond its rate, or could not be, in this life of the daemon."""
        self._buckets: dict[tuple[DesktopName, Flow], _Bucket] = {}
        self._cut_at: dict[DesktopName, Instant] = {}

    def push(self, push: Push, known: Iterable[KnownBoot], *, heard_at: Instant) -> PushVerdict:
        """What a push is (`check_push`): its document is only looked into if its desktop has not said too much."""
        return check_push(push, known, heard_at=heard_at, admits=lambda boot: self._admits(boot, heard_at))

    def question(
        self, push: Push, known: Iterable[KnownBoot], *, heard_at: Instant
    ) -> tuple[FirstBootWord, KnownBoot | PushVerdict]:  # fmt: skip
        """Whose question it is: `GIVEN` and its boot, if it is proven; or what keeps it from being believed.

        A request that is played back gets the same answer again, which only that desktop can use.
        """
        sender = sender_of(push, known)
        if isinstance(sender, PushVerdict):
            return _WORDS[sender.word], sender
        if misdated(push, sender, heard_at):
            return FirstBootWord.LATE, sender
        is_few = self.may(sender.desktop, Flow.QUESTION, heard_at, sessions=sender.max_sessions)
        return (FirstBootWord.GIVEN if is_few else FirstBootWord.CUT), sender

    def lead(
        self, name: DesktopName, report: GuestReport, *, known: tuple[int, int], sessions: int, refusable: bool
    ) -> Lead | None:
        """How it leads on from `known`: open sessions and the number of the last event. None: it is not taken.

        Its events are believed where they lead, without a gap, from the known sessions to those that it tells, and never above
        `sessions` on the way. Else what it tells counts from now on. `refusable`: it came by itself, so it may be cut.
        """
        open_before, number = known
        new = [event for event in report.events if event.number > number]
        net, dated = len(report.sessions) - open_before, tuple(_dated(new))
        leads = _leads(open_before, len(report.sessions), [change for _, change in dated], most=sessions)
        is_whole = not new or new[0].number == number + 1
        if leads and is_whole and self.may(name, Flow.CHANGE, report.read_at, sessions=sessions, wanted=len(dated)):
            return Lead(dated=dated)
        if not leads and is_whole and dated:
            self._note(name, Flow.CHANGE, report.read_at)
        if net and refusable and not self.may(name, Flow.CHANGE, report.read_at, sessions=sessions):
            return None
        return Lead(undated=net)

    def may(
        self, name: DesktopName, flow: Flow, at: Instant, *, sessions: int = MAX_SESSIONS, wanted: int = 1
    ) -> bool:  # fmt: skip
        """Whether this desktop may do so many more of this now; False: none of them, and that is counted."""
        bucket = self._filled(name, flow, at, sessions)
        if bucket.left < wanted:
            self._note(name, flow, at)
            return False
        bucket.left -= wanted
        return True

    def cut_lately(self, now: Instant) -> tuple[DesktopName, ...]:
        """Desktops of which something was cut not long ago, in order."""
        return tuple(sorted(name for name, at in self._cut_at.items() if now - at <= CUT_NAMED_S))

    def purge(self, now: Instant) -> None:
        """Forget what makes no difference any more."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.at <= _FULL_AGAIN_S}
        self._cut_at = {name: at for name, at in self._cut_at.items() if now - at <= CUT_NAMED_S}

    def forget(self, name: DesktopName) -> None:
        """It is gone: another one of this name has said nothing yet."""
        for flow in Flow:
            self._buckets.pop((name, flow), None)
        self._cut_at.pop(name, None)

    def _admits(self, boot: KnownBoot, heard_at: Instant) -> bool:
        return self.may(boot.desktop, Flow.DOCUMENT, heard_at, sessions=boot.max_sessions)

    def _filled(self, name: DesktopName, flow: Flow, at: Instant, sessions: int) -> _Bucket:
        rate, bucket = RATES[flow], self._buckets.get((name, flow))
        most = rate.at_once + rate.at_once_each * sessions
        if bucket is None:
            bucket = self._buckets[name, flow] = _Bucket(most, at)
        passed_s = max(0.0, at - bucket.at)
        bucket.left = min(most, bucket.left + _an_hour(rate, sessions) * passed_s / _HOUR_S)
        bucket.at = max(at, bucket.at)
        return bucket

    def _note(self, name: DesktopName, flow: Flow, at: Instant) -> None:
        self.cut[flow] += 1
        self._cut_at[name] = at


def _an_hour(rate: Rate, sessions: int) -> float:
    return rate.an_hour + rate.an_hour_each * sessions


def _dated(events: Iterable[SessionEvent]) -> Iterator[tuple[float, int]]:
    return ((event.at_s, _CHANGES[event.kind]) for event in events if event.kind in _CHANGES)


def _leads(begin: int, end: int, changes: list[int], *, most: int) -> bool:
    """Whether they lead there, by numbers of sessions that there can be. The profile may have changed: `begin` can be above."""
    steps = list(accumulate(changes, initial=begin))
    return steps[-1] == end and min(steps) >= 0 and max(steps) <= max(most, begin)


__all__ = ["Lead", "PushGate"]
