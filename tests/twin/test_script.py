"""Failures by script and by chance."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    DeleteTemplate,
    Durations,
    GuestSpec,
    KillNode,
    LoseAnswer,
    RandomFaults,
    RivalLocks,
    StallStatus,
    StopDaemon,
    VzdumpTask,
)
from tests.builders.twin import NODE, STORAGE, TEMPLATE, Lab, a_spec

CLONE = "/nodes/{node}/qemu/{vmid}/clone"
PATH = f"/nodes/{NODE}/qemu/{TEMPLATE}/clone"


@pytest.mark.parametrize(
    ("after_effect", "clones"),
    [pytest.param(True, 3, id="the answer is lost, the clone made"), pytest.param(False, 2, id="the request itself is lost")],
)
def test_the_nth_answer_is_lost(after_effect: bool, clones: int) -> None:
    lab = Lab(a_spec(faults=[LoseAnswer(method="POST", endpoint=CLONE, nth=2, after_effect=after_effect)]))

    answers = [lab.ask("POST", PATH, newid=vmid) for vmid in (101, 102, 103)]
    lab.wait(10)

    assert [(answer.status, answer.reason) for answer in answers[1:2]] == [(0, "answer lost")]
    assert [answer.status for answer in answers] == [200, 0, 200]
    assert lab.truth.clones == clones


def test_a_node_dies_when_half_are_ready_and_takes_its_desktops_with_it() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", when_ready_share=0.5, of_desktops=4)]))
    lab.cloned(101, 102).cloned(201, 202, node="pve2")
    lab.start(101)
    lab.wait(60)
    assert lab.truth.ready == 1
    lab.start(201, node="pve2")
    lab.wait(60)
    lab.start(102)
    lab.wait(60)

    truth = lab.truth
    assert (truth.ready, truth.running, truth.desktops) == (2, 2, 4)
    assert [truth.alive for truth in lab.twin.guest_truths().values() if truth.desktop] == [True, True, False, False]


def test_a_clone_that_its_node_dies_under_is_stranded_there() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", at_s=1)]))
    lab.clone(201, node="pve2")
    lab.wait(5)

    assert (lab.truth.orphans, lab.truth.stranded) == ((), (201,))


def test_a_node_that_comes_back_has_stopped_guests_and_ended_tasks() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", at_s=100.5, back_after_s=60)])).cloned(201, node="pve2")
    lab.start(201, node="pve2")
    lab.wait(100 - lab.clock)
    upid = lab.clone(202, node="pve2")
    lab.wait(70)

    assert lab.get(f"/nodes/pve2/tasks/{upid}/status")["exitstatus"] == "unexpected status"
    assert lab.get("/nodes/pve2/qemu/201/status/current")["status"] == "stopped"
    assert lab.start(201, node="pve2") == "OK"
    assert lab.truth.orphans == (202,), "what was half made is for its owner to clean up"
    assert lab.finish(lab.clone(203, node="pve2")) == "OK"


def test_the_lock_of_a_node_that_died_with_it_keeps_a_shared_storage_waiting() -> None:
    lab = Lab(a_spec(nodes=2, shared=True, faults=[KillNode(node="pve2", at_s=0.5)]))
    lab.clone(201, node="pve2")
    lab.wait(1)

    assert lab.finish(lab.clone(101)) == f"clone failed: cfs-lock 'storage-{STORAGE}' error: got lock request timeout"
    assert lab.wait(120).finish(lab.clone(102)) == "OK"


def test_a_template_is_deleted() -> None:
    lab = Lab(a_spec(faults=[DeleteTemplate(vmid=TEMPLATE, at_s=5)])).wait(6)

    assert lab.ask("POST", PATH, newid=101).reason == f"unable to find configuration file for VM {TEMPLATE} on node '{NODE}'"


def test_a_rival_takes_the_lock_again_and_again() -> None:
    rival = RivalLocks(storage=STORAGE, hold_s=9.0, every_s=1.0)
    lab = Lab(a_spec(faults=[rival])).wait(0.1)
    upid = lab.clone(101)

    assert lab.finish(upid) == "OK"
    assert lab.clock > 9, "it had to wait"
    worse = Lab(a_spec(faults=[replace(rival, hold_s=11.0)])).wait(0.1)
    timeout = f"can't lock file '/var/lock/pve-manager/pve-storage-{STORAGE}' - got timeout"
    assert worse.finish(worse.clone(101)) == f"clone failed: {timeout}"
    assert worse.truth.lock_timeouts == 1


def test_lock_timeouts_after_the_first_twenty_clones_are_late() -> None:
    lab = Lab(a_spec(image_s=0.01))
    lock = lab.twin.cluster.domain(STORAGE, NODE).lock
    lock.timeouts = 3
    lab.cloned(*range(101, 120))
    lock.timeouts = 4
    assert lab.truth.late_lock_timeouts == 0

    lab.cloned(120)
    lock.timeouts = 6

    assert (lab.truth.lock_timeouts, lab.truth.late_lock_timeouts) == (6, 2)


def test_a_backup_locks_its_guests_one_after_the_other() -> None:
    guest = GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE)
    backup = VzdumpTask(node=NODE, vmids=(700, 701), at_s=5, each_s=30)
    lab = Lab(a_spec(guests=[guest, replace(guest, vmid=701)], faults=[backup])).wait(6)

    assert (lab.listed(700).get("lock"), lab.listed(701).get("lock")) == ("backup", None)
    assert [task["type"] for task in lab.get(f"/nodes/{NODE}/tasks", source="active")] == ["vzdump"]
    lab.wait(30)
    assert (lab.listed(700).get("lock"), lab.listed(701).get("lock")) == (None, "backup")
    lab.wait(30)
    assert [task["status"] for task in lab.get(f"/nodes/{NODE}/tasks")] == ["OK"]


def test_on_a_node_whose_qemu_is_broken_nothing_starts_and_the_log_says_why() -> None:
    lab = Lab(a_spec(faults=[BrokenQemu(node=NODE, at_s=60, for_s=60)])).cloned(101, 102)
    assert lab.start(101) == "OK"
    lab.wait(60)

    assert lab.start(102) == "start failed: QEMU exited with code 1"
    (task, *_) = lab.get(f"/nodes/{NODE}/tasks")
    log = [line["t"] for line in lab.get(f"/nodes/{NODE}/tasks/{task['upid']}/log")]
    assert log[-2:] == ["kvm: failed to initialize kvm: Device or resource busy", f"TASK ERROR: {task['status']}"]
    assert lab.truth.running == 1, "what runs goes on"
    lab.wait(60)
    assert lab.start(102) == "OK"


@pytest.mark.long
def test_failures_by_chance_come_in_the_shares_given() -> None:
    quick = Durations(sigma=0.0, clone_outside_lock_s=0.01, start_task_s=0.1)
    faults = RandomFaults(share=0.2)
    lab = Lab(a_spec(image_s=0.01, durations=quick, random_faults=faults))
    outcomes: list[str] = []
    for vmid in range(1000, 1300):
        answer = lab.ask("POST", PATH, newid=vmid)
        outcomes.append("lost" if answer.status == 0 else lab.finish(str(answer.data)))
        lab.wait(1.0)
        if outcomes[-1] in ("OK", "lost") and vmid in lab.twin.guest_truths():
            started = lab.ask("POST", f"/nodes/{NODE}/qemu/{vmid}/status/start")
            outcomes.append("lost" if started.status == 0 else lab.finish(str(started.data)))
            lab.wait(1.0)
            lab.do("POST", f"/nodes/{NODE}/qemu/{vmid}/status/stop")

    timeouts = sum("got timeout" in outcome for outcome in outcomes)
    starts = outcomes.count("start failed: QEMU exited with code 1")
    lost = outcomes.count("lost")
    total = len(outcomes)
    assert timeouts / total == pytest.approx(0.10, abs=0.03), "half"
    assert starts / total == pytest.approx(0.05, abs=0.025), "a quarter"
    assert lost / total == pytest.approx(0.05, abs=0.025), "a quarter"


def test_a_clone_that_fails_by_chance_has_waited_for_the_lock() -> None:
    lab = Lab(a_spec(random_faults=RandomFaults(share=0.5, lock_timeouts=1.0, start_failures=0.0, lost_answers=0.0)))

    status = lab.finish(lab.clone(101))

    assert status == f"clone failed: can't lock file '/var/lock/pve-manager/pve-storage-{STORAGE}' - got timeout"
    assert 10 < lab.clock < 11
    assert (lab.truth.lock_timeouts, lab.truth.orphans, lab.truth.desktops) == (1, (), 0)


def test_a_hanging_pvestatd_lets_uptimes_grow_old_and_marks_stay_live() -> None:
    """E9: an uptime is as old as the last pass, as observed on pve-manager 9.2.11."""
    lab = Lab(a_spec(faults=[StallStatus(node=NODE, at_s=200, for_s=60)])).cloned(101)
    lab.start(101)
    lab.wait(205 - lab.clock)
    before = lab.listed(101)
    lab.ask("PUT", f"/nodes/{NODE}/qemu/101/config", tags="new")
    lab.wait(50)

    assert lab.listed(101) == before | {"tags": "new"}
    assert lab.wait(20).listed(101)["uptime"] >= before["uptime"] + 55


def test_without_pvedaemon_a_node_lists_its_guests_and_takes_no_order() -> None:
    """E6: as observed on pve-manager 9.2.11, a node whose pveproxy lives."""
    lab = Lab(a_spec(faults=[StopDaemon(node=NODE, at_s=200, for_s=60)])).cloned(101)
    lab.wait(205 - lab.clock)

    assert lab.ask("POST", f"/nodes/{NODE}/qemu/101/status/start").status == 595
    assert lab.listed(101)["status"] == "stopped"
    assert lab.wait(60).ask("POST", f"/nodes/{NODE}/qemu/101/status/start").status == 200
