"""Circuit breakers: after an answer that concerns a whole cluster or storage, nothing more is sent there. Pure.

An answer opens a circuit for PAUSE_S; observation goes on. Then one action is sent as a trial: its success closes the circuit,
its failure opens it again. A lost quorum needs no trial: observations show when it is back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from provisioner.actions.causes import CommonCause
from provisioner.actions.registry import changes_node
from provisioner.errors import KeepWithTemplate, NoQuorum, StorageFull, Unauthorised, word_for
from provisioner.execution import common_causes
from provisioner.execution.common_causes import CauseKey, Causes, is_common
from provisioner.model.actions import Action, Clone, Start
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain
from provisioner.model.machines.cluster import ClusterView
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.requests import DOING
from provisioner.reasons.targets import NO_QUORUM, TRIED_EVERY

PAUSE_S = 30.0
"""How long a circuit stays open. Short for an operator who has fixed the cause, and long enough that a cluster that refuses is
not asked hundreds of times."""
TIED_S = 3600.0
"""How long a template is cloned to its own node only. Longer: only an administrator who moves a drive changes that, and each
trial leaves a reserved desktop behind."""
_NO_QUORUM = word_for(NoQuorum)
_OF_THE_CLUSTER = frozenset({_NO_QUORUM, word_for(Unauthorised)})
_OF_THE_STORAGE = word_for(StorageFull)
_TIED = word_for(KeepWithTemplate)
_Key = TypeVar("_Key", ClusterId, LockDomain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Why nothing is sent, and until when."""

    reason: Reason
    until: Instant
    tripped_by: str = ""
    """The kind of action that was refused: the next action of this kind is the trial."""

    @property
    def needs_quorum(self) -> bool:
        """Whether an observation closes it, not a trial."""
        return not self.tripped_by

    def is_open(self, now: Instant) -> bool:
        """Whether it is too early for a trial."""
        return now < self.until

    def due(self, now: Instant) -> "Circuit":
        """The same, with its trial due now at the latest."""
        return replace(self, until=min(self.until, now))

    def is_trial(self, ordered_at: Instant) -> bool:
        """Whether an action ordered at this moment is a trial; earlier actions prove nothing."""
        return ordered_at >= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuits:
    """All open circuits."""

    clusters: Mapping[ClusterId, Circuit] = field(default_factory=dict)
    storages: Mapping[LockDomain, Circuit] = field(default_factory=dict)
    templates: Mapping[GuestKey, Circuit] = field(default_factory=dict)
    """Templates that Proxmox VE did not clone to another node."""
    causes: Causes = field(default_factory=dict)
    """Failures that are counted until they are common to several desktops."""
    alone: frozenset[ClusterId] = frozenset()
    """Clusters with one node."""

    def after_failure(self, action: Action, error: str, reason: str, now: Instant) -> "Circuits":
        """Open a circuit by the error's word (errors.word_for). Most errors open none: they only count as a common cause."""
        self = replace(
            self,
            causes=common_causes.after_failure(self.causes, action, error, reason, now, alone=action.key.cluster in self.alone),
        )
        circuit = Circuit(reason=as_reason(reason), until=now + PAUSE_S, tripped_by=action.word)
        if error in _OF_THE_CLUSTER and changes_node(action):
            return replace(self, clusters={**self.clusters, action.key.cluster: _of_cluster(circuit, error)})
        if error == _OF_THE_STORAGE and isinstance(action, Clone):
            return replace(self, storages={**self.storages, action.lock_domain: circuit})
        if error == _TIED and isinstance(action, Clone):
            tied = replace(circuit, until=now + TIED_S)
            return replace(self, templates={**self.templates, GuestKey(action.key.cluster, action.template.vmid): tied})
        return self

    def after_answer(self, action: Action, *, ordered_at: Instant) -> "Circuits":
        """The cluster accepted an action: the token and its rights work."""
        self = replace(self, causes=common_causes.after_answer(self.causes, action))
        circuit = self.clusters.get(action.key.cluster)
        if circuit is None or circuit.needs_quorum or not circuit.is_trial(ordered_at) or not changes_node(action):
            return self
        return replace(self, clusters=_without(self.clusters, action.key.cluster))

    def after_success(self, action: Action, *, ordered_at: Instant) -> "Circuits":
        """An action succeeded: its common cause is gone. A clone also shows that its storage has room."""
        self = replace(self, causes=common_causes.after_success(self.causes, action))
        circuit = self.storages.get(action.lock_domain) if isinstance(action, Clone) else None
        if circuit is None or not isinstance(action, Clone) or not circuit.is_trial(ordered_at):
            return self
        return replace(self, storages=_without(self.storages, action.lock_domain))

    def after_look(self, view: ClusterView, now: Instant) -> "Circuits":
        """Open or close the quorum circuit: an observation shows a lost quorum before a write fails."""
        clusters = self.clusters
        circuit = clusters.get(view.cluster)
        if view.quorate is False:
            lost = Circuit(reason=NO_QUORUM(), until=now)
            clusters = {**clusters, view.cluster: lost}
        elif view.quorate and circuit is not None and circuit.needs_quorum and not circuit.is_open(now):
            clusters = _without(clusters, view.cluster)
        elif _is_silent(view) and circuit is not None and circuit.needs_quorum and not circuit.is_open(now):
            clusters = {**clusters, view.cluster: _to_try(circuit)}
        alone = self.alone - {view.cluster} if len(view.nodes) > 1 else self.alone | {view.cluster}
        return replace(self, clusters=clusters, alone=alone)

    def paused(self, now: Instant, under_way: Iterable[tuple[Action, Instant]]) -> dict[ClusterId, Reason]:
        """Clusters to which nothing may be sent, and why. `under_way`: unanswered actions, with the times of their orders."""
        on_trial = {action.key.cluster for action, at in under_way if self._is_trial(action, at)}
        return {
            cluster: circuit.reason
            for cluster, circuit in self.clusters.items()
            if circuit.needs_quorum or circuit.is_open(now) or cluster in on_trial
        }

    def at_once(self, now: Instant) -> "Circuits":
        """With the next try due now everywhere: an operator has fixed something. A lost quorum is seen, and not tried."""
        return replace(
            self,
            clusters={key: each if each.needs_quorum else each.due(now) for key, each in self.clusters.items()},
            storages={key: each.due(now) for key, each in self.storages.items()},
            templates={key: each.due(now) for key, each in self.templates.items()},
            causes=common_causes.at_once(self.causes, now),
        )

    def _is_trial(self, action: Action, ordered_at: Instant) -> bool:
        circuit = self.clusters.get(action.key.cluster)
        return circuit is not None and circuit.is_trial(ordered_at) and changes_node(action)

    @property
    def common(self) -> dict[CauseKey, CommonCause]:
        """The common causes: only one desktop at a time tries."""
        return {key: cause for key, cause in self.causes.items() if is_common(cause, alone=key.cluster in self.alone)}

    def full(self, now: Instant) -> dict[LockDomain, Reason]:
        """Storages on which nothing may be cloned, and why."""
        return {domain: circuit.reason for domain, circuit in self.storages.items() if circuit.is_open(now)}

    def tied(self, now: Instant) -> dict[GuestKey, Reason]:
        """Templates that are cloned to their own nodes only, and why."""
        return {template: circuit.reason for template, circuit in self.templates.items() if circuit.is_open(now)}


def _of_cluster(circuit: Circuit, error: str) -> Circuit:
    """The pause of a cluster says what is wrong, and not which order found it."""
    if error == _NO_QUORUM:
        return replace(circuit, reason=NO_QUORUM(), tripped_by="")
    why = circuit.reason.arguments.get("why") if circuit.reason.code == DOING.code else None
    return replace(circuit, reason=TRIED_EVERY(why=why or circuit.reason, every_s=PAUSE_S))


def _is_silent(view: ClusterView) -> bool:
    """Whether it was asked for its quorum, and did not say: no observation ends a pause then."""
    return view.quorate is None and view.quorum_asked_at is not None


def _to_try(circuit: Circuit) -> Circuit:
    return replace(circuit, reason=TRIED_EVERY(why=circuit.reason, every_s=PAUSE_S), tripped_by=Start.word)


def _without(circuits: Mapping[_Key, Circuit], closed: _Key) -> dict[_Key, Circuit]:
    return {key: circuit for key, circuit in circuits.items() if key != closed}


__all__ = ["PAUSE_S", "Circuit", "Circuits"]
