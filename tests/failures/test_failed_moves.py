"""K6: a move that fails says why, by its task's log, and when it is tried again; the same order tries it at once."""

import pytest

from provisioner.model.actions import Outcome
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.views.times import stamp
from provisioner.views.why.document import why_document
from tests.builders.views import document_of
from tests.failures.stage import STORAGE, Stage

WHY = "bridge 'vmbr9' does not exist"
WAIT_S = 300.0


def is_failed(news) -> bool:
    return isinstance(news, Outcome) and news.action == "migrate" and bool(news.error)


def order(stage: Stage, kind: IntentKind, target: str) -> None:
    assert stage.daemon.obey(Intent(kind=kind, by="zoe", at=stage.events.now, target=target)) == ""


def stuck() -> Stage:
    """One desktop is to leave its node, and does not start on the other one."""
    stage = Stage(people=1, nodes=2, storages=(StorageSpec(storage=STORAGE, shared=True, kind="rbd"),)).settle()
    (guest,) = stage.desktops()
    guest.config["net0"] = "virtio,bridge=vmbr9"  # an administrator's own
    order(stage, IntentKind.EVACUATE, f"pve/{guest.node}")
    return stage.knows(is_failed)


def tries(stage: Stage) -> int:
    return sum(line.what == "migrate" and line.result != "done" for line in stage.store.journal())


def the_wait(stage: Stage):
    (wait,) = stage.status.plan.deferred
    return wait


def test_status_why_and_the_node_say_why_and_until_when():
    stage = stuck()

    wait = the_wait(stage)
    assert WHY in wait.reason
    assert wait.retry_at is not None
    assert 0 < wait.retry_at - stage.events.now <= WAIT_S
    seat = why_document(stage.cycles[-1], wait.what, lambda *_, **__: ()).seat
    assert seat is not None
    assert seat.next_try_at == stamp(wait.retry_at)
    assert seat.last_error is not None
    assert WHY in seat.last_error.because.text
    (node,) = [node for node in document_of("nodes", stage.status)["nodes"] if node["evacuated"]]
    assert [(count["next_try_at"], WHY in count["example"]["text"]) for count in node["stay"]] == [(stamp(wait.retry_at), True)]
    (line,) = [line for line in stage.shown().text.splitlines() if WHY in line and "waiting" in line]
    assert "(tried again at " in line


def test_nothing_is_tried_before():
    assert tries(stuck().wait(WAIT_S - 60)) == 1
    assert tries(stuck().wait(WAIT_S + 60)) == 2


@pytest.mark.parametrize("kind", [IntentKind.EVACUATE, IntentKind.RETRY])
def test_an_order_tries_it_at_once(kind):
    stage = stuck()
    (guest,) = stage.desktops()
    target = f"pve/{guest.node}" if kind is IntentKind.EVACUATE else the_wait(stage).what
    stage.wait(10)

    order(stage, kind, target)

    assert tries(stage.wait(30)) == 2
