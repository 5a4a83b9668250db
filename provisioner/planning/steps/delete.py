"""Delete VMs with all their disks: one at a time on each cluster, and few a day. Resets of pools have limits of their own."""

from provisioner.model.actions import Delete
from provisioner.model.cluster import Guest, Power
from provisioner.model.seats import is_trial
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.obstacles import lock_of, tried_again_at, tried_lately
from provisioner.planning.steps.reset import is_reset, why_no_reset
from provisioner.planning.steps.stop import wait
from provisioner.planning.steps.task import LowerTask
from provisioner.planning.survey.leaver_ladder import deleted_lately, is_out_of_the_way
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import DELETE_WAITS, DELETES_DAY, DELETES_ONE, DELETES_PLAN, NO_DELETES, POWER_NOT_OFF

_DEADLINE_S = 600.0
"""A disk of 32 GiB is deleted within seconds, on a busy shared storage within minutes, after waiting for the lock."""


def delete(draft: Draft, task: LowerTask) -> None:
    """Delete the VM; if there is none, release the reservation once no clone can appear."""
    desktop = task.desktop
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None:
        if is_out_of_the_way(desktop, draft.facts.departures.get(desktop.name), draft.now):
            draft.given_back.append(desktop.name)
    elif refusal := _refusal(draft, task, guest):
        until = tried_again_at(draft, desktop) if refusal == tried_lately(draft, desktop) else None
        wait(draft, task, DELETE_WAITS(reason=refusal, why=task.target.because), until=until)
    else:
        node, deadline, resets = where(draft.situation, desktop), draft.now + _DEADLINE_S, is_reset(draft, desktop)
        draft.order(Delete(reservation=desktop, because=task.target.because, deadline=deadline, node=node, resets=resets))


def _refusal(draft: Draft, task: LowerTask, guest: Guest) -> Reason:
    resets = is_reset(draft, task.desktop)
    is_own = is_trial(task.desktop.seat)
    if draft.situation.config.safety.max_deletes <= 0 and not resets and not is_own:
        return NO_DELETES()
    if guest.power is not Power.STOPPED:
        return POWER_NOT_OFF(power=guest.power.value)
    others = why_no_reset if resets else _after_another if is_own else _after_others
    return lock_of(draft, task.desktop) or tried_lately(draft, task.desktop) or others(draft, task)


def _after_another(draft: Draft, task: LowerTask) -> Reason:
    """Why another deletion comes first: it is under way on the same cluster; empty: none is."""
    cluster = task.desktop.cluster
    others = (*draft.situation.in_flight.values(), *draft.actions)
    deletes = (other for other in others if isinstance(other, Delete) and not other.resets)
    first = next((other for other in deletes if other.key.cluster == cluster), None)
    return NONE if first is None else DELETES_ONE(first=first.desktop, cluster=cluster)


def _after_others(draft: Draft, task: LowerTask) -> Reason:
    """Why other deletions come first: one under way on its cluster, the plan's limit, or the day's limit; empty: none do.

    What a trial has made is no part of either limit: nobody was given it.
    """
    if waits := _after_another(draft, task):
        return waits
    desktop, config = task.desktop, draft.situation.config
    planned = [other for other in draft.actions if isinstance(other, Delete) and other.is_limited]
    if len(planned) >= config.safety.max_deletes:
        return DELETES_PLAN(first=planned[0].desktop, count=len(planned))
    lately = deleted_lately(draft.situation.records.deletions, draft.now)
    limit, mine = config.leavers.deletes_a_day, (desktop.name, desktop.reserved_at)
    if mine not in lately and len(lately) + len(planned) >= limit:
        return DELETES_DAY(count=len(lately) + len(planned), limit=limit)
    return NONE
