"""Owners of VMs and primary desktops: nothing is cloned before they are known."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ClusterId, DesktopName
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from provisioner.model.vm_marks import configured_tag
from provisioner.planning.steps.planner import make_plan
from tests.builders.actions import a_check, a_key, a_name, a_stop, a_verify
from tests.builders.cluster import INSTALLATION, NOW, a_guest, a_node, a_profile, a_template, a_view
from tests.builders.core import a_budget, a_config, a_desktop, a_naming, a_situation, a_want, an_agent_id
from tests.planning.plans import orders, plan, reasons

# -- whose VMs are these -----------------------------------------------------------------------------------------------------


def test_an_unknown_vm_in_our_range_is_identified_before_any_clone():
    made = plan(view=a_view(guests=(a_guest(5100),)))

    assert orders(made) == ["verify vm-5100"]
    assert reasons(made) == {"login0001": "no new desktop yet: the notes of 1 VMs in our VMID range are read first"}


def test_an_unidentifiable_vm_is_named_with_the_remedy():
    made = plan(view=a_view(nodes=(a_node("n1"), a_node("n2", online=False)), guests=(a_guest(5100, node="n2"),)))

    assert reasons(made)["login0001"].endswith(
        "VM 5100 is on node n2, which is offline: bring the node back, or remove it from the cluster"
    )


LOCKED = a_guest(5100, lock="clone", name=None)
TAGGED = a_guest(5100, tags=frozenset({configured_tag(INSTALLATION)}))


@pytest.mark.parametrize(
    ("view", "changed", "ordered", "leftovers"),
    [
        pytest.param(a_view(guests=(a_guest(5100),)), {"in_flight": {a_key(100): a_verify(100)}}, [], 0, id="being asked"),
        pytest.param(a_view(guests=(a_guest(5100),)), {"retired": {a_key(100)}}, ["clone vd-5001"], 0, id="retired: foreign"),
        pytest.param(
            a_view(guests=(TAGGED,)),
            {"retired": {a_key(100)}},
            ["verify vm-5100"],
            0,
            id="retired, and with our tag: asked once",
        ),
        pytest.param(a_view(guests=(a_guest(5100, container=True),)), {}, ["clone vd-5001"], 0, id="a container is never ours"),
        pytest.param(a_view(guests=(a_guest(4999),)), {}, ["clone vd-5001"], 0, id="outside our range"),
        pytest.param(a_view(guests=(LOCKED,)), {}, [], 0, id="being cloned: waited for"),
        pytest.param(a_view(guests=(LOCKED,), half_made={LOCKED.key.vmid}), {}, [], 1, id="no clone works on it: left behind"),
    ],
)
def test_unexplained_vms(view, changed, ordered, leftovers):
    made = plan(view=view, **changed)

    assert (orders(made), len(made.leftovers)) == (ordered, leftovers)


def test_a_template_in_our_range_is_no_desktop():
    profile = a_profile(templates=(a_template("n1", vmid=5100),))
    golden = a_guest(5100, template=True)

    assert orders(plan(config=a_config(profile), view=a_view(guests=(golden,)))) == ["clone vd-5001"]


def test_a_note_that_could_not_be_read_is_asked_for_again_a_minute_later():
    def asked(ago):
        situation = a_situation(wanted=1, view=a_view(guests=(a_guest(5100),)))
        records = replace(situation.records, checked={DesktopName("vm-5100"): NOW - ago})
        return orders(make_plan(replace(situation, records=records)))

    assert asked(59) == []
    assert asked(60) == ["verify vm-5100"]


def test_sixteen_notes_are_read_at_once():
    many = a_view(guests=tuple(a_guest(vmid) for vmid in range(5001, 5041)))
    asked = {a_key(number): a_verify(number, name=None) for number in (1, 2, 3)}

    assert len(plan(view=many).actions) == 16
    assert orders(plan(view=many, in_flight=asked))[0] == "verify vm-5004"
    assert len(plan(view=many, in_flight=asked).actions) == 13


def test_a_leftover_of_our_own_clone_is_retired_and_its_agent_waits_for_the_next_cycle():
    left = a_desktop(1, Phase.CLONING)

    made = plan([left], view=a_view(half_made={a_key(1).vmid}))

    (retired,) = made.leftovers
    assert (retired.key, retired.at) == (a_key(1), NOW)
    assert retired.reason == "left over from an interrupted clone on node n1: look at it and delete it by hand"
    assert reasons(made) == {"login0001": "the clone of vd-5001 was interrupted: another desktop is cloned instead"}
    assert orders(made) == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param(
            {"rebuilt_since": NOW - 39, "settle_s": 40.0},
            "the store was empty: waiting for clones ordered earlier (safety.rebuild_settle)",
            id="the store was empty a moment ago",
        ),
        pytest.param({"rebuilt_since": NOW - 40, "settle_s": 40.0}, None, id="it has settled"),
        pytest.param(
            {"config": a_config(naming=a_naming(lyon=(8000, 8999)))},
            "cluster lyon has not been observed yet",
            id="a cluster is unseen",
        ),
        pytest.param(
            {"rebuilt_since": NOW - 99, "view": a_view(nodes=(a_node("n1"), a_node("n2", online=False)))},
            None,
            id="the store was empty, and a node is away: its VMs would be listed",
        ),
        pytest.param({"view": a_view(nodes=(a_node("n1"), a_node("n2", online=False)))}, None, id="a node is away"),
    ],
)
def test_why_nothing_new_is_cloned(changed, reason):
    made = plan(**changed)

    assert orders(made) == ([] if reason else ["clone vd-5001"])
    assert reasons(made) == ({"login0001": reason} if reason else {})


def test_two_clusters_are_filled_together():
    lyon = ClusterId("lyon")
    profile = a_profile(templates=(a_template("n1"), a_template("n1", cluster=lyon)))
    config = a_config(profile, naming=a_naming(lyon=(8000, 8999)), budget=a_budget(clones_per_local_domain=1))

    made = plan(wanted=2, config=config, others=(a_view(cluster=lyon),))

    assert sorted(orders(made)) == ["clone vd-5001", "clone vd-8000"]


# -- doubles -----------------------------------------------------------------------------------------------------------------

SECOND = a_desktop(2, agent_id=an_agent_id(1))


@pytest.mark.parametrize(
    ("first", "second", "kept", "other"),
    [
        pytest.param(a_desktop(1), SECOND, "vd-5001", "vd-5002", id="both ready: the lower name"),
        pytest.param(a_desktop(1, Phase.STOPPED), SECOND, "vd-5002", "vd-5001", id="one ready: that one"),
        pytest.param(
            a_desktop(1, Phase.STOPPED).but(assigned=False),
            a_desktop(2, Phase.STARTING, agent_id=an_agent_id(1)).but(assigned=False),
            "vd-5002",
            "vd-5001",
            id="one runs: that one, for somebody may be logged on",
        ),
    ],
)
def test_a_second_desktop_is_kept_reported_and_not_used(first, second, kept, other):
    made = plan([first, second])

    assert orders(made) == []
    assert [(deferral.what, deferral.agent_id) for deferral in made.deferred] == [(other, an_agent_id(1))]
    assert made.deferred[0].reason == f"duplicate: its agent already has {kept}; kept but unused"


@pytest.mark.parametrize(
    ("phase", "ordered"),
    [
        pytest.param(Phase.UNPROVEN, ["verify vd-5002"], id="not proven yet: its note is read"),
        pytest.param(Phase.STARTING, ["checkguest vd-5002"], id="it runs: asked who is there"),
        pytest.param(Phase.STOPPED, [], id="off: never started"),
        pytest.param(Phase.CLONED, [], id="never configured"),
        pytest.param(Phase.RESERVED, [], id="never cloned, and never given back"),
    ],
)
def test_a_second_desktop_is_only_ever_read(phase, ordered):
    second = a_desktop(2, phase, agent_id=an_agent_id(1)).but(started_at=NOW - 60, assigned=False)

    made = plan([a_desktop(1), second])

    assert (orders(made), made.given_back) == (ordered, ())


def test_an_unassigned_desktop_is_no_duplicate():
    nobody = a_desktop(1, agent_id=None), a_desktop(2, agent_id=None)

    made = plan(nobody, wanted=[a_want(3)])

    assert orders(made) == ["clone vd-5003"]
    assert not made.deferred


def test_an_unwanted_desktop_is_left_unchanged():
    left = [a_desktop(1), a_desktop(2, Phase.STOPPED), a_desktop(3, Phase.CLONED), a_desktop(4).but(in_flight=a_stop(4))]

    made = plan(left, wanted=0)

    assert (made.actions, made.deferred) == ((), ())


def test_power_that_is_not_known_after_a_clone_is_off():
    fresh = a_desktop(1, Phase.STOPPED)
    fresh = fresh.but(guest=replace(fresh.guest, power=Power.UNKNOWN))

    assert orders(plan([fresh])) == ["start vd-5001"]


# -- was the key changed? ----------------------------------------------------------------------------------------------------

FIRST = a_key(1)


@pytest.mark.parametrize(
    ("changed", "made"),
    [
        pytest.param({}, [], id="it was just asked for its sessions, not for its note"),
        pytest.param({"in_flight": {FIRST: a_check(1)}}, [], id="it is being asked for its sessions"),
        pytest.param({"other_key": {a_name(1): "no"}}, [], id="its note is of another key"),
        pytest.param({"unread": {a_name(1): "no"}}, ["clone vd-5002"], id="its note cannot be read"),
        pytest.param({"maybe_made": {a_name(1)}}, ["clone vd-5002"], id="it was made in this life: its note shows nothing"),
        pytest.param({"unsampled": frozenset()}, ["clone vd-5002"], id="one was read"),
    ],
)
def test_nothing_new_is_made_before_a_note_of_an_earlier_life_was_read(changed, made):
    """F2, M3: with another key, desktops got notes of a second one: reading sessions counted as having read a note."""
    situation = a_situation(
        [a_desktop(1).but(checked_at=NOW - 1)], wanted=2, **{"unsampled": frozenset({ClusterId("pve")}), **changed}
    )

    assert [action for action in orders(make_plan(situation)) if action.startswith("clone")] == made
