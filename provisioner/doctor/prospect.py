"""Whether the daemon, started now, would make anybody ready: planning's own answer, without what the findings close."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.actions.client import PveClient
from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.offline_status import situation_of
from provisioner.doctor.findings import Closed, Finding, bad, good
from provisioner.errors import HypervisorError
from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Action, CheckGuest, Clone, Plan, seat_at
from provisioner.model.commands import Observe
from provisioner.model.freeze import intents_in_force
from provisioner.model.ids import ClusterId, GuestKey, Instant, ProfileName, Vmid
from provisioner.model.kept.absence import is_absent
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Snapshot
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Profile, Template
from provisioner.model.site_config import SiteConfig
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import Situation
from provisioner.planning.orders.runs import under_run
from provisioner.planning.placement.allocation import in_range
from provisioner.planning.roster.judging import judge_reading
from provisioner.planning.safety import circumstances_of, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.foreign import name_of
from provisioner.planning.survey.survey import Survey
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons import people as words
from provisioner.reasons import subjects
from provisioner.reasons.reason import ALSO, NONE, Reason, act_of, join_reasons
from provisioner.settings.values import Settings

_LOOKS_S = 120.0
"""Until everything was observed, and an empty store has settled; with pauses between two looks."""
_LATER_S = 600.0
"""The longest wait before a retry is half of it, and a desktop on a node that is away is replaced before."""
_ASKED, _ROUNDS = 16, 4
"""Numbers that are asked for in one round, one call each."""
_ABSENT_ASKED = 40
"""Desktops that are not listed, one call each: of more than some per cent of a site a person has to say what became of them."""
_COMING = frozenset({Phase.CLONING, Phase.STARTING, Phase.UNPROVEN})
"""What ends by itself: of a note that cannot be read, or is not of our key, there are findings."""
_OF_THE_GATE = frozenset({WaitsFor.OPERATOR, WaitsFor.PAUSED, WaitsFor.SAFETY})
_NAMED = 3


def examine_prospect(
    settings: Settings,
    outside: OutsideSystems,
    records: Records | None,
    roster: Roster | None,
    snapshot: Snapshot,
    found: Sequence[Finding],
    *,
    now: Instant,
) -> Iterator[Finding]:
    """`records`: None: they cannot be read; `roster`: None: neither can it. `found`: what was found on the clusters."""
    if records is None:
        yield bad(subjects.SWITCH(), words.NO_STORE())
        return
    mark = FreezeFiles.of(settings.freeze_file).mark()
    records = replace(records, intents=intents_in_force(outside.store.intents(), mark=mark, now=now))
    config, records = _in_force(site_config_of(settings), records, roster, now)
    if records.roster is None:
        yield bad(subjects.SWITCH(), words.NO_PEOPLE())
        return
    config = under_run(records.surge, config)
    snapshot = _with_existence(snapshot, records, outside.hypervisors)
    records = _as_listed(records, snapshot, config)
    situation = situation_of(config, _explained(records, config, snapshot), snapshot, now)
    yield _of(_Look(situation, outside.hypervisors), found)


def _in_force(configured: SiteConfig, records: Records, roster: Roster | None, now: Instant) -> tuple[SiteConfig, Records]:
    """As for a daemon that reads the directory once: without what the guard holds back."""
    judgement = judge_reading(roster, configured, records, now=now)
    if judgement is None:
        return configured, records
    verdict = judgement.verdict
    return configured.under(verdict.rules), replace(records, roster=verdict.roster or records.roster, guard=verdict.record)


def _with_existence(snapshot: Snapshot, records: Records, clients: Mapping[ClusterId, PveClient]) -> Snapshot:
    """With what the clusters say of desktops that they do not list, as the daemon asks it."""
    for cluster, view in snapshot.clusters.items():
        kept = (each for each in records.reservations if each.cluster == cluster)
        absent = sorted(each.vmid for each in kept if is_absent(each, view))[:_ABSENT_ASKED]
        if absent:
            there = _existence(clients[cluster], frozenset(absent))
            clusters = {**snapshot.clusters, cluster: replace(view, existence=there)}
            snapshot = replace(snapshot, clusters=clusters)
    return snapshot


def _existence(client: PveClient, vmids: frozenset[Vmid]) -> Mapping[Vmid, bool]:
    """Empty if the cluster does not say: then what is not known counts as it did."""
    try:
        return client.observe(Observe(cluster=client.cluster, exists=vmids)).existence
    except HypervisorError:
        return {}


def _as_listed(records: Records, snapshot: Snapshot, config: SiteConfig) -> Records:
    """What a first observation makes of them: a desktop that is gone is to be made again."""
    changes = view_changes(snapshot.clusters.values(), records, {}, installation=config.installation)
    desktops = {**records.desktops, **changes.desktops}
    return replace(records, desktops={name: record for name, record in desktops.items() if record is not None}, vmids=None)


def _of(look: "_Look", found: Sequence[Finding]) -> Finding:
    count = len(look.waiting)
    if not count:
        return good(subjects.SWITCH(), words.NOBODY_WAITS())
    closing = [finding for finding in found if finding.closes]
    why = look.why_nobody(())
    if not why and closing and look.why_nobody([place for finding in closing for place in finding.closes]):
        why = join_reasons((finding.text for finding in closing[:_NAMED]), ALSO)
    if why:
        return bad(subjects.SWITCH(), words.NOBODY_READY(count=count, why=why), act_of(why))
    return good(subjects.SWITCH(), words.SOMEBODY_READY(count=count, minutes=within_s(look.situation.config) / 60.0))


def within_s(config: SiteConfig) -> float:
    """How long the first desktop may take at most, in seconds: what takes longer at one of its steps is given up as failed."""
    steps_s = (
        profile.clone_timeout_s + profile.start_timeout_s + profile.ready_timeout_s for profile in config.profiles.values()
    )
    return _LOOKS_S + config.safety.rebuild_settle_s + min(steps_s, default=0.0)


class _Look:
    """Planning's answer for one situation, with what the clusters say of numbers that the token does not see."""

    def __init__(self, situation: Situation, clients: Mapping[ClusterId, PveClient]) -> None:
        self.situation, self._clients = situation, clients
        looked = survey(situation)
        ready = {seat for seat, desktop in looked.of_seat.items() if looked.phases[desktop.name][0] is Phase.READY}
        self.waiting = frozenset(situation.demand.wants.keys() - ready)
        """Seats that are to have a desktop now, and have none that is ready."""

    def why_nobody(self, closed: Sequence[Closed]) -> Reason:
        """What keeps all of them waiting, if these places are closed; empty: somebody goes on, now or a little later."""
        why = self._why(self.situation, closed)
        return why and self._why(_later(self.situation), closed) and why

    def _why(self, situation: Situation, closed: Sequence[Closed]) -> Reason:
        """Numbers that hidden VMs have are asked for, as the daemon finds them out by trying."""
        taken: set[GuestKey] = set()
        for _ in range(_ROUNDS):
            tried = replace(situation, records=_retired(situation.records, taken))
            plan, why = self._plan(_without(tried, closed), closed)
            hidden = self._hidden(plan)
            if why or not hidden:
                return why
            taken |= hidden
        return NONE

    def _plan(self, situation: Situation, closed: Sequence[Closed]) -> tuple[Plan, Reason]:
        """What would be ordered for them, and why nothing."""
        looked = survey(situation)
        paused = {place.cluster: words.CLOSED_HERE(cluster=place.cluster) for place in closed if place.is_whole}
        weighed = circumstances_of(situation, looked, paused=paused)
        plan = judge_plan(make_plan(situation, looked), weighed, situation.config.safety).plan
        plan = replace(plan, actions=tuple(each for each in plan.actions if seat_at(each) in self.waiting and _is_step(each)))
        if plan.actions or self._coming(looked, paused.keys()):
            return plan, NONE
        waits = [deferral for deferral in plan.deferred if deferral.seat in self.waiting]
        # Of steps that were cut the others wait for nothing but their turn.
        cut = Counter(deferral.reason for deferral in waits if deferral.binds in _OF_THE_GATE)
        why = cut or Counter(deferral.reason for deferral in waits)
        return plan, why.most_common(1)[0][0] if why else words.NO_STEP()

    def _coming(self, looked: Survey, paused: Iterable[ClusterId]) -> bool:
        """Whether a step that is under way ends by itself."""
        desktops = (looked.of_seat[seat] for seat in self.waiting if seat in looked.of_seat)
        return any(looked.phases[each.name][0] in _COMING and each.cluster not in paused for each in desktops)

    def _hidden(self, plan: Plan) -> set[GuestKey]:
        """Of the first numbers that would be used, those that are taken; empty unless all are."""
        keys = [action.key for action in plan.actions if isinstance(action, Clone)][:_ASKED]
        others = len(plan.actions) > len(keys)
        taken: set[GuestKey] = set()
        for cluster in {key.cluster for key in keys}:
            asked = frozenset(key.vmid for key in keys if key.cluster == cluster)
            there = _existence(self._clients[cluster], asked)
            taken |= {GuestKey(cluster, vmid) for vmid in asked if there.get(vmid)}
        return taken if len(taken) == len(keys) and not others else set()


def _is_step(action: Action) -> bool:
    """Whether it brings a desktop nearer to being ready: a desktop that answers nothing any more is only asked again."""
    return not (isinstance(action, CheckGuest) and action.sweep)


def _retired(records: Records, keys: Iterable[GuestKey]) -> Records:
    return replace(records, retired={**records.retired, **dict.fromkeys(keys, words.NOT_IDENTIFIED())})


def _later(situation: Situation) -> Situation:
    """By then what failed is tried again, and desktops on nodes that stay away are replaced."""
    away = (node.key for view in situation.snapshot.clusters.values() for node in view.nodes.values() if not node.online)
    since = dict.fromkeys(away, situation.now)
    return replace(situation, now=situation.now + _LATER_S, offline_since={**since, **situation.offline_since})


def _explained(records: Records, config: SiteConfig, snapshot: Snapshot) -> Records:
    """VMs of the range that no record names keep their numbers: who they are is found out by the daemon."""
    known = {reservation.key for reservation in records.reservations}
    others = {
        guest.key: words.NOT_IDENTIFIED()
        for view in snapshot.clusters.values()
        for guest in view.guests.values()
        if guest.key not in known
        and guest.key not in records.retired
        and in_range(guest.key.cluster, guest.key.vmid, config.naming.vmids)
    }
    checked = {name_of(snapshot.clusters[key.cluster].guests[key.vmid]): 0.0 for key in others}
    return replace(records, retired={**records.retired, **others}, checked={**records.checked, **checked})


def _without(situation: Situation, closed: Sequence[Closed]) -> Situation:
    """Templates that cannot be cloned are left out of their profiles, and nodes are as in maintenance."""
    if not closed:
        return situation
    profiles = {name: _profile_without(profile, closed) for name, profile in situation.config.profiles.items()}
    wanted = {want.profile for want in situation.demand.wants.values()}
    clusters = {cluster: _view_without(view, wanted, closed) for cluster, view in situation.snapshot.clusters.items()}
    snapshot = replace(situation.snapshot, clusters=clusters)
    return replace(situation, config=replace(situation.config, profiles=profiles), snapshot=snapshot)


def _profile_without(profile: Profile, closed: Sequence[Closed]) -> Profile:
    def is_closed(template: Template) -> bool:
        return any(place.covers(template, profile) for place in closed)

    return replace(profile, templates=tuple(template for template in profile.templates if not is_closed(template)))


def _view_without(view: ClusterView, wanted: Iterable[ProfileName], closed: Sequence[Closed]) -> ClusterView:
    """Nodes that no wanted profile can use."""
    hosts = [place for place in closed if place.cluster == view.cluster and place.node is not None]
    shut = {
        node
        for node in view.nodes
        if all(any(place.node == node and place.profile in (None, name) for place in hosts) for name in wanted)
    }
    return replace(
        view, nodes={name: replace(node, maintenance=node.maintenance or name in shut) for name, node in view.nodes.items()}
    )


__all__ = ["examine_prospect", "within_s"]
