"""The other documents: numbers agree with each other, and what is unknown is null."""

import json
from dataclasses import replace

from provisioner.model.actions import Clone, Plan
from provisioner.model.deferrals import Deferral
from provisioner.model.ids import NodeKey, NodeName, StorageId, WaveName
from provisioner.model.intents import Allowance, Intent, IntentKind
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Wave
from provisioner.model.status import Headroom, NodeHeadroom, Status, StorageHeadroom
from provisioner.model.words import GuestWord
from provisioner.ports import JournalEntry
from provisioner.reasons.phases import NODE_UNSEEN
from provisioner.reasons.reason import NONE
from provisioner.reasons.steps import SUPERSEDED
from provisioner.reasons.targets import FREEZE, HOLD
from provisioner.reasons.views import CLONE_NEXT
from provisioner.views.agents import agents_document
from provisioner.views.capacity import capacities_document
from provisioner.views.clusters import cluster_documents
from provisioner.views.figures import figures_document
from provisioner.views.findings import findings_document
from provisioner.views.journal import journal_document
from provisioner.views.nodes import nodes_document
from provisioner.views.orders import orders_document
from provisioner.views.plan import plan_document
from provisioner.views.published import Published
from provisioner.views.status import status_document
from provisioner.views.storages import storages_document
from provisioner.views.surge import surge_document
from provisioner.views.times import stamp
from provisioner.views.waves import waves_document
from provisioner.views.why.node import node_why
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_desktop, a_report, a_session, a_want_ahead, an_order
from tests.builders.monitors import a_snapshot, a_status
from tests.builders.views import a_publication, node_rows


def a_busy_site():
    """One ready desktop in use, one that is starting, one that failed, and an agent without one."""
    return a_publication(
        a_desktop(1).but(report=a_report(sessions=(a_session("login0001"), a_session("zoe")))),
        a_desktop(2, Phase.STARTING),
        a_desktop(3, Phase.FAILED),
        wanted=4,
        agents=5,
        waves=[Wave(name=WaveName("everyone"), who=Selection()), Wave(name=WaveName("late"), who=Selection())],
        ahead=[a_want_ahead(5, wave=WaveName("late"))],
    )


def test_figures_name_nobody():
    text = json.dumps(figures_document(a_busy_site().status), default=vars_of)

    assert all(word not in text for word in ("login", "zoe", "Agent", "vd-"))


def vars_of(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_figures_agree_with_the_desktops():
    status = a_busy_site().status
    figures = figures_document(status)

    assert (figures.wanted, figures.ready, figures.ahead) == (4, 1, 1)
    assert sum(figures.desktops.values()) == len(status.desktops) == 3
    assert (figures.sessions.open, figures.sessions.of_strangers, figures.sessions.unknown) == (2, 1, 0)


def test_waves_come_in_their_order_with_what_opens_next():
    everyone, late = waves_document(a_busy_site()).waves

    assert (everyone.wave, everyone.wanted, everyone.ready, everyone.failed, everyone.next_opens_at) == (
        "everyone",
        4,
        1,
        1,
        None,
    )
    assert (late.wave, late.wanted, late.ahead, late.next_opens_at) == ("late", 0, 1, stamp(NOW + 3600))


def test_each_agent_says_why_there_is_no_desktop_yet():
    agents = {agent.login: agent for agent in agents_document(a_busy_site()).agents}

    assert agents["login0001"].desktop == "vd-5001"
    assert agents["login0004"].because.code == "clone_next"
    assert (agents["login0004"].desktop, agents["login0004"].phase) == (None, None)


def test_without_a_roster_there_are_no_agents_known():
    assert agents_document(Published(status=Status(at=NOW))).agents is None
    assert status_document(Published(status=Status(at=NOW))).directory.agents is None


def test_a_cluster_that_was_never_observed_is_there_with_nothing_known():
    (cluster,) = cluster_documents(Status(at=NOW), (PVE,))

    assert (cluster.observed_at, cluster.quorate, cluster.paused) == (None, None, None)


def test_nodes_say_what_is_left_and_who_closed_them():
    published = a_publication(a_desktop(1), wanted=1, intents=(an_order(IntentKind.DRAIN, "n1", reason="new memory"),))
    nodes = {node.node: node for node in nodes_document(published.status).nodes}

    assert (nodes["n1"].drained, nodes["n2"].cordoned) == (True, False)
    assert "new memory" in nodes["n1"].because.text
    assert nodes["n2"].memory_left_mib is not None


def test_of_a_node_that_is_away_nothing_is_said_to_be_left():
    """F13: "-188416 MiB left", "is short of memory", and its storage "-404 GiB"."""
    left = Headroom(
        nodes={NodeKey(PVE, NodeName("pve0")): NodeHeadroom(memory_mib=-188_416.0, vcpus=-96.0)},
        storages=(StorageHeadroom(cluster=PVE, node=NodeName(""), storage=StorageId("ceph"), gib=-404.0),),
    )
    status = replace(a_status(snapshot=a_snapshot(nodes=1, offline=1)), headroom=left)
    (node,), (storage,) = nodes_document(status).nodes, storages_document(status).storages

    assert (node.memory_left_mib, node.vcpus_left, storage.left_gib) == (None, None, None)
    assert node_why(status, NodeKey(PVE, NodeName("pve0")), lambda _: ()).short == ()


def test_a_node_that_is_to_become_empty_says_why_it_is_not():
    evacuated = (an_order(IntentKind.EVACUATE, "n1"),)
    status = a_publication(a_desktop(1), a_desktop(2), wanted=2, intents=evacuated).status
    nodes = {row[0]: row for row in node_rows(status)}

    ((why,),) = (node.stay for node in nodes_document(status).nodes if node.node == "n1")
    assert (why.example.code, why.count > 0) == ("move_local_disks", True)
    assert "storage that only node n1 sees" in nodes["pve/n1"][-1]
    assert nodes["pve/n2"][-1] == ""


def test_a_shared_storage_comes_once_and_has_no_node():
    storages = storages_document(a_publication(a_desktop(1)).status).storages

    assert storages
    assert len({(entry.cluster, entry.node, entry.storage) for entry in storages}) == len(storages)
    assert all(entry.left_gib is not None for entry in storages)


def test_the_plan_says_what_was_ordered_and_what_waits():
    plan = plan_document(a_busy_site().status)

    assert {action.action for action in plan.actions} >= {Clone.word}
    assert all(action.because.text for action in plan.actions)


def test_desktops_that_wait_for_the_same_are_one_line_of_the_surge():
    """F21, F23: `1 attendent` stood there as often as desktops waited, also where only a name in the reason was another."""
    published = a_publication(a_desktop(1))
    held, *waiting = (
        Deferral(what=f"vd-{number}", seat=None, reason=why()) for number, why in enumerate((HOLD, *3 * (FREEZE,)))
    )
    waiting += [Deferral(what=f"vd-{node}", seat=None, reason=NODE_UNSEEN(node=node)) for node in ("n1", "n2", "n3", "n4")]
    unused = Deferral(what="vd-9", seat=None, reason=SUPERSEDED())  # it waits for nothing
    status = replace(published.status, plan=Plan(singles=(held, *waiting, unused)))

    waits = surge_document(replace(published, status=status)).waits

    assert [(wait.count, wait.texts, wait.example.code) for wait in waits] == [
        (4, 4, NODE_UNSEEN.code),
        (3, 1, FREEZE.code),
        (1, 1, HOLD.code),
    ]


def test_orders_count_people():
    allows = Allowance(leavers=frozenset({"a", "b"}), joiners=frozenset({"c"}))
    accept = Intent(kind=IntentKind.ACCEPT_DIRECTORY, by="zoe", at=NOW, until=NOW + 60, allows=allows)
    (order,) = orders_document(Status(at=NOW, intents=(accept,))).intents

    assert (order.kind, order.leavers, order.joiners, order.rekeys) == ("accept_directory", 2, 1, None)
    assert order.until == stamp(NOW + 60)


def test_a_plain_success_has_no_reason():
    entry = JournalEntry(at=NOW, what="clone", subject="vd-5001", result="done", reason=NONE, because=CLONE_NEXT(), sequence=7)
    (line,) = journal_document([entry]).lines

    assert (line.sequence, line.reason, line.because.code) == (7, None, "clone_next")


def test_what_waits_for_a_person_is_in_status_and_findings_alike():
    published = a_busy_site()
    published = replace(published, status=replace(published.status, baseline_accepted=False))
    codes = [entry.code for entry in findings_document(published.status, published.listed).wrong]

    assert codes == ["baseline_waits", "desktop_failed"]
    assert [entry.code for entry in status_document(published).wrong] == codes


def test_room_names_what_runs_out_first():
    unsaid = "perhaps: the cluster does not say its votes, and without a quorum nothing is made again"
    (room,) = capacities_document(a_publication().status).capacity

    assert (room.profile, room.binds is None) == ("office", room.free == 0)
    assert [(loss.node, loss.at_least, loss.because.text) for loss in room.after_loss] == [
        ("pve/n1", 0, unsaid),
        ("pve/n2", 0, unsaid),
    ], "K5"
    assert [(gain.resource, gain.more_there) for gain in room.gains] == [("memory", 90)]


def test_desktops_without_a_report_are_counted_by_cause():
    name = a_desktop(2).reservation.name
    unheard = {name: Unheard(word=GuestWord.NO_FILE, text="no such file", since=NOW - 50)}

    assert figures_document(a_publication(a_desktop(2, Phase.STARTING), unheard=unheard).status).guests_unknown == {
        "no_file": 1
    }


def test_a_desktop_out_of_sight_is_no_desktop_without_a_report():
    """Its node is away, and says so itself: `status` advised to look for a missing right."""
    name = a_desktop(2).reservation.name
    status = a_publication(
        a_desktop(2, Phase.UNKNOWN), unheard={name: Unheard(word=GuestWord.NOT_ASKED, text="595", since=NOW - 50)}
    ).status

    assert status.desktops[name].phase is Phase.UNKNOWN
    assert status.desktops[name].unheard is not None
    assert figures_document(status).guests_unknown == {}


def test_times_are_in_utc_with_their_zone():
    assert stamp(0.5) == "1970-01-01T00:00:00.500Z"


def test_a_wave_says_its_next_deadline_and_who_is_late():
    site = a_busy_site()
    wants = {
        seat: replace(want, due_at=NOW - 60 if want.login == "login0004" else NOW + 60, begins_at=NOW - 600)
        for seat, want in site.status.demand.wants.items()
    }
    status = replace(site.status, demand=replace(site.status.demand, wants=wants))

    everyone, late = waves_document(replace(site, status=status)).waves

    assert (everyone.late, everyone.next_due_at) == (1, stamp(NOW - 60))
    assert (late.late, late.next_due_at) == (0, None)


def test_behind_a_shut_gate_no_opening_is_foreseen():
    site = a_busy_site()
    ahead = {seat: replace(want, due_at=NOW + 60, begins_at=NOW - 600) for seat, want in site.status.demand.ahead.items()}
    status = replace(site.status, demand=replace(site.status.demand, ahead=ahead))

    _, late = waves_document(replace(site, status=status)).waves

    assert (late.ahead, late.next_opens_at, late.next_due_at) == (1, None, stamp(NOW + 60))
