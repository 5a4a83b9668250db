"""How observations end actions in flight: no task is polled, and a lost request is noticed by what is observed."""

from dataclasses import replace

import pytest

from provisioner import errors
from provisioner.execution.executor import nodes_to_look_up
from provisioner.model.actions import Result
from provisioner.model.ids import NodeName, PoolName, Vmid
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from tests.builders.actions import a_clone, a_configure, a_delete, a_key, a_name, a_start, a_stop, a_tag, a_verify
from tests.builders.cluster import NOW, a_task
from tests.builders.core import a_desktop
from tests.builders.execution import a_look, answered, looked, ordered, the_end, unanswered

LOST = errors.OutcomeUnknown("596")
CLONING = a_desktop(1, Phase.CLONING).guest
CLONED = a_desktop(1, Phase.CLONED).guest
STOPPED = a_desktop(1, Phase.STOPPED).guest
RUNNING = a_desktop(1, Phase.READY).guest
UNSURE = replace(STOPPED, power=Power.UNKNOWN)
ELSEWHERE = replace(CLONED, node=NodeName("n2"))
TO_N2 = replace(a_clone(), reservation=replace(a_clone().reservation, node=NodeName("n2")))
IN_POOL = replace(TO_N2, pool=PoolName("desks"))
LATER = NOW + 40
"""Longer than it takes to notice a lost request, shorter than any deadline."""
TOO_LATE = NOW + 61
DONE, AGAIN, LOOK = Result.DONE, Result.RETRY, Result.UNKNOWN


def settled(work, view):
    """(result, reason) of the action that the observation ended; None if it is still in flight."""
    executor, effects = looked(work, view)
    assert len(effects.outcomes) + len(executor.work) == 1, "either over or under way"
    return (effects.outcomes[0].result, effects.outcomes[0].reason) if effects.outcomes else None


def of_vm(kind, status, *, guest=5001, ago=5):
    """A task of a VM that we did not start; without a status it still runs."""
    ended_at = None if status is None else NOW - 1
    return a_task("UPID:somebody", kind=kind, guest=Vmid(guest), started_at=NOW - ago, ended_at=ended_at, status=status)


STILL = None
GONE = errors.GoneOrMoved("Configuration file 'nodes/n1/qemu-server/5001.conf' does not exist")
LEFT = "left-20261124t0900z"
LEAVER = replace(STOPPED, tags=STOPPED.tags | {LEFT})
NO_TRACE = (AGAIN, "its answer was lost, and it has left no trace")
NOTHING_SEEN = (AGAIN, "nothing was seen of it by its deadline (task UPID:n1:1:2:3:qmclone:9001:bascule@pve!token:)")


@pytest.mark.parametrize(
    ("work", "view", "became"),
    [
        # tag and delete
        pytest.param(answered(a_tag(1, LEFT)), a_look(LEAVER), (DONE, ""), id="tag: it is there"),
        pytest.param(answered(a_tag(1)), a_look(STOPPED), (DONE, ""), id="tag: taken off"),
        pytest.param(answered(a_tag(1, marks=STOPPED.tags)), a_look(STOPPED), (DONE, ""), id="A8: our tags are there again"),
        pytest.param(
            answered(a_tag(1, marks=STOPPED.tags)),
            a_look(CLONED),
            (AGAIN, "configured, and its tags are not there: changed by hand?"),
            id="A8: our tags are not",
        ),
        pytest.param(
            answered(a_tag(1)),
            a_look(LEAVER),
            (AGAIN, "configured, and its tags are not there: changed by hand?"),
            id="tag: another listing shows it still",
        ),
        pytest.param(unanswered(a_delete(), GONE), a_look(), (DONE, ""), id="delete of what is gone: seen nowhere any more"),
        pytest.param(unanswered(a_delete(), GONE), a_look(ELSEWHERE), STILL, id="delete of what has moved: not over yet"),
        pytest.param(unanswered(a_delete(), GONE), a_look(ELSEWHERE, at=LATER), NO_TRACE, id="delete of what has moved: again"),
        # clone
        pytest.param(answered(a_clone()), a_look(), STILL, id="clone: not to be seen yet"),
        pytest.param(answered(a_clone()), a_look(CLONING), STILL, id="clone: locked"),
        pytest.param(answered(a_clone()), a_look(CLONED), (DONE, ""), id="clone: out"),
        pytest.param(answered(a_clone()), a_look(ELSEWHERE), (DONE, ""), id="clone: out, on another node"),
        pytest.param(answered(TO_N2), a_look(CLONING), STILL, id="E4: clone to n2: locked, on the template's node"),
        pytest.param(answered(TO_N2), a_look(CLONED), STILL, id="E4: clone to n2: unlocked, and not moved yet"),
        pytest.param(answered(TO_N2), a_look(ELSEWHERE), (DONE, ""), id="E4: clone to n2: out"),
        pytest.param(answered(IN_POOL), a_look(ELSEWHERE), STILL, id="E4: clone to n2 into a pool: moved, and not in it yet"),
        pytest.param(answered(IN_POOL), a_look(replace(ELSEWHERE, pool="desks")), (DONE, ""), id="E4: clone to n2 into a pool"),
        pytest.param(
            answered(IN_POOL),
            a_look(ELSEWHERE, tasks=(the_end("clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"),)),
            (Result.REFUSED, "its clone failed at the end, and left a VM without disks: delete it"),
            id="E4: clone to n2 into a pool, whose lock was busy: a VM without disks",
        ),
        pytest.param(answered(TO_N2), a_look(ELSEWHERE, offline=("n2",)), STILL, id="E4: clone to n2, which died meanwhile"),
        pytest.param(answered(TO_N2), a_look(offline=("n1",)), STILL, id="E4: clone to n2: its template's node is offline"),
        pytest.param(unanswered(a_clone(), LOST), a_look(), STILL, id="clone, answer lost: no trace yet"),
        pytest.param(unanswered(a_clone(), LOST), a_look(CLONING, at=LATER), STILL, id="clone, answer lost: locked"),
        pytest.param(unanswered(a_clone(), LOST), a_look(CLONED), (DONE, ""), id="clone, answer lost: out"),
        pytest.param(unanswered(a_clone(), LOST), a_look(at=LATER), NO_TRACE, id="clone, answer lost: it did not arrive"),
        pytest.param(answered(a_clone()), a_look(at=TOO_LATE), NOTHING_SEEN, id="clone: nothing by its deadline"),
        pytest.param(answered(a_clone()), a_look(CLONING, at=TOO_LATE), NOTHING_SEEN, id="clone: locked beyond its deadline"),
        pytest.param(
            answered(a_clone()),
            a_look(at=LATER, tasks=(the_end(),)),
            (AGAIN, "its clone ended well, and the listing does not show it: give the token VM.Audit on /vms/5001"),
            id="clone: ended well, and gone",
        ),
        pytest.param(
            answered(replace(a_clone(), pool=PoolName("desks"))),
            a_look(at=LATER, tasks=(the_end(),)),
            (AGAIN, "its clone ended well, and the listing does not show it: give the token VM.Audit on /pool/desks"),
            id="A5: clone into a pool: ended well, and gone",
        ),
        pytest.param(
            answered(a_clone()), a_look(tasks=(the_end(),)), STILL, id="A5: clone: ended a moment ago, the listing may be older"
        ),
        pytest.param(
            answered(a_clone()),
            a_look(CLONING, tasks=(the_end("unexpected status"),)),
            (AGAIN, "clone vd-5001: unexpected status"),
            id="clone: locked, and its task died with its node",
        ),
        pytest.param(
            answered(a_clone()), a_look(CLONING, tasks=(the_end(),)), STILL, id="clone: out just after the listing was made"
        ),
        # configure
        pytest.param(answered(a_configure(), answer=None), a_look(STOPPED), (DONE, ""), id="configure: its tags are there"),
        pytest.param(
            answered(a_configure(), answer=None),
            a_look(CLONED),
            (AGAIN, "configured, and its tags are not there: changed by hand?"),
            id="configure: its tags are not there",
        ),
        pytest.param(
            answered(a_configure(), answer=None),
            a_look(),
            (AGAIN, "configured, and no listing shows its VM any more"),
            id="configure: hidden or deleted since",
        ),
        pytest.param(
            unanswered(a_configure(), LOST), a_look(STOPPED), (DONE, ""), id="configure, answer lost: it went through"
        ),
        pytest.param(unanswered(a_configure(), LOST), a_look(CLONED), STILL, id="configure, answer lost: it may still come"),
        pytest.param(
            unanswered(a_configure(), LOST), a_look(CLONED, at=LATER), NO_TRACE, id="configure, answer lost: it did not arrive"
        ),
        # start
        pytest.param(answered(a_start()), a_look(STOPPED), STILL, id="start: still listed as off"),
        pytest.param(answered(a_start()), a_look(UNSURE), STILL, id="start: power not known yet"),
        pytest.param(answered(a_start()), a_look(RUNNING), (DONE, ""), id="start: runs"),
        pytest.param(unanswered(a_start(), LOST), a_look(RUNNING), (DONE, ""), id="start, answer lost: runs"),
        pytest.param(unanswered(a_start(), LOST), a_look(STOPPED, at=LATER), NO_TRACE, id="start, answer lost: off"),
        pytest.param(
            unanswered(a_start(), LOST),
            a_look(STOPPED, tasks=(of_vm("qmstart", "start failed: QEMU exited with code 1"),)),
            (AGAIN, "start vd-5001: start failed: QEMU exited with code 1"),
            id="start, answer lost: its task failed",
        ),
        pytest.param(
            unanswered(a_start(), LOST),
            a_look(STOPPED, tasks=(of_vm("qmstart", "no", guest=5002), of_vm("vzdump", "no"), of_vm("qmstart", "no", ago=60))),
            STILL,
            id="start, answer lost: tasks of others, of another kind, or from before",
        ),
        pytest.param(
            unanswered(a_start(), LOST),
            a_look(STOPPED, at=LATER, tasks=(of_vm("qmstart", None),)),
            STILL,
            id="start, answer lost: its task is still at work",
        ),
        pytest.param(
            unanswered(a_stop(), LOST),
            a_look(RUNNING, tasks=(of_vm("qmshutdown", "VM quit/powerdown failed - got timeout"),)),
            (AGAIN, "stop vd-5001: VM quit/powerdown failed - got timeout"),
            id="stop, answer lost: its task failed",
        ),
        pytest.param(
            answered(a_start()), a_look(STOPPED, tasks=(the_end(),)), STILL, id="start: its task is done, the listing is older"
        ),
        pytest.param(
            answered(a_start()),
            a_look(STOPPED, at=TOO_LATE, tasks=(the_end(),)),
            NOTHING_SEEN,
            id="start: its task is done, and it has gone off again at once",
        ),
        pytest.param(answered(a_start()), a_look(STOPPED, at=TOO_LATE), NOTHING_SEEN, id="start: off at its deadline"),
        # stop
        pytest.param(answered(a_stop()), a_look(RUNNING), STILL, id="stop: still runs"),
        pytest.param(answered(a_stop()), a_look(STOPPED), (DONE, ""), id="stop: off"),
        pytest.param(answered(a_stop()), a_look(), STILL, id="stop: gone, nobody said so yet"),
        pytest.param(
            answered(a_stop()), a_look(RUNNING, tasks=(the_end(),)), STILL, id="stop: its task is done, the listing is older"
        ),
        pytest.param(answered(a_stop()), a_look(RUNNING, at=TOO_LATE), NOTHING_SEEN, id="stop: runs at its deadline"),
        pytest.param(unanswered(a_stop(), LOST), a_look(RUNNING), STILL, id="stop, answer lost: no trace yet"),
        pytest.param(unanswered(a_stop(), LOST), a_look(STOPPED), (DONE, ""), id="stop, answer lost: off"),
        pytest.param(
            unanswered(a_stop(), LOST), a_look(RUNNING, at=LATER), NO_TRACE, id="stop, answer lost: it did not arrive"
        ),
        # delete
        pytest.param(answered(a_delete()), a_look(STOPPED), STILL, id="delete: still there"),
        pytest.param(answered(a_delete()), a_look(), (DONE, ""), id="delete: gone"),
        pytest.param(unanswered(a_delete(), LOST), a_look(), (DONE, ""), id="delete, answer lost: gone"),
        pytest.param(unanswered(a_delete(), LOST), a_look(STOPPED, at=LATER), NO_TRACE, id="delete, answer lost: there"),
        # not visible in an observation
        pytest.param(ordered(a_clone()), a_look(CLONED), STILL, id="not answered yet: the view is older"),
        pytest.param(answered(a_clone(), at=NOW + 1), a_look(CLONED), STILL, id="taken before the answer: says nothing"),
        pytest.param(answered(a_clone()), a_look(offline=("n1",)), STILL, id="clone: its node is offline"),
        pytest.param(answered(a_delete()), a_look(offline=("n1",)), STILL, id="delete: gone is not seen on an offline node"),
        pytest.param(
            answered(a_clone()),
            a_look(at=TOO_LATE, offline=("n1",)),
            (LOOK, "its node went offline meanwhile"),
            id="its node stays offline beyond the deadline",
        ),
        pytest.param(
            answered(a_configure()),
            a_look(at=TOO_LATE, offline=("n1",)),
            (LOOK, "its node went offline meanwhile"),
            id="what may well be done is not called failed (seed 192165)",
        ),
        pytest.param(answered(a_start()), a_look(RUNNING, offline=("n2",)), (DONE, ""), id="another node is offline"),
    ],
)
def test_how_an_observation_ends_an_action(work, view, became):
    assert settled(work, view) == became


FAILED_TASKS = [
    pytest.param(
        a_clone(),
        (),
        "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout",
        (AGAIN, "lock_busy"),
        id="clone: a storage lock was not got in 10 s",
    ),
    pytest.param(
        a_clone(),
        (),
        "clone failed: disk image '/x/images/5001/vm-5001-cloudinit.qcow2' already exists",
        (LOOK, "leftover_image"),
        id="clone: an image was left behind",
    ),
    pytest.param(
        a_clone(),
        (),
        "unable to create VM 5001: config file already exists",
        (LOOK, "id_taken"),
        id="clone: the VMID is taken",
    ),
    pytest.param(
        a_clone(), (), "clone failed: no space left on device", (AGAIN, "storage_full"), id="clone: the storage is full"
    ),
    pytest.param(
        a_start(), (STOPPED,), "start failed: QEMU exited with code 1", (AGAIN, "place_elsewhere"), id="start: QEMU gave up"
    ),
    pytest.param(a_start(), (STOPPED,), "VM is locked (backup)", (AGAIN, "guest_busy"), id="start: a backup has it"),
    pytest.param(
        a_stop(),
        (RUNNING,),
        "VM quit/powerdown failed - got timeout",
        (AGAIN, "guest_busy"),
        id="stop: the guest does not obey",
    ),
    pytest.param(a_start(), (STOPPED,), "a text nobody has seen", (AGAIN, "hypervisor_error"), id="start: an unknown text"),
]


@pytest.mark.parametrize(("action", "guests", "status", "became"), FAILED_TASKS)
def test_a_failed_task_says_why(action, guests, status, became):
    _, effects = looked(answered(action), a_look(*guests, tasks=(the_end(status),)))

    (outcome,) = effects.outcomes
    assert (outcome.result, outcome.error) == became
    assert status in outcome.reason
    assert "vd-5001" in outcome.reason


def test_a_task_that_runs_says_nothing_yet():
    running = replace(the_end(), ended_at=None, status=None)

    assert settled(answered(a_clone()), a_look(tasks=(running,))) is STILL


def test_another_task_says_nothing():
    other = replace(the_end("clone failed: no"), upid="UPID:other")

    assert settled(answered(a_clone()), a_look(tasks=(other,))) is STILL
    assert settled(unanswered(a_clone(), LOST), a_look(tasks=(other,))) is STILL


@pytest.mark.parametrize(
    ("work", "guest", "proven"),
    [
        pytest.param(answered(a_clone()), CLONED, True, id="our task, on the node ordered: it is ours"),
        pytest.param(answered(a_clone()), ELSEWHERE, False, id="on another node: its note is asked for"),
        pytest.param(unanswered(a_clone(), LOST), CLONED, False, id="answer lost: somebody else may have made it"),
        pytest.param(answered(a_start()), RUNNING, False, id="a start proves nothing"),
    ],
)
def test_only_our_own_clone_seen_to_come_out_proves_itself(work, guest, proven):
    _, effects = looked(work, a_look(guest))

    assert effects.proven == ((a_name(),) if proven else ())


def test_the_outcome_is_dated_from_the_order_to_the_observation():
    (outcome,) = looked(answered(a_clone()), a_look(CLONED))[1].outcomes

    assert (outcome.started_at, outcome.ended_at) == (NOW - 5, NOW)


def test_another_clusters_work_is_left_alone():
    work = answered(a_clone())

    assert looked(work, replace(a_look(), cluster="lyon"))[0].work == work.work


# -- whose task lists are worth reading -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "view", "now", "nodes"),
    [
        pytest.param(answered(a_clone()), None, NOW, set(), id="nothing seen yet"),
        pytest.param(ordered(a_clone()), a_look(), NOW, set(), id="not answered yet"),
        pytest.param(answered(a_clone()), a_look(), NOW, {"n1"}, id="a clone that does not show"),
        pytest.param(answered(a_clone()), a_look(at=NOW - 5), NOW, set(), id="a view older than the answer"),
        pytest.param(answered(a_clone()), a_look(CLONING), NOW, set(), id="a clone that shows"),
        pytest.param(answered(a_clone()), a_look(CLONING, at=NOW + 56), NOW + 56, {"n1"}, id="a clone that takes a minute"),
        pytest.param(answered(a_start()), a_look(STOPPED), NOW, set(), id="a start just ordered"),
        pytest.param(answered(a_start()), a_look(STOPPED), NOW + 11, {"n1"}, id="a start not seen running by now"),
        pytest.param(answered(a_start()), a_look(RUNNING), NOW + 11, set(), id="a start that runs"),
        pytest.param(answered(a_start()), a_look(ELSEWHERE), NOW + 11, {"n2"}, id="where it lies now"),
        pytest.param(answered(a_stop()), a_look(RUNNING), NOW + 11, {"n1"}, id="a stop not seen off by now"),
        pytest.param(answered(a_delete()), a_look(STOPPED), NOW + 11, {"n1"}, id="a delete still there"),
        pytest.param(answered(a_configure(), answer=None), a_look(CLONED), NOW + 99, set(), id="a configure has no task"),
        pytest.param(answered(a_clone()), replace(a_look(), cluster="lyon"), NOW, set(), id="of another cluster"),
    ],
)
def test_which_task_lists_are_read(work, view, now, nodes):
    assert nodes_to_look_up(work, view, now, patience_s=15) == nodes


def test_a_start_whose_answer_was_lost_is_looked_for_at_once():
    assert nodes_to_look_up(unanswered(a_start(), LOST), a_look(STOPPED), NOW, patience_s=15) == {"n1"}
    assert nodes_to_look_up(unanswered(a_start(), LOST), a_look(RUNNING), NOW, patience_s=15) == set()


def test_a_note_being_read_is_not_looked_for_in_tasks():
    verify = ordered(a_verify())
    waiting = replace(verify, work={a_key(): replace(verify.work[a_key()], answered_at=NOW - 4)})

    assert nodes_to_look_up(waiting, a_look(), NOW + 99, patience_s=15) == set()


@pytest.mark.parametrize(
    ("looked_at", "tells"),
    [
        pytest.param(NOW - 1, False, id="a look sent before the answer"),
        pytest.param(NOW + 1, True, id="a look sent after it"),
    ],
)
def test_a_look_tells_of_what_was_answered_before_it(looked_at, tells):
    executor = answered(a_configure(1), answer=None, at=NOW)

    _, effects = looked(executor, a_look(STOPPED, at=looked_at), now=NOW + 3)

    assert bool(effects.outcomes) is tells


def test_a_clone_that_failed_to_join_its_pool_proves_nothing_though_the_listing_still_shows_it():
    """Proxmox VE has unlocked it, waits for the lock of user.cfg in vain, and removes it again."""
    failed = the_end("clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout")
    _, effects = looked(answered(replace(a_clone(), pool=PoolName("desks"))), a_look(CLONED, tasks=(failed,)))

    assert [outcome.result for outcome in effects.outcomes] == [AGAIN]
    assert effects.proven == ()
