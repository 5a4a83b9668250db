"""F2, F3, F13: everything that the daemon knows to be wrong, or does not know, is in one list; what is well is not in it."""

from dataclasses import replace

import pytest

from provisioner.cli.operating.status import calls_somebody
from provisioner.cli.output import plain
from provisioner.extensions import Parts
from provisioner.model.actions import Plan
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.guard import GuardRecord, HeldInput, Quarantine
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.intents import IntentKind
from provisioner.model.kept.set_aside import SetAside
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import IN_VAIN_S, Attempts, Phase, Unheard
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.model.people.agents import Rejected
from provisioner.model.scenario.etas import WaveEta, WaveOutlook
from provisioner.model.status import WORK_FAILING, ConfigState, FailingAlike, Headroom, Status, StorageHeadroom
from provisioner.model.words import GuestWord
from provisioner.reasons.phases import ABSENT_MANY, FIRST_BOOT_FAILED, HIDDEN
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import WAVE_LATE
from provisioner.reasons.targets import UNOBSERVED
from provisioner.reasons.wrong import GROUPS_UNTOLD, TOKENS_REFUSED
from provisioner.views.findings import wrong_documents
from provisioner.wrong.alerts import ADDED
from provisioner.wrong.entry import OLD_S, Severity
from provisioner.wrong.keeping import WrongList
from provisioner.wrong.listing import hinders, severity_of, wrong_at, wrong_in
from provisioner.wrong.table import TABLE
from tests.builders.monitors import MONDAY, PVE, a_desktop, a_roster, a_snapshot, a_status
from tests.builders.work import work_of

WELL = a_status(desktops=(a_desktop(1), a_desktop(2)))
SAID = Reason("connection refused")
VIEW = a_snapshot().clusters[PVE]


def of_ceph(gib: float, *, node: str = "") -> Headroom:
    return Headroom(storages=(StorageHeadroom(cluster=PVE, node=NodeName(node), storage=StorageId("ceph"), gib=gib),))


def with_ceph(**changes: object) -> Snapshot:
    """Of 2,048 GiB."""
    snapshot = a_snapshot()
    view = snapshot.clusters[PVE]
    return snapshot.with_view(replace(view, storages=tuple(replace(storage, **changes) for storage in view.storages)))


def silent(number: int, *, for_s: float):
    return replace(a_desktop(number, sessions=None), phase=Phase.SILENT, unknown_since=MONDAY - for_s)


def unasked(number: int, *, for_s: float):
    """A starting desktop."""
    unheard = Unheard(word=GuestWord.NOT_ASKED, text="refused", since=MONDAY - for_s)
    return replace(a_desktop(number, Phase.STARTING), unheard=unheard)


def dated(*ages_s: float):
    """Starting desktops whose documents are so old."""
    texts = (Unheard(word=GuestWord.OUTDATED, text="old", since=MONDAY, age_s=age_s) for age_s in ages_s)
    return {f"vd-{n}": replace(a_desktop(n, Phase.STARTING), unheard=unheard) for n, unheard in enumerate(texts, 1)}


def alike(*, profile: str | None = "office", node: str | None = None):
    named = ProfileName(profile) if profile and not node else None
    return FailingAlike(
        cluster=PVE, node=NodeName(node) if node else None, profile=named, desktops=(DesktopName("vd-1"),), said=SAID
    )


def tried(number: int, *, error: str, waited: int = 0):
    return replace(a_desktop(number, Phase.RESERVED), wanted=True, attempts=Attempts(error=error, waited=waited, reason=SAID))


def held(of: HeldInput) -> GuardRecord:
    quarantine = Quarantine(since=MONDAY - 60, read_at=MONDAY, reason=Reason("600 would leave"), leavers=600, joiners=0, of=of)
    return GuardRecord(quarantine=quarantine)


def an_eta(says: Reason) -> dict:
    eta = WaveEta(wave="first", ready_by=MONDAY, people=40, ready=20, late=3, outlook=WaveOutlook.LATE, says=says)
    return {"first": eta}


def aside(**changed: object) -> SetAside:
    return SetAside(**{"kind": "stop", "target": "vd-1", "by": "root", "why": "ValueError", "at": MONDAY, **changed})


SEVEN = AgentId("7")
LEFT = Difference(
    kind=DifferenceKind.HALF_MADE, subject="vm pve/5009", key=GuestKey(PVE, Vmid(5009)), seen=Reason("no VM list shows it")
)


def ending(*, days: float | None, fault: Reason = NONE) -> WatchedCertificate:
    """The receiver's certificate."""
    ends = None if days is None else WELL.at + days * 86_400
    return WatchedCertificate(use="receiver.certificate", path="receiver.pem", ends=ends, fault=fault)


CASES = [
    pytest.param({"snapshot": Snapshot()}, ["cluster_unseen"], id="F2: never observed"),
    pytest.param(
        {"snapshot": Snapshot(), "paused": {PVE: UNOBSERVED(said="a certificate that nobody knows")}},
        ["cluster_unseen_why"],
        id="F2: never observed, after a changed CA",
    ),
    pytest.param({"paused": {PVE: UNOBSERVED(said=SAID)}}, ["cluster_paused"], id="F2: the whole cluster unreachable"),
    pytest.param({"snapshot": a_snapshot(taken_at=MONDAY - OLD_S - 1)}, ["cluster_old"], id="no answer, and no refusal"),
    pytest.param(
        {"snapshot": Snapshot().with_view(replace(VIEW, quorate=None))}, ["quorum_unknown"], id="F4: it does not say its quorum"
    ),
    pytest.param(
        {"snapshot": Snapshot().with_view(replace(VIEW, quorum_asked_at=MONDAY - OLD_S - 1))},
        ["quorum_unknown"],
        id="F4: its quorum was not asked for too long",
    ),
    pytest.param({"snapshot": a_snapshot(offline=1)}, ["node_is_offline"], id="F13: a node is offline"),
    pytest.param(
        {"desktops": {"vd-1": replace(a_desktop(1, Phase.UNKNOWN), because=ABSENT_MANY(absent=17))}},
        ["listing_doubted"],
        id="F3: a token that sees nothing",
    ),
    pytest.param(
        {
            "desktops": {
                f"vd-{number}": replace(
                    a_desktop(number, Phase.UNKNOWN),
                    because=HIDDEN(vmid=number, place=f"/vms/{number}"),
                    superseded_by=DesktopName("vd-9"),
                )
                for number in (1, 2, 3)
            }
        },
        ["desktops_unlisted"],  # and not "listing_doubted"
        id="K1: superseded desktops close no cluster",
    ),
    pytest.param({"headroom": of_ceph(-1.0)}, ["storage_filled"], id="a storage is filled"),
    pytest.param(
        {"headroom": of_ceph(-1.0), "snapshot": with_ceph(used_gib=2020.0)}, ["storage_is_full"], id="F12: a thin pool is full"
    ),
    pytest.param(
        {"headroom": of_ceph(-1.0), "snapshot": with_ceph(used_gib=2020.0, content=frozenset({"backup"}))},
        ["storage_filled"],
        id="a full storage of backups stops nobody",
    ),
    pytest.param({"headroom": of_ceph(0.0)}, [], id="a storage is as full as it may be"),
    pytest.param(
        {"headroom": of_ceph(-404.0), "snapshot": a_snapshot(nodes=2, offline=2)},
        ["node_is_offline", "node_is_offline"],
        id="F12: nothing is known of a storage whose nodes are away",
    ),
    pytest.param({"directory_error": SAID}, ["directory_unread"], id="F2: each reading of the directory fails"),
    pytest.param({"roster": None}, ["no_roster"], id="no roster yet"),
    pytest.param({"roster": None, "directory_error": SAID}, ["no_roster_why"], id="no roster, and why"),
    pytest.param({"roster": a_roster(0)}, ["nobody_there"], id="F2: the directory gives nobody"),
    pytest.param({"roster": a_roster(979, rejected=20)}, ["many_rejected"], id="F2: rejected entries"),
    pytest.param({"roster": a_roster(980, rejected=20)}, ["entries_rejected"], id="as many as there nearly always are"),
    pytest.param(
        {"roster": replace(a_roster(1), rejected=(Rejected(entry="uid=x", reason="", same_as=(AgentId("agent-1"),)),))},
        ["person_recreated"],
        id="somebody is there under a new id",
    ),
    pytest.param(
        {"roster": replace(a_roster(1), rejected=(Rejected(entry="x", reason="", agent_id=SEVEN, same_as=(SEVEN,)),))},
        ["other_people_held"],
        id="G1: an id shows another person",
    ),
    pytest.param({"directory_failing_servers": ("ldap2: refused",)}, ["directory_server_fails"], id="a server of two fails"),
    pytest.param({"guard": held(HeldInput.DIRECTORY)}, ["held_directory"], id="the directory is held back"),
    pytest.param({"guard": held(HeldInput.CONFIGURATION)}, ["held_configuration"], id="the configuration is held back"),
    pytest.param({"guard": held(HeldInput.BOTH)}, ["held_both"], id="both are held back"),
    pytest.param({"baseline_accepted": False}, ["baseline_waits"], id="F3: the store was rebuilt"),
    pytest.param({"config": ConfigState(rejected=Reason("x: unknown key"))}, ["config_rejected"], id="a refused reload"),
    pytest.param({"config": ConfigState(waits_for_restart=("log",))}, ["restart_waits"], id="a change waits for a restart"),
    pytest.param({"etas": an_eta(WAVE_LATE(wave="first", count=3, people=40, why="no room"))}, ["wave_late"], id="a late wave"),
    pytest.param({"etas": an_eta(Reason(""))}, [], id="a wave in time"),
    pytest.param({"desktops": {"vd-1": a_desktop(1, Phase.FAILED)}}, ["desktop_failed"], id="a desktop has failed"),
    pytest.param(
        {"desktops": {"vd-1": replace(a_desktop(1, Phase.FAILED), superseded_by="vd-2")}}, [], id="its agent has another"
    ),
    pytest.param(
        {"desktops": {"vd-1": replace(a_desktop(1, Phase.STARTING), late=True)}},
        ["desktop_late"],
        id="a desktop does not come up",
    ),
    pytest.param({"desktops": {"vd-1": silent(1, for_s=160)}}, ["desktop_silent"], id="F5: one that hangs"),
    pytest.param(
        {"desktops": {"vd-1": replace(silent(1, for_s=7200), phase=Phase.READY)}},
        [],
        id="its sessions are not known, and it was not asked: the cluster was out of sight",
    ),
    pytest.param(
        {"desktops": {"vd-1": replace(silent(1, for_s=7200), quarantined=True)}}, [], id="one that an operator keeps as it is"
    ),
    pytest.param(
        {"desktops": {"vd-1": replace(a_desktop(1, Phase.UNKNOWN), because=HIDDEN(vmid=1, place="/vms/1"))}},
        ["desktop_unlisted"],
        id="a VM that the list does not show",
    ),
    pytest.param({"left_behind": (LEFT,)}, ["left_behind"], id="K2: a half-made VM outside the pool"),
    pytest.param({"desktops": {"vd-1": unasked(1, for_s=IN_VAIN_S)}}, ["desktop_unasked"], id="two questions not passed on"),
    pytest.param({"desktops": {"vd-1": unasked(1, for_s=IN_VAIN_S - 1)}}, [], id="one question not passed on"),
    pytest.param(
        {"snapshot": a_snapshot(offline=1), "desktops": {"vd-16": replace(unasked(16, for_s=7200), phase=Phase.UNKNOWN)}},
        ["node_is_offline"],
        id="not passed on by a node that is away: the node says why",
    ),
    pytest.param(
        {"desktops": {"vd-1": replace(a_desktop(1, Phase.STARTING), because=FIRST_BOOT_FAILED())}},
        ["desktop_setup_failed"],
        id="a first boot that has failed",
    ),
    pytest.param({"desktops": dated(900.0, 905.0, 899.0)}, ["own_clock_ahead"], id="F23: all are dated alike"),
    pytest.param(
        {"desktops": dated(-900.0, -905.0, -899.0)}, ["own_clock_behind"], id="F23: all are dated alike, in the future"
    ),
    pytest.param({"desktops": dated(900.0, -905.0, 2000.0)}, [], id="F23: each has a clock of its own"),
    pytest.param({"desktops": dated(900.0, 905.0)}, [], id="F23: two may be chance"),
    pytest.param(
        {"desktops": {**dated(900.0, 905.0, 899.0), "vd-9": a_desktop(9)}}, [], id="F23: another desktop's date is right"
    ),
    pytest.param({"cut": (DesktopName("vd-1"),)}, ["desktops_cut"], id="H2: it says more than a desktop has to"),
    pytest.param({"alike": (alike(profile=None),)}, ["desktops_fail_alike"], id="desktops of all profiles fail alike"),
    pytest.param({"alike": (alike(),)}, ["profile_fails_alike"], id="desktops of a profile fail alike"),
    pytest.param({"alike": (alike(node="pve1"),)}, ["node_refuses_orders"], id="a node refuses every order"),
    pytest.param({"desktops": {"vd-1": tried(1, error="forbidden")}}, ["person_stuck"], id="a right is missing"),
    pytest.param({"desktops": {"vd-1": tried(1, error="lock_busy", waited=3)}}, [], id="a lock that is busy"),
    pytest.param({"desktops": {"vd-1": tried(1, error="lock_busy", waited=4)}}, ["person_stuck"], id="a lock that stays busy"),
    pytest.param(
        {"desktops": {"vd-1": replace(tried(1, error="forbidden"), wanted=False)}}, [], id="nobody waits for that desktop"
    ),
    pytest.param(
        {"alike": (alike(),), "desktops": {"vd-1": tried(1, error="forbidden")}},
        ["profile_fails_alike"],
        id="a common cause is said once",
    ),
    pytest.param({"plan": Plan(other_key=SAID)}, ["note_key_differs"], id="F2: another note_key"),
    pytest.param({"set_aside": (aside(), aside(target="vd-2"))}, ["order_set_aside"], id="H1: orders that do nothing"),
    pytest.param({"set_aside": (aside(stands_for=IntentKind.HOLD),)}, ["order_stands"], id="H1: an order that may protect"),
    pytest.param({"set_aside": (aside(kind="people", table="people"),)}, ["row_set_aside"], id="H1: a row of the store"),
    pytest.param({"store_away": SAID, "store_away_since": MONDAY}, ["store_away"], id="N8: the store does not answer"),
    pytest.param({"disk_free_mib": 255.0}, ["disk_short"], id="F23: the disk of the store"),
    pytest.param({"disk_free_mib": 256.0}, [], id="room enough"),
    pytest.param({"callers": (GROUPS_UNTOLD(),)}, ["groups_untold"], id="H4: the kernel tells no groups"),
    pytest.param({"callers": (TOKENS_REFUSED(why=SAID),)}, ["tokens_refused"], id="H10: others can write to the tokens"),
    pytest.param({"unprofiled": {"standard": 200}}, ["profile_unconfigured"], id="desktops of a profile that is renamed"),
    pytest.param({"parts": Parts().having(WORK_FAILING, {"dns": "KeyError"})}, ["work_fails"], id="work beside the loop fails"),
    pytest.param({"certificates": (ending(days=15),)}, [], id="N4: a certificate ends, and a program may still renew it"),
    pytest.param({"certificates": (ending(days=13),)}, ["certificate_at_end"], id="N4: a certificate that nobody has renewed"),
    pytest.param({"certificates": (ending(days=0),)}, ["certificate_over"], id="N4: a certificate has ended"),
    pytest.param(
        {"certificates": (ending(days=None, fault=SAID),)},
        ["certificate_unused"],
        id="N4: nobody knows when a certificate ends",
    ),
    pytest.param(
        {"certificates": (ending(days=-1, fault=SAID),)},
        ["certificate_over", "certificate_unused"],
        id="N4: the new certificate cannot be used, and the earlier has ended",
    ),
]


def listed(**changes: object):
    return wrong_in(replace(WELL, **changes), (PVE,))


@pytest.mark.parametrize(("changes", "codes"), CASES)
def test_what_is_wrong_is_in_the_list_and_nothing_else(changes: dict, codes: list[str]):
    assert [entry.code for entry in listed(**changes)] == codes


def test_where_all_is_well_the_list_is_empty():
    assert listed() == ()


GLANCE = 20
"""Instructions."""


def test_l7_desktops_that_are_well_cost_a_glance_each():
    """The list is made in every cycle: of each desktop that was looked at eight times, a fifth of a cycle at 100,000."""
    few, many = ({f"vd-{n}": a_desktop(n) for n in range(count)} for count in (10, 110))

    assert work_of(lambda: listed(desktops=many)) - work_of(lambda: listed(desktops=few)) <= 100 * GLANCE


def test_l7_storages_of_many_clusters_are_gone_through_once():
    few, many = (some_clusters(count) for count in (5, 20))

    assert work_of(lambda: listed(**many)) < 5 * work_of(lambda: listed(**few))


def some_clusters(count: int) -> dict[str, object]:
    """So many clusters, each with a storage on each of ten nodes."""
    snapshot = Snapshot()
    for cluster in range(count):
        snapshot = snapshot.with_view(replace(VIEW, cluster=ClusterId(f"c{cluster}")))
    storages = tuple(
        StorageHeadroom(cluster=ClusterId(f"c{cluster}"), node=NodeName(f"n{node}"), storage=StorageId("nvme"), gib=100.0)
        for cluster in range(count)
        for node in range(10)
    )
    return {"snapshot": snapshot, "headroom": Headroom(storages=storages)}


def test_every_kind_of_entry_has_a_case_here():
    """A maker that is removed fails its case."""
    of_others = {"no_cycle", "cycle_late"} | {kind.code for each in ADDED.found() for kinds in each.values() for kind in kinds}
    plural = {"people_recreated", "desktops_failed", "desktops_late", "desktops_silent", "desktops_unlisted"}
    plural |= {"desktops_unasked", "desktops_setup_failed", "people_stuck"}
    waves = {code for code in TABLE if code.startswith("wave_")} - {"wave_late"}

    assert {code for param in CASES for code in param.values[1]} | plural == TABLE.keys() - of_others - waves


def test_the_worst_is_said_first_and_only_notes_call_nobody():
    servers = listed(directory_failing_servers=("ldap2: refused",))
    all_of_it = listed(directory_failing_servers=("ldap2: refused",), paused={PVE: SAID}, directory_error=SAID)

    said = [{"wrong": plain(wrong_documents(entries))} for entries in (servers, all_of_it)]
    assert [calls_somebody(document) for document in said] == [False, True]
    assert [severity_of(entry) for entry in all_of_it] == [Severity.CRITICAL, Severity.WARNING, Severity.NOTE]


def test_a_second_cluster_that_is_well_does_not_hide_the_first():
    entries = wrong_in(WELL, (PVE, ClusterId("west")))

    assert [(entry.code, entry.about) for entry in entries] == [("cluster_unseen", "west")]


def test_several_desktops_are_one_entry_with_their_number_and_the_first_names():
    desktops = {f"vd-{n}": silent(n, for_s=7200 - n) for n in range(1, 31)}
    (entry,) = listed(desktops=desktops)

    assert (entry.code, entry.concerns, len(entry.names), entry.since) == ("desktops_silent", 30, 20, MONDAY - 7199)
    assert "30 desktops" in entry.says
    assert "vd-1, vd-10, vd-11 and 27 more" in entry.says


def test_what_cannot_be_asked_is_so_since_the_first_question_in_vain():
    """Not since it is in its phase: a desktop that was ready for a day was not asked in vain for a day."""
    desktops = {f"vd-{n}": replace(unasked(n, for_s=60 * n), phase=Phase.READY, since=MONDAY - 86_400) for n in (2, 1)}
    (entry,) = listed(desktops=desktops)

    assert (entry.code, entry.concerns, entry.since) == ("desktops_unasked", 2, MONDAY - 120)


def test_an_offline_node_says_what_stood_on_it():
    (entry,) = listed(snapshot=a_snapshot(offline=1), desktops={"vd-16": a_desktop(16), "vd-1": a_desktop(1)})

    assert (entry.about, entry.concerns, entry.seen_at) == ("pve/pve0", 1, MONDAY)


def test_what_keeps_the_daemon_from_its_work_is_told_apart():
    """F3."""
    hindered = {code for code, meaning in TABLE.items() if meaning.unready}

    assert {entry.code for entry in hinders(listed(paused={PVE: SAID}, directory_error=SAID))} == {"cluster_paused"}
    assert hindered >= {"cluster_unseen", "cluster_old", "listing_doubted", "baseline_waits", "no_roster", "cycle_late"}


@pytest.mark.parametrize(("age_s", "codes"), [(120.0, []), (121.0, ["cycle_late"])])
def test_a_loop_that_hangs_is_wrong_however_well_its_last_word_was(age_s: float, codes: list[str]):
    """F3."""
    entries = wrong_at((), MONDAY, now=MONDAY + age_s, limit_s=120.0)

    assert [entry.code for entry in entries] == codes


def test_an_entry_stands_since_it_was_first_listed_and_anew_after_it_was_gone():
    kept, lost = WrongList((PVE,)), {"paused": {PVE: SAID}}

    def since(seconds: float, **changes: object) -> list[float]:
        status: Status = replace(a_status(at=MONDAY + seconds), **changes)
        return [entry.since - MONDAY for entry in kept.of(status)]

    assert [since(0, **lost), since(10, **lost), since(20), since(30, **lost)] == [[0.0], [0.0], [], [30.0]]


def test_the_same_status_is_listed_once():
    kept, status = WrongList((PVE,)), replace(WELL, paused={PVE: SAID})

    assert kept.of(status) is kept.of(status)


def test_after_a_clock_is_set_back_nothing_is_wrong_since_a_time_to_come():
    kept = WrongList((PVE,))
    ahead = replace(a_status(at=MONDAY + 3600), paused={PVE: SAID}, set_aside=(aside(at=MONDAY + 3600),))
    kept.of(ahead)

    after = kept.of(replace(ahead, at=MONDAY))

    assert [entry.since for entry in after] == [MONDAY, MONDAY]
