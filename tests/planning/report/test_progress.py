"""How far a run of the surge is, as it is noted for the report."""

from dataclasses import replace

from provisioner.model.actions import Deferral, Plan
from provisioner.model.ids import DesktopPoolName
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.model.scenario.rotation import RotationState, Waiting
from provisioner.model.session_counts import GroupKind
from provisioner.planning.report.progress import progress_of
from provisioner.reasons.reason import NONE
from provisioner.reasons.steps import SUPERSEDED
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, an_agent_id
from tests.builders.progress import a_run
from tests.planning.report.test_status import status


def test_a_session_counts_once_though_it_is_in_a_profile_a_site_and_a_wave():
    shown = status([a_desktop(1)])
    figures = replace(
        shown.session_figures,
        open={
            (GroupKind.PROFILE, "standard"): 7,
            (GroupKind.SITE, "Melun"): 5,
            (GroupKind.SITE, "other"): 2,
            (GroupKind.WAVE, "all"): 7,
        },
    )

    progress = progress_of(replace(shown, at=NOW, surge=a_run(), session_figures=figures))

    assert progress is not None
    assert progress.sessions == 7


def test_the_half_day_of_a_rotation_is_a_batch_due_as_it_begins():
    """F14: a report of a rotation said "0 of 0"."""
    morning, afternoon = Slot(begins=NOW - 60, ends=NOW + 7200), Slot(begins=NOW + 10_800, ends=NOW + 18_000)
    weeks = tuple(
        PersonWeek(run=1, week=NOW - 60, agent_id=an_agent_id(number), wants=1, slots=(slot,))
        for number, slot in enumerate((morning, morning, morning, afternoon), start=1)
    )
    waiting = (Waiting(agent_id=an_agent_id(1), slot=morning, why=NONE, expected_at=NOW),)
    rotation = RotationState(weeks=weeks, waiting=waiting, due=3, has=2, pool=DesktopPoolName("desk"))
    run = a_run(started_at=NOW - 3660)

    progress = progress_of(replace(status([]), at=NOW, surge=run, rotation=rotation))
    between = progress_of(replace(status([]), at=NOW + 9000, surge=run, rotation=rotation))

    assert progress is not None
    assert between is not None
    assert [(each.wave, each.number, each.planned, each.ready, each.due_at) for each in progress.batches] == [
        ("desk", 1, 3, 2, NOW - 60)
    ]
    assert between.batches == (), "nobody's half-day"


def test_a_desktop_that_its_agent_no_longer_uses_binds_nothing():
    """F23: the report named it among what the run waited for."""
    unused = Deferral(what="vd-5001", seat=None, reason=SUPERSEDED())

    progress = progress_of(replace(status([]), at=NOW, surge=a_run(), plan=Plan(singles=(unused,))))

    assert progress is not None
    assert progress.binds == ()
