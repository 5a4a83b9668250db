"""A site on a twin whose guests can report something false: what the daemon shows of it in log, states and metrics."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from monitors.metric import KnownNames
from monitors.recorder import Recorder
from monitors.table import TABLE
from provisioner.actions.checkguest import UPTIME_FILE
from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.offline_status import situation_of
from provisioner.model.actions import Plan
from provisioner.model.ids import ClusterId, DesktopName, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.status import DesktopState, Status
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.ports import Changes, all_of
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reconciler import Reconciler, run
from provisioner.twin.api.endpoints.power import begin_boot, power_off, power_on
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Reply, Twin
from tests.builders.actions import an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_roster
from tests.builders.rehearsal import a_config_on
from tests.builders.twin import a_spec
from tests.scenarios.surroundings import ScriptedDirectory

Says = Callable[[ApiResponse, float], ApiResponse]
"""The replacement for an answer at a moment."""


class Spoken:
    """A site with this number of agents, all at once. `says` replaces the guests' documents."""

    def __init__(self, spec: TwinSpec | None = None, *, agents: int = 2, says: Says | None = None, **changed: Any) -> None:
        self.spec, self.says, self.lines = spec or a_spec(), says, list[LogLine]()
        self.cluster, self.events = ClusterId(self.spec.name), EventHeap(NOW)
        self.twin = Twin(self.spec, self.events)
        self.config, self.roster = a_config_on(self.spec, **changed), a_roster(agents)
        self.directory = ScriptedDirectory(self.roster, lambda: self.events.now)
        self.clock, self.store = VirtualClock(self.events), MemoryStore()
        known = KnownNames(profiles=(ProfileName("standard"),), clusters=(self.cluster,))
        self.recorder = Recorder(clock=self.clock, known=known)
        self.store.claim()
        self.store.commit(Changes(baseline_accepted=True))
        self.restart()

    def restart(self) -> "Spoken":
        """Another life of the daemon, on the same store."""
        self.store.close()
        listeners = all_of((LineEvents(self.lines.append), self.recorder))
        self.reconciler = Reconciler(self.config, store=self.store, clock=self.clock, events=listeners)
        self.reconciler.open()
        key = NoteKey(installation=self.config.installation, secret=b"a site that nobody has")
        twins: Any = {self.cluster: _Wire(self)}
        self.calls = VirtualCalls(twins=twins, events=self.events, directory=self.directory, key=key)
        return self

    @property
    def status(self) -> Status:
        status = self.reconciler.status
        assert status is not None
        return status

    @property
    def states(self) -> list[DesktopState]:
        return [state for _, state in sorted(self.status.desktops.items())]

    @property
    def phases(self) -> dict[DesktopName, Phase]:
        return {name: state.phase for name, state in self.status.desktops.items()}

    @property
    def warnings(self) -> list[str]:
        return [str(line) for line in self.lines if line.level in (LineLevel.WARNING, LineLevel.ERROR)]

    def restart_guest(self, name: str) -> None:
        """Somebody shuts it down and starts it again, within one pass of pvestatd, behind the daemon's back."""
        guest = self.twin.cluster.guests[int(name.removeprefix("vd-"))]
        power_off(self.twin.cluster, guest)
        power_on(self.twin.cluster, guest)

    def leaves(self, number: int) -> "Spoken":
        """The agent is gone from the directory, which is read."""
        self.directory.gone.add(an_agent_id(number))
        self.reconciler.read_directory()
        return self

    def restart_inside(self, name: str) -> None:
        """The agent restarts the system: QEMU runs on."""
        begin_boot(self.twin.cluster, self.twin.cluster.guests[int(name.removeprefix("vd-"))])

    def glance(self) -> list[DesktopState]:
        """What `bascule desktop list` shows beside the daemon: from the store, and from the cluster as it is listed."""
        records = replace(self.store.load(), roster=self.roster)
        situation = situation_of(self.config, records, self.status.snapshot, self.events.now)
        found = survey(situation)
        status = build_status(situation, found, Plan(), StatusInputs(), room=free_resources(situation, found), before=None)
        return [state for _, state in sorted(status.desktops.items())]

    def metric(self, name: str) -> dict[tuple[str, ...], float]:
        """Its series that are not 0; none where there is no such metric."""
        row = next((row for row in TABLE if row.name == name), None)
        return {} if row is None else {key: value for key, value in self.recorder.summary.values[row].items() if value}

    def play(self, seconds: float) -> "Spoken":
        """Let time pass, with the daemon at work."""
        end = self.events.now + seconds
        self.events.at(end, self.calls.nudge)
        run(self.reconciler, self.calls, until=lambda: self.events.now >= end)
        return self

    def until(self, reached: Callable[[Status], bool], *, at_most: float = 1800.0) -> "Spoken":
        """Let time pass until it is so."""
        end = self.events.now + at_most
        self.events.at(end, self.calls.nudge)

        def over() -> bool:
            status = self.reconciler.status
            return self.events.now >= end or (status is not None and reached(status))

        run(self.reconciler, self.calls, until=over)
        return self

    def all_ready(self) -> "Spoken":
        """Until every agent has a desktop that is ready."""
        agents = len(self.roster.agents)
        self.until(lambda status: status.phases.get(Phase.READY, 0) == agents)
        assert self.status.phases == {Phase.READY: agents}
        return self


class _Wire:
    """The twin behind an interceptor."""

    def __init__(self, site: Spoken) -> None:
        self._site = site

    @property
    def events(self) -> EventHeap:
        return self._site.events

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        says = self._site.says
        if says is None or not request.endpoint.endswith("/agent/file-read") or request.params.get("file") == UPTIME_FILE:
            self._site.twin.request(request, reply, auth=auth)
            return
        self._site.twin.request(request, lambda answer: reply(says(answer, self.events.now)), auth=auth)
