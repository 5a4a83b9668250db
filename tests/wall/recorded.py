"""A surge on a twin, in virtual time, recorded as Prometheus would have scraped it, with the twin's truth beside it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prometheus_client.openmetrics.exposition import generate_latest

from monitors.collector import registry_of
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner import gc_tuning
from provisioner.adapters.memory_store import MemoryStore
from provisioner.capabilities.readiness.model import STATE, DrillPlace, KeptDrill, Readiness, StandingState
from provisioner.capabilities.readiness.reasons import FAULT
from provisioner.model.ids import ClusterId, Instant, ProfileName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.status import ConfigState
from provisioner.ports import ApiCall, Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reasons.subjects import PROFILE
from provisioner.reasons.trials import REACHED
from provisioner.reconciler import Reconciler, run
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Reply, Twin
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on
from tests.scenarios.surroundings import ScriptedDirectory
from tests.wall.moments import Moment, Noting
from tests.wall.surge import SLOW_NODES, WAVES, Surge

SCRAPE_S = 15.0
"""As shipped in prometheus.yml."""
_READ_EACH = 20
"""Scrapes from one reading of the directory to the next: five minutes, as by default."""
_SEATS_EACH = 4
"""Scrapes from one question after the ceiling's seats to the next: a minute, as by default."""
DRILL = KeptDrill(at=NOW - 9 * 86_400.0, scenario="surge", place=DrillPlace.TWIN, planned=1700, ready=1700, batches=6)
INSTANCE = 'instance="bascule:9817",job="bascule"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Pages and truths by scrape."""

    surge: Surge
    pages: Mapping[Instant, str]
    moments: Mapping[Instant, Moment]
    """One more than pages: the beginning."""
    unanswered: tuple[Instant, ...] = ()
    """Scrapes for which nobody was there."""

    def write(self, path: Path, *, alerts: Iterable[str] = ()) -> None:
        """As promtool takes it: each family's samples together, each with its instant."""
        with path.open("w", encoding="utf-8") as file:
            for family in _families(self.pages):
                file.writelines(family)
            file.write("# TYPE up gauge\n")
            answered = dict.fromkeys(self.pages, 1) | dict.fromkeys(self.unanswered, 0)
            file.writelines(f"up{{{INSTANCE}}} {up} {at}\n" for at, up in sorted(answered.items()))
            file.writelines(alerts)
            file.write("# EOF\n")


def record(surge: Surge) -> Recording:
    """Play it."""
    with gc_tuning.seldom():
        return _Play(surge).record()


class _Play:
    """A reconciler on a twin, and what happens around them."""

    def __init__(self, surge: Surge) -> None:
        self.surge, spec = surge, surge.twin
        self.events = EventHeap(NOW)
        self.twin, self.clock, self.store = Twin(spec, self.events), VirtualClock(self.events), a_store()
        self.noting = Noting(self.twin, NOW)
        self.cluster = ClusterId(spec.name)
        known = KnownNames(profiles=(ProfileName("standard"),), clusters=(self.cluster,), waves=WAVES)
        self.recorder = Recorder(clock=self.clock, known=known)
        scenario = surge.scenario
        config = a_config_on(spec, scenario=scenario, scenario_given=True)
        self.reconciler = Reconciler(config, store=self.store, clock=self.clock, events=all_of((self.recorder,)))
        self.reconciler.parts.ceiling_readings = lambda: self.readings
        state = StandingState(answer=_a_sound_night(), drills={DRILL.place: DRILL})
        self.reconciler.board.parts[STATE] = lambda: state
        self.readings = surge.readings(NOW, began=NOW)
        self.reconciler.open()
        self.reconciler.board.config_state = ConfigState(read_at=NOW)
        directory = ScriptedDirectory(a_roster(surge.everybody), lambda: self.events.now)
        key = NoteKey(installation=config.installation, secret=b"a site that nobody has")
        twins: Any = {self.cluster: Counted(self.twin, self.recorder, self.cluster, self._listed)}
        self.calls = VirtualCalls(twins=twins, events=self.events, directory=directory, key=key)
        self._arm()

    def record(self) -> Recording:
        """Scrape by scrape."""
        registry, pages = registry_of(self.recorder, clock=self.clock), dict[Instant, str]()
        moments = {self.events.now: self.noting.moment()}
        while self.events.now < NOW + self.surge.lasts_s:
            end = self.events.now + SCRAPE_S
            if len(pages) % _READ_EACH == 0:
                self.reconciler.read_directory()
                self.noting.roster_read_at = self.events.now
            if len(pages) % _SEATS_EACH == 0:
                self.readings = self.surge.readings(self.events.now, began=NOW)
            self.events.at(end, self.calls.nudge)
            run(self.reconciler, self.calls, until=lambda end=end: self.events.now >= end)  # type: ignore[misc]
            pages[end], moments[end] = generate_latest(registry).decode(), self.noting.moment()
        return Recording(surge=self.surge, pages=pages, moments=moments)

    def _listed(self, now: Instant) -> None:
        self.noting.listed_at = now

    def _arm(self) -> None:
        self.events.after(self.surge.slow_at, self._slow)
        begins, ends = self.surge.frozen
        self.events.after(begins, self._freeze)
        self.events.after(ends, self._thaw)

    def _slow(self) -> None:
        for name in SLOW_NODES:
            domain = self.twin.cluster.domains[name, "thin"]
            slower = self.surge.slow_times * domain.spec.image_operation_s
            domain.spec = replace(domain.spec, image_operation_s=slower)

    def _freeze(self) -> None:
        self.noting.frozen = True
        self.store.give(Intent(kind=IntentKind.FREEZE, by="zoe", at=self.events.now, reason="a storage is slow"))

    def _thaw(self) -> None:
        self.noting.frozen = False
        self.store.withdraw(IntentKind.FREEZE, by="zoe", at=self.events.now)


def _a_sound_night() -> Readiness:
    """Asked three hours before, with a trial desktop."""
    reached = FAULT(subject=PROFILE(profile="standard"), what=REACHED(storage="thin", ready_s=74, took_ms=9, steps=""))
    return Readiness(at=NOW - 3 * 3600.0, scenario="surge", wanted=1700, ready=1700, trials=(reached,))


def a_store() -> MemoryStore:
    store = MemoryStore()
    store.claim()
    store.commit(Changes(baseline_accepted=True))
    store.close()
    return store


class Counted:
    """The twin as one life of the daemon has it, with each request told to the recorder, as the real client does."""

    def __init__(
        self, twin: Twin, recorder: Recorder, cluster: ClusterId, listed: Callable[[Instant], None] = lambda _: None
    ) -> None:
        """`listed` is told of each answer that lists the cluster."""
        self._twin, self._recorder, self._cluster, self._listed = twin, recorder, cluster, listed
        self.cut = False
        """Set at the daemon's death: nothing is sent or answered any more."""

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Pass it on."""
        if self.cut:
            return
        began = self._twin.cluster.events.now

        def answered(answer: ApiResponse) -> None:
            if self.cut:
                return
            now = self._twin.cluster.events.now
            outcome = "ok" if answer.ok else "guest_unknown" if "/agent/" in request.endpoint else "refused"
            call = ApiCall(
                cluster=self._cluster,
                method=request.method,
                endpoint=request.endpoint,
                outcome=outcome,
                seconds=now - began,
                received_bytes=2000,
            )
            if answer.ok and request.path == "/cluster/resources":
                self._listed(now)
            self._recorder.api_call(call)
            reply(answer)

        self._twin.request(request, answered, auth=auth)


def _families(pages: Mapping[Instant, str]) -> Iterator[list[str]]:
    """The samples of each family, with their instants; the head once."""
    found: dict[str, list[str]] = {}
    heads: dict[str, list[str]] = {}
    for at, page in pages.items():
        name = ""
        for line in page.splitlines():
            if line.startswith("# EOF"):
                continue
            if line.startswith("# "):
                name = line.split(" ", 3)[2]
                head = heads.setdefault(name, [])
                head += [f"{line}\n"] if f"{line}\n" not in head else []
            else:
                found.setdefault(name, []).append(_sample(line, at))
    for name, head in heads.items():
        yield [*head, *sorted(found.get(name, ()), key=_series)]


def _sample(line: str, at: Instant) -> str:
    series, value = line.rsplit(" ", 1)
    bare, _, labels = series.partition("{")
    return f"{bare}{{{INSTANCE}{',' + labels if labels else '}'} {value} {at}\n"


def _series(sample: str) -> str:
    return sample[: sample.rindex("}")]
