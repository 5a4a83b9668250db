"""Separate seeds for a quorum that is lost while clones are on their way into a pool."""

from random import Random

from tests.chaos.schedule import Happening

HOUR_S = 3600.0
_FIRST_CLONE_S = 35.0
_LONGEST_CLONE_S = 6.0
"""From the order to the last step of a clone among several: its pool's membership."""


def cuts(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """An hour: lost at random moments, and in the middle of clones; there is always something to clone, and the daemon dies."""
    made = [_cut(draw, _FIRST_CLONE_S + draw.uniform(0, HOUR_S)) for _ in range(12)]
    made += [_aimed(draw, draw.uniform(1, HOUR_S)) for _ in range(10)]
    made += [Happening(at=_at(draw), what="deleted", about=draw.randrange(agents)) for _ in range(12)]
    made += [Happening(at=_at(draw), what="joins", about=draw.randint(1, 2)) for _ in range(4)]
    made += [Happening(at=_at(draw), what="leaves", about=draw.randrange(agents)) for _ in range(2)]
    if draw.random() < 0.6:
        made += [Happening(at=_at(draw), what="killed", for_s=round(draw.uniform(0.1, 60), 2)) for _ in range(3)]
    if draw.random() < 0.3:
        what, about = draw.choice((("store_lost", None), ("store_restored", round(draw.random(), 3))))
        made.append(Happening(at=_at(draw), what=what, about=about, for_s=round(draw.uniform(45, 90), 2)))
    return tuple(sorted(made, key=lambda happening: happening.at))


def _at(draw: Random) -> float:
    return round(draw.uniform(120.0, HOUR_S), 3)


def _cut(draw: Random, at: float) -> Happening:
    return Happening(at=round(at, 3), what="quorum_lost", for_s=round(draw.uniform(8, 90), 2))


def _aimed(draw: Random, at: float) -> Happening:
    """Once the next clone after that is sent."""
    how = (round(draw.uniform(0.1, _LONGEST_CLONE_S), 3), round(draw.choice((draw.uniform(1, 9), draw.uniform(10, 90))), 2))
    return Happening(at=round(at, 3), what="cut_at_clone", about=how, for_s=100.0)


__all__ = ["HOUR_S", "cuts"]
