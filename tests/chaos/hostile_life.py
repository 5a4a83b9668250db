"""A life of one site by its seed; in some of them root in one desktop says whatever it likes."""

import json
import re
from dataclasses import replace
from typing import Any

from provisioner.adapters.logs.messages import LineEvents
from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.ids import ClusterId, DesktopName, Vmid
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.model.machines.guest_bounds import MAX_AGE_S
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.status import DesktopState, Status
from provisioner.model.vm_marks import mac_for
from provisioner.model.words import FirstBootWord, SessionOrderWord
from provisioner.ports import Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.sessions.push import Push, headers_of, parse_push, signature_of
from provisioner.sessions.questions import ASKS_ORDERS
from provisioner.twin.api.endpoints.guest_agent import boot_id_of, secret_of
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Reply, Twin
from tests.builders.cluster import NOW
from tests.builders.rehearsal import FIRST_VMID
from tests.chaos.book_figures import looked_into
from tests.chaos.hostile_facts import CountingStore, Facts
from tests.chaos.hostile_series import Series
from tests.chaos.hostile_site import Borrowers, a_hostile_config, a_hostile_roster, a_hostile_spec
from tests.chaos.liar import Liar
from tests.chaos.liar_body import TwinBody
from tests.scenarios.surroundings import ScriptedDirectory

HOUR_S = 3600.0
BEGINS_S, BORROW_S, JOIN_S = 1800.0, 2400.0, 4200.0
"""By then the first desktops are ready and the root of one begins; people ask for one of the pool; two more people come."""
SAMPLE_S = 300.0
LATECOMERS = 2
_HOSTILE = FIRST_VMID + 1
_NAME = DesktopName(f"vd-{_HOSTILE}")
_WRITTEN_S = 12.0
_DOCUMENT = re.compile(r"/qemu/([0-9]+)/agent/file-read")


class Life:
    """One of the two."""

    def __init__(self, *, seed: int, desktops: int, hostile: bool) -> None:
        spec = a_hostile_spec(seed=seed, desktops=desktops)
        self.facts, self.events = Facts(), EventHeap(NOW)
        self.twin = Twin(spec, self.events)
        self.twin.cluster.on_news.append(self._note)
        self.twin.push_to(self._pushed_honestly)
        self.twin.ask_by(self._asked)
        self.config, roster = a_hostile_config(spec), a_hostile_roster(desktops)
        self.directory = ScriptedDirectory(roster, lambda: self.events.now)
        self._late = sorted(roster.agents)[-LATECOMERS:]
        self.directory.gone |= set(self._late)
        self.store = CountingStore(self.facts.costs)
        self.store.claim()
        self.store.commit(Changes(baseline_accepted=True))
        self.store.close()
        self.series = Series(self.config, spec, clock=VirtualClock(self.events))
        events = all_of((LineEvents(lambda line: self._line(str(line))), _Ears(self), self.series))
        self.reconciler = Reconciler(self.config, store=self.store, clock=VirtualClock(self.events), events=events)
        self.reconciler.open()
        key = NoteKey(installation=self.config.installation, secret=b"a site that nobody has")
        twins: Any = {ClusterId(spec.name): _Wire(self)}
        self.calls = VirtualCalls(twins=twins, events=self.events, directory=self.directory, key=key)
        self.borrowers = Borrowers(self.events, seed=seed, people=desktops, order=self._lend)
        self.liar = (
            Liar(TwinBody(self.twin, _HOSTILE), seed=seed, jumps=bool(seed % 2), push=self._pushed, ask=self._questioned)
            if hostile
            else None
        )

    def play(self, hours: float) -> "Life":
        """All of it."""
        end = NOW + hours * HOUR_S
        self.events.at(NOW + BEGINS_S, self._begin)
        self.events.at(NOW + JOIN_S, self._join)
        self.events.at(NOW + BORROW_S, self.borrowers.come)
        self._sample_soon()
        self.events.at(end, self.calls.nudge)
        run(self.reconciler, self.calls, until=lambda: self.events.now >= end)
        self.facts.costs["journal"] = sum(1 for _ in self.store.journal())
        counted = self.reconciler.sessions.figures(self.events.now)
        answers = counted.orders.get(SessionOrderWord.ANSWERED, 0) + counted.first_boots.get(FirstBootWord.NOT_READY, 0)
        self.facts.costs["answers"] = answers + counted.first_boots.get(FirstBootWord.GIVEN, 0)
        self.facts.costs["documents"] = looked_into(counted)
        return self

    def _lend(self, order: LendingOrder) -> LendingAnswer:
        answer = self.reconciler.lend(order)
        self.calls.nudge()
        return answer

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
        self.series.sample(status)
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
        if guest.boot is None or boot_id_of(push.vmid, guest.boot) != push.boot_id:  # on its way as its desktop was turned off
            self._pushed(push)
            return
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
            if about == ASKS_ORDERS:
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
        self._life.facts.costs["requests"] += 1
        read = _DOCUMENT.search(request.path) if str(request.params.get("file", "")).endswith("json") else None
        if read is None:
            self._life.twin.request(request, reply, auth=auth)
            return
        vmid, liar = int(read[1]), self._life.liar
        self._life.facts.costs["readings of others"] += vmid != _HOSTILE
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
