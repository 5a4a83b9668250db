"""Desired power, in its fixed order of precedence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.planning.steps.power import Desired, PowerFacts, desired_power
from tests.builders.core import a_want

WANT = a_want()


def facts(**changed):
    return PowerFacts(**{"frozen": False, "sessions": 0, "running": True, "held": False, "want": None, **changed})


@pytest.mark.parametrize(
    ("weighed", "desired", "because"),
    [
        pytest.param(facts(frozen=True, want=WANT, running=False), Desired.KEEP, "frozen by an operator", id="freeze is first"),
        pytest.param(facts(want=WANT, running=False), Desired.ON, WANT.because, id="wanted and off: on"),
        pytest.param(facts(want=WANT, running=False, sessions=None), Desired.ON, WANT.because, id="off: no session to ask for"),
        pytest.param(facts(want=WANT, running=False, held=True), Desired.ON, WANT.because, id="a hold holds no start"),
        pytest.param(facts(sessions=None), Desired.KEEP, "its sessions are unknown", id="unknown sessions keep it"),
        pytest.param(facts(sessions=2), Desired.KEEP, "it has 2 open session(s)", id="sessions keep it"),
        pytest.param(facts(held=True), Desired.KEEP, "held by an operator", id="a hold keeps it"),
        pytest.param(facts(drained="why", want=WANT), Desired.OFF, "why", id="its node is drained: off, wanted or not"),
        pytest.param(facts(drained="why", want=WANT, running=False), Desired.KEEP, "why", id="drained and off: not started"),
        pytest.param(facts(drained="why", sessions=1), Desired.KEEP, "it has 1 open session(s)", id="drained, but in use"),
        pytest.param(facts(drained="why", sessions=None), Desired.KEEP, "its sessions are unknown", id="drained, but unknown"),
        pytest.param(facts(drained="why", held=True), Desired.KEEP, "held by an operator", id="drained, but held"),
        pytest.param(facts(want=WANT), Desired.ON, WANT.because, id="wanted and on: on"),
        pytest.param(facts(), Desired.KEEP, "nobody wants it now; it is kept as it is", id="not wanted: kept as it is"),
        pytest.param(
            facts(running=False, sessions=None), Desired.KEEP, "nobody wants it now; it is kept as it is", id="not wanted, off"
        ),
    ],
)
def test_desired_power(weighed, desired, because):
    assert desired_power(weighed) == (desired, because)


any_facts = st.builds(
    PowerFacts,
    frozen=st.booleans(),
    sessions=st.none() | st.integers(0, 3),
    running=st.booleans(),
    held=st.booleans(),
    drained=st.sampled_from(["", "drained"]),
    want=st.none() | st.just(WANT),
)


@given(any_facts)
def test_a_desktop_with_sessions_or_unknown_sessions_is_never_turned_off(weighed):
    desired, because = desired_power(weighed)

    assert because
    if weighed.running and weighed.sessions != 0:
        assert desired is not Desired.OFF


@given(any_facts)
def test_under_freeze_nothing_is_switched(weighed):
    if weighed.frozen:
        assert desired_power(weighed)[0] is Desired.KEEP
