"""Sessions in virtual time: the same merge as on a cluster, and the day's peak as the twin knows it."""

import pytest

from provisioner.model.machines.twin_spec import LogOns
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.rehearsal import a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long


def test_the_days_peak_is_exact_although_desktops_are_only_read():
    """People come over ten minutes, stay for seven, and are all gone before anybody looks a second time."""
    spec = a_spec(nodes=2, log_ons=LogOns(concurrent=12, spread_s=600.0, stay_s=420.0))
    rehearsal = Rehearsal(a_stage(spec, agents=12, settle_s=3600.0))

    rehearsal.run()

    truth, status = rehearsal.twins[spec.name].truth(), rehearsal.reconciler.status
    assert status is not None
    figures = status.session_figures
    assert (truth.sessions, sum(figures.open.values())) == (0, 0)
    assert figures.day_peak == truth.sessions_peak > 2
    assert (figures.inferred, figures.disagreements) == (0, 0)
