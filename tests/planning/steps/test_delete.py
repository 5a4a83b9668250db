"""Desktops to delete for another reason than a leaver: the same steps follow for every source."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.table import LOWERING
from provisioner.planning.steps.task import LowerTask
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.reason import as_reason
from tests.builders.actions import a_name
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_session, a_situation
from tests.planning.plans import orders, reasons

EMPTY = a_report(read_at=NOW - 5)
GONE = Target(level=TargetLevel.ABSENT, because=as_reason("its pool has shrunk"))
POOL = Source(name="leavers", target=lambda *_: GONE)


def lowered(desktop):
    """The plan of a single step, taken as in `planner`."""
    situation = a_situation([desktop], wanted=0, max_stops_percent=100.0, max_deletes=1)
    draft = Draft(situation, survey_result := survey(situation), free_resources(situation, survey_result))
    phase, why = survey_result.phases[a_name(1)]
    profile = situation.config.profiles[desktop.reservation.profile]
    task = LowerTask(desktop=desktop.reservation, profile=profile, target=GONE, source=POOL, why=why)
    LOWERING[phase, GONE.level].step(draft, task)
    return draft.plan


@pytest.mark.parametrize(
    ("desktop", "ordered", "waits"),
    [
        (a_desktop(1, Phase.STOPPED), ["delete vd-5001"], {}),
        (a_desktop(1).but(report=EMPTY), ["stop vd-5001"], {}),
        (
            a_desktop(1).but(report=replace(EMPTY, sessions=(a_session(),))),
            [],
            {"vd-5001": "not shut down, it has 1 open session(s): its pool has shrunk"},
        ),
        (
            a_desktop(1, Phase.STARTING),
            [],
            {"vd-5001": "still starting; shut down once it is ready and nobody is logged on: its pool has shrunk"},
        ),
    ],
    ids=["off: deleted", "empty: shut down first", "in use: left alone", "starting: later"],
)
def test_a_desktop_that_is_to_be_gone(desktop, ordered, waits):
    made = lowered(desktop)

    assert (orders(made), reasons(made)) == (ordered, waits)


@pytest.mark.parametrize(("reserved_at", "given_back"), [(NOW - 3600, (a_name(1),)), (NOW - 60, ())])
def test_a_reservation_without_a_vm_is_given_back_once_no_clone_can_come_out(reserved_at, given_back):
    assert lowered(a_desktop(1, Phase.RESERVED, reserved_at=reserved_at)).given_back == given_back
