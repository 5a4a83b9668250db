"""Why a node or a wave is as it is."""

from dataclasses import replace

import pytest

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import NodeKey, NodeName, WaveName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Wave
from provisioner.model.status import Headroom, NodeHeadroom
from provisioner.model.words import WaitsFor
from provisioner.ports import JournalEntry
from provisioner.reasons.placement import COUNTED, MEMORY, NODE_AWAY
from provisioner.reasons.reason import NONE
from provisioner.views.times import stamp
from provisioner.views.why.document import why_document
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_budget, a_config, a_desktop, a_want, a_want_ahead, an_order
from tests.builders.views import a_publication
from tests.views.test_why import nothing_in_the_journal

EVERYONE, LATE = (Wave(name=WaveName(name), who=Selection()) for name in ("everyone", "late"))
N1 = NodeKey(PVE, NodeName("n1"))


def the_node(published, journal=nothing_in_the_journal):
    node = why_document(published, "pve/n1", journal).node
    assert node is not None
    return node


def the_wave(name, **changed):
    wave = why_document(a_publication(waves=[EVERYONE, LATE], **changed), name, nothing_in_the_journal).wave
    assert wave is not None
    return wave


def with_reason(published, reason, *, left=None):
    """Somebody waits for this, and so much memory is left on n1."""
    status = published.status
    waiting = Deferral(what="login0009", seat=None, reason=reason, binds=WaitsFor.MEMORY)
    headroom = status.headroom
    if left is not None:
        headroom = Headroom(nodes={**headroom.nodes, N1: NodeHeadroom(memory_mib=left, vcpus=8)}, storages=headroom.storages)
    return replace(
        published, status=replace(status, plan=replace(status.plan, singles=(*status.plan.singles, waiting)), headroom=headroom)
    )


def test_a_node_says_what_is_on_it_and_who_closed_it():
    drain = an_order(IntentKind.DRAIN, "n1", reason="new memory")
    published = a_publication(a_desktop(1), a_desktop(2), a_desktop(3, Phase.FAILED), wanted=3, intents=(drain,))
    node = the_node(published, lambda subject: [a_given_drain()] if subject == "pve/n1" else ())

    assert (node.node.online, node.node.drained, node.phases) == (True, True, {"failed": 1, "ready": 1})
    assert "new memory" in node.node.because.text
    assert [intent.kind for intent in node.intents] == ["drain"]
    assert [(line.what, line.result) for line in node.journal] == [("drain", "given")]
    assert sum(count.count for count in node.troubles) == 1
    assert [storage.storage for storage in node.storages] == ["local"]


def a_given_drain():
    return JournalEntry(at=NOW - 60, what="drain", subject="pve/n1", result="given", reason=NONE, sequence=3)


@pytest.mark.parametrize(
    ("left", "needed", "short"),
    [
        pytest.param(8192.0, 4096, [], id="enough"),
        pytest.param(1024.0, 4096, [("memory", 1024.0, 4096.0)], id="less than a desktop that waits needs"),
        pytest.param(1024.0, None, [], id="little, and nobody waits for it"),
        pytest.param(-512.0, None, [("memory", -512.0, None)], id="more is used than may be"),
    ],
)
def test_a_node_is_short_of_what_the_plan_says_is_needed(left, needed, short):
    reason = NODE_AWAY(node="n2") if needed is None else COUNTED(why=MEMORY(memory_mib=needed), times=1, of=2)
    node = the_node(with_reason(a_publication(), reason, left=left))

    assert [(entry.resource, entry.left, entry.needed) for entry in node.short] == short


def test_whoever_waits_for_the_node_is_counted_and_nobody_else():
    assert [count.count for count in the_node(with_reason(a_publication(), NODE_AWAY(node="n1"))).waiting] == [1]
    assert the_node(with_reason(a_publication(), NODE_AWAY(node="n2"))).waiting == ()


def test_desktops_of_a_wave_are_counted_by_phase_with_what_binds():
    desktops = (a_desktop(1), a_desktop(3, Phase.STOPPED), a_desktop(5, Phase.STOPPED), a_desktop(7, Phase.FAILED))
    published = a_publication(
        *desktops,
        wanted=[a_want(number) for number in (1, 3, 5, 7, 8)],
        agents=8,
        waves=[EVERYONE, LATE],
        config=a_config(budget=a_budget(boots_per_node=1)),
    )
    wave = why_document(published, "everyone", nothing_in_the_journal).wave

    assert (wave.phases, wave.missing) == ({"failed": 1, "ready": 1, "stopped": 2}, 1)
    assert (wave.binds, sum(count.count for count in wave.waiting)) == ("boots", 1)
    assert [count.count for count in wave.stuck] == [1]


def test_a_wave_that_has_not_opened_says_when_it_does():
    wave = the_wave("late", later=[a_want_ahead(2, wave=WaveName("late"))])

    assert (wave.wave.wanted, wave.wave.later, wave.wave.next_opens_at) == (0, 1, stamp(NOW + 3600))
    assert (wave.binds, [count.count for count in wave.later]) == (None, [1])
