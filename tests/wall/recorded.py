"""A surge on a twin, in virtual time, recorded as Prometheus would have scraped it, with the twin's truth beside it.

A node loses power and comes back, two nodes' storages become eight times as slow, an operator freezes everything for a while.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prometheus_client.openmetrics.exposition import generate_latest

from monitors.collector import registry_of
from monitors.metric import Known
from monitors.recorder import Recorder
from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.budget import Pace
from provisioner.model.ids import ClusterId, Instant, ProfileName, WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.ownership import NoteKey
from provisioner.model.profiles import Selection
from provisioner.model.scenarios import PreparationLevel, Scenario, Wave
from provisioner.model.status import ConfigState
from provisioner.model.twin_spec import Durations, KillNode, LogOns, NodeSpec, TwinSpec
from provisioner.ports import ApiCall, Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.truth import Truth
from provisioner.twin.twin import Reply, Twin
from tests.builders.cluster import NOW
from tests.builders.core import a_roster, an_agent
from tests.builders.rehearsal import a_config_on
from tests.builders.twin import a_spec
from tests.scenarios.surroundings import ScriptedDirectory

SCRAPE_S = 15.0
"""As shipped in prometheus.yml."""
_READ_EACH = 20
"""Scrapes from one reading of the directory to the next: five minutes, as by default."""
INSTANCE = 'instance="bascule:9817",job="bascule"'
WAVES = tuple(map(WaveName, ("crisis cell", "essential services", "everyone else")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """How large, and when what happens; seconds from its beginning."""

    people: int
    nodes: int
    lasts_s: float
    node_lost_at: float
    node_back_after: float
    slow_at: float
    frozen: tuple[float, float]
    memory_mib: int = 768 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Pages and truths by scrape."""

    surge: Surge
    pages: Mapping[Instant, str]
    truths: Mapping[Instant, Truth]

    def write(self, path: Path) -> None:
        """As promtool takes it: each family's samples together, each with its instant."""
        with path.open("w", encoding="utf-8") as file:
            for family in _families(self.pages):
                file.writelines(family)
            file.write("# TYPE up gauge\n")
            file.writelines(f"up{{{INSTANCE}}} 1 {at}\n" for at in self.pages)
            file.write("# EOF\n")


def record(surge: Surge) -> Recording:
    """Play it."""
    spec = _spec(surge)
    events = EventHeap(NOW)
    twin, clock, store = Twin(spec, events), VirtualClock(events), MemoryStore()
    store.claim()
    store.commit(Changes(baseline_accepted=True))
    store.close()
    directory = ScriptedDirectory(a_roster(map(_person, range(1, surge.people + 1))), lambda: events.now)
    config = a_config_on(spec, scenario=_scenario(surge), scenario_given=True, pace=Pace(session_interval_s=120.0))
    known = Known(profiles=(ProfileName("standard"),), clusters=(ClusterId(spec.name),), waves=WAVES)
    recorder = Recorder(clock=clock, known=known)
    reconciler = Reconciler(config, store=store, clock=clock, events=all_of((recorder,)))
    reconciler.open()
    reconciler.board.config_state = ConfigState(read_at=NOW)
    key = NoteKey(installation=config.installation, secret=b"a site that nobody has")
    twins: Any = {ClusterId(spec.name): _Counted(twin, recorder, ClusterId(spec.name))}
    calls = VirtualCalls(twins=twins, events=events, directory=directory, key=key)
    _happen(surge, twin, events, store)
    registry, pages, truths = registry_of(recorder, clock=clock), dict[Instant, str](), dict[Instant, Truth]()
    while events.now < NOW + surge.lasts_s:
        end = events.now + SCRAPE_S
        if len(pages) % _READ_EACH == 0:
            reconciler.read_directory()
        events.at(end, calls.nudge)
        run(reconciler, calls, until=lambda end=end: events.now >= end)  # type: ignore[misc]
        pages[end], truths[end] = generate_latest(registry).decode(), twin.truth()
    return Recording(surge=surge, pages=pages, truths=truths)


class _Counted:
    """The twin, with each request told to the recorder, as the real client does."""

    def __init__(self, twin: Twin, recorder: Recorder, cluster: ClusterId) -> None:
        self._twin, self._recorder, self._cluster = twin, recorder, cluster

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        began = self._twin.cluster.events.now

        def answered(answer: ApiResponse) -> None:
            outcome = "ok" if answer.ok else "guest_unknown" if "/agent/" in request.endpoint else "refused"
            seconds = self._twin.cluster.events.now - began
            call = ApiCall(
                cluster=self._cluster,
                method=request.method,
                endpoint=request.endpoint,
                outcome=outcome,
                seconds=seconds,
                received_bytes=2000,
            )
            self._recorder.api_call(call)
            reply(answer)

        self._twin.request(request, answered, auth=auth)


def _spec(surge: Surge) -> TwinSpec:
    lost = KillNode(node="pve3", at_s=surge.node_lost_at, back_after_s=surge.node_back_after)
    nodes = tuple(NodeSpec(name=f"pve{n}", memory_mib=surge.memory_mib) for n in range(1, surge.nodes + 1))
    spec = a_spec(nodes=surge.nodes, durations=Durations(), faults=(lost,))
    return replace(spec, nodes=nodes, log_ons=LogOns(concurrent=int(surge.people * 0.91), spread_s=300.0))


def _person(number: int) -> object:
    groups = {"cellule-crise"} if number % 20 == 1 else {"services-essentiels"} if number % 5 == 2 else set()
    return replace(an_agent(number), groups=frozenset(groups))


def _scenario(surge: Surge) -> Scenario:
    crisis, essential, everyone = WAVES
    part = surge.lasts_s / 12
    waves = (
        Wave(name=crisis, who=Selection(groups=frozenset({"cellule-crise"})), priority=10),
        Wave(name=essential, who=Selection(groups=frozenset({"services-essentiels"})), priority=20, after_s=part),
        Wave(
            name=everyone,
            who=Selection(),
            priority=30,
            after_s=3 * part,
            size=max(1, surge.people // 4),
            interval_s=2 * part,
            prepare=PreparationLevel.STOPPED,
            prepare_before_s=part,
        ),
    )
    return Scenario(name="confinement", waves=waves)


def _happen(surge: Surge, twin: Twin, events: EventHeap, store: MemoryStore) -> None:
    def slow() -> None:
        for name in ("pve1", "pve2"):
            domain = twin.cluster.domains[name, "thin"]
            domain.spec = replace(domain.spec, image_operation_s=8 * domain.spec.image_operation_s)

    def freeze() -> None:
        store.give(Intent(kind=IntentKind.FREEZE, by="zoe", at=events.now, reason="a storage is slow"))

    def thaw() -> None:
        store.withdraw(IntentKind.FREEZE, by="zoe", at=events.now)

    events.after(surge.slow_at, slow)
    begins, ends = surge.frozen
    events.after(begins, freeze)
    events.after(ends, thaw)


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
