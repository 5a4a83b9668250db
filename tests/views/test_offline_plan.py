"""What `bascule report plan` computes without a daemon is what a daemon does that starts then."""

from dataclasses import replace
from random import Random

import pytest

from provisioner.daemon.offline_status import as_in_force, situation_of
from provisioner.model.actions import Plan
from provisioner.model.freeze import intents_in_force
from provisioner.model.ids import Instant
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.site_config import SiteConfig
from provisioner.planning.safety import circumstances_of, is_write, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.surveyor import survey
from provisioner.ports import all_of
from provisioner.reasons.grouping import codes_of
from provisioner.reasons.steps import SAMPLING
from provisioner.reconciler import Reconciler, run
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.twin.calls import VirtualClock
from tests.views.lives import a_life, give_orders

pytestmark = pytest.mark.long


@pytest.mark.parametrize("seed", [1, 4, 8, 12, 16, 18])
def test_a_daemon_that_starts_does_what_the_plan_said(seed):
    rehearsal, chance = a_life(seed), Random(seed)
    stops_at = rehearsal.events.now + chance.uniform(5, 600)
    run(rehearsal.reconciler, rehearsal.calls, until=lambda: rehearsal.events.now >= stops_at)
    give_orders(rehearsal.store, chance, rehearsal.events.now)
    rehearsal.store.close()
    rehearsal.events.advance(stops_at + chance.uniform(0, 60))

    records, intents = rehearsal.store.load(), rehearsal.store.intents()
    status = first_cycle(rehearsal).status
    records = replace(records, intents=intents_in_force(intents, mark=None, now=status.at))
    said = offline_plan(rehearsal.stage.config, records, status.snapshot, status.at)

    assert [(action.word, action.key) for action in said.actions if is_write(action)] == [
        (action.word, action.key) for action in status.plan.actions if is_write(action)
    ]
    assert [deferral.what for deferral in said.deferred] == [deferral.what for deferral in status.plan.deferred]


def first_cycle(rehearsal: Rehearsal) -> Reconciler:
    """A new daemon after the first cycle in which it has what it needs: the directory, and the proof that its key is right."""
    reconciler = Reconciler(
        rehearsal.stage.config, store=rehearsal.store, clock=VirtualClock(rehearsal.events), events=all_of(())
    )
    reconciler.open()

    def is_over() -> bool:
        status = reconciler.status
        return status is not None and status.roster is not None and not any(map(waits_for_proof, status.plan.reasons))

    run(reconciler, rehearsal.calls, until=is_over)
    return reconciler


def waits_for_proof(reason) -> bool:
    return SAMPLING.code in codes_of(reason[0])


def offline_plan(configured: SiteConfig, records: Records, snapshot: Snapshot, now: Instant) -> Plan:
    """As in `look_offline`, from what the daemon observed."""
    config, records = as_in_force(configured, records, now)
    situation = situation_of(config, records, snapshot, now)
    found = survey(situation)
    return judge_plan(make_plan(situation, found), circumstances_of(situation, found, paused={}), config.safety).plan
