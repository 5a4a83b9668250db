"""Separate seeds for desktops that are lent or tried, for desktops that others move, and for a surge that is short of room."""

from random import Random

from provisioner.model.ids import ProfileName
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import Shortage
from provisioner.planning.autoscale.demand import STEADY_S
from tests.chaos.pointed import AT_WORK_S, FIRST_CLONE_S, a_death
from tests.chaos.schedule import Happening

LENT = 1_985_000
"""Seeds beyond are of desktops of a pool that are lent, given back or forgotten, and reset."""
SCALED = 1_987_000
"""Seeds beyond are of the same, but the pool follows its people: autoscale decides how many desktops there are."""
TRIED = 1_988_000
"""Seeds beyond are of nights: desktops are made for trial, looked at, and deleted."""
MOVED = 1_990_000
"""Seeds beyond are of desktops that others move, and of nodes under HA that die meanwhile."""
SHORT = 1_995_000
"""Seeds beyond are of a surge for which not everybody's desktop fits, and whose scenario is edited and reloaded."""

_BORROWERS = 6
MOST_SPARE = 3
"""Free desktops that a pool is to have at times."""
TRIALS = 3
"""Desktops on trial at once: a profile on each of so many storages."""
LIGHT = ProfileName("light")
"""What people get instead, where a scenario says so."""


def a_shared_schedule(seed: int, draw: Random, *, nodes: int, agents: int) -> tuple[Happening, ...]:
    """By the seed's range."""
    if seed > SHORT:
        return _short(draw, agents=agents)
    if seed > MOVED:
        return _moved(draw, nodes=nodes, agents=agents)
    if seed > TRIED:
        return _tried(draw, nodes=nodes)
    lends = _lends(draw)
    return _troubled(draw, [*lends, *_rescaled(draw)] if seed > SCALED else lends, nodes=nodes)


def _tried(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """Trials are ordered, some of them for a probe that logs on, some given up; meanwhile agents come, and much goes wrong.

    A trial is stopped although its sessions are unknown: so no guest is silent here.
    """
    tried = [
        Happening(
            at=round(FIRST_CLONE_S + draw.uniform(0, 300), 3),
            what="tried",
            about=(draw.randint(1, TRIALS), draw.choice((None, round(draw.uniform(60, 300), 2)))),
        )
        for _ in range(6)
    ]
    given_up = [Happening(at=_later(draw), what="trial_given_up", about=draw.randint(1, TRIALS)) for _ in range(2)]
    visits = [
        Happening(at=_later(draw), what="visits", about=draw.randint(1, TRIALS), for_s=round(draw.uniform(20, 200), 2))
        for _ in range(4)
    ]
    joins = Happening(at=_later(draw), what="joins", about=draw.randint(1, 3))
    held = Happening(at=_later(draw), what="held", for_s=round(draw.uniform(20, 60), 2))
    return _troubled(draw, [*tried, *given_up, *visits, joins, held], nodes=nodes)


def _rescaled(draw: Random) -> list[Happening]:
    """Fewer free desktops are wanted, and more again while the others are shut down, five minutes later."""
    fewer_at = round(FIRST_CLONE_S + draw.uniform(60, 120), 3)
    more_at = round(fewer_at + STEADY_S + draw.uniform(5, 90), 3)
    return [
        Happening(at=fewer_at, what="rescaled", about=0),
        Happening(at=more_at, what="rescaled", about=MOST_SPARE),
        Happening(at=round(more_at + draw.uniform(5, 60), 3), what="rescaled", about=0),
    ]


def _lends(draw: Random) -> list[Happening]:
    """More people than desktops borrow, work and go; the daemon dies, the store is lost, a node dies, answers are lost."""
    return [
        Happening(
            at=round(FIRST_CLONE_S + draw.uniform(60, 600), 3),
            what="lends",
            about=draw.randrange(_BORROWERS),
            for_s=round(draw.uniform(20, 200), 2),
        )
        for _ in range(16)
    ]


def _troubled(draw: Random, happenings: list[Happening], *, nodes: int) -> tuple[Happening, ...]:
    """With three troubles, two deaths of the daemon, and the store lost now and then."""
    troubles = [
        Happening(at=AT_WORK_S, what="lost", about=(draw.choice(("/status/shutdown", "/clone")), "after", 2)),
        Happening(
            at=_later(draw), what="node_dies", about=f"pve{draw.randint(1, nodes)}", for_s=round(draw.uniform(60, 200), 2)
        ),
        Happening(at=_later(draw), what="frozen", about="intent", for_s=round(draw.uniform(20, 60), 2)),
        Happening(at=_later(draw), what="killed_at_commit", about=(draw.randint(1, 9), "after"), for_s=1.0),
        Happening(at=_later(draw), what="killed_at_write", about=draw.randint(1, 9), for_s=round(draw.uniform(1, 20), 2)),
    ]
    lost = Happening(at=_later(draw), what="store_lost", for_s=round(draw.uniform(0.5, 20), 2))
    accepted = Happening(at=lost.at + 120.0, what="baseline_accepted")
    troubles = draw.sample(troubles, k=3) + ([lost, accepted] if draw.random() < 0.4 else [])
    return tuple(sorted((*happenings, *troubles, a_death(draw), a_death(draw)), key=lambda happening: happening.at))


def _short(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """Reserve, ceilings and what comes of a shortage change in mid-surge; at last nothing is short."""
    reserve = tuple({"survive_nodes": nodes} for nodes in (0, 1, 1))
    shortage = ({"shortage": Shortage(refuses=True)}, {"shortage": Shortage(profiles=(LIGHT,))}, {"shortage": Shortage()})
    ceilings = ({"ceilings": ()}, {"ceilings": (Ceiling(name="vpn", limit=draw.randint(agents // 2, agents)),)})
    begins = {**draw.choice(reserve), **draw.choice(shortage), **draw.choice(ceilings)}
    reloaded = [
        Happening(
            at=round(FIRST_CLONE_S + draw.uniform(5, 300), 3),
            what="reloaded",
            about=draw.choice((*reserve, *shortage, *ceilings)),
        )
        for _ in range(4)
    ]
    deleted = [Happening(at=_later(draw), what="deleted", about=draw.randrange(agents)) for _ in range(4)]
    ends = Happening(at=AT_WORK_S + 450.0, what="reloaded", about={"survive_nodes": 0, "ceilings": (), "shortage": Shortage()})
    first = Happening(at=0.5, what="reloaded", about=begins)
    return tuple(sorted((first, *reloaded, *deleted, ends, a_death(draw), a_death(draw)), key=lambda happening: happening.at))


def _later(draw: Random) -> float:
    return round(AT_WORK_S + draw.uniform(0, 400), 3)


def _moved(draw: Random, *, nodes: int, agents: int) -> tuple[Happening, ...]:
    """Others move desktops, some of them twice, while a node dies, is drained, or desktops are powered off."""
    moved = [
        Happening(at=round(FIRST_CLONE_S + draw.uniform(10, 400), 3), what="moved", about=draw.randrange(agents))
        for _ in range(12)
    ]
    off = [Happening(at=_later(draw), what="powered_off", about=draw.randrange(agents)) for _ in range(4)]
    dies = Happening(
        at=_later(draw), what="node_dies", about=f"pve{draw.randint(1, nodes)}", for_s=round(draw.uniform(60, 300), 2)
    )
    drained = Happening(
        at=_later(draw), what="drained", about=f"pve{draw.randint(1, nodes)}", for_s=round(draw.uniform(60, 200), 2)
    )
    return tuple(sorted((*moved, *off, dies, drained, a_death(draw)), key=lambda happening: happening.at))


__all__ = ["LENT", "LIGHT", "MOST_SPARE", "MOVED", "SCALED", "SHORT", "TRIALS", "TRIED", "a_shared_schedule"]
