"""Random situations for planning: small clusters, few agents, all states."""

from dataclasses import replace
from math import inf

from hypothesis import strategies as st

from provisioner.model.ids import GuestKey, NodeKey, NodeName, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Power, lock_domain
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.people.profiles import Addressing
from tests.builders.actions import a_check, a_clone, a_configure, a_start, a_verify, an_agent_id
from tests.builders.cluster import NOW, PVE, a_guest, a_node, a_profile, a_storage, a_task, a_template, a_view, some_addresses
from tests.builders.core import a_budget, a_config, a_desktop, a_naming, a_report, a_session, a_situation, a_want, an_order

AGENTS = 12
WORKED_ON = {
    Phase.RESERVED: a_clone,
    Phase.CLONING: a_clone,
    Phase.UNPROVEN: a_verify,
    Phase.CLONED: a_configure,
    Phase.STOPPED: a_start,
    Phase.STARTING: a_check,
    Phase.READY: a_check,
}


@st.composite
def situations(draw):
    """One cluster of up to three nodes, with node-local storage or one shared one.

    Half of the situations are calm: only room and VMIDs limit new clones.
    """
    nodes, shared, calm = draw(st.integers(1, 3)), draw(st.booleans()), draw(st.booleans())
    desktops = [draw(a_drawn_desktop(number, nodes, shared)) for number in draw(st.sets(st.integers(1, AGENTS), max_size=6))]
    wants = [draw(a_drawn_want(number)) for number in draw(st.sets(st.integers(1, AGENTS), min_size=6 if calm else 0))]
    foreign = draw(foreign_guests(nodes, calm=calm))
    away = draw(st.sets(st.integers(1, nodes)))
    retired = [GuestKey(PVE, Vmid(5000 + number)) for number in draw(st.sets(st.integers(1, 10), max_size=4))]
    return a_situation(
        desktops,
        wanted=wants,
        config=_config(draw, _profiles(draw, nodes, shared=shared)),
        view=draw(a_drawn_view(nodes, foreign, desktops, shared)),
        retired={key: "leftover" for key in retired if key not in {desktop.reservation.key for desktop in desktops}},
        superseded=draw(supersessions(desktops)),
        offline_since={NodeKey(PVE, NodeName(f"n{number}")): NOW - 200 for number in away},
        replace_after_s=draw(st.sampled_from([120.0, inf])),
        **({} if calm else _orders(draw)),
    )


@st.composite
def supersessions(draw, desktops):
    """Some of an agent's desktops are superseded by another of the agent's."""
    of_agent = {}
    for desktop in sorted(desktops, key=lambda desktop: desktop.reservation.name):
        of_agent.setdefault(desktop.reservation.seat, []).append(desktop.reservation.name)
    return {name: names[-1] for names in of_agent.values() for name in names[:-1] if len(names) > 1 and draw(st.booleans())}


def _config(draw, profiles):
    budget = a_budget(
        clones_per_local_domain=draw(st.integers(0, 8)),
        clones_per_shared_domain=draw(st.integers(0, 8)),
        boots_per_node=draw(st.integers(0, 4)),
        configures_per_node=draw(st.integers(0, 3)),
        checks_per_node=draw(st.integers(0, 3)),
    )
    return a_config(*profiles, naming=a_naming(5001, draw(st.sampled_from([5005, 5015, 5030]))), budget=budget)


def _orders(draw):
    """Intents of an operator, and whether the store was empty."""
    kinds = draw(st.sets(st.sampled_from([IntentKind.FREEZE, IntentKind.HOLD])))
    closed = draw(
        st.lists(
            st.builds(an_order, st.sampled_from([IntentKind.CORDON, IntentKind.DRAIN]), st.sampled_from(["n1", "n2"])),
            max_size=2,
        )
    )
    return {
        "intents": (*(Intent(kind=kind, by="zoe", at=NOW) for kind in sorted(kinds)), *closed),
        "rebuilt_since": draw(st.none() | st.just(NOW - 10)),
        "settle_s": draw(st.sampled_from([0.0, 40.0])),
    }


def _profiles(draw, nodes, *, shared):
    storage = "ceph" if shared else "local"
    templates = tuple(a_template(f"n{number}", storage) for number in range(1, nodes + 1))
    pools = st.sampled_from(
        [Addressing(), some_addresses("10.40.0.10", "10.40.0.14"), some_addresses("10.40.0.12", "10.40.0.30")]
    )
    return (
        a_profile(templates=templates, addressing=draw(pools)),
        a_profile("big", templates=templates, memory_mib=16384, vcpus=6, disk_gib=128, addressing=draw(pools)),
    )


@st.composite
def a_drawn_desktop(draw, number, nodes, shared):
    phase = draw(st.sampled_from(Phase))
    changed = {
        "profile": draw(st.sampled_from(["office", "big"])),
        "address": draw(st.sampled_from(["", f"10.40.0.{10 + number}"])),
        "agent_id": an_agent_id(draw(st.just(number) | st.integers(1, AGENTS))),
    }
    desktop = a_desktop(number, phase, nodes=nodes, **changed)
    if phase in WORKED_ON and draw(st.booleans()):
        return desktop.but(in_flight=_work_on(desktop, phase, shared))
    if draw(st.booleans()):
        wait = draw(st.sampled_from([-10, 10]))
        speaks_of_the_place = draw(st.integers(0, 2))
        attempts = Attempts(count=2, reason="no luck", retry_at=NOW + wait, misplaced=speaks_of_the_place)
        desktop = desktop.but(attempts=replace(attempts, gave_up=phase is Phase.FAILED))
    if phase is Phase.READY and draw(st.booleans()):
        old = a_report(read_at=NOW - 1000, ready_at=NOW - 3000)
        desktop = desktop.but(report=old, started_at=NOW - 4000, uptime_s=4000)
    if phase is Phase.READY and draw(st.booleans()):
        desktop = desktop.but(report=a_report(read_at=NOW - 5, sessions=draw(st.sampled_from([(), (a_session(),)]))))
    if phase is Phase.STARTING:
        desktop = desktop.but(started_at=NOW - draw(st.sampled_from([12, 60, 1000])))
    return desktop.but(assigned=draw(st.booleans()))


def _work_on(desktop, phase, shared):
    number = desktop.reservation.vmid - 5000
    if phase is Phase.UNPROVEN:
        return a_verify(number, node=desktop.reservation.node_key)
    if phase in (Phase.RESERVED, Phase.CLONING):
        domain = lock_domain(desktop.reservation.node_key, "ceph" if shared else "local", shared=shared)
        return a_clone(number, reservation=desktop.reservation, lock_domain=domain)
    return WORKED_ON[phase](number, reservation=desktop.reservation, node=desktop.reservation.node_key)


@st.composite
def a_drawn_want(draw, number):
    rank = (draw(st.sampled_from([1, 2])), NOW - draw(st.sampled_from([10.0, 20.0])), f"login{number:04}")
    return a_want(number, profile=draw(st.sampled_from(["office", "big"])), rank=rank)


@st.composite
def foreign_guests(draw, nodes, *, calm):
    """Foreign VMs, running or not; some in our range, unless the situation is calm."""
    numbers = st.integers(100, 110)
    vmids = draw(st.sets(numbers if calm else st.integers(5013, 5030), max_size=4))
    return [
        a_guest(
            vmid,
            f"n{draw(st.integers(1, nodes))}",
            memory_mib=draw(st.sampled_from([None, 2048, 8192])),
            vcpus=draw(st.sampled_from([None, 4, 16])),
            disk_gib=draw(st.sampled_from([0.0, 32.0, 96.0])),
            power=draw(st.sampled_from(Power)),
            lock=draw(st.sampled_from([None, None, "clone"])),
            container=draw(st.booleans()),
        )
        for vmid in sorted(vmids)
    ]


@st.composite
def a_drawn_view(draw, nodes, foreign, desktops, shared):
    """A view whose storages are used by foreign disks, and by at most what our desktops claim."""
    hardware = [
        a_node(
            f"n{number}",
            online=draw(st.sampled_from([True, True, True, True, False])),
            cores=draw(st.sampled_from([2, 4, 64])),
            memory_gib=draw(st.sampled_from([16, 32, 128])),
        )
        for number in range(1, nodes + 1)
    ]
    fill = draw(st.sampled_from([0.0, 0.5, 1.0]))
    size = draw(st.sampled_from([64.0, 128.0, 256.0])) * (nodes if shared else 1)
    names = [node.key.node for node in hardware]

    def used(on):
        others = sum(guest.disk_gib for guest in foreign if guest.node in on)
        ours = sum(claim_gib(desktop.reservation) for desktop in desktops if desktop.guest and desktop.guest.node in on)
        return others + fill * ours

    storages = [
        a_storage(
            name,
            "ceph" if shared else "local",
            shared=shared,
            total_gib=size,
            used_gib=used(names if shared else [name]),
        )
        for name in names
    ]
    tasks_of = frozenset(name for name in names if draw(st.booleans()))
    tasks = (a_task(),) if "n1" in tasks_of and draw(st.booleans()) else ()
    return a_view(nodes=hardware, storages=storages, guests=foreign, tasks_of=tasks_of, tasks=tasks)


def claim_gib(reservation):
    """Half of the profile's disk: the budget's thin share."""
    return {"office": 16.0, "big": 64.0}[reservation.profile]


@st.composite
def reordered(draw, situation):
    """The same situation with all unordered collections in another order."""

    def shuffled(mapping):
        return dict(draw(st.permutations(list(mapping.items()))))

    (view,) = situation.snapshot.clusters.values()
    view = replace(
        view,
        nodes=shuffled(view.nodes),
        guests=shuffled(view.guests),
        storages=tuple(draw(st.permutations(view.storages))),
        tasks=tuple(draw(st.permutations(view.tasks))),
    )
    records = situation.records
    return replace(
        situation,
        snapshot=replace(situation.snapshot, clusters={view.cluster: view}),
        records=replace(records, desktops=shuffled(records.desktops)),
        demand=replace(situation.demand, wants=shuffled(situation.demand.wants)),
        config=replace(situation.config, profiles=shuffled(situation.config.profiles)),
        in_flight=shuffled(situation.in_flight),
    )
