"""Separate seeds for what operators order about people: desktops given back, log-offs, messages, at hostile moments."""

from random import Random
from typing import Any

from tests.chaos.pointed import AT_WORK_S, SOON_REPLACED_S, a_death
from tests.chaos.schedule import Happening

RESTORED = 1_996_000
"""Seeds beyond are of desktops that hang or whose node is away: their people get others, and get the first ones back."""
_HANGS_S = 240.0
"""By then a desktop that hangs is replaced: two and a half minutes until it is silent, and the questions before and after."""
_HOWS = ("", "", "", "even", "even", "twice", "two", "any", "mute")
"""How a desktop is given back (`Desk.gives_back`)."""
_MOST_MINUTES = 2


def a_restoring_schedule(draw: Random, *, nodes: int, agents: int) -> tuple[Happening, ...]:
    """Desktops are given up for others, and given back soon, late, twice, while frozen, and right before the daemon dies."""
    lost = [*_nodes_away(draw, nodes), *_hanging(draw, agents)]
    frozen = Happening(at=_later(draw, 500), what="frozen", about=draw.choice(("order", "file")), for_s=_seconds(draw, 20, 90))
    ordered = [*_given_back(draw, lost), *(_of_people(draw) for _ in range(10)), *_at_work(draw)]
    return tuple(sorted((*lost, frozen, *ordered, a_death(draw)), key=lambda happening: happening.at))


def _nodes_away(draw: Random, nodes: int) -> list[Happening]:
    """Back while the others are being made, or long after; then perhaps another node, or the same, goes."""
    names = [f"pve{number}" for number in range(1, nodes + 1)]
    first, second = draw.choice(names), draw.choice(names)
    away_s = SOON_REPLACED_S + draw.choice((draw.uniform(5, 60), draw.uniform(60, 300)))
    died_at = AT_WORK_S + draw.uniform(0, 60)
    again = Happening(
        at=round(died_at + away_s + draw.uniform(20, 250), 3), what="node_dies", about=second, for_s=_seconds(draw, 80, 300)
    )
    gone = Happening(at=round(died_at, 3), what="node_dies", about=first, for_s=round(away_s, 2))
    return [gone, again] if draw.random() < 0.6 else [gone]


def _hanging(draw: Random, agents: int) -> list[Happening]:
    """Two at most at once: more would have a common cause. They go on while the others are made, or long after."""
    at = AT_WORK_S + draw.uniform(0, 200)
    spans = [_HANGS_S + draw.choice((draw.uniform(-30, 60), draw.uniform(60, 300))) for _ in range(draw.randint(0, 2))]
    return [Happening(at=round(at, 3), what="hangs", about=draw.randrange(agents), for_s=round(for_s, 2)) for for_s in spans]


def _given_back(draw: Random, lost: list[Happening]) -> list[Happening]:
    """Around the time when each can be had again, and at any time; some right before the daemon dies."""
    times = [happening.passes_at + draw.uniform(-10, 120) for happening in lost for _ in range(3)]
    times += [AT_WORK_S + draw.uniform(SOON_REPLACED_S, 600) for _ in range(6)]
    return [
        Happening(
            at=round(at, 3),
            what="gives_back",
            about=(draw.randrange(100), draw.choice(_HOWS)),
            for_s=draw.choice((0.0, 0.0, 0.0, _seconds(draw, 0.1, 20))),
        )
        for at in times
    ]


def _of_people(draw: Random) -> Happening:
    """A log-off or a message, to a desktop where somebody is; some are taken back, some come right before the daemon dies."""
    what = draw.choice(("logs_off", "logs_off", "says", "says", "takes_back"))
    about: Any = draw.randrange(100)
    if what == "logs_off":
        about = about, draw.randint(0, _MOST_MINUTES)
    return Happening(at=_later(draw, 500), what=what, about=about, for_s=draw.choice((0.0, 0.0, 0.0, _seconds(draw, 0.1, 20))))


def _at_work(draw: Random) -> list[Happening]:
    """People log on to what they have instead, and others where somebody is to be logged off."""
    return [
        Happening(at=_later(draw, 600), what=draw.choice(("works", "visits_too", "visits_too")), about=draw.randrange(100))
        for _ in range(12)
    ]


def _later(draw: Random, within_s: float) -> float:
    return round(AT_WORK_S + draw.uniform(0, within_s), 3)


def _seconds(draw: Random, least: float, most: float) -> float:
    return round(draw.uniform(least, most), 2)


__all__ = ["RESTORED", "a_restoring_schedule"]
