"""Each kind of drift between store and cluster is reported as such; apparent drift is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.ids import GuestKey, Vmid
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import Try
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Identity, Phase
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.people.profiles import Addressing
from provisioner.model.vm_marks import configured_tag, tags_for
from provisioner.planning.report.drift import differences_of
from provisioner.planning.survey.surveyor import survey
from provisioner.reasons.drift import CLONE_UNLISTED, DONE, SENT_UNLISTED, TAKEN_UNLISTED, VM_UNLISTED
from provisioner.reasons.reason import Reason
from provisioner.reasons.requests import CLONE_HIDDEN, TAKEN_HIDDEN
from tests.builders.actions import a_key, a_name, a_reservation
from tests.builders.cluster import INSTALLATION, NOW, PVE, a_guest, a_node, a_profile, a_task, a_view, some_addresses
from tests.builders.core import a_config, a_desktop, a_situation, an_agent_id, an_order
from tests.builders.execution import TRIED_ONCE
from tests.planning.plans import orders, plan

PAGE = (Path(__file__).parents[3] / "docs" / "en" / "reconciliation.md").read_text(encoding="utf-8")
READY, OFF, GONE = a_desktop(1), a_desktop(1, Phase.STOPPED), a_desktop(1).but(guest=None)
WITH_ADDRESS = a_desktop(1, address="10.40.0.11")
HALF = a_desktop(1, Phase.CLONING)
TRIED = a_desktop(1, Phase.RESERVED).but(assigned=False, attempts=replace(TRIED_ONCE, error="no_quorum"))
CLONED = Identity(machine="5d" * 16, hostname="vd-5001")
RESTORE = a_task("UPID:restore", kind="qmrestore")


def found(*desktops, notes=None, view=None, **changed):
    situation = a_situation(desktops, view=view, **changed)
    differences = differences_of(situation, survey(situation), notes or {})
    return [(difference.kind, difference.subject, difference.seen) for difference in differences]


def changed_guest(desktop=READY, **changed):
    return desktop.but(guest=replace(desktop.guest, **changed))


CASES = [
    pytest.param([READY], {}, None, id="all as it should be"),
    # missing
    pytest.param(
        [GONE],
        {},
        (DifferenceKind.MISSING, "vd-5001", "VM 5001 is no longer on cluster pve: deleted by hand?"),
        id="deleted",
    ),
    pytest.param([a_desktop(1, Phase.RESERVED).but(assigned=False)], {}, None, id="not cloned yet: no difference"),
    pytest.param(
        [GONE],
        {"view": a_view(nodes=(a_node("n1", online=False), a_node("n2")))},
        None,
        id="its node is away: nothing is known",
    ),
    # unknown VMs
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009),))},
        (DifferenceKind.UNKNOWN_VM, "vm pve/5009", "other on node n1 is in our VMID range, and its note has not been read"),
        id="a VM in our range, its note unread",
    ),
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009),)), "notes": {a_key(9): None}},
        (DifferenceKind.UNKNOWN_VM, "vm pve/5009", "other on node n1 is in our VMID range without a note"),
        id="a VM in our range without a note",
    ),
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009),)), "notes": {a_key(9): a_reservation(9)}},
        (DifferenceKind.UNKNOWN_VM, "vm pve/5009", "other on node n1 is in our VMID range, and its note proves it ours"),
        id="a desktop that the store has lost",
    ),
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009),)), "retired": {a_key(9): "foreign"}},
        (
            DifferenceKind.UNKNOWN_VM,
            "vm pve/5009",
            "other on node n1 is in our VMID range: foreign, or left over from a clone, as found before",
        ),
        id="a VM found to be somebody else's before",
    ),
    pytest.param([], {"view": a_view(guests=(a_guest(100),))}, None, id="a VM outside our range is nobody's business"),
    # doubled
    pytest.param(
        [READY, a_desktop(2, agent_id=an_agent_id(1))],
        {},
        (DifferenceKind.DOUBLED, "vd-5002", "its agent also has vd-5001"),
        id="two desktops of one agent",
    ),
    # half made
    pytest.param(
        [HALF.but(assigned=False)],
        {"view": a_view(half_made={Vmid(5001)})},
        (DifferenceKind.HALF_MADE, "vd-5001", "VM 5001 on node n1 is locked 'clone', but no clone task is running"),
        id="a clone that nobody works on",
    ),
    pytest.param([HALF.but(assigned=False)], {"view": a_view()}, None, id="a clone that is under way"),
    pytest.param(
        [],
        {"view": a_view(), "retired": {a_key(9): CLONE_HIDDEN(why="taken", name="vd-5009", node="n1")}},
        (DifferenceKind.HALF_MADE, "vm pve/5009", CLONE_UNLISTED(vmid=5009, name="vd-5009", node="n1")),
        id="K2: what our clone has left outside the pool",
    ),
    pytest.param(
        [],
        {
            "view": replace(a_view(), existence={Vmid(5009): False}),
            "retired": {a_key(9): CLONE_HIDDEN(why="", name="", node="")},
        },
        None,
        id="K2: its number is free",
    ),
    pytest.param(
        [],
        {"view": a_view(), "retired": {a_key(9): TAKEN_HIDDEN(why="taken")}},
        (DifferenceKind.UNKNOWN_VM, "vm pve/5009", TAKEN_UNLISTED(vmid=5009)),
        id="K2: nobody knows whose it is",
    ),
    pytest.param(
        [TRIED],
        {"view": replace(a_view(), existence={Vmid(5001): True})},
        (DifferenceKind.HALF_MADE, "vd-5001", SENT_UNLISTED(vmid=5001, name="vd-5001", node="n1")),
        id="K2: it was tried, and Proxmox VE says that the number is taken",
    ),
    pytest.param(
        [TRIED.but(assigned=True)],
        {"view": replace(a_view(), existence={Vmid(5001): True})},
        (DifferenceKind.MISSING, "vd-5001", VM_UNLISTED(vmid=5001, cluster="pve")),
        id="K2: it was tried, and somebody had it: it is not called half made, which is deleted",
    ),
    pytest.param(
        [TRIED], {"view": replace(a_view(), existence={Vmid(5001): False})}, None, id="K2: tried, and it left nothing"
    ),
    pytest.param([TRIED], {"view": a_view()}, None, id="K2: tried, and not asked about yet"),
    pytest.param(
        [GONE],
        {"view": replace(a_view(), existence={Vmid(5001): True})},
        (DifferenceKind.MISSING, "vd-5001", VM_UNLISTED(vmid=5001, cluster="pve")),
        id="K2: missing, and there all the same",
    ),
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009, lock="clone", name=None),), half_made={Vmid(5009)})},
        (DifferenceKind.HALF_MADE, "vm pve/5009", "VM 5009 on node n1 is locked 'clone', but no clone task is running"),
        id="a half-made VM that the store does not know",
    ),
    pytest.param(
        [],
        {"view": a_view(guests=(a_guest(5009, lock="clone", name=None),)), "retired": {a_key(9): "foreign"}},
        (DifferenceKind.HALF_MADE, "vm pve/5009", "VM 5009 on node n1 is locked 'clone', but no clone task is running"),
        id="a half-made VM that was found before",
    ),
    # moved
    pytest.param(
        [READY.on("n2")],
        {},
        (DifferenceKind.MOVED, "vd-5001", "it is on node n2, but was cloned on n1"),
        id="migrated",
    ),
    # renamed
    pytest.param(
        [changed_guest(name="marketing")], {}, (DifferenceKind.RENAMED, "vd-5001", "the VM is called marketing"), id="renamed"
    ),
    pytest.param([changed_guest(name=None)], {}, None, id="its name is not known yet"),
    # size
    pytest.param(
        [changed_guest(memory_mib=8192, vcpus=4.0)],
        {},
        (DifferenceKind.RESIZED, "vd-5001", "it has 8192 MiB and 4 vCPUs, but profile office has 4096 MiB and 2 vCPUs"),
        id="A3: it was made larger by hand",
    ),
    pytest.param([changed_guest(memory_mib=None, vcpus=None)], {}, None, id="its size is not known yet"),
    # tags
    pytest.param(
        [changed_guest(tags=READY.guest.tags - {"profile-office"})],
        {},
        (DifferenceKind.RETAGGED, "vd-5001", "it lacks the tags profile-office"),
        id="a tag of ours was taken off",
    ),
    pytest.param(
        [changed_guest(tags=frozenset())],
        {},
        (DifferenceKind.RETAGGED, "vd-5001", "the tag that marks it as configured is missing"),
        id="all tags were taken off",
    ),
    pytest.param(
        [changed_guest(tags=READY.guest.tags - {"img-golden-1"} | {"img-golden-0", "vip"})],
        {},
        None,
        id="an older image, and a tag of somebody's own",
    ),
    pytest.param([a_desktop(1, Phase.CLONED).but(assigned=False)], {}, None, id="not configured yet: no difference"),
    # profiles that have changed
    pytest.param(
        [READY],
        {"config": a_config(a_profile(vcpus=4, memory_mib=8192))},
        (DifferenceKind.OUTDATED, "vd-5001", "another size: the profile has 4 vCPUs and 8192 MiB now"),
        id="its profile's size has changed: no difference of its own",
    ),
    pytest.param(
        [READY],
        {"config": a_config(a_profile(bridge="vmbr1"))},
        (
            DifferenceKind.OUTDATED,
            "vd-5001",
            "another network card: the profile has bridge vmbr1 without a VLAN now (firewall and MTU count, too)",
        ),
        id="its profile's bridge has changed",
    ),
    pytest.param(
        [READY],
        {"config": a_config(a_profile(vlan=40, nameservers=("10.0.0.53",)))},
        (
            DifferenceKind.OUTDATED,
            "vd-5001",
            "another network card: the profile has bridge vmbr0 and VLAN 40 now (firewall and MTU count, too), other name "
            "servers or search domains",
        ),
        id="several settings have changed",
    ),
    pytest.param(
        [READY],
        {
            "config": a_config(a_profile(bridge="vmbr1")),
            "reconfigured": {a_name(1): Try(NOW - 60, Reason("Permission check failed"))},
        },
        (
            DifferenceKind.OUTDATED,
            "vd-5001",
            "another network card: the profile has bridge vmbr1 without a VLAN now (firewall and MTU count, too); it could not "
            "be configured again: Permission check failed",
        ),
        id="it could not be configured again",
    ),
    pytest.param(
        [changed_guest(tags=frozenset(tags_for(a_profile(), INSTALLATION)))],
        {},
        (
            DifferenceKind.OUTDATED,
            "vd-5001",
            "it is not known what it was configured with: it has no tag cfg-…",
        ),
        id="its tag was removed",
    ),
    pytest.param([READY], {"config": a_config(a_profile("other"))}, None, id="its profile is no longer configured"),
    # addresses
    pytest.param(
        [WITH_ADDRESS],
        {"config": a_config(a_profile(addressing=some_addresses("10.40.0.20", "10.40.0.30")))},
        (DifferenceKind.MISADDRESSED, "vd-5001", "its address 10.40.0.11 is none of the profile's, 10.40.0.20 to 10.40.0.30"),
        id="its address is outside the range",
    ),
    pytest.param(
        [WITH_ADDRESS],
        {"config": a_config(a_profile(addressing=Addressing(network="10.50.0.0/24", first="10.50.0.10", last="10.50.0.30")))},
        (DifferenceKind.MISADDRESSED, "vd-5001", "its address 10.40.0.11 is not in the profile's network 10.50.0.0/24"),
        id="its address is in another network",
    ),
    pytest.param(
        [WITH_ADDRESS],
        {},
        (DifferenceKind.MISADDRESSED, "vd-5001", "it has the address 10.40.0.11, and the profile uses DHCP now"),
        id="its profile uses DHCP now",
    ),
    pytest.param(
        [READY],
        {"config": a_config(a_profile(addressing=some_addresses("10.40.0.20", "10.40.0.30")))},
        (
            DifferenceKind.MISADDRESSED,
            "vd-5001",
            "it gets its address by DHCP, and the profile gives 10.40.0.20 to 10.40.0.30 now",
        ),
        id="its profile has addresses now",
    ),
    # notes
    pytest.param(
        [READY],
        {"notes": {a_key(1): None}},
        (DifferenceKind.NOTE_CHANGED, "vd-5001", "its description has no note of ours: edited, or removed"),
        id="its note was edited",
    ),
    pytest.param(
        [READY],
        {"notes": {a_key(1): a_reservation(2)}},
        (DifferenceKind.NOTE_CHANGED, "vd-5001", "its description holds the note of vd-5002 (VM pve/5002)"),
        id="its note was replaced by another desktop's",
    ),
    pytest.param(
        [READY],
        {"notes": {a_key(1): a_reservation(1, agent_id=an_agent_id(7))}},
        (
            DifferenceKind.NOTE_CHANGED,
            "vd-5001",
            "its note is signed, but name, agent, profile or address are not the store's",
        ),
        id="its note says another agent",
    ),
    pytest.param([READY], {"notes": {a_key(1): a_reservation(1)}}, None, id="its note is as it should be"),
    # copies
    pytest.param(
        [READY],
        {"view": a_view(guests=(a_guest(100, name="vd-5001"),))},
        (DifferenceKind.NAME_COPIED, "vm pve/100", "it has the same name, vd-5001, as the desktop with VMID 5001"),
        id="a VM of the same name: a copy, or a backup restored under another number",
    ),
    # power
    pytest.param(
        [OFF],
        {},
        (
            DifferenceKind.POWERED_OFF,
            "vd-5001",
            "it is off, but was ready before: shut down by hand or from inside, or its node was off",
        ),
        id="powered off",
    ),
    pytest.param([OFF.but(assigned=False)], {}, None, id="never started yet: no difference"),
    pytest.param([OFF], {"intents": (an_order(IntentKind.DRAIN, "n1"),)}, None, id="off because its node is drained"),
    # pools
    pytest.param(
        [changed_guest(pool="secret"), a_desktop(2), a_desktop(3)],
        {},
        (
            DifferenceKind.OTHER_POOL,
            "vd-5001",
            "it is in pool secret, but most desktops of profile office are in no pool",
        ),
        id="put in a pool",
    ),
    pytest.param(
        [changed_guest(a_desktop(number), pool="telework") for number in (1, 2)], {}, None, id="the site keeps all in one pool"
    ),
    # identity shared
    pytest.param(
        [READY.but(identity=CLONED), a_desktop(3).on("n2").but(identity=replace(CLONED, hostname="vd-5003"))],
        {"view": a_view(nodes=(a_node("n1"), a_node("n2", online=False)))},
        (DifferenceKind.SHARED_IDENTITY, "vd-5001", "it has the same machine-id as vd-5003"),
        id="a template that was not generalised",
    ),
    # restored
    pytest.param(
        [READY],
        {"view": a_view(tasks=(replace(RESTORE, guest=Vmid(5001), ended_at=NOW - 30, status="OK", user="root@pam"),))},
        (DifferenceKind.RESTORED, "vd-5001", "restored from a backup by root@pam"),
        id="restored from a backup",
    ),
    pytest.param(
        [READY],
        {"view": a_view(tasks=(replace(RESTORE, guest=Vmid(5001), ended_at=NOW - 30, status="no space"),))},
        None,
        id="a restore that failed",
    ),
    # superseded
    pytest.param(
        [READY, a_desktop(2, agent_id=an_agent_id(1))],
        {"superseded": {"vd-5001": "vd-5002"}},
        (DifferenceKind.SUPERSEDED, "vd-5001", "its agent has been given vd-5002 instead"),
        id="superseded, and seen again",
    ),
]


@pytest.mark.parametrize(("desktops", "changed", "expected"), CASES)
def test_each_difference_is_reported_by_its_kind(desktops, changed, expected):
    assert found(*desktops, **changed) == ([expected] if expected else [])


def test_every_kind_has_a_case():
    assert {case.values[2][0] for case in CASES if case.values[2]} | {DifferenceKind.NOTE_COPIED} == set(DifferenceKind)


def test_a_copied_note_is_told_beside_the_vm_that_carries_it():
    view = a_view(guests=(a_guest(5009), a_guest(100, name="vd-5001")))
    notes = {a_key(9): a_reservation(1), GuestKey(PVE, Vmid(100)): a_reservation(1)}

    kinds = [(kind, subject) for kind, subject, _ in found(READY, view=view, notes=notes)]

    assert kinds == [
        (DifferenceKind.UNKNOWN_VM, "vm pve/5009"),
        (DifferenceKind.NOTE_COPIED, "vm pve/100"),
        (DifferenceKind.NOTE_COPIED, "vm pve/5009"),
        (DifferenceKind.NAME_COPIED, "vm pve/100"),
    ]


UNTOUCHED = [
    pytest.param(changed_guest(name="marketing"), id="renamed"),
    pytest.param(changed_guest(tags=READY.guest.tags - {"profile-office"}), id="re-tagged"),
    pytest.param(changed_guest(pool="secret"), id="in another pool"),
    pytest.param(READY.on("n2"), id="moved"),
]


@pytest.mark.parametrize("desktop", UNTOUCHED)
def test_reported_drift_causes_no_action(desktop):
    """The daemon plans no action for it; the desktop is used as before."""
    assert orders(plan([desktop])) == []


def test_a_powered_off_desktop_is_started_only_where_it_is_wanted():
    assert orders(plan([OFF])) == ["start vd-5001"]
    assert orders(plan([OFF], wanted=0)) == []


def test_a_desktop_of_a_profile_that_is_gone_is_not_judged_by_its_tags():
    assert found(changed_guest(tags=frozenset({"bascule-lab"})), config=a_config(a_profile("cad"))) == []


def test_a_vm_that_is_paused_is_not_called_off():
    assert found(changed_guest(power=Power.PAUSED)) == []


@pytest.mark.parametrize("kind", DifferenceKind)
def test_the_page_says_what_is_done_about_it(kind):
    done = DONE[kind]
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{kind.value}` |")]

    assert done.text in row
    assert (done.act or "nothing") in row


@pytest.mark.parametrize("what", [CLONE_UNLISTED, SENT_UNLISTED, TAKEN_UNLISTED], ids=lambda kind: kind.code)
def test_nobody_is_advised_to_destroy_what_may_be_a_persons_desktop(what):
    """K2: our note is on every desktop; what only a whole desktop has is our tag."""
    text = what(vmid=5009, name="vd-5009", node="n1")

    assert "our note and no tag bascule-" in text
    assert configured_tag(INSTALLATION).startswith("bascule-")
