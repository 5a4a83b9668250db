"""The last status, and what other threads know, which is only reported in it."""

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from provisioner.extensions import Part, Parts
from provisioner.model.actions import Plan
from provisioner.model.autoscale import AutoscaleState
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.ids import ClusterId, DesktopName, DesktopPoolName, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.lending import GrantCounts
from provisioner.model.scenario.rotation import RotationState
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import SessionTotals
from provisioner.model.status import ConfigState, PoolState, Status
from provisioner.planning.eta.watch import WaveWatch
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.report.capacities import Capacities
from provisioner.planning.report.status import StatusInputs, build_status, status_without_cycle, with_intents
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Events
from provisioner.reasons.pools import LEND_BUSY
from provisioner.reasons.reason import Reason
from provisioner.reconciler.durable_state import RecordCache

_NONE_FOLLOW: Mapping[DesktopPoolName, AutoscaleState] = MappingProxyType({})


class StatusBoard:
    """Builds the status at the end of each cycle, and changes it when an order has changed something in between."""

    def __init__(self, cache: RecordCache, *, events: Events) -> None:
        self.status: Status | None = None
        self.config_state = ConfigState()
        """The state of the files."""
        self.disk_free_mib: float | None = None
        """On the disk of the store; None: not known."""
        self.callers: tuple[Reason, ...] = ()
        """Why some who ask the API are not known, or not by all that they are."""
        self.certificates: tuple[WatchedCertificate, ...] = ()
        """Those that the site serves with, or trusts."""
        self.parts: dict[Part[Any], Callable[[], object]] = {}
        """The parts of capabilities."""
        self.cut: Callable[[Instant], tuple[DesktopName, ...]] = lambda _: ()
        """Desktops of whose words some were not taken."""
        self.lends_shed = 0
        """Lends that were refused before they reached the control thread, because too many waited."""
        self._cache, self._events = cache, events
        self._capacities, self.waves = Capacities(), WaveWatch()

    def with_others(self, inputs: StatusInputs) -> StatusInputs:
        """With what other threads know."""
        inputs = replace(inputs, config=self.config_state, disk_free_mib=self.disk_free_mib)
        inputs = replace(inputs, callers=self.callers, certificates=self.certificates)
        return replace(inputs, parts=Parts({part: now() for part, now in self.parts.items()}))

    def build(
        self,
        situation: Situation,
        survey: Survey,
        plan: Plan,
        inputs: StatusInputs,
        *,
        room: FreeResources,
        changed: Set[DesktopName] | None,
    ) -> Status:
        """The status of a cycle, after its orders; see `build_status`. Says what is new about waves that will be late."""
        status = build_status(
            situation, survey, plan, inputs, room=room, before=self.status, changed=changed, capacities=self._capacities
        )
        self._look_at_waves(situation, survey, plan, room)
        self.status = replace(status, etas=self.waves.etas)
        return self.status

    def take_sessions(self, status: Status, figures: SessionTotals, *, at: Instant) -> None:
        """Desktops have said who is logged on: publish the last status with that."""
        self.status = replace(status, at=at, session_figures=figures, cut=self.cut(at))
        self._events.status(self.status)

    def publish(
        self,
        figures: SessionTotals,
        lends_refused: Mapping[str, int],
        grants: GrantCounts,
        *,
        pools: tuple[PoolState, ...],
        autoscale: Mapping[DesktopPoolName, AutoscaleState] = _NONE_FOLLOW,
        rotation: RotationState | None = None,
    ) -> None:
        """Publish the status with the figures that follow from it."""
        assert self.status is not None, "built first"
        refused = self._with_shed(lends_refused)
        cut = self.cut(self.status.at)
        counts = replace(self.status, pools=pools, lends_refused=refused, grants=grants, cut=cut)
        self.status = replace(counts, session_figures=figures, autoscale=autoscale, rotation=rotation)
        self._events.status(self.status)

    def publish_again(self, at: Instant, paused: Mapping[ClusterId, Reason]) -> None:
        """The last status with the present time: otherwise monitoring would take the daemon for dead."""
        assert self.status is not None, "built first"
        self.status = replace(self.status, at=at, moved=frozenset(), paused=paused)
        self._events.status(self.status)

    def publish_unobserved(self, records: Records, inputs: StatusInputs, *, at: Instant, people_known: bool) -> None:
        """No cycle has ended yet. It is not kept: the next one begins from nothing."""
        self._events.status(status_without_cycle(records, inputs, at=at, people_known=people_known))

    def take_intents(self, intents: Collection[Intent]) -> None:
        """Orders have changed."""
        if self.status is not None:
            self.status = with_intents(self.status, tuple(intents))

    def take_run(self, run: SurgeRun | None) -> None:
        """The run of the surge has changed."""
        if self.status is not None:
            self.status = replace(self.status, surge=run)

    def take_pools(self, pools: tuple[PoolState, ...], lends_refused: Mapping[str, int], grants: GrantCounts) -> None:
        """A desktop was lent, or taken back."""
        if self.status is not None:
            self.status = replace(self.status, pools=pools, lends_refused=self._with_shed(lends_refused), grants=grants)

    def _with_shed(self, lends_refused: Mapping[str, int]) -> dict[str, int]:
        shed = {LEND_BUSY.code: self.lends_shed} if self.lends_shed else {}
        return {**lends_refused, **shed}

    def _look_at_waves(self, situation: Situation, survey: Survey, plan: Plan, room: FreeResources) -> None:
        """Say what is new about waves that will be late, before they are."""
        changes = self.waves.look(situation, survey, plan, room, self._capacities.now)
        self._cache.commit(Changes(waves=changes))
        for change in changes:
            self._events.notice(f"wave {change.wave}", change.why)


__all__ = ["StatusBoard"]
