"""F1: with exactly what `init` writes, and without a receiver, what is published of sessions was true as long ago as it says.

Whoever is only read is known up to a minute late. So each number is judged by the age that is published beside it.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitors.collector import registry_of
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import HangDesktops, LogOns
from provisioner.twin.calls import VirtualClock
from provisioner.twin.model.guests import TwinGuest
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.init import config_of_init
from tests.builders.twin import a_spec
from tests.sessions.surge import Change, PushedSurge

pytestmark = pytest.mark.long

PER_NODE, NODES, SITE_NODES = 100, 3, 17
"""A site of 1,700 has as many on each node."""
INSTANTS, FROM_S, APART_S = 400, 100.0, 3.1
SIZES = [pytest.param(NODES, id="300"), pytest.param(SITE_NODES, id="1700", marks=pytest.mark.night)]
COMING = {"spread_s": 700.0, "stay_s": 400.0, "visitors": 0.5, "visit_s": 75.0}
OLDEST_S = 75.0
"""A desktop is read each minute (docs/en/sessions.md), and a cycle comes each ten seconds at rest."""
WRITTEN_S = 10.5
"""A desktop that pushes nothing writes its document each ten seconds."""
IN_VAIN_S = 10.0
"""More, when one in ten hangs at once: a question in vain takes 3 s, two go at once, and nobody knows yet who hangs."""
UNKNOWN_SHARE = 0.02
HANG_AT_S, HANG_SHARE, HUNG_FOR_S = 800.0, 0.1, 150.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was published at one instant, beside what was true."""

    ready: int
    unknown: int
    published: int
    """Sessions."""
    true: int
    """Sessions that were open, on the desktops that are not called unknown."""
    changes: int
    """Log-ons and log-offs on these, within the longest age and the time in which a document is written."""
    oldest_s: float
    """By the metric."""
    answering_s: float
    """Of the desktops that do not hang."""


class Watch:
    """Compares what is published with what was true."""

    def __init__(self, surge: PushedSurge) -> None:
        self._surge, self._noted = surge, 0
        self._changes: defaultdict[int, list[Change]] = defaultdict(list)
        self.looks: list[Look] = []
        self.wrong: list[str] = []

    @property
    def guests(self) -> Iterable[TwinGuest]:
        """Of the twin."""
        return self._surge.twin.cluster.guests.values()

    def look(self) -> None:
        """One instant."""
        surge, now = self._surge, self._surge.events.now
        self._note()
        shown, states = surge.shown(), {state.reservation.vmid: state for state in surge.status.desktops.values()}
        unknown = {vmid for vmid, (count, _, _) in shown.items() if count is None}
        counted = {vmid: (count, at) for vmid, (count, at, _) in shown.items() if count is not None and states[vmid].counted}
        self.wrong += [f"{now - NOW:.1f} s, {fault}" for fault in (*self._untrue(counted), *self._hiding(unknown, counted))]
        changes = [change for vmid, noted in self._changes.items() if vmid not in unknown for change in noted]
        metrics = self._metrics()
        self.looks.append(
            Look(
                ready=sum(state.phase is Phase.READY for state in states.values()),
                unknown=int(metrics["bascule_desktops_sessions_unknown"]),
                published=int(metrics["bascule_sessions"]),
                true=sum(change.by for change in changes),
                changes=sum(change.at > now - OLDEST_S - WRITTEN_S for change in changes),
                oldest_s=metrics["bascule_sessions_oldest_reading_age_seconds"],
                answering_s=max((now - at for vmid, (_, at) in counted.items() if not surge.guest(vmid).hung), default=0.0),
            )
        )

    def in_short(self) -> str:
        """For whoever reads the test's output."""
        exact = sum(look.published == look.true for look in self.looks)
        far = max(self.looks, key=lambda look: abs(look.published - look.true))
        answering, oldest = (
            max(ages) for ages in zip(*((each.answering_s, each.oldest_s) for each in self.looks), strict=True)
        )
        return (
            f"{len(self.looks)} instants, {exact} exact; furthest {far.published} published and {far.true} true, "
            f"with {far.changes} changes; oldest reading {answering:.1f} s, with those that hang {oldest:.1f} s; "
            f"at most {max(look.unknown for look in self.looks)} unknown"
        )

    def _metrics(self) -> Mapping[str, float]:
        """The sum of each one's series."""
        assert self._surge.recorder is not None
        families = registry_of(self._surge.recorder, clock=VirtualClock(self._surge.events)).collect()
        return {family.name: sum(sample.value for sample in family.samples) for family in families}

    def _note(self) -> None:
        for change in self._surge.truth[self._noted :]:
            self._changes[change.vmid].append(change)
        self._noted = len(self._surge.truth)

    def _untrue(self, counted: Mapping[int, tuple[int, float]]) -> Iterator[str]:
        """Counts that were true at no moment of their age."""
        for vmid, (count, at) in counted.items():
            if count not in (possible := _counts(self._changes[vmid], at - WRITTEN_S, at)):
                yield f"{vmid}: {count} sessions published, {sorted(possible)} true"

    def _hiding(self, unknown: set[int], counted: Mapping[int, tuple[int, float]]) -> Iterator[str]:
        """Who is called unknown and answers, and who has hung for long and is counted."""
        hung_for_s = self._surge.events.now - NOW - HANG_AT_S
        for vmid in unknown:
            if not self._surge.guest(vmid).hung:
                yield f"{vmid}: unknown, and answers"
        for vmid in counted:
            if self._surge.guest(vmid).hung and hung_for_s > HUNG_FOR_S:
                yield f"{vmid}: counted, and has hung for {hung_for_s:.0f} s"


def watched(folder: Path, *, nodes: int, seed: int, hangs: float = 0.0) -> Watch:
    """A surge of all people at once, and then people who come and go."""
    people = PER_NODE * nodes
    faults = [HangDesktops(share=hangs, at_s=HANG_AT_S)] if hangs else []
    spec = a_spec(nodes=nodes, seed=seed, log_ons=LogOns(concurrent=people, **COMING), faults=faults)
    surge = PushedSurge(spec, agents=[an_agent(number) for number in range(people)])
    surge.config = config_of_init(spec, folder)
    watch = Watch(surge)
    for number in range(INSTANTS):  # between two steps of the daemon, as whoever scrapes and asks
        surge.events.at(NOW + FROM_S + number * APART_S, watch.look)
    for _ in surge.play(until_s=FROM_S + INSTANTS * APART_S):
        pass
    sys.stderr.write(f"\n{watch.in_short()}\n")
    return watch


def _counts(changes: list[Change], since: float, until: float) -> set[int]:
    """How many were open at some moment in between."""
    total = sum(change.by for change in changes if change.at <= since)
    found = {total}
    for change in changes:
        if since < change.at <= until:
            total += change.by
            found.add(total)
    return found


def true_within_their_age(watch: Watch, *, oldest_s: float = OLDEST_S) -> None:
    """Of each desktop, and of all together."""
    assert watch.wrong == []
    assert [look for look in watch.looks if abs(look.published - look.true) > look.changes] == []
    assert max(look.answering_s for look in watch.looks) <= oldest_s
    assert max(look.published for look in watch.looks) > PER_NODE, "people come"
    assert len({look.published for look in watch.looks}) > INSTANTS / 10, "and go"


@pytest.mark.parametrize("nodes", SIZES)
def test_each_count_was_true_within_the_age_beside_it(nodes: int, tmp_path: Path):
    watch = watched(tmp_path, nodes=nodes, seed=nodes)

    true_within_their_age(watch)
    assert max(look.oldest_s for look in watch.looks) <= OLDEST_S
    assert max(look.unknown / max(look.ready, 1) for look in watch.looks) <= UNKNOWN_SHARE


@pytest.mark.parametrize("nodes", SIZES)
def test_whoever_hangs_is_unknown_soon_and_nobody_else(nodes: int, tmp_path: Path):
    watch = watched(tmp_path, nodes=nodes, seed=nodes, hangs=HANG_SHARE)
    hung = sum(guest.hung for guest in watch.guests)

    true_within_their_age(watch, oldest_s=OLDEST_S + IN_VAIN_S)
    assert 0 < hung < 2 * HANG_SHARE * PER_NODE * nodes
    assert (watch.looks[0].unknown, watch.looks[-1].unknown) == (0, hung)
