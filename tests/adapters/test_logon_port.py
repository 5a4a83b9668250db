"""A desktop is believed to be ready only when its log-on port answers from the daemon, if its profile says so."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from provisioner.adapters.logon_port import LogonPortProbe
from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.machines.desktops import FirstBoot, FirstBootData, GuestReport
from provisioner.model.people.profiles import Connection, ReadinessLevel
from provisioner.model.words import GuestWord
from tests.builders.core import a_report
from tests.builders.pve import a_check, a_reservation
from tests.servers.processes import free_port


class Says:
    """A probe (ports.GuestProbe) that always has this report."""

    def __init__(self, report: GuestReport) -> None:
        self.given = report

    def report(self, action: CheckGuest) -> GuestReport:
        return self.given


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


READY = a_report()


def check(port: int, *, readiness: ReadinessLevel = ReadinessLevel.PORT, sweep: bool = False) -> CheckGuest:
    made = a_check()
    profile = replace(made.profile, readiness=readiness, connection=Connection(port=port))
    return replace(made, reservation=a_reservation(address="127.0.0.1"), profile=profile, sweep=sweep)


def ask(action: CheckGuest, report: GuestReport = READY) -> GuestReport:
    return LogonPortProbe(Says(report), within_s=1.0).report(action)


def test_a_port_that_answers_is_believed(port):
    assert ask(check(port)) is READY


def test_a_port_that_does_not_answer_is_named_with_what_was_said():
    with pytest.raises(GuestUnknown) as caught:
        ask(check(closed := free_port()))

    assert caught.value.cause is GuestWord.UNREACHED
    assert f"its log-on port {closed} at 127.0.0.1 does not answer from here: Connection refused" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "report"),
    [
        pytest.param({"readiness": ReadinessLevel.REPORT}, READY, id="the profile does not ask for it"),
        pytest.param({"sweep": True}, READY, id="a session reading"),
        pytest.param({}, replace(READY, first_boot=FirstBoot.RUNNING), id="it is not ready by its own word"),
    ],
)
def test_otherwise_nothing_is_tried(changed, report):
    assert ask(check(free_port(), **changed), report) is report


class Fails:
    """A probe that nothing answers."""

    def report(self, action: CheckGuest) -> GuestReport:
        raise GuestUnknown("QEMU guest agent is not running", cause=GuestWord.NO_AGENT)


@pytest.mark.parametrize(
    ("closed", "sweep", "readiness", "word"),
    [
        pytest.param(True, True, ReadinessLevel.PORT, GuestWord.HANGS, id="it hangs"),
        pytest.param(False, True, ReadinessLevel.PORT, GuestWord.PORT_ALONE, id="its guest agent alone is dead"),
        pytest.param(True, False, ReadinessLevel.PORT, GuestWord.NO_AGENT, id="it boots"),
        pytest.param(
            True, True, ReadinessLevel.REPORT, GuestWord.NO_AGENT, id="its profile does not say that it can be reached"
        ),
    ],
)
def test_of_a_desktop_that_does_not_answer_the_port_is_tried(port, closed, sweep, readiness, word):
    """F5: a dead guest agent is not a desktop that hangs."""
    with pytest.raises(GuestUnknown) as caught:
        LogonPortProbe(Fails(), within_s=1.0).report(check(free_port() if closed else port, readiness=readiness, sweep=sweep))

    assert caught.value.cause is word


@pytest.mark.parametrize(
    ("readiness", "data", "believed"),
    [
        pytest.param(ReadinessLevel.FIRST_BOOT, FirstBootData.DONE, True, id="set up, as its profile demands"),
        pytest.param(
            ReadinessLevel.FIRST_BOOT, FirstBootData.NONE, False, id="its image asks for no data, and its profile demands them"
        ),
        pytest.param(ReadinessLevel.PORT, FirstBootData.NONE, True, id="its profile demands none"),
        pytest.param(ReadinessLevel.REPORT, FirstBootData.NONE, True, id="its own word is enough"),
    ],
)
def test_first_boot_data_are_demanded_by_the_profile_alone(port, readiness, data, believed):
    report, action = replace(READY, first_boot_data=data), check(port, readiness=readiness)
    if believed:
        assert ask(action, report) is report
        return
    with pytest.raises(GuestUnknown) as caught:
        ask(action, report)

    assert caught.value.cause is GuestWord.NOT_SET_UP
    assert "its image asks for none (`fetch` in guest.conf)" in str(caught.value)


def test_a_session_reading_demands_no_first_boot_data():
    """The desktop was ready before its profile demanded them."""
    assert ask(check(free_port(), readiness=ReadinessLevel.FIRST_BOOT, sweep=True)) is READY
