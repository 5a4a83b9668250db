"""What takes in pushes and pulls at a site, without a cluster: a store, the records, the book."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from provisioner.adapters.memory_store import MemoryStore
from provisioner.execution.executor import Effects
from provisioner.model.ids import AgentId, DesktopName, ProfileName, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.model.session_counts import GroupKind, SessionTotals
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import DesktopState, Status
from provisioner.model.status_document import NoDocument, parse_status
from provisioner.ports import Changes, Store
from provisioner.reasons.reason import NONE
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.sessions.push import Push
from tests.builders.core import a_config, a_roster, an_agent
from tests.builders.reconciler import Listener, SetClock
from tests.builders.records import records_of
from tests.builders.store import a_reservation
from tests.sessions.desktops import SpeakingDesktop

UNKNOWN_AFTER_S = 1800.0


class Site:
    """Takes in what desktops say."""

    def __init__(self, profiles: dict[int, str], *, at: float, store: Store | None = None, **people: dict[int, str]) -> None:
        """`profiles`: of each VMID; `people`: `sites` and `waves` of the agents who have these desktops."""
        self.store, self.clock, self.listener = store or MemoryStore(), SetClock(), Listener()
        self.config = _config(profiles, people.get("waves", {}))
        self.clock.at = at
        self.status: Status | None = None
        """The last one, where a test needs it."""
        self.names = {vmid: DesktopName(f"vd-{vmid}") for vmid in profiles}
        self.roster = _roster(profiles, **people)
        self.store.claim()
        made = [
            a_reservation(vmid, name=self.names[vmid], profile=ProfileName(p), address="", agent_id=_agent_id(vmid))
            for vmid, p in profiles.items()
        ]
        self.store.commit(Changes(desktops=records_of(*made)))
        self.store.close()
        self.restart()

    def restart(self) -> None:
        """Another life of the daemon."""
        self.store.close()
        self.cache = RecordCache(store=self.store, clock=self.clock, events=self.listener, ended=lambda _: None, rest_s=600.0)
        self.cache.open(self.config.budget)
        self.intake = SessionIntake(self.cache, events=self.listener)
        self.intake.open(self.config, self.clock.at, self.roster)

    def hear(self, pushes: Iterable[tuple[Push, float]]) -> None:
        """Take pushes in, each at the time it was heard."""
        self.intake.pushed(pushes, self.config)

    def push(self, *pushes: Push) -> list[str]:
        """Take pushes in now, one after the other; returns what became of them."""
        return [word for push in pushes for word in self._heard(push)]

    def _heard(self, push: Push) -> list[str]:
        before = Counter(self.figures.pushes)
        self.hear([(push, self.clock.at)])
        return [word.value for word in Counter(self.figures.pushes) - before]

    def pull(self, desktop: SpeakingDesktop, *, late_s: float = 0.0, **other: object) -> None:
        """Read a desktop now, as it was some seconds ago; `other`: what it says instead."""
        text = json.dumps(desktop.document(self.clock.at - late_s, with_secret=True) | other)
        try:
            report = parse_status(text, read_at=self.clock.at, source="guest_agent")
        except NoDocument as wrong:
            if wrong.boot is not None:
                self.intake.missed(self.names[desktop.vmid], wrong.boot, self.clock.at)
            return
        effects = self.intake.pulled(Effects(report=(self.names[desktop.vmid], report)), self.config, source="guest_agent")
        self.cache.take(effects, self.config.budget)

    def cycle(self) -> Status:
        """Store what was heard, and follow the status, in which whoever is silent for long is unknown; returns it."""
        self.cache.store_reports(self.config.budget, self.intake.changed_counts())
        states = {name: self.state(name) for name in self.names.values()}
        status = Status(at=self.clock.at, planned_at=self.clock.at, desktops=states, roster=self.roster)
        self.intake.follow(status, self.config)
        return replace(status, session_figures=self.figures)

    def state(self, name: DesktopName) -> DesktopState:
        """In the status."""
        record = self.cache.state.desktops[name]
        report = record.report
        known = report is not None and self.clock.at - report.read_at <= UNKNOWN_AFTER_S
        return DesktopState(
            reservation=record.reservation,
            phase=Phase.READY,
            because=NONE,
            node=record.reservation.node,
            since=0.0,
            wanted=True,
            sessions=report.sessions if known and report is not None else None,
        )

    @property
    def figures(self) -> SessionTotals:
        """What metrics show now."""
        return self.intake.figures(self.clock.at)

    def open(self, label: str = "standard", kind: GroupKind = GroupKind.PROFILE) -> int:
        """Open sessions of a profile's, site's or wave's desktops."""
        return self.figures.open.get((kind, label), 0)


def moved(push: Push, **changed: object) -> Push:
    """The same push with something changed on its way."""
    return replace(push, **changed)  # type: ignore[arg-type]


def _agent_id(vmid: int) -> AgentId:
    return AgentId(f"agent-{vmid}")


def _roster(
    profiles: dict[int, str], *, sites: dict[int, str] | None = None, waves: dict[int, str] | None = None
) -> Roster:  # fmt: skip
    """An agent for each desktop, entitled to its profile by the department."""
    return a_roster(
        an_agent(
            agent_id=_agent_id(vmid),
            login=f"p{vmid}",
            department=profile,
            site=(sites or {}).get(vmid, "Melun"),
            groups=frozenset({(waves or {}).get(vmid, "all")}),
        )
        for vmid, profile in profiles.items()
    )


def _config(profiles: dict[int, str], waves: dict[int, str]) -> SiteConfig:
    entitlements = tuple(
        Entitlement(profile=ProfileName(each), who=Selection(departments=frozenset({each})))
        for each in sorted(set(profiles.values()))
    )
    scenario = Scenario(
        name="test",
        waves=tuple(
            Wave(name=WaveName(each), who=Selection(groups=frozenset({each})))
            for each in sorted(set(waves.values())) or ["all"]
        ),
    )
    return replace(a_config(), entitlements=entitlements, scenario=scenario)
