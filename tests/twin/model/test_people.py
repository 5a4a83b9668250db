"""The agents at the desktops: a limited number at once, a while after their desktop is ready; and a desktop that is lost."""

import pytest

from provisioner.model.machines.twin_spec import KillNode, LogOns
from tests.builders.twin import NODE, Lab, a_spec


def started(lab: Lab, *vmids: int, node: str = NODE) -> Lab:
    lab.cloned(*vmids, node=node)
    for vmid in vmids:
        assert lab.start(vmid, node=node) == "OK"
    return lab


@pytest.mark.parametrize(
    ("concurrent", "sessions"),
    [
        pytest.param(0, 0, id="nobody comes"),
        pytest.param(2, 2, id="fewer agents than desktops"),
        pytest.param(9, 3, id="more agents than desktops: one each"),
    ],
)
def test_so_many_desktops_get_a_session(concurrent: int, sessions: int) -> None:
    lab = started(Lab(a_spec(log_ons=LogOns(concurrent=concurrent, spread_s=30))), 101, 102, 103).wait(120)

    assert (lab.truth.ready, lab.truth.sessions, lab.truth.sessions_peak) == (3, sessions, sessions)
    assert len(lab.truth.session_logins) == sessions


def test_no_agent_logs_on_before_the_desktop_is_ready() -> None:
    lab = started(Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=30))), 101)
    while lab.truth.sessions == 0:
        lab.wait(1)
        assert lab.truth.ready == 1 or lab.truth.sessions == 0

    assert lab.truth.now - lab.twin.cluster.guests[101].sessions[0].since < 1


def test_agents_who_log_off_leave_their_desktop() -> None:
    lab = started(Lab(a_spec(log_ons=LogOns(concurrent=2, spread_s=1, stay_s=100))), 101, 102).wait(60)

    assert lab.truth.sessions == 2
    lab.wait(120)
    assert (lab.truth.sessions, lab.truth.sessions_peak) == (0, 2)


def test_a_session_goes_with_its_desktop_and_its_agent_looks_for_another() -> None:
    lab = started(Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=1))), 101, 102).wait(60)
    assert lab.truth.session_logins == ((101, "agent101"),)

    lab.do("POST", f"/nodes/{NODE}/qemu/101/status/stop")
    lab.wait(2)

    assert lab.truth.session_logins == ((102, "agent102"),)
    assert lab.truth.sessions_peak == 1


def test_a_nodes_death_ends_its_sessions() -> None:
    spec = a_spec(nodes=2, log_ons=LogOns(concurrent=2, spread_s=1), faults=[KillNode(node="pve2", at_s=150)])
    lab = started(started(Lab(spec), 101), 201, node="pve2").wait(60)
    assert lab.truth.sessions == 2

    lab.wait(151 - lab.clock)

    assert lab.truth.session_logins == ((101, "agent101"),)


def test_the_login_is_the_one_that_cloud_init_made() -> None:
    lab = Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=1))).cloned(101)
    lab.ask("PUT", f"/nodes/{NODE}/qemu/101/config", ciuser="zoe")
    lab.start(101)
    lab.wait(60)

    assert lab.truth.session_logins == ((101, "zoe"),)
    users = lab.get(f"/nodes/{NODE}/qemu/101/agent/get-users")["result"]
    assert [user["user"] for user in users] == ["zoe"]


def test_visitors_go_and_others_come_until_all_are_there_at_once() -> None:
    people = LogOns(concurrent=3, spread_s=200.0, visitors=1.0, visit_s=20.0)
    lab = started(Lab(a_spec(log_ons=people)), 101, 102, 103, 104).wait(1200)

    assert lab.truth.sessions == lab.truth.sessions_peak == 3
    assert lab.truth.log_offs > 0, "somebody had only a look"
    assert lab.truth.log_ons - lab.truth.log_offs == 3
    assert max(len(guest.noted) for guest in lab.twin.cluster.guests.values()) == 3, "who comes again stays"
