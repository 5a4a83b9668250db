"""What the doctor says of the room: who fits, what would add most, and whether a node may be lost."""

from provisioner.doctor.findings import Grade
from provisioner.doctor.room import examine_room
from provisioner.model.capacity import Votes
from provisioner.model.ids import NodeName
from tests.builders.cluster import NOW, a_node, a_profile, a_storage, a_template, a_view
from tests.builders.core import a_config, a_demand, a_desktop, a_situation, a_want


def findings(wanted, *, desktops=(), profiles=(), **view):
    """The findings for so many agents; two nodes with room for ten desktops each, and a QDevice."""
    two = {"nodes": (a_node("n1", memory_gib=50), a_node("n2", memory_gib=50)), "votes": Votes(device=1)}
    nodes = view if "nodes" in view else two | view
    situation = a_situation(desktops, view=a_view(**nodes), config=a_config(*profiles))
    found = examine_room(situation.config, situation.records, a_demand(wanted), situation.snapshot, now=NOW)
    return [(finding.grade, finding.text, finding.fix) for finding in found]


ROOM = (Grade.GOOD, "room for 20 more desktops; what runs out first: memory", "")


def test_all_fit_and_a_node_may_be_lost():
    assert findings(10) == [
        ROOM,
        (Grade.GOOD, "the 10 desktops that are still to be made fit", ""),
        (Grade.GOOD, "with everybody served, any one node may be lost: its desktops fit on the others", ""),
    ]


def test_where_nothing_is_to_be_made_no_number_is_said_to_fit():
    """F23: "the 0 desktops that are still to be made fit"."""
    assert (Grade.GOOD, "no desktop is still to be made for what is wanted now", "") in findings(0)


def test_a_node_is_needed():
    needed = findings(12, desktops=[a_desktop(number) for number in range(1, 7)])[-1]

    assert needed == (
        Grade.DOUBTFUL,
        "with everybody served, the loss of node pve/n1 would leave 2 agents without a desktop",
        "nothing, if that is accepted; otherwise one more node",
    )


def test_k5_without_a_quorum_nobody_gets_another_one():
    """K5: two nodes with room for all, and no QDevice."""
    needed = findings(2, desktops=[a_desktop(number) for number in range(1, 3)], votes=Votes())[-1]

    assert needed == (
        Grade.DOUBTFUL,
        "with everybody served, the loss of node pve/n1 would leave 1 agents without a desktop: 1 of 2 votes are not a quorum, "
        "and without it nothing is made again",
        "nothing, if that is accepted; otherwise one more node, or a QDevice (`pvecm qdevice setup`)",
    )


def test_k5_of_a_cluster_that_does_not_say_its_votes_neither_is_claimed():
    """K5: without Sys.Audit on / a QDevice cannot be seen, and "1 of 2 votes are not a quorum" was said all the same."""
    grade, text, act = findings(2, desktops=[a_desktop(number) for number in range(1, 3)], votes=Votes(guessed=True))[-1]

    assert (grade, act) == (Grade.DOUBTFUL, "give the token Sys.Audit on /; `pvecm status` shows the votes")
    assert text.startswith("whether the cluster still has a quorum once node pve/n1 is lost is not known")


def test_k5_who_is_on_another_node_keeps_the_desktop_when_the_only_template_is_lost():
    """K5: it said that all 12 would have none; before the surge as after it, those on its node have none."""
    ceph = tuple(a_storage(node, "ceph", shared=True) for node in ("n1", "n2", "n3"))
    on_ceph = {"nodes": tuple(a_node(node, memory_gib=50) for node in ("n1", "n2", "n3")), "storages": ceph}
    only = a_profile(templates=(a_template("n1", "ceph"),))
    needed = "node pve/n1 has the only template: with everybody served, its loss would leave 4 agents without a desktop"

    made = [a_desktop(number, node=NodeName(f"n{number % 3 + 1}")) for number in range(1, 13)]

    assert findings(12, profiles=[only], **on_ceph)[-1][:2] == (Grade.DOUBTFUL, needed)
    assert findings(12, desktops=made, profiles=[only], **on_ceph)[-1][:2] == (Grade.DOUBTFUL, needed)


def test_k5_what_competing_profiles_leave_is_said_as_bounds():
    """Nobody can say in a moment how desktops of two sizes are packed best."""
    large, medium = a_profile("large", nodes=3, memory_mib=9216), a_profile("medium", nodes=3, memory_mib=6144)
    wants = [a_want(number, profile=large.name if number in (1, 3, 5, 7) else medium.name) for number in range(1, 12)]
    nodes = tuple(a_node(name, memory_gib=50) for name in ("n1", "n2", "n3"))

    assert findings(wants, profiles=[large, medium], nodes=nodes)[-1][:2] == (
        Grade.DOUBTFUL,
        "with everybody served, the loss of node pve/n1 would leave between 0 and 1 agents without a desktop; several profiles "
        "compete for the rest",
    )


def test_not_all_fit():
    assert findings(23)[1:] == [
        (
            Grade.BAD,
            "of 23 desktops that are still to be made only 20 fit",
            "more memory: without this limit 364 more desktops fit; with more at pve/n1 alone 182",
        )
    ]


def test_several_resources_run_out_together():
    few_cores = (a_node("n1", memory_gib=50, cores=2),)
    small = a_profile(nodes=1, vcpus=1, cpu_ratio=5.0)

    assert findings(11, profiles=[small], nodes=few_cores)[1:] == [
        (
            Grade.BAD,
            "of 11 desktops that are still to be made only 10 fit",
            "more nodes and storage: several resources run out together",
        )
    ]


def test_a_single_node_is_not_said_to_be_needed():
    assert [grade for grade, _, _ in findings(5, profiles=[a_profile(nodes=1)], nodes=(a_node("n1"),))] == [Grade.GOOD] * 2


def test_what_several_profiles_leave_each_other_may_be_unsure():
    large, medium = a_profile("large", memory_mib=8192), a_profile("medium", memory_mib=6144)
    wants = [a_want(number, profile=large.name if number <= 4 else medium.name) for number in range(1, 13)]

    grade, text, fix = findings(wants, profiles=[large, medium])[2]

    assert grade is Grade.DOUBTFUL
    assert text == "of 12 desktops that are still to be made at least 11 fit; several profiles compete for the rest"
    assert fix.startswith("more memory: ")
