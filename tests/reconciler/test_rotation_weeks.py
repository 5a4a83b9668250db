"""A week of a rotation on a twin in virtual time: a node is lost at noon, a ceiling binds, people stay on and are away."""

import pytest

from tests.builders.rotation_trial import RotationTrial, TrialPlan


@pytest.mark.long
@pytest.mark.parametrize("stays", [0.0, 0.03, 0.1])
def test_nobody_is_cut_there_are_never_too_many_desktops_and_who_waits_is_told(stays: float) -> None:
    trial = RotationTrial(TrialPlan(part=60, weeks=1, stays=stays))

    found = trial.run()

    assert found.wrong == []
    assert found.most_desktops == trial.size == 15
    assert found.came > 100
    assert found.worked >= found.came - found.late
    assert found.late <= 3
    assert found.largest <= 3
