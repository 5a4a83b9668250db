"""Separate seeds for faults that random schedules meet too rarely."""

from random import Random

from tests.chaos.cuts import cuts
from tests.chaos.rare import (
    KEY_CHANGED,
    SET_BACK,
    SET_FORWARD,
    UNSTARTED,
    UNWATCHED,
    key_changed,
    set_back,
    set_forward,
    unstarted,
    unwatched,
)
from tests.chaos.schedule import STORM_S, Happening

_PROFILES, _OUTDATED, _UNLISTED, _REFUSED, _STOPPED, _FORBIDDEN = (
    1_400_000,
    1_500_000,
    1_600_000,
    1_700_000,
    1_800_000,
    1_900_000,
)
"""Seeds beyond are of profiles that change, of a store that is older than the cluster, of VMs that no listing shows, of a node
that takes no orders, of desktops that an operator stops, and of one path that is forbidden."""
_UNREAD = 1_920_000
"""Seeds beyond are of task lists that cannot be read while clones are made, and the daemon dies."""
_MISDATED = 1_930_000
"""Seeds beyond are of desktops that are started just before the daemon dies, and its clock is put right meanwhile."""
_TAKEN_OVER = 1_945_000
"""Seeds beyond are of desktops whose place others take with a VM of their own, while the daemon watches."""
REPLACED = 1_940_000
"""Seeds beyond are of desktops that were replaced after the store was copied."""
CUT = 1_948_000
"""Seeds beyond are of an hour in which the quorum is lost again and again, while desktops are cloned into a pool."""
MANAGED = 1_950_000
"""Seeds beyond are of nodes that die with desktops under HA."""
HELP_DESK = 1_960_000
"""Seeds beyond are of orders of a help desk about single desktops."""
STEERED = 1_970_000
"""Seeds beyond are of a surge that is paused, aborted, started again and finished."""
EVACUATED = 1_980_000
"""Seeds beyond are of nodes that are evacuated, on a storage that all share."""
FIRST_CLONE_S = 40.0
"""Before, an empty store waits for what may be on its way (safety.rebuild_settle)."""
AT_WORK_S = 150.0
"""By then desktops are ready, and people are logged on."""
SOON_REPLACED_S = 60.0
"""When desktops of a dead node are replaced, where the seeds are of that: sooner than HA would recover them."""
_TELEPHONED = 5
"""Desktops that a help desk is called about: few, so that several orders meet."""
_AT_FIRST = 4
"""Clones at once, of an empty store: a node each, and there are four at most."""
_AHEAD_S = 24
"""Less than the daemon is dead for, so that no stored time is in the future when it begins again."""


def a_pointed_schedule(seed: int, draw: Random, *, nodes: int, agents: int, first_vmid: int) -> tuple[Happening, ...]:
    """By the seed's range; the first is shared by two."""
    if seed > EVACUATED:
        return _evacuated(draw, nodes=nodes)
    if seed > STEERED:
        return _steered(draw)
    if seed > HELP_DESK:
        return _help_desk(draw, agents=agents)
    if seed > MANAGED:
        return _managed(draw, nodes=nodes)
    if seed > UNSTARTED:
        return unstarted(draw, agents=agents)
    if seed > KEY_CHANGED:
        return key_changed(draw, agents=agents)
    if seed > CUT:
        return cuts(draw, agents=agents)
    if seed > UNWATCHED:
        return unwatched(draw, agents=agents)
    if seed > SET_FORWARD:
        return set_forward(draw, agents=agents)
    if seed > _TAKEN_OVER:
        return _taken_over(draw, agents=agents)
    if seed > REPLACED:
        return _replaced(draw, nodes=nodes)
    if seed > SET_BACK:
        return set_back(draw, agents=agents)
    if seed > _MISDATED:
        return _misdated(draw, agents=agents)
    if seed > _UNREAD:
        return _unread(draw, nodes=nodes)
    if seed > _FORBIDDEN:
        return _forbidden(draw, first_vmid=first_vmid)
    if seed > _STOPPED:
        return _stopped(draw, agents=agents)
    if seed > _REFUSED:
        return _refused(draw, nodes=nodes)
    if seed > _UNLISTED:
        return _unlisted(draw)
    if seed > _OUTDATED:
        return _outdated(draw, first_vmid=first_vmid)
    if seed > _PROFILES:
        return _profiles(draw, agents=agents)
    return _slow_clones(draw, nodes=nodes) if seed % 2 else _mistimed(draw, agents=agents)


def _slow_clones(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """Killed while clones take long, and what the next life sees is slow to come."""
    slow = [Happening(at=30.0, what="storage_slow", about=f"pve{number}", for_s=150.0) for number in range(1, nodes + 1)]
    deaths = [
        Happening(at=round(at, 3), what="killed_while_cloning", for_s=round(draw.uniform(0.05, 1.5), 2))
        for at in sorted(draw.uniform(40, 160) for _ in range(6))
    ]
    delays = (("/cluster/resources", "slow", 100), ("/config", "delayed", 60))
    return (*slow, *(Happening(at=31.0, what="lost", about=delay) for delay in delays), *deaths)


def _outdated(draw: Random, *, first_vmid: int) -> tuple[Happening, ...]:
    """The store is put back as it was at the first clones, whose VMIDs others got since; just their notes are hard to read."""
    at, restored_after_s = round(draw.uniform(2, FIRST_CLONE_S), 3), round(draw.uniform(60, 120), 2)
    forgets = Happening(
        at=at, what="forgets_at_clone", about=("before", restored_after_s), for_s=round(draw.uniform(0.1, 3), 2)
    )
    how, count = draw.choice(("before", "hung")), draw.randint(1, 3)
    hard = [(f"GET /{first_vmid + index}/config", how, count) for index in range(_AT_FIRST)]
    return (forgets, *(Happening(at=FIRST_CLONE_S + restored_after_s, what="lost", about=loss) for loss in hard))


def _mistimed(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """The clock is an hour ahead while the store is lost, and while desktops are deleted at work; then it is put right."""
    jump = Happening(at=2.0, what="clock_jumps", about=3600, for_s=round(draw.uniform(20, 120), 2))
    lost = Happening(at=4.0, what="store_lost", for_s=round(draw.uniform(0.5, 3), 2))
    deleted = (Happening(at=round(draw.uniform(45, 130), 3), what="deleted", about=draw.randrange(agents)) for _ in range(5))
    return (jump, lost, *sorted(deleted, key=lambda happening: happening.at))


def _unlisted(draw: Random) -> tuple[Happening, ...]:
    """The token sees no VM in our range, until long after a clone is given up; of the first ones no answer comes."""
    hidden = Happening(at=1.0, what="hidden", about=("rights", 1.0, 0), for_s=round(draw.uniform(800, 1500), 2))
    nth, down_s = draw.randint(1, 6), round(draw.uniform(0.1, 30), 2)
    unanswered = draw.choice((("killed_at_write", nth, down_s), ("lost", ("/clone", "after", nth), 0.0)))
    return (hidden, Happening(at=2.0, what=unanswered[0], about=unanswered[1], for_s=unanswered[2]))


def _refused(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """A node lists, and takes no order, from before anything is made there, for good; the daemon dies meanwhile."""
    return (Happening(at=1.0, what="refuses", about=f"pve{draw.randint(1, nodes)}"), a_death(draw))


def _stopped(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """An operator stops desktops: of some it is known that somebody is there, of some it is not known."""
    dead = Happening(at=1.0, what="guest_agents_dead", about=0.2, for_s=round(draw.uniform(300, 500), 2))
    times = sorted(round(AT_WORK_S + draw.uniform(0, 200), 3) for _ in range(6))
    return (dead, *(Happening(at=at, what="stopped", about=draw.randrange(agents)) for at in times), a_death(draw))


def _evacuated(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """Nodes are evacuated one after the other; answers are lost, a node dies, and so does the daemon, twice."""
    emptied = [
        Happening(
            at=round(AT_WORK_S + 120.0 * turn + draw.uniform(0, 60), 3),
            what="evacuated",
            about=f"pve{draw.randint(1, nodes)}",
            for_s=round(draw.uniform(60, 200), 2),
        )
        for turn in range(3)
    ]
    at = round(AT_WORK_S + draw.uniform(0, 300), 3)
    dies = Happening(at=at, what="node_dies", about=f"pve{draw.randint(1, nodes)}", for_s=round(draw.uniform(60, 200), 2))
    lost = [Happening(at=AT_WORK_S, what="lost", about=("/migrate", draw.choice(("before", "after")), 2))]
    deaths = [a_death(draw), a_death(draw)]
    return tuple(sorted((*emptied, dies, *lost, *deaths), key=lambda happening: happening.at))


def _help_desk(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """Desktops are restarted and kept as they are, while others are powered off, and the daemon dies twice."""
    dead = Happening(at=1.0, what="guest_agents_dead", about=0.1, for_s=round(draw.uniform(300, 500), 2))
    orders = [
        Happening(
            at=round(FIRST_CLONE_S + draw.uniform(0, 400), 3),
            what=draw.choice(("desk_restarts", "desk_restarts", "stopped", "powered_off")),
            about=draw.randrange(min(agents, _TELEPHONED)),
        )
        for _ in range(12)
    ]
    kept = [
        Happening(
            at=round(AT_WORK_S + draw.uniform(0, 200), 3),
            what="desk_keeps",
            about=draw.randrange(min(agents, _TELEPHONED)),
            for_s=round(draw.uniform(20, 300), 2),
        )
        for _ in range(3)
    ]
    return tuple(sorted((dead, *orders, *kept, a_death(draw), a_death(draw)), key=lambda happening: happening.at))


def _steered(draw: Random) -> tuple[Happening, ...]:
    """Paused while clones are made, started anew by a second run, and finished; at last everybody is to be served again."""
    paused_at = round(FIRST_CLONE_S + draw.uniform(2, 60), 3)
    paused_s = round(draw.uniform(40, 120), 2)
    again_at = paused_at + paused_s + round(draw.uniform(1, 20), 3)
    finished_at = again_at + round(draw.uniform(150, 300), 3)
    steps = [
        Happening(at=paused_at, what="steered", about=("pause",)),
        Happening(at=paused_at + 20.0, what="joins", about=draw.randint(1, 4)),
        # What the first run has made stays with its agents: the second does not take it back.
        Happening(at=paused_at + paused_s, what="steered", about=draw.choice((("resume",), ("abort",)))),
        Happening(at=again_at, what="steered", about=("abort",)),
        Happening(at=again_at + draw.uniform(60, 100), what="steered", about=("start",)),
        Happening(at=finished_at, what="steered", about=("finish",), for_s=400.0),
        Happening(at=finished_at + 300.0, what="steered", about=("resume", "start"), for_s=60.0),
    ]
    deaths = [
        Happening(at=round(draw.uniform(45, finished_at + 200), 3), what="killed", for_s=round(draw.uniform(0.1, 30), 2))
        for _ in range(3)
    ]
    return tuple(sorted((*steps, *deaths), key=lambda happening: happening.at))


def _profiles(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """The profile changes, once to a bridge that is not there; desktops are powered off, and configured again by order."""
    changes: tuple[dict[str, object], ...] = (
        {"memory_mib": 6144},
        {"bridge": "vmbr7"},
        {"vlan": 40, "nameservers": ("10.0.0.53",)},
    )
    times = sorted(round(draw.uniform(5, STORM_S), 3) for _ in changes)
    changed = [Happening(at=at, what="profile_changed", about=values) for at, values in zip(times, changes, strict=True)]
    off = [
        Happening(
            at=round(AT_WORK_S + draw.uniform(0, 300), 3),
            what=draw.choice(("powered_off", "restarted")),
            about=draw.randrange(agents),
        )
        for _ in range(8)
    ]
    by_order = [
        Happening(at=round(AT_WORK_S + draw.uniform(0, 300), 3), what="reconfigured", about=draw.choice((None, *range(agents))))
        for _ in range(6)
    ]
    dead = Happening(at=1.0, what="guest_agents_dead", about=0.1, for_s=round(draw.uniform(300, 500), 2))
    deaths = (a_death(draw), a_death(draw))
    lost = Happening(at=round(draw.uniform(45, STORM_S), 3), what="store_lost", for_s=round(draw.uniform(0.5, 30), 2))
    return (dead, *changed, *off, *by_order, *deaths, *([lost] if draw.random() < 0.4 else []))


def _forbidden(draw: Random, *, first_vmid: int) -> tuple[Happening, ...]:
    """The token may not start one of the first VMs that are made, for good."""
    return (Happening(at=1.0, what="forbidden", about=first_vmid + draw.randrange(_AT_FIRST)), a_death(draw))


def _replaced(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """A node dies, its desktops are replaced, the store is lost or put back as it was before; then another node dies, too."""
    first, second = draw.sample([f"pve{number}" for number in range(1, nodes + 1)], k=2)
    died_at = round(AT_WORK_S + draw.uniform(0, 60), 3)
    replaced_at = died_at + SOON_REPLACED_S
    older_at = round(replaced_at + draw.uniform(40, 200), 3)
    again_at = round(older_at + draw.uniform(-20, 150), 3)
    copied = draw.uniform(0.9 * AT_WORK_S, replaced_at) / older_at
    older = ("store_restored", round(copied, 3)) if draw.random() < 0.8 else ("store_lost", None)
    return (
        Happening(at=died_at, what="node_dies", about=first, for_s=round(draw.uniform(200, 700), 2)),
        Happening(at=older_at, what=older[0], about=older[1], for_s=round(draw.uniform(0.5, 30), 2)),
        Happening(at=older_at + 40.0, what="baseline_accepted"),
        Happening(at=again_at, what="node_dies", about=second, for_s=round(draw.uniform(200, 500), 2)),
    )


def _misdated(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """The clock is ahead. Desktops are powered off and started again; the daemon dies, and the clock is put right meanwhile."""
    made = []
    for turn in range(4):
        at, dies_s = AT_WORK_S + 120.0 * turn, draw.uniform(6, 15)
        off = draw.sample(range(agents), k=_TELEPHONED)
        made += [
            Happening(at=at - 30.0, what="clock_jumps", about=_AHEAD_S, for_s=round(31.0 + dies_s, 2)),
            *(Happening(at=at, what="powered_off", about=rank) for rank in off),
            Happening(at=round(at + dies_s, 3), what="killed", for_s=round(draw.uniform(26, 36), 2)),
        ]
    return tuple(made)


def _unread(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """Clones are slow, the daemon dies while some are under way, and for a long time no task list can be read."""
    slow = [Happening(at=30.0, what="storage_slow", about=f"pve{number}", for_s=150.0) for number in range(1, nodes + 1)]
    unread = Happening(at=31.0, what="lost", about=("/tasks", "before", 60))
    times = sorted(round(draw.uniform(FIRST_CLONE_S, 160), 3) for _ in range(6))
    deaths = [Happening(at=at, what="killed_while_cloning", for_s=round(draw.uniform(0.05, 1.5), 2)) for at in times]
    return (*slow, unread, *deaths)


def _taken_over(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """One after the other; the daemon dies, too."""
    times = [round(AT_WORK_S + 60.0 * turn + draw.uniform(0, 40), 3) for turn in range(4)]
    taken = [Happening(at=at, what="taken_over", about=draw.randrange(agents), for_s=60.0) for at in times]
    return (*taken, a_death(draw))


def _managed(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """Nodes with desktops under HA die, and come back late, early or never; meanwhile the daemon dies, or the quorum."""
    names = draw.sample([f"pve{number}" for number in range(1, nodes + 1)], k=draw.randint(1, max(1, nodes - 1)))
    back_s = [draw.choice((0.0, draw.uniform(20, 110), draw.uniform(130, 500))) for _ in names]
    times = [round(AT_WORK_S + draw.uniform(0, 200), 3) for _ in names]
    died = [
        Happening(at=at, what="node_dies", about=name, for_s=round(for_s, 2))
        for at, name, for_s in zip(times, names, back_s, strict=True)
    ]
    beside = draw.choice(("killed", "quorum_lost", "guest_agents_dead"))
    about = 0.2 if beside == "guest_agents_dead" else None
    trouble = Happening(
        at=round(AT_WORK_S + draw.uniform(0, 300), 3), what=beside, about=about, for_s=round(draw.uniform(10, 90), 2)
    )
    return tuple(sorted((*died, trouble), key=lambda happening: happening.at))


def a_death(draw: Random) -> Happening:
    """Of the daemon, for a while."""
    return Happening(at=round(draw.uniform(45, STORM_S), 3), what="killed", for_s=round(draw.uniform(0.1, 30), 2))


__all__ = [
    "CUT", "EVACUATED", "HELP_DESK", "MANAGED", "REPLACED", "SOON_REPLACED_S", "STEERED", "a_death", "a_pointed_schedule",
]  # fmt: skip
