"""When nothing may be written: because of an operator's intent, or because of the cluster's answers."""

from datetime import UTC, datetime

import pytest

from provisioner import errors
from provisioner.model.actions import CheckGuest, Clone, Start
from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import ClusterId
from provisioner.model.intents import Intent, IntentKind
from tests.builders.cluster import PVE, a_task
from tests.builders.reconciler import Site, kinds, ready

LYON = ClusterId("lyon")


# -- standing orders ----------------------------------------------------------------------------------------------------


def give(site, kind):
    site.store.give(Intent(kind=kind, by="zoe", at=site.clock.at))


def thaw(site):
    site.store.withdraw(IntentKind.FREEZE, by="zoe", at=site.clock.at)
    site.freeze_file = None


def freeze_by_command(site):
    give(site, IntentKind.FREEZE)


def freeze_by_file(site):
    site.freeze_file = FreezeMark()


@pytest.mark.parametrize("freeze", [freeze_by_command, freeze_by_file], ids=["by command", "by a file"])
def test_a_frozen_site_writes_nothing_and_goes_on_when_thawed(freeze):
    site = Site(agents=2)
    freeze(site)

    assert site.look() == []
    assert site.reasons == dict.fromkeys(("vd-5001", "vd-5002"), "clone: frozen by an operator: `bascule thaw` lets it go on")
    assert [intent.kind for intent in site.status.intents if intent.kind is IntentKind.FREEZE] == [IntentKind.FREEZE]
    assert not site.store.load().desktops

    thaw(site)
    assert kinds(site.look(after=10)) == ["clone vd-5001", "clone vd-5002"]


@pytest.mark.parametrize("freeze", [freeze_by_command, freeze_by_file], ids=["by command", "by a file"])
def test_a_frozen_site_keeps_reading_and_names_what_it_does_not_start(freeze):
    site = ready(2)
    site.cluster.power_off(5002)
    freeze(site)

    orders = site.look(after=1000)

    assert kinds(orders) == ["checkguest vd-5001"]
    assert site.reasons == {"login0002": "frozen by an operator"}


def about(site, kind):
    """(when, what, why) of an intent's journal lines, oldest first."""
    lines = [line for line in site.store.journal(limit=50) if line.what == kind.value]
    return [(line.at, line.result, line.reason) for line in reversed(lines)]


def test_a_freeze_by_file_is_in_the_journal_once_with_who_and_why_however_often_the_daemon_starts():
    site = Site(agents=1)
    began = site.clock.at
    site.freeze_file = FreezeMark(by="claire", reason="smoke", at=began - 5)

    site.look()
    site.restart()
    site.look(after=10)
    site.freeze_file = None
    site.restart()
    assert kinds(site.look(after=10)) == ["clone vd-5001"]

    (given, gone) = about(site, IntentKind.FREEZE)
    assert given == (began - 5, "given", "by claire: smoke")
    assert gone[1:] == ("withdrawn", "by daemon, the freeze file is gone")
    assert [notice for notice in site.heard.notices if notice[0] == "freeze"] == [
        ("freeze", "by claire, by the freeze file: smoke"),
        ("freeze", "the freeze file is gone"),
    ]


def test_a_file_made_by_hand_counts_from_when_it_was_found_also_over_a_restart():
    site = Site(agents=1)
    site.freeze_file, began = FreezeMark(), site.clock.at

    for _ in range(3):
        site.look(after=10)
        site.restart()

    site.look(after=10)
    (standing,) = [intent for intent in site.status.intents if intent.kind is IntentKind.FREEZE]
    assert began <= standing.at <= began + 10
    assert len(about(site, IntentKind.FREEZE)) == 1


def test_the_end_of_the_file_does_not_end_a_freeze_that_was_ordered():
    site = Site(agents=1)
    freeze_by_file(site)
    give(site, IntentKind.FREEZE)
    site.look()
    site.freeze_file = None

    assert site.look(after=10) == []
    assert [intent.by for intent in site.status.intents if intent.kind is IntentKind.FREEZE] == ["zoe"]


def test_a_freeze_with_its_file_is_one_order():
    """As the API gives it: at once by the file, and kept in the store."""
    site = Site(agents=1)
    site.freeze_file = FreezeMark(by="zoe", at=site.clock.at)
    give(site, IntentKind.FREEZE)

    assert site.look() == []
    assert [intent.by for intent in site.status.intents if intent.kind is IntentKind.FREEZE] == ["zoe"]
    assert len(about(site, IntentKind.FREEZE)) == 1


@pytest.mark.parametrize("restarts", [False, True], ids=["in one life", "over a restart"])
def test_a_hold_ends_by_itself(restarts):
    site = Site(agents=1)
    ends = site.clock.at + 3600
    site.store.give(Intent(kind=IntentKind.HOLD, by="zoe", at=site.clock.at, until=ends))
    site.look()
    assert IntentKind.HOLD in {intent.kind for intent in site.status.intents}

    site.clock.at = ends
    if restarts:
        site.restart()
    site.look(after=1)

    assert IntentKind.HOLD not in {intent.kind for intent in site.status.intents}
    assert [(what, why) for _, what, why in about(site, IntentKind.HOLD)] == [
        ("given", f"by zoe (until {datetime.fromtimestamp(ends, UTC):%Y-%m-%dT%H:%M:%SZ})"),
        ("withdrawn", "by daemon, its time is over"),
    ]


# -- given up --------------------------------------------------------------------------------------------------------------

WONT = "start failed: QEMU exited with code 1"


def that_does_not_start(*, log=None):
    """A site with one desktop and one node, where the second start has just failed."""
    site = Site(agents=1)
    site.log = log or site.log
    site.cluster.online["n2"] = False
    for _ in range(4):
        orders = site.look(after=20)
        starts = [command for command in orders if isinstance(command, Start)]
        if starts:
            break
        site.carry_out(orders)
        site.cluster.come_out()
    for _ in range(2):
        site.end(starts[0], answer="UPID:start:5001")
        site.cluster.tasks = [a_task("UPID:start:5001", kind="qmstart", ended_at=site.clock.at, status=WONT)]
        site.look(after=20)
        site.cluster.tasks, starts = [], site.look(after=30)
    return site


def test_why_a_desktop_was_given_up_is_told_with_the_end_of_the_tasks_log():
    site = that_does_not_start()

    assert [(log.task.upid, log.desktop) for log in site.read] == [("UPID:start:5001", "vd-5001")]
    assert site.phases == {"vd-5001": "failed"}
    assert site.status.desktops["vd-5001"].because == (
        f"gave up after 2 tries: start vd-5001: {WONT} (task log: kvm: no such device)"
    )
    assert site.store.load().desktops["vd-5001"].attempts.reason.endswith("(task log: kvm: no such device)")


def test_a_log_that_cannot_be_read_leaves_the_exit_status():
    site = that_does_not_start(log=errors.OutcomeUnknown("596"))

    assert len(site.read) == 1
    assert site.status.desktops["vd-5001"].because == f"gave up after 2 tries: start vd-5001: {WONT}"


def retry(site, *names):
    for name in names:
        site.store.give(Intent(kind=IntentKind.RETRY, by="zoe", at=site.clock.at, target=name))


def test_a_desktop_is_tried_again_by_order_and_the_order_has_done_its_work():
    site = that_does_not_start()
    assert site.look(after=600) == []

    retry(site, "vd-5001")

    assert kinds(site.look(after=10)) == ["start vd-5001"]
    assert site.store.intents() == tuple(intent for intent in site.store.intents() if intent.kind is IntentKind.SURGE)
    assert site.heard.notices[-1] == ("desktop vd-5001", "tried again, by order of zoe")
    assert not any(record.attempts for record in site.store.load().desktops.values())
    assert [(entry.what, entry.result) for entry in site.store.journal(limit=20) if entry.what == "retry"] == [
        ("retry", "withdrawn"),
        ("retry", "given"),
    ]


def test_an_order_about_a_desktop_that_is_gone_does_nothing():
    site = ready(1)
    retry(site, "vd-9999")

    assert [command for command in site.look(after=10) if not isinstance(command, CheckGuest)] == []
    assert not any(intent.kind is IntentKind.RETRY for intent in site.store.intents())


# -- pauses -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(
            errors.Unauthorised("401: the token expired"),
            "401: the token expired; one order is tried every 30 s",
            id="a token that is refused",
        ),
    ],
)
def test_an_answer_that_says_stop_pauses_and_costs_no_desktop_a_try(error, reason):
    site = Site(agents=3)
    site.carry_out(site.look(), error=error)

    assert site.look(after=5) == []
    assert site.status.paused == {PVE: reason}
    assert {record.attempts.count for record in site.reconciler.records.desktops.values()} <= {0}

    trial = site.look(after=40)
    assert len(trial) == 1, "one order tries again, whatever the number of storages"
    assert site.status.paused == {PVE: reason}, "until it has been answered"
    site.carry_out(trial, error=error)
    assert site.look(after=5) == []
    assert site.status.paused == {PVE: reason}

    site.carry_out(site.look(after=40))
    assert site.look(after=5) != []
    assert site.status.paused == {}


def test_a_storage_that_is_full_stops_no_other():
    site = Site(agents=4)
    first, second = site.look()
    site.carry_out([first], error=errors.StorageFull("no space left"))
    site.carry_out([second])
    site.cluster.come_out()

    orders = site.look(after=5)

    assert {command.reservation.node for command in orders if isinstance(command, Clone)} == {second.reservation.node}
    assert site.status.paused == {}
    assert site.heard.notices[-1] == (
        "storage pve/n1/local",
        "full, and nothing is cloned there for a while: no space left",
    )


def test_a_full_storage_is_tried_again_by_one_clone_until_it_comes_out():
    site = Site(agents=6)
    site.cluster.online["n2"] = False
    site.carry_out(site.look(), error=errors.StorageFull("no space left"))
    assert site.look(after=20) == []
    assert "storage local reported that it is full: tried again every 30 s" in " ".join(site.reasons.values())

    (trial,) = site.look(after=20)
    assert site.look(after=5) == [], "its end is waited for"
    site.carry_out([trial])
    site.cluster.come_out()

    assert site.look(after=5) != []
    assert site.heard.notices[-1] == ("storage pve/n1/local", "takes clones again")


def test_a_lost_quorum_pauses_until_it_is_seen_again():
    site = Site(agents=1)
    site.carry_out(site.look(), error=errors.NoQuorum("no quorum"))
    site.cluster.quorate = False

    assert site.look(after=100) == []
    assert site.looks[-1].quorum, "from now on it is asked for"
    assert site.status.paused == {PVE: "the cluster has lost its quorum"}
    assert site.look(after=100) == []

    site.cluster.quorate = True
    assert kinds(site.look(after=10)) == ["clone vd-5001"]
    assert site.status.paused == {}
    site.look(after=10)
    assert not site.looks[-1].quorum
