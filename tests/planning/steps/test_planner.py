"""The plan of one cycle: the next step for each agent's desktop, or why there is none."""

from dataclasses import replace

import pytest

from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import a_check, a_clone, a_configure, a_key
from tests.builders.cluster import NOW, a_node, a_profile, a_storage, a_template, a_view, some_addresses
from tests.builders.core import a_budget, a_config, a_desktop, a_naming, a_report, a_situation, a_want, an_agent_id
from tests.planning.plans import a_small_budget, orders, plan, reasons

# -- clones --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "existing", "nodes", "slots", "cloned", "deferred"),
    [
        pytest.param(3, 0, 1, 5, 3, 0, id="empty cluster: clone all"),
        pytest.param(3, 3, 1, 5, 0, 0, id="satisfied: plan nothing"),
        pytest.param(3, 2, 1, 5, 1, 0, id="on their way up: not ordered again"),
        pytest.param(9, 0, 2, 4, 8, 1, id="slots are per lock domain"),
        pytest.param(1, 0, 0, 5, 0, 1, id="no node online: defer, never raise"),
        pytest.param(0, 3, 1, 5, 0, 0, id="nobody wants one: existing ones are left alone"),
    ],
)
def test_clones(wanted, existing, nodes, slots, cloned, deferred):
    desktops = [a_desktop(number, Phase.STARTING, nodes=max(nodes, 1)) for number in range(1, existing + 1)]
    config = a_config(a_profile(nodes=nodes), budget=a_budget(clones_per_local_domain=slots))

    made = plan(desktops, wanted=wanted, config=config, view=a_view(nodes=nodes))

    assert (len(made.actions), len(made.deferred)) == (cloned, deferred)
    assert {action.word for action in made.actions} <= {"clone"}


def test_a_new_desktop_has_the_lowest_free_number_name_and_address():
    profile = a_profile(addressing=some_addresses())
    taken = a_desktop(1, address="10.40.0.10")

    made = plan([taken], wanted=[a_want(2)], config=a_config(profile))

    (clone,) = made.actions
    reserved = clone.reservation
    assert (reserved.name, reserved.vmid, reserved.address) == ("vd-5002", 5002, "10.40.0.11")
    assert (reserved.agent_id, reserved.node, reserved.proven) == (an_agent_id(2), "n2", False)
    assert (clone.template, clone.lock_domain) == (a_template("n2"), "pve/n2/local")
    assert (clone.because, clone.deadline) == ("the test wants a desktop for login0002", NOW + 600)


def test_room_is_given_by_rank():
    wants = [a_want(1, rank=(100, 0.0, "b")), a_want(2, rank=(10, 5.0, "c")), a_want(3, rank=(10, 0.0, "d"))]

    made = plan(wanted=wants, config=a_small_budget(clones_per_local_domain=1))

    assert [action.reservation.agent_id for action in made.actions] == [an_agent_id(3), an_agent_id(2)]
    assert [deferral.agent_id for deferral in made.deferred] == [an_agent_id(1)]


@pytest.mark.parametrize(
    ("changed", "binds", "reason"),
    [
        pytest.param(
            {"config": a_config(naming=a_naming(5001, 5001))},
            "vmids",
            "the VMID range of cluster pve is used up: widen it (clusters.pve.vmids)",
            id="no VMID left",
        ),
        pytest.param(
            {"config": a_config(a_profile(addressing=some_addresses("10.40.0.10", "10.40.0.10")))},
            "addresses",
            "the address pool of profile office is used up: widen it (addressing.last)",
            id="no address left",
        ),
        pytest.param(
            {"view": a_view(nodes=2, storages=(a_storage("n1", total_gib=20.0), a_storage("n2", total_gib=1.0)))},
            "storage",
            "storage local has less than 16 GiB left of its share",
            id="no disk left",
        ),
        pytest.param(
            {"config": a_small_budget(clones_per_local_domain=1), "view": a_view(nodes=1)},
            "lock",
            "waiting for the storage lock: it lets 1 clone(s) run at once, and as many are running (1 of 2 places); "
            "node n2 is offline or not seen (1 of 2 places)",
            id="no slot left",
        ),
    ],
)
def test_who_comes_too_late_is_deferred_with_what_runs_out(changed, binds, reason):
    made = plan(wanted=3, **changed)

    assert orders(made) == ["clone vd-5001"]
    assert reasons(made) == {"login0002": reason, "login0003": reason}
    assert {deferral.binds for deferral in made.deferred} == {binds}


def test_a_pool_that_is_used_up_costs_other_profiles_no_number():
    full = a_profile("full", addressing=some_addresses("10.40.0.1", "10.40.0.1"))
    wants = [a_want(number, profile="full", rank=(1, 0.0, str(number))) for number in range(1, 6)]

    made = plan(wanted=[*wants, a_want(6)], config=a_config(full, a_profile(), naming=a_naming(5001, 5001)))

    assert orders(made) == ["clone vd-5001"]
    assert len(made.deferred) == 5


def test_the_caller_may_pass_what_it_has_looked_up_already():
    situation = a_situation([a_desktop(1)], wanted=3)

    survey_result = survey(situation)

    assert make_plan(situation, survey_result, free_resources(situation, survey_result)) == make_plan(situation)


# -- the next step -----------------------------------------------------------------------------------------------------------

LATER = Attempts(count=2, reason="no luck", retry_at=NOW + 30)
OLD = a_report(read_at=NOW - 1000, ready_at=NOW - 2000)
DUE = a_desktop(1).but(report=OLD, started_at=NOW - 5000, uptime_s=5000)
SLOW = a_desktop(1, Phase.STARTING).but(started_at=NOW - 901, checked_at=NOW - 300)


@pytest.mark.parametrize(
    ("desktop", "ordered", "deferred"),
    [
        pytest.param(a_desktop(1, Phase.RESERVED), ["clone vd-5001"], None, id="reserved: cloned again"),
        pytest.param(a_desktop(1, Phase.CLONING), [], None, id="cloning for an earlier daemon: waited for"),
        pytest.param(a_desktop(1, Phase.UNPROVEN), ["verify vd-5001"], None, id="unproven: its note is read"),
        pytest.param(a_desktop(1, Phase.CLONED), ["configure vd-5001"], None, id="cloned: configured"),
        pytest.param(a_desktop(1, Phase.STOPPED), ["start vd-5001"], None, id="stopped: started"),
        pytest.param(a_desktop(1, Phase.STARTING), [], None, id="starting: not asked too early"),
        pytest.param(
            a_desktop(1, Phase.STARTING).but(started_at=NOW - 60), ["checkguest vd-5001"], None, id="starting: asked when due"
        ),
        pytest.param(
            SLOW,
            ["checkguest vd-5001"],
            "running, but not ready after 900 s: look at its console",
            id="starting for too long: said, and asked on",
        ),
        pytest.param(a_desktop(1, Phase.READY), [], None, id="ready: left alone"),
        pytest.param(a_desktop(1, Phase.READY).but(assigned=False), ["assign vd-5001"], None, id="ready: assigned"),
        pytest.param(DUE, ["checkguest vd-5001"], None, id="ready: its sessions are due"),
        pytest.param(
            DUE.but(assigned=False), ["assign vd-5001", "checkguest vd-5001"], None, id="ready: assigned, and its sessions due"
        ),
        pytest.param(a_desktop(1, Phase.STOPPING), [], None, id="being stopped: waited for"),
        pytest.param(a_desktop(1, Phase.DELETING), [], None, id="being deleted: waited for"),
        pytest.param(
            a_desktop(1, Phase.FAILED).but(attempts=Attempts(gave_up=True, reason="no such thing", error="refused")),
            [],
            "no such thing",
            id="refused: said",
        ),
        pytest.param(a_desktop(1, Phase.UNKNOWN), [], "Proxmox VE reports its power as 'unknown'", id="unknown: said"),
        pytest.param(a_desktop(1, Phase.STOPPED).but(attempts=LATER), [], "no luck (try 2)", id="its next try is not due"),
        pytest.param(
            a_desktop(1, Phase.READY).but(attempts=LATER, assigned=False), ["assign vd-5001"], None, id="ready counts"
        ),
        pytest.param(
            a_desktop(1, Phase.STOPPED).but(attempts=replace(LATER, retry_at=NOW)),
            ["start vd-5001"],
            None,
            id="its next try is due",
        ),
        pytest.param(a_desktop(1, Phase.CLONED).but(in_flight=a_configure()), [], None, id="being worked on: nothing more"),
        pytest.param(
            a_desktop(1, Phase.STOPPED).but(in_flight=a_check()),
            [],
            "the result of Bascule's last request for this desktop is not known yet: configured and powered off",
            id="gone off while it was asked: said",
        ),
        pytest.param(
            SLOW.but(in_flight=a_check(1)),
            [],
            "running, but not ready after 900 s: look at its console",
            id="starting for too long, and being asked: said all the same",
        ),
        pytest.param(
            a_desktop(1, Phase.STOPPED, profile="retired"),
            [],
            "vd-5001 has profile retired, which is no longer configured",
            id="of a profile that is gone",
        ),
        pytest.param(a_desktop(1, Phase.READY, profile="retired"), [], None, id="ready, of a profile that is gone"),
    ],
)
def test_the_next_step(desktop, ordered, deferred):
    made = plan([desktop])

    assert orders(made) == ordered
    assert reasons(made) == ({"login0001": deferred} if deferred else {})


@pytest.mark.parametrize(
    ("desktop", "binds"),
    [
        pytest.param(a_desktop(1, Phase.CLONED, node="n3"), "nodes", id="its node is away"),
        pytest.param(
            a_desktop(1, Phase.CLONED, node="n3").but(in_flight=a_configure()), "nodes", id="its node went away under work"
        ),
        pytest.param(
            a_desktop(1, Phase.STOPPED, cluster="far", node="n3").but(guest=None), "nodes", id="its cluster was never seen"
        ),
        pytest.param(a_desktop(1, Phase.UNKNOWN), "nodes", id="its power is not known"),
    ],
)
def test_what_an_unknown_desktop_waits_for(desktop, binds):
    made = plan([desktop])

    assert orders(made) == []
    assert [deferral.binds for deferral in made.deferred] == [binds]


@pytest.mark.parametrize(
    ("intents", "ordered", "deferred"),
    [
        pytest.param((IntentKind.FREEZE,), [], "frozen by an operator", id="frozen: not started"),
        pytest.param((IntentKind.HOLD,), ["start vd-5001"], None, id="held: started all the same"),
    ],
)
def test_standing_orders(intents, ordered, deferred):
    given = tuple(Intent(kind=kind, by="zoe", at=NOW) for kind in intents)

    made = plan([a_desktop(1, Phase.STOPPED)], intents=given)

    assert orders(made) == ordered
    assert reasons(made) == ({"login0001": deferred} if deferred else {})


def test_a_desktop_keeps_the_profile_it_was_made_of():
    made = plan([a_desktop(1, Phase.CLONED)], wanted=[a_want(1, profile="cad")], config=a_config(a_profile(), a_profile("cad")))

    assert [action.profile.name for action in made.actions] == ["office"]


@pytest.mark.parametrize("phase", [Phase.CLONED, Phase.STOPPED])
@pytest.mark.parametrize("lock", ["backup", "create", "migrate"])
def test_a_vm_that_others_have_locked_is_waited_for(phase, lock):
    desktop = a_desktop(1, phase)

    made = plan([desktop.but(guest=replace(desktop.guest, lock=lock))])

    assert orders(made) == []
    assert reasons(made) == {
        "login0001": f"its VM is locked ({lock}): waiting for the lock to clear (Bascule never removes locks)"
    }
    assert [deferral.binds for deferral in made.deferred] == ["retry"]


def test_a_moved_desktop_is_worked_on_where_it_is():
    made = plan([a_desktop(1, Phase.STOPPED).on("n2")])

    assert [action.node.node for action in made.actions] == ["n2"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"view": a_view(templates=False)}, "template 9001 is not on node n1", id="its template is gone"),
        pytest.param(
            {"config": a_config(a_profile(templates=(a_template("n3"),)))},
            "profile office no longer has a template on node n1",
            id="its profile has no template there any more",
        ),
        pytest.param(
            {"config": a_small_budget(clones_per_local_domain=1), "in_flight": {a_key(3): a_clone(3)}},
            "waiting for the storage lock: it lets 1 clone(s) run at once, and as many are running",
            id="its lock is busy",
        ),
        pytest.param(
            {"view": a_view(storages=(a_storage("n1", used_gib=4090.0), a_storage("n2", used_gib=4090.0)))},
            "storage local is filled beyond its share: clones wait until space is freed (budget.storage_share)",
            id="others have filled its storage meanwhile",
        ),
    ],
)
def test_a_reserved_desktop_for_which_there_is_no_place_elsewhere_waits_at_home(changed, reason):
    made = plan([a_desktop(1, Phase.RESERVED)], **changed)

    assert (orders(made), reasons(made)) == ([], {"login0001": reason})


def test_a_reserved_desktop_has_its_room_already():
    tight = a_view(nodes=(a_node("n1", memory_gib=1), a_node("n2")))

    assert orders(plan([a_desktop(1, Phase.RESERVED)], view=tight)) == ["clone vd-5001"]


# -- paces -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "changed", "what", "reason"),
    [
        pytest.param(
            Phase.CLONED,
            {"configures_per_node": 2},
            "configure",
            "node n1 is already configuring as many desktops as allowed (budget.configures_per_node)",
            id="configures",
        ),
        pytest.param(
            Phase.STOPPED,
            {"boots_per_node": 2},
            "start",
            "node n1 is already booting 2 desktops: the next start waits until one of them is ready",
            id="boots",
        ),
    ],
)
def test_a_node_does_so_many_at_once(phase, changed, what, reason):
    desktops = [a_desktop(number, phase, nodes=1) for number in (1, 2, 3)]

    made = plan(desktops, wanted=3, config=a_small_budget(**changed))

    assert orders(made) == [f"{what} vd-5001", f"{what} vd-5002"]
    assert reasons(made) == {"login0003": reason}


@pytest.mark.parametrize(
    ("starting", "ordered"),
    [
        pytest.param(a_desktop(2, Phase.STARTING, nodes=1), [], id="one that boots has the place"),
        pytest.param(
            a_desktop(2, Phase.STARTING, nodes=1).but(started_at=NOW - 901),
            ["start vd-5001"],
            id="one that hangs has none",
        ),
        pytest.param(a_desktop(2, Phase.READY, nodes=1), ["start vd-5001"], id="one that is ready has none"),
        pytest.param(
            a_desktop(2, Phase.STARTING, nodes=1, profile="retired"),
            ["start vd-5001"],
            id="one of no profile has none",
        ),
    ],
)
def test_boots_are_counted_from_the_start_order_to_ready(starting, ordered):
    made = plan([a_desktop(1, Phase.STOPPED), starting], config=a_small_budget(boots_per_node=1))

    assert orders(made) == ordered


def test_a_boot_nobody_ordered_counts_from_its_uptime():
    by_hand = a_desktop(2, Phase.STARTING, nodes=1).but(started_at=None)

    made = plan([a_desktop(1, Phase.STOPPED), by_hand], config=a_small_budget(boots_per_node=1))

    assert orders(made) == []


def test_readiness_goes_before_sessions_and_the_longest_unread_first():
    slow = a_desktop(5, Phase.STARTING, nodes=1).but(started_at=NOW - 100)

    def due(number, read):
        report = a_report(read_at=NOW - read, ready_at=NOW - 4000)
        return a_desktop(number, nodes=1).but(report=report, started_at=NOW - 5000, uptime_s=5000)

    made = plan([due(1, 1000), due(2, 1500), due(3, 2000), slow], wanted=5, config=a_small_budget(checks_per_node=3))

    assert orders(made)[-3:] == ["checkguest vd-5005", "checkguest vd-5003", "checkguest vd-5002"]
    assert [action.sweep for action in made.actions[-3:]] == [False, True, True]


def test_checks_in_flight_take_their_places():
    desktops = [a_desktop(number, Phase.STARTING, nodes=1).but(started_at=NOW - 100) for number in (1, 3)]

    made = plan([*desktops, a_desktop(2)], wanted=3, config=a_small_budget(checks_per_node=2), in_flight={a_key(2): a_check(1)})

    assert orders(made) == ["checkguest vd-5001"]
