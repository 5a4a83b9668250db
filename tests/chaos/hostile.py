"""Two lives of one site, of one seed: in one of them root in one desktop says whatever it likes. Nobody else's may differ.

`python -m tests.chaos --hostile` plays some hours of a small site; for a night `--hostile --hours 200 --desktops 200`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.adapters.logs.messages import LineEvents
from provisioner.adapters.memory_store import MemoryStore
from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.guest_bounds import MAX_AGE_S, RATES, Flow
from provisioner.model.ids import ClusterId, DesktopName, Vmid
from provisioner.model.ownership import NoteKey
from provisioner.model.session_rules import SessionRules
from provisioner.model.status import DesktopState, Status
from provisioner.model.twin_spec import LogOns, NodeSpec, PushSpec
from provisioner.model.vm_marks import mac_for
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord
from provisioner.ports import Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.sessions.push import Push, headers_of, parse_push, signature_of
from provisioner.sessions.session_orders import ASKS
from provisioner.twin.api.endpoints.guest_agent import boot_id_of, secret_of
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Reply, Twin
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.rehearsal import FIRST_VMID, a_config_on, a_profile_on
from tests.builders.twin import a_spec
from tests.chaos.liar import Liar
from tests.scenarios.surroundings import ScriptedDirectory

HOUR_S = 3600.0
BEGINS_S, JOIN_S = 1800.0, 4200.0
"""By then the first desktops are ready and the root of one begins; and then two more people come."""
SAMPLE_S = 300.0
LATECOMERS = 2
MOST = 4
"""Sessions that a desktop can have: the profile's `max_sessions`."""
_HOSTILE = FIRST_VMID + 1
_NAME = DesktopName(f"vd-{_HOSTILE}")
_RULES = SessionRules(disconnected_s=900.0)
_LOUDER, _LARGE = 1.1, 200
"""So much more a cycle may cost at a site of so many desktops. At a smaller one: what one desktop may add."""
_OF_CYCLE = frozenset({"documents", "rows", "statuses", "transactions"})
_OWN = 20
"""Lines of a desktop's own that differ: it becomes ready again, or fails by its own word."""
_WRITTEN_S, _HORIZON_H = 12.0, 0.5
_DOCUMENT = re.compile(r"/qemu/([0-9]+)/agent/file-read")


@dataclass
class Facts:
    """What a life came to: facts of all but the one desktop, and what it cost."""

    truth: list[tuple[float, int, str]] = field(default_factory=list)
    """Log-ons and log-offs in the twin."""
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    samples: list[dict[str, object]] = field(default_factory=list)
    """By name: phase and number of sessions."""
    peaks: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    """Open sessions in all, without those of the one desktop."""
    costs: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    """Lines of journal and log about the one desktop."""
    wrong: list[str] = field(default_factory=list)


class CountingStore(MemoryStore):
    """Counts what is written."""

    def __init__(self, costs: Counter[str]) -> None:
        super().__init__()
        self._costs = costs

    def commit(self, changes: Changes) -> None:
        """One transaction."""
        self._costs["transactions"] += 1
        self._costs["rows"] += len(changes.desktops)
        super().commit(changes)


class Life:
    """One of the two."""

    def __init__(self, *, seed: int, desktops: int, hostile: bool) -> None:
        nodes = max(1, desktops // 50)
        spec = replace(
            a_spec(nodes=nodes, seed=seed, push=PushSpec(share=1.0, obeys=True)),
            log_ons=LogOns(concurrent=desktops, spread_s=1200.0, stay_s=2400.0, away_after_s=900.0, away_s=600.0),
            nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=1_048_576) for number in range(1, nodes + 1)),
        )
        self.facts, self.events = Facts(), EventHeap(NOW)
        self.twin = Twin(spec, self.events)
        self.twin.cluster.on_news.append(self._note)
        self.twin.push_to(self._pushed_honestly)
        self.twin.ask_by(self._asked)
        profile = a_profile_on(spec, session_rules=_RULES, max_sessions=MOST)
        self.config = a_config_on(spec, profile=profile)
        self.directory = ScriptedDirectory(a_roster(desktops), lambda: self.events.now)
        self._late = sorted(a_roster(desktops).agents)[-LATECOMERS:]
        self.directory.gone |= set(self._late)
        self.store = CountingStore(self.facts.costs)
        self.store.claim()
        self.store.commit(Changes(baseline_accepted=True))
        self.store.close()
        events = all_of((LineEvents(lambda line: self._line(str(line))), _Ears(self)))
        self.reconciler = Reconciler(self.config, store=self.store, clock=VirtualClock(self.events), events=events)
        self.reconciler.open()
        key = NoteKey(installation=self.config.installation, secret=b"a site that nobody has")
        twins: Any = {ClusterId(spec.name): _Wire(self)}
        self.calls = VirtualCalls(twins=twins, events=self.events, directory=self.directory, key=key)
        self.liar = Liar(self.twin, _HOSTILE, seed=seed, push=self._pushed, ask=self._questioned) if hostile else None

    def play(self, hours: float) -> "Life":
        """All of it."""
        end = NOW + hours * HOUR_S
        self.events.at(NOW + BEGINS_S, self._begin)
        self.events.at(NOW + JOIN_S, self._join)
        self._sample_soon()
        self.events.at(end, self.calls.nudge)
        run(self.reconciler, self.calls, until=lambda: self.events.now >= end)
        self.facts.costs["journal"] = sum(1 for _ in self.store.journal())
        counted = self.reconciler.sessions.figures(self.events.now)
        answers = counted.orders.get(SessionOrderWord.ANSWERED, 0) + counted.first_boots.get(FirstBootWord.NOT_READY, 0)
        self.facts.costs["answers"] = answers + counted.first_boots.get(FirstBootWord.GIVEN, 0)
        self.facts.costs["documents"] = sum(counted.pushes.get(word, 0) for word in (PushWord.ACCEPTED, PushWord.MALFORMED))
        return self

    def _begin(self) -> None:
        if self.liar is not None:
            self.liar.begin()

    def _join(self) -> None:
        self.directory.gone.clear()
        self.reconciler.read_directory()
        self.calls.nudge()

    def _sample_soon(self) -> None:
        self.events.after(SAMPLE_S, self._sample)

    def _sample(self) -> None:
        self._sample_soon()
        status = self.reconciler.status
        if status is None:
            return
        others = {name: state for name, state in status.desktops.items() if name != _NAME}
        self.facts.samples.append({name: _shown(state) for name, state in others.items()})
        figures, known = status.session_figures, self.reconciler.sessions.known(_NAME)
        self.facts.peaks.append(figures.day_peak)
        self.facts.totals.append(figures.all_open - (known.open if known is not None else 0))
        kept = self.reconciler.sessions.counts().recent
        self.facts.costs["most log-ons and log-offs kept"] = max(self.facts.costs["most log-ons and log-offs kept"], len(kept))
        cut = self.reconciler.sessions.cut_lately(self.events.now)
        self.facts.wrong += [f"what {name} says is cut" for name in cut if name != _NAME]
        self._look_ahead()

    def _look_ahead(self) -> None:
        """No document that was pushed is beyond the uptime, but by the age that the document read before may have had."""
        known, guest, liar = self.reconciler.sessions.known(_NAME), self.twin.cluster.guests.get(_HOSTILE), self.liar
        if known is None or guest is None or guest.boot is None or liar is None or liar.lied_of_uptime:
            return
        ahead_s = known.sequence / 1e6 - (self.events.now - guest.boot.began_at)
        if known.boot_id == boot_id_of(_HOSTILE, guest.boot) and ahead_s > MAX_AGE_S + _WRITTEN_S:
            self.facts.wrong.append(f"a document is {ahead_s:.0f} s ahead of its uptime")

    def _note(self, guest: TwinGuest) -> None:
        last = guest.noted[-1] if guest.noted else None
        if guest.vmid != _HOSTILE and last is not None and last.at == self.events.now:
            self.facts.truth.append((last.at, guest.vmid, last.word))

    def _pushed_honestly(self, push: Push) -> None:
        """With what it shows of itself, which the twin's documents lack."""
        guest = self.twin.cluster.guests[push.vmid]
        shown = replace(push, body=json.dumps(json.loads(push.body) | _marks(push.vmid)))
        self._pushed(replace(shown, signature=signature_of(secret_of(self.twin.cluster, guest), shown)))

    def _pushed(self, push: Push) -> None:
        try:
            taken = parse_push(headers_of(push), push.body.encode("ascii", "replace"))
        except ValueError:
            return
        self.reconciler.take_pushes([(taken, self.events.now)])
        self.calls.nudge()

    def _asked(self, push: Push) -> str | None:
        answer = self.reconciler.session_orders(push, self.events.now)
        return answer[0] if isinstance(answer, tuple) else None

    def _questioned(self, push: Push, about: str) -> None:
        """By the liar: it carries out nothing."""
        try:
            if about == ASKS:
                self.reconciler.session_orders(push, self.events.now)
            else:
                self.reconciler.first_boot(push, self.events.now)
        except StoreError as error:
            self.facts.wrong.append(str(error))

    def _line(self, line: str) -> None:
        self.facts.costs["log"] += 1
        if _NAME in line:
            self.facts.own["log"] += 1


class _Ears:
    """Events."""

    def __init__(self, life: Life) -> None:
        self._facts = life.facts

    def status(self, _: Status) -> None:
        self._facts.costs["statuses"] += 1

    def outcome(self, outcome: Outcome) -> None:
        if outcome.desktop != _NAME:
            self._facts.outcomes[outcome.desktop, outcome.action, outcome.result.value] += 1
        else:
            self._facts.own["outcomes"] += 1

    def __getattr__(self, _: str) -> Any:
        return lambda *_args, **_more: None


class _Wire:
    """The twin, with the liar's own answers."""

    def __init__(self, life: Life) -> None:
        self._life = life

    @property
    def events(self) -> EventHeap:
        return self._life.events

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        read = _DOCUMENT.search(request.path) if str(request.params.get("file", "")).endswith("json") else None
        if read is None:
            self._life.twin.request(request, reply, auth=auth)
            return
        vmid, liar = int(read[1]), self._life.liar
        lies = liar is not None and vmid == _HOSTILE and self._life.events.now >= NOW + BEGINS_S

        def answered(answer: ApiResponse) -> None:
            if answer.ok:
                document = json.loads(answer.data["content"]) | _marks(vmid)
                text = json.dumps(liar.answer(document) if liar is not None and lies else document)
                answer = ApiResponse(status=200, data={"content": text, "bytes-read": len(text)})
            reply(answer)

        self._life.twin.request(request, answered, auth=auth)


def _marks(vmid: int) -> dict[str, object]:
    """What a desktop shows of itself: what Bascule has given to it, and an address that it has not."""
    address = f"10.0.{vmid >> 8 & 255}.{vmid & 255}"
    return {"cards": [mac_for(Vmid(vmid), "lab").lower()], "hostname": f"vd-{vmid}", "addresses": [address]}


def _shown(state: DesktopState) -> tuple[str, int | None]:
    return state.phase.value, None if state.sessions is None else len(state.sessions)


def differences(honest: Life, hostile: Life, *, hours: float, desktops: int) -> Iterator[str]:
    """What differs, and may not. The first of each kind."""
    mine, theirs = honest.facts, hostile.facts
    yield from (mine.wrong + theirs.wrong)[:1]
    if cut := honest.reconciler.sessions.figures(honest.events.now).cut:
        yield f"of a site where all are honest is cut: {cut}"
    if _lives(mine) != _lives(theirs):
        yield f"the lives of the others: {_first(_lives(mine), _lives(theirs))}"
    if mine.outcomes != theirs.outcomes:
        yield f"what was done to others: {(mine.outcomes - theirs.outcomes) or (theirs.outcomes - mine.outcomes)}"
    for name, ours, other in (("states", mine.samples, theirs.samples), ("totals", mine.totals, theirs.totals)):
        if ours != other:
            yield f"the {name} of the others: {_first(ours, other)}"
    over = [(a, b) for a, b in zip(mine.peaks, theirs.peaks, strict=True) if abs(b - a) > MOST]
    if over:
        yield f"the day's peak {over[0][1]} instead of {over[0][0]}"
    if theirs.own["outcomes"] > mine.own["outcomes"] + _most(Flow.BOOT, hours) + _OWN:
        yield f"what was noted of the one: {theirs.own['outcomes']} instead of {mine.own['outcomes']}"
    for what, allowed in _allowed(hours).items():
        is_of_cycle = what in _OF_CYCLE and desktops >= _LARGE
        most = _LOUDER * mine.costs[what] if is_of_cycle else mine.costs[what] + allowed
        if theirs.costs[what] > most:
            yield f"cost: {what} {theirs.costs[what]} instead of {mine.costs[what]}, at most {most:.0f}"


def _lives(facts: Facts) -> list[tuple[int, str]]:
    """Of each of the others, what has happened there."""
    return [(vmid, word) for vmid, _, word in sorted((vmid, at, word) for at, vmid, word in facts.truth)]


def _most(flow: Flow, hours: float) -> float:
    """What one desktop may do in so long."""
    rate = RATES[flow]
    return rate.at_once + rate.at_once_each * MOST + (rate.an_hour + rate.an_hour_each * MOST) * hours


def _allowed(hours: float) -> dict[str, float]:
    """What one desktop may add, by the rates; and by readings, of which each minute has one."""
    documents, lines, readings = _most(Flow.DOCUMENT, hours), _most(Flow.LINE, hours) + _most(Flow.BOOT, hours), 60 * hours
    return {
        "documents": documents,
        "answers": _most(Flow.QUESTION, hours),
        "rows": documents + readings,
        "statuses": documents,
        "transactions": documents + lines,
        "journal": lines + _OWN,
        "log": 2 * lines + readings,
        "most log-ons and log-offs kept": _most(Flow.CHANGE, _HORIZON_H) + 60 * _HORIZON_H,
    }


def _first(mine: list[Any], theirs: list[Any]) -> str:
    for number, (a, b) in enumerate(zip(mine, theirs, strict=False)):
        if a != b:
            if isinstance(a, dict):
                key = next(key for key in (*a, *b) if a.get(key) != b.get(key))
                a, b = (key, a.get(key)), (key, b.get(key))
            return f"{number}: {b} instead of {a}"
    return f"{len(theirs)} instead of {len(mine)}"


@dataclass(frozen=True)
class Verdict:
    """Of one seed."""

    seed: int
    wrong: tuple[str, ...]
    cost: str
    """What it cost, in one line."""


def play(seed: int, *, hours: float, desktops: int) -> Verdict:
    """Both lives."""
    honest, hostile = (Life(seed=seed, desktops=desktops, hostile=lies) for lies in (False, True))
    try:
        wrong = tuple(differences(honest.play(hours), hostile.play(hours), hours=hours, desktops=desktops))
    except Exception as crash:
        wrong = (f"the daemon never crashes: {type(crash).__name__}: {crash}",)
    counted = hostile.reconciler.sessions.figures(hostile.events.now)
    mine, theirs = honest.facts.costs, hostile.facts.costs
    costs = ", ".join(f"{what} {theirs[what] / mine[what]:.2f}" for what in sorted(mine) if mine[what])
    words = ", ".join(f"{count} {word.value}" for word, count in sorted(counted.pushes.items()))
    cut = ", ".join(f"{count} {flow.value}" for flow, count in sorted(counted.cut.items()))
    sent = 0 if hostile.liar is None else hostile.liar.sent
    return Verdict(seed, wrong, f"{hours:g} h of {desktops}: {sent} pushes of one ({words}); cut: {cut}; costs by: {costs}")


__all__ = ["Verdict", "play"]
