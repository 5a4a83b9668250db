"""Every action has a spec, and no spec contradicts itself."""

from typing import get_args

import pytest

from provisioner.actions.registry import SPECS, spec_named
from provisioner.actions.spec import EndSignal
from provisioner.model.actions import Action


def test_no_action_is_missing():
    assert set(SPECS) == set(get_args(Action))
    assert [spec_named(action.word) for action in SPECS] == list(SPECS.values())


def test_an_unknown_name_has_no_action_spec():
    assert spec_named("ready") is None


@pytest.mark.parametrize("spec", SPECS.values(), ids=[kind.__name__ for kind in SPECS])
def test_a_spec_agrees_with_itself(spec):
    assert (spec.operation is None) is (spec.ends is EndSignal.STORED), "what asks nothing is the store's alone"
    assert not spec.tasks or spec.ends is EndSignal.TASK, "only a task leaves the trace of one"
    assert spec.writes or spec.ends in (EndSignal.ANSWERED, EndSignal.STORED), "what ends by an observation changes the cluster"
    assert spec.writes or not spec.destroys
