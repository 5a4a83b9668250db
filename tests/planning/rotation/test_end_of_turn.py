"""When a person's half-day ends for good on that day."""

import pytest

from provisioner.model.ids import AgentId
from provisioner.model.scenario.half_days import PersonWeek, Slot
from provisioner.planning.rotation.handover import end_of_turn

DAY, HOUR = 86400.0, 3600.0
AM, PM, NEXT_DAY = (
    Slot(begins=8 * HOUR, ends=12 * HOUR),
    Slot(begins=13 * HOUR, ends=17 * HOUR),
    Slot(begins=32 * HOUR, ends=36 * HOUR),
)
JEAN = AgentId("jean")


@pytest.mark.parametrize(
    ("slots", "hour", "ends"),
    [
        pytest.param((AM,), 7.9, None, id="none has begun"),
        pytest.param((AM,), 9, 12, id="it goes on"),
        pytest.param((AM,), 15, 12, id="it is over"),
        pytest.param((AM, PM), 9, None, id="it goes on in the afternoon"),
        pytest.param((AM, PM), 12.5, None, id="the pause between"),
        pytest.param((AM, PM), 14, 17, id="the last one of the day"),
        pytest.param((PM, NEXT_DAY), 20, 17, id="over night"),
        pytest.param((PM, NEXT_DAY), 31.8, None, id="the next one begins at once: the desktop is theirs again"),
        pytest.param((), 9, None, id="nobody of the plan"),
    ],
)  # fmt: skip
def test_when_it_ends(slots: tuple[Slot, ...], hour: float, ends: float | None):
    weeks = [
        PersonWeek(run=1, week=0.0, agent_id=JEAN, wants=2, slots=slots),
        PersonWeek(run=1, week=0.0, agent_id=AgentId("zoe"), wants=2, slots=(AM, PM)),
    ]
    found = end_of_turn(weeks, JEAN, hour * HOUR, before_s=900.0, day_of=lambda at: at // DAY)

    assert found == (None if ends is None else ends * HOUR)
