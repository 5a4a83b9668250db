"""First boots that fail: another desktop is made, unless the fault is not the desktop's own; and first boots that take long."""

import pytest

from provisioner.model.actions import Clone
from provisioner.model.machines.desktops import FirstBoot, Phase
from provisioner.planning.steps.boots_in_progress import booting_on
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import a_name, a_reservation
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_config, a_desktop, a_report, a_situation, an_agent_id
from tests.planning.plans import orders, plan, reasons

FAILED = "running, but has not reported ready since it booted: its first boot has failed"


def a_first_boot(number: int = 1, *, word: FirstBoot = FirstBoot.FAILED, read_at: float = NOW - 5, **changed: object):
    """A desktop in its first boot, whose guest has just said so."""
    report = a_report(first_boot=word, logon_port_open=False, read_at=read_at, ready_at=None)
    values = {"assigned": False, "report": report, "checked_at": NOW - 5, "uptime_s": 600, "started_at": NOW - 600}
    return a_desktop(number, Phase.STARTING).but(**{**values, **changed})


READY = tuple(a_desktop(number) for number in (2, 3))


def test_another_desktop_is_made_for_an_agent_whose_first_boot_has_failed():
    made = plan([a_first_boot(), *READY])

    clone = next(action for action in made.actions if isinstance(action, Clone))
    assert (clone.instead_of, clone.avoid, clone.because) == (a_name(1), (), f"instead of {a_name(1)}: {FAILED}")


def test_its_own_agents_work_is_on_it_so_it_is_kept():
    made = plan([a_first_boot(assigned=True), *READY])

    assert (orders(made), reasons(made)) == ([], {"login0001": FAILED})


@pytest.mark.parametrize(("failed", "ready"), [(1, 0), (1, 1), (2, 1)])
def test_where_most_first_boots_fail_nothing_is_made_in_vain(failed, ready):
    desktops = [a_first_boot(number) for number in range(1, failed + 1)]
    desktops += [a_desktop(number) for number in range(failed + 1, failed + ready + 1)]

    made = plan(desktops)

    assert orders(made) == []
    assert set(reasons(made).values()) == {
        f"{FAILED}; another is made once more desktops of profile office are ready ({ready}) than first boots have failed "
        f"({failed})"
    }


def test_after_three_desktops_of_an_agent_an_operator_looks():
    same = {"agent_id": an_agent_id(1)}
    tried = [a_first_boot(), *(a_first_boot(number).but(reservation=a_reservation(number, **same)) for number in (5, 6))]
    others = [a_desktop(number) for number in range(10, 20)]

    made = plan([*tried, *others], superseded={a_name(1): a_name(5), a_name(5): a_name(6)})

    assert orders(made) == []
    assert reasons(made)["login0001"] == f"{FAILED}, and so did that of 3 desktops in all, one made after the other"


@pytest.mark.parametrize(
    ("desktop", "counted"),
    [
        pytest.param(a_first_boot(), False, id="its first boot has failed: it takes no slot"),
        pytest.param(a_first_boot(word=FirstBoot.RUNNING), False, id="it sets itself up: its node has booted it"),
        pytest.param(a_first_boot(read_at=NOW - 700), True, id="it failed, and has been started again since"),
        pytest.param(a_first_boot(report=None), True, id="nothing is heard of it"),
    ],
)
def test_a_guest_that_has_answered_is_no_boot_in_progress(desktop, counted):
    situation = a_situation([desktop], wanted=1)
    starting = survey(situation).not_ready[Phase.STARTING].values()

    assert any(boots.progress for boots in booting_on(situation, starting).values()) is counted


def test_a_first_boot_of_many_minutes_is_only_asked_about():
    config = a_config(a_profile(expected_ready_s=900.0, ready_timeout_s=2700.0))
    minutes = a_first_boot(word=FirstBoot.RUNNING, uptime_s=2000, started_at=NOW - 2000, checked_at=NOW - 400)

    made = plan([minutes, *READY], config=config)

    assert orders(made) == [f"checkguest {a_name(1)}"]
    assert reasons(made) == {}
