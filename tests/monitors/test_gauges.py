"""What the rooms read from a status."""

from dataclasses import replace

import pytest

from provisioner.model.demand import Demand, NotWanted
from provisioner.model.ids import AgentId, DesktopName, NodeKey, NodeName, StorageId
from provisioner.model.machines.cluster import Storage
from provisioner.model.machines.desktops import Phase, Unheard
from provisioner.model.scenario.ceilings import Ceiling, CeilingState, Reading, state_of
from provisioner.model.status import DesktopState, Status, StorageHeadroom
from provisioner.model.words import GuestWord
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import CEILING, GATE_GO
from tests.builders.monitors import (
    EVERYONE,
    MONDAY,
    PVE,
    STANDARD,
    a_desktop,
    a_headroom,
    a_recorder,
    a_snapshot,
    a_status,
    wants_of,
)
from tests.monitors.scraping import Series, scrape, value

OF = {"profile": STANDARD, "wave": EVERYONE}
DUMB, DEAF = Ceiling(name="licences", limit=9, in_use="licences"), Reason("no answer")
SILENT = Unheard(word=GuestWord.NO_FILE, text="", since=MONDAY)


def after(*statuses: Status) -> Series:
    recorder = a_recorder()
    for status in statuses:
        recorder.status(status)
    return scrape(recorder)


def test_the_storage_locks_are_shown_as_planning_counts_them():
    series = after(a_status())
    at = {"cluster": PVE, "node": "", "storage": "ceph"}
    names = ("lock_clones_limit", "lock_clones_in_flight", "lock_hold_seconds", "lock_timeouts_total")

    assert [value(series, name, **at) for name in names] == [8, 3, 1.5, 2]


def test_the_room_after_the_loss_of_the_fullest_node_may_be_negative_and_the_node_is_named():
    series = after(a_status(free=50))

    assert value(series, "capacity_free_desktops_after_node_loss", profile=STANDARD) == -10
    assert value(series, "capacity_worst_node", profile=STANDARD, cluster=PVE, node="pve0") == 1


def test_k5_what_is_left_after_a_loss_is_no_series_before_it_is_known():
    assert "capacity_free_desktops_after_node_loss" not in str(after(replace(a_status(free=50), outlook={})))


def test_what_has_yet_to_be_made_is_counted_once_whatever_else_there_is():
    """A superseded desktop, or a leaver's, is nobody's: it does not stand for one that is missing."""
    everyone = wants_of(range(1, 6)).wants
    demand = Demand(wants=dict(list(everyone.items())[:3]), ahead=dict(list(everyone.items())[3:]))
    old = replace(a_desktop(2), superseded_by=DesktopName("vd-20"))
    before = a_status(desktops=[a_desktop(1), old, a_desktop(99)], demand=demand)
    replaced = replace(a_desktop(20), reservation=replace(a_desktop(20).reservation, seat=old.reservation.seat))
    desktops = {**before.desktops, DesktopName("vd-20"): replaced}
    later = replace(before, desktops=desktops, moved=frozenset({DesktopName("vd-20")}))

    assert value(after(before), "desktops_missing", **OF) == 4
    assert value(after(before, later), "desktops_missing", **OF) == 3


def test_counts_that_follow_changes_are_those_from_scratch():
    demand = wants_of(range(6))
    first = a_status(desktops=[a_desktop(n, Phase.STARTING) for n in range(3)], demand=demand)
    now = {
        DesktopName("vd-0"): replace(a_desktop(0, Phase.STARTING), late=True, unheard=SILENT),
        DesktopName("vd-4"): a_desktop(4),
    }
    desktops = {DesktopName("vd-2"): first.desktops[DesktopName("vd-2")], **now}
    second = replace(first, desktops=desktops, moved=frozenset(map(DesktopName, ("vd-0", "vd-1", "vd-4"))))

    assert after(first, second) == pytest.approx(after(first, replace(second, moved=None)), nan_ok=True)


def test_a_desktop_that_boots_is_not_called_silent_before_it_is_late():
    booting = replace(a_desktop(1, Phase.STARTING), unheard=SILENT)
    up, late = replace(a_desktop(2), unheard=SILENT), replace(a_desktop(3, Phase.STARTING), unheard=SILENT, late=True)
    series = after(a_status(desktops=[booting, up, late]))

    assert value(series, "desktops_guest_unknown", profile=STANDARD, reason="no_file") == 3
    assert value(series, "desktops_silent", profile=STANDARD, reason="no_file") == 2
    assert value(series, "desktops_late", profile=STANDARD) == 1


def test_desktops_are_counted_where_they_are():
    moved = replace(a_desktop(3), node=NodeName("pve1"))
    series = after(a_status(desktops=[a_desktop(0), a_desktop(1), moved]))

    assert [value(series, "node_desktops", cluster=PVE, node=node) for node in ("pve0", "pve1")] == [1, 2]


def test_the_next_batch_of_a_wave_is_dated():
    closed = {seat: replace(want, rank=(100, MONDAY + 3600, want.login)) for seat, want in wants_of(range(3)).wants.items()}
    none, some = after(a_status()), after(a_status(demand=Demand(ahead=closed)))

    stamps = [value(series, "wave_next_batch_timestamp_seconds", wave=EVERYONE) for series in (none, some)]
    assert stamps == [0, MONDAY + 3600]


def test_a_batch_that_a_gate_holds_back_has_no_date():
    """Its time has come and gone: a date that has passed says that it is open."""
    due = {seat: replace(want, rank=(100, MONDAY - 60, want.login)) for seat, want in wants_of(range(3)).wants.items()}
    held = [
        NotWanted(agent_id=want.agent_id or AgentId(""), login=want.login, reason=GATE_GO(wave=EVERYONE), then=want)
        for want in due.values()
    ]

    for demand in (Demand(ahead=due), Demand(not_wanted=tuple(held))):
        series = after(a_status(demand=demand))
        assert value(series, "wave_next_batch_timestamp_seconds", wave=EVERYONE) == 0
        assert value(series, "desktops_planned", **OF) == 3


def test_people_whom_a_ceiling_leaves_no_desktop_are_counted_and_so_is_its_room():
    wants = wants_of(range(5)).wants
    out = [
        NotWanted(agent_id=want.agent_id or AgentId(""), login=want.login, reason=CEILING(name="vpn", limit=4), refused=want)
        for want in list(wants.values())[3:]
    ]
    vpn = Ceiling(name="vpn", limit=4, in_use="seats")
    ceilings = (state_of(vpn, Reading(at=MONDAY, value=1, ours_too=False), ours=0), CeilingState(ceiling=DUMB, unread=DEAF))
    demand = Demand(wants=dict(list(wants.items())[:3]), not_wanted=tuple(out), ceilings=ceilings)
    series = after(a_status(demand=demand))

    assert (value(series, "people_left_out", **OF), value(series, "desktops_planned", **OF)) == (2, 3)
    assert [value(series, f"ceiling_{name}_desktops", ceiling="vpn") for name in ("limit", "room")] == [4, 3]
    assert [value(series, "ceiling_unread", ceiling=name) for name in ("vpn", "licences")] == [0, 1]


@pytest.mark.long
def test_whoever_has_lost_a_desktop_or_has_just_joined_waits_since_then_and_not_since_the_batch_opened():
    """After a restart nobody knows better than the batch's opening."""
    wants = wants_of(range(1, 4)).wants
    first = a_status(desktops=[a_desktop(1), a_desktop(2)], demand=Demand(wants=dict(list(wants.items())[:2])))
    lost = replace(a_desktop(2, Phase.UNKNOWN), since=MONDAY + 500)
    second = replace(
        first, at=MONDAY + 500, desktops={**first.desktops, DesktopName("vd-2"): lost}, moved=frozenset(lost_names(lost))
    )
    third = replace(second, at=MONDAY + 900, demand=Demand(wants=wants), moved=frozenset())
    back = replace(third, at=MONDAY + 950, desktops=first.desktops, moved=frozenset(lost_names(lost)))
    series = [
        after(*statuses) for statuses in ((first,), (first, second), (first, second, third), (first, second, third, back))
    ]

    stamps = [value(found, "waiting_oldest_timestamp_seconds") for found in series]
    assert stamps == [0, MONDAY + 500, MONDAY + 500, MONDAY + 900]
    assert (
        value(after(replace(first, at=MONDAY + 900, demand=Demand(wants=wants))), "waiting_oldest_timestamp_seconds") == MONDAY
    )


def lost_names(desktop: DesktopState) -> list[DesktopName]:
    return [desktop.reservation.name]


def test_of_a_node_that_is_away_no_figure_is_exported():
    """F12, F13: "-188416 MiB left", and "storage nearly full, -624 GiB" for each storage of a dead node."""
    left = StorageHeadroom(cluster=PVE, node=NodeName("pve0"), storage=StorageId("thin"), gib=-624.0)
    status = replace(a_status(snapshot=a_snapshot(offline=1)), headroom=a_headroom())
    own = Storage(node=NodeKey(PVE, NodeName("pve0")), storage=StorageId("thin"), shared=False, total_gib=0.0, used_gib=0.0)
    (view,) = status.snapshot.clusters.values()
    snapshot = status.snapshot.with_view(replace(view, storages=(*view.storages, own)))
    series = after(
        replace(status, snapshot=snapshot, headroom=replace(status.headroom, storages=(*status.headroom.storages, left)))
    )

    figures = {name for name, labels in series if {("node", "pve0")} <= labels}
    assert figures == {f"bascule_node_{name}" for name in ("online", "cordoned", "desktops")} | {"bascule_capacity_worst_node"}
    assert value(series, "node_headroom_memory_bytes", cluster=PVE, node="pve1") == 4096 * 1024**2
    assert value(series, "storage_headroom_bytes", cluster=PVE, node="", storage="ceph") == 512 * 1024**3


def test_an_entry_of_the_list_says_what_has_it():
    """F2: alerts that are made of the list name the node."""
    series = after(a_status(snapshot=a_snapshot(offline=1)))
    node = {"code": "node_is_offline", "severity": "warning"}

    assert [value(series, "wrong", about=about, **node) for about in ("", "pve/pve0")] == [0, 1]
