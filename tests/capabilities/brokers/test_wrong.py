"""What is wrong at a broker is in the list, each with when it was seen, its runbook and its alert."""

from dataclasses import replace

import pytest

from provisioner.capabilities.brokers.alerts import ALERTS
from provisioner.capabilities.brokers.model import STATES, BrokerState
from provisioner.extensions import Parts
from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.wrong.listing import wrong_in
from provisioner.wrong.table import meaning_of
from tests.builders.monitors import a_desktop, a_status

SAID = Reason("no answer")
NAME = DesktopName("vd-5001")


def listed(**state: object):
    states = (BrokerState(broker="guacamole", read_at=7.0, **state),)  # type: ignore[arg-type]
    return wrong_in(Status(at=9.0, parts=Parts().having(STATES, states)))


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        pytest.param({}, [], id="all is well"),
        pytest.param({"failing": SAID, "refused": SAID}, ["broker_fails"], id="it fails"),
        pytest.param({"refused": SAID, "waiting": 2}, ["broker_refused"], id="it refuses"),
        pytest.param({"foreign": (NAME,)}, ["broker_foreign"], id="somebody else's name"),
        pytest.param({"unknown_people": 1, "unknown_person": "zoe"}, ["broker_unknown"], id="a person is not known"),
    ],
)
def test_each_is_an_entry_of_its_broker(state, codes):
    entries = [entry for entry in listed(**state) if entry.code.startswith("broker_")]

    assert [(entry.code, entry.about, entry.seen_at) for entry in entries] == [(code, "guacamole", 7.0) for code in codes]
    assert {meaning_of(entry.code).runbook for entry in entries} <= {"brokers#basculebrokerfailing"}


def test_each_kind_calls_somebody():
    (kinds,) = ALERTS.values()

    assert {kind.code for kind in kinds} == {"broker_fails", "broker_refused", "broker_foreign", "broker_unknown"}


def test_it_stands_before_what_is_wrong_with_desktops():
    """As before it had a room."""
    states = (BrokerState(broker="guacamole", failing=SAID),)
    status = replace(a_status(desktops=(a_desktop(1, Phase.FAILED),)), parts=Parts().having(STATES, states))
    codes = [entry.code for entry in wrong_in(status) if entry.code in {"broker_fails", "desktop_failed"}]

    assert codes == ["broker_fails", "desktop_failed"]
