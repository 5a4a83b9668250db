"""The texts of all log lines: events become lines, the same for a daemon and a rehearsal.

`desktop vd-0042: phase changed from 'starting' to 'ready'`: a subject, a colon, what happened. No input or output.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from provisioner.adapters.logs.lines import LineLevel, LogLine, Silence, desktop_lines
from provisioner.model.actions import CheckGuest, Outcome, Result
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Node
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import Status
from provisioner.ports import ApiCall
from provisioner.reasons.drift import DONE
from provisioner.reasons.reason import Reason

_REASONS_A_CYCLE = 5
"""Lines about deferrals in a cycle: the most frequent reasons. `bascule report plan` shows all."""

_OWN_LINES = (DifferenceKind.MISSING, DifferenceKind.POWERED_OFF, DifferenceKind.SUPERSEDED)


class LineEvents:
    """A listener (ports.Events) that turns events into lines for `write`, which must not raise."""

    def __init__(self, write: Callable[[LogLine], None]) -> None:
        self._write = write
        self._last: Status | None = None
        self._summary = ""
        self._noticed: dict[str, str] = {}
        self._silence = Silence()

    def api_call(self, call: ApiCall) -> None:
        """Debug level: there are thousands."""
        text = f"{call.method} {call.endpoint}: {call.outcome} in {call.seconds:.2f} s, {call.received_bytes} bytes"
        self._write(LogLine(subject=f"cluster {call.cluster}", text=text, level=LineLevel.DEBUG))

    def outcome(self, outcome: Outcome) -> None:
        """The end of an action. Success is debug level: the change of phase has a line."""
        if outcome.retire_vmid:
            text = f"left alone, and its VMID never handed out again: {outcome.reason}"
            self._write(LogLine(subject=f"vm {outcome.key}", text=text, level=LineLevel.WARNING, reason=outcome.reason))
            return
        text, level = _outcome(outcome)
        self._write(LogLine(subject=f"desktop {outcome.desktop}", text=text, level=level, reason=outcome.reason))

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Each reading, and its rejected entries."""
        for line in _directory(roster, error):
            self._write(line)

    def status(self, status: Status) -> None:
        """Changes since the last status; of the first status only circumstances and the summary."""
        if self._last is None and not status.snapshot.clusters:
            return
        before, self._last = self._last, status
        if before is not None:
            for line in desktop_lines(before, status):
                self._write(line)
        for line in _circumstances(before or Status(at=status.at), status):
            if self._noticed.get(line.subject) != line.text:
                self._write(line)
        for subject, text in self._silence.follow(status):
            self._write(LogLine(subject=subject, text=text, level=LineLevel.WARNING))
        self._noticed.clear()
        if (summary := _summary(status)) != self._summary:
            self._summary = summary
            self._write(LogLine(subject="cycle", text=summary))

    def notice(self, subject: str, text: str) -> None:
        """The text unchanged. The next status does not repeat it."""
        self._noticed[subject] = text
        # Notices about the daemon are normal; all others are warnings.
        level = LineLevel.INFO if subject == "daemon" else LineLevel.WARNING
        self._write(LogLine(subject=subject, text=text, level=level, reason=text))


def _outcome(outcome: Outcome) -> tuple[str, LineLevel]:
    reason = f": {outcome.reason}" if outcome.reason else ""
    match outcome.result:
        case Result.DONE:
            return f"{outcome.action} done in {outcome.ended_at - outcome.started_at:.1f} s", LineLevel.DEBUG
        case Result.RETRY:
            # A booting guest is asked repeatedly: that is not a failure.
            level = LineLevel.DEBUG if outcome.action == CheckGuest.word else LineLevel.WARNING
            return f"{outcome.action} failed{reason}{_again(outcome)}", level
        case Result.UNKNOWN:
            return f"{outcome.action} has an unknown outcome{reason}, looking before anything else", LineLevel.WARNING
        case Result.REFUSED:
            return f"{outcome.action} refused{reason}", LineLevel.ERROR
        case Result.FAILED:
            return f"{outcome.action} given up{reason}", LineLevel.ERROR


def _again(outcome: Outcome) -> str:
    if outcome.retry_at is None:
        return ""
    return f", again in {max(0.0, outcome.retry_at - outcome.ended_at):.0f} s"


def _directory(roster: Roster | None, error: str) -> Iterator[LogLine]:
    if roster is None or error:
        text = f"reading not accepted: {error or 'no reason given'}; the last roster stays in force"
        yield LogLine(subject="directory", text=text, level=LineLevel.ERROR, reason=error)
        return
    yield LogLine(subject="directory", text=f"{len(roster.agents)} agents read, {len(roster.rejected)} rejected")
    for rejected in roster.rejected:
        yield LogLine(
            subject="directory",
            text=f"entry {rejected.entry} rejected: {rejected.reason}",
            level=LineLevel.DEBUG,
            reason=rejected.reason,
        )


def _circumstances(before: Status, status: Status) -> Iterator[LogLine]:
    yield from _clusters(before, status)
    yield from _orders(before, status)
    for line in status.blocked:
        if line not in before.blocked:
            yield LogLine(subject="plan", text=f"blocked: {line}", level=LineLevel.WARNING, reason=line)
    yield from _differences(before, status)
    for leftover in status.plan.leftovers:
        if leftover not in before.plan.leftovers:
            yield LogLine(
                subject=f"vm {leftover.key}",
                text=f"not touched: {leftover.reason}",
                level=LineLevel.WARNING,
                reason=leftover.reason,
            )
    yield from _deferrals(before, status)


def _differences(before: Status, status: Status) -> Iterator[LogLine]:
    """For each kind of difference with more cases than before, and without a line of its own for each desktop: the number."""
    if status.compared_at == before.compared_at:
        return
    counts = {kind: count for kind, count in status.differences.items() if kind not in _OWN_LINES}
    more = {kind: count for kind, count in counts.items() if count > before.differences.get(kind, 0)}
    if more:
        counted = ", ".join(f"{more[kind]} {kind}" for kind in DifferenceKind if kind in more)
        level = LineLevel.WARNING if any(DONE[kind].act for kind in more) else LineLevel.INFO
        yield LogLine(
            subject="cluster and store", text=f"they differ: {counted} (`bascule report drift` names each)", level=level
        )


def _clusters(before: Status, status: Status) -> Iterator[LogLine]:
    for cluster, reason in status.paused.items():
        if before.paused.get(cluster) != reason:
            yield LogLine(subject=f"cluster {cluster}", text=f"paused: {reason}", level=LineLevel.WARNING, reason=reason)
    for cluster in before.paused.keys() - status.paused.keys():
        yield LogLine(
            subject=f"cluster {cluster}", text=f"no longer paused: {before.paused[cluster]}", reason=before.paused[cluster]
        )
    for cluster, view in status.snapshot.clusters.items():
        old = before.snapshot.clusters.get(cluster)
        if old is None:
            continue
        for name, node in view.nodes.items():
            if name in old.nodes:
                yield from _node(old.nodes[name], node)


def _node(before: Node, node: Node) -> Iterator[LogLine]:
    if before.online is not node.online:
        level = LineLevel.INFO if node.online else LineLevel.WARNING
        yield LogLine(subject=f"node {node.key}", text="online again" if node.online else "offline", level=level)
    if before.maintenance is not node.maintenance:
        mode = "in maintenance mode: nothing new is placed there" if node.maintenance else "out of maintenance mode"
        yield LogLine(subject=f"node {node.key}", text=mode)


def _orders(before: Status, status: Status) -> Iterator[LogLine]:
    yield from _surge(before.surge, status.surge, status.at)
    standing = {(intent.kind, intent.target): intent for intent in status.intents}
    earlier = {(intent.kind, intent.target) for intent in before.intents}
    for key, intent in standing.items():
        if key not in earlier:
            yield _ordered(intent)
    for kind, target in sorted(earlier - standing.keys()):
        yield LogLine(subject="operator", text=f"{_order_in_words(kind, target)} withdrawn")
    if before.baseline_accepted is not status.baseline_accepted:
        if status.baseline_accepted:
            yield LogLine(subject="store", text="baseline accepted: stops and deletes go on")
        else:
            text = "baseline not accepted: nothing is stopped, released or deleted"
            yield LogLine(subject="store", text=text, level=LineLevel.WARNING)


def _ordered(intent: Intent) -> LogLine:
    why = f": {intent.reason}" if intent.reason else ""
    text = f"{_order_in_words(intent.kind, intent.target)} ordered by {intent.by}{why}"
    return LogLine(subject="operator", text=text, level=LineLevel.WARNING)


def _order_in_words(kind: IntentKind, target: str) -> str:
    return f"{kind} of {target}" if target else kind.value


def _surge(before: SurgeRun | None, run: SurgeRun | None, now: Instant) -> Iterator[LogLine]:
    """After a restart the scenario continues."""
    if run is None or (before is not None and (before.number, before.state) == (run.number, run.state)):
        return
    why = f": {run.reason}" if run.reason else ""
    if run.state is SurgeState.RUNNING and (before is None or before.number != run.number):
        minutes = (now - run.started_at) / 60
        text = f"'{run.scenario}' has begun" if minutes < 1 else f"'{run.scenario}' goes on, begun {minutes:.0f} min ago"
        yield LogLine(subject="scenario", text=text)
    else:
        text = f"run {run.number} of scenario '{run.scenario}' is {run.state}, by {run.by}{why}"
        yield LogLine(subject="surge", text=text, level=LineLevel.WARNING)


def _deferrals(before: Status, status: Status) -> Iterator[LogLine]:
    known = {reason for reason, _, _ in before.plan.reasons}
    counted = Counter[Reason]()
    for reason, _, count in status.plan.reasons:
        if reason not in known:
            counted[reason] += count
    for reason, times in counted.most_common(_REASONS_A_CYCLE):
        yield LogLine(subject="plan", text=f"{times} deferred: {reason}", reason=reason)


def _summary(status: Status) -> str:
    phases = [f"{status.phases[phase]} {phase}" for phase in Phase if status.phases.get(phase)]
    resting = sum(want.rest is not None for want in status.demand.ahead.values())
    closed = ((len(status.demand.ahead) - resting, "ahead of need"), (resting, "at rest"))
    parts = [f"{len(status.demand.wants)} wanted", *(f"{count} {words}" for count, words in closed if count), *phases]
    counted = (("in flight", sum(status.in_flight.values())), ("deferred", sum(count for *_, count in status.plan.reasons)))
    return ", ".join([*parts, *(f"{count} {word}" for word, count in counted if count)])


__all__ = ["LineEvents", "LineLevel", "LogLine"]
