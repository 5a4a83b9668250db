"""Separate seeds for changes by hand and for VMs that the token cannot see, together with a few everyday faults."""

from random import Random
from typing import Any

from tests.chaos.schedule import STORM_S, Happening

_AT_WORK_S = 150.0
"""By then desktops are ready, and people are logged on."""
_EVERY_DAY = ("killed", "killed", "powered_off", "restarted", "deleted", "joins", "leaves")


def a_tampered_schedule(draw: Random, *, nodes: int, agents: int) -> tuple[Happening, ...]:
    """Three to six of them, and up to three troubles of every day."""
    kinds = draw.sample(sorted(_KINDS), k=draw.randint(3, 6))
    made = [
        happening for kind in kinds for happening in _KINDS[kind](draw, f"pve{draw.randint(1, nodes)}", draw.randrange(agents))
    ]
    if any(happening.what == "store_lost" or (happening.what == "key_changed" and happening.about) for happening in made):
        # Of a VM that no listing shows an empty store cannot know.
        made = [happening for happening in made if happening.what != "hidden"]
    made += [_every_day(draw, draw.choice(_EVERY_DAY), agents) for _ in range(draw.randint(0, 3))]
    return tuple(sorted(made, key=lambda happening: (happening.at, happening.what)))


def _every_day(draw: Random, what: str, agents: int) -> Happening:
    about = None if what == "killed" else draw.randint(1, 4) if what == "joins" else draw.randrange(agents)
    for_s = round(draw.uniform(0.1, 60), 2) if what == "killed" else 0.0
    return Happening(at=_at(draw), what=what, about=about, for_s=for_s)


def _at(draw: Random, *, after: float = 0.0) -> float:
    return round(after + draw.betavariate(1.2, 2.0) * STORM_S, 3)


def _lasting(draw: Random, what: str, about: Any, least: float, most: float, *, after: float = 0.0) -> Happening:
    return Happening(at=_at(draw, after=after), what=what, about=about, for_s=round(draw.uniform(least, most), 2))


def _tags_off(draw: Random, _: str, rank: int) -> list[Happening]:
    return [Happening(at=_at(draw, after=60.0), what="tags_off", about=(rank, draw.randint(1, 5)))]


def _hidden(draw: Random, _: str, rank: int) -> list[Happening]:
    how = draw.choice(("listing", "rights", "wrong"))
    share = draw.choice((0.02, 0.5, 1.0)) if how != "wrong" else draw.choice((0.5, 1.0))
    return [_lasting(draw, "hidden", (how, share, rank), 11, 240, after=draw.choice((0.0, _AT_WORK_S)))]


def _swapped(draw: Random, _: str, __: int) -> list[Happening]:
    return [Happening(at=round(draw.uniform(0, 60), 3), what="swapped") for _ in range(3)]


def _copied_over(draw: Random, _: str, rank: int) -> list[Happening]:
    """While the daemon is down for longer than what was decided before is on its way."""
    killed = _lasting(draw, "killed", None, 40, 80, after=60.0)
    return [killed, Happening(at=killed.at + 1.0, what="copied_over", about=rank)]


def _documents(draw: Random, node: str, _: int) -> list[Happening]:
    """Around the moment when their node is drained."""
    drained = _lasting(draw, "drained", node, 60, 200, after=_AT_WORK_S)
    at, how = round(drained.at + draw.uniform(-8, 4), 3), draw.choice(("old", "old", "undated", "crowded"))
    return [drained, Happening(at=at, what="documents", about=(how, node), for_s=draw.choice((25.0, 60.0)))]


def _stalls(draw: Random, node: str, _: int) -> list[Happening]:
    return [_lasting(draw, "stalls", node, 20, 120, after=60.0)]


def _never(draw: Random, _: str, __: int) -> list[Happening]:
    endpoint = draw.choice(("/cluster/resources", "/cluster/resources", "/config", "/clone", "/status/start"))
    return [Happening(at=_at(draw), what="lost", about=(endpoint, "never", 1), for_s=360.0)]


def _unreadable(draw: Random, node: str, rank: int) -> list[Happening]:
    made = Happening(at=_at(draw), what="foreign_vm", about=(rank % 7, node, rank))
    unreadable = _lasting(draw, "unreadable", rank, 60, 200)
    lost = Happening(at=unreadable.at + round(draw.uniform(0, 20), 3), what="store_lost", for_s=1.0)
    return [made, unreadable, *([lost] if draw.random() < 0.6 else [])]


def _bridge_gone(draw: Random, _: str, __: int) -> list[Happening]:
    return [Happening(at=round(draw.uniform(0, 60), 3), what="bridge_gone", for_s=round(draw.uniform(60, 400), 2))]


def _key_changed(draw: Random, _: str, __: int) -> list[Happening]:
    return [_lasting(draw, "key_changed", draw.random() < 0.7, 60, 200, after=60.0)]


def _leave(draw: Random, _: str, rank: int) -> list[Happening]:
    return [Happening(at=_at(draw, after=60.0), what="leaves", about=rank)]


_KINDS = {
    "tags_off": _tags_off,
    "hidden": _hidden,
    "swapped": _swapped,
    "copied_over": _copied_over,
    "documents": _documents,
    "stalls": _stalls,
    "never": _never,
    "unreadable": _unreadable,
    "bridge_gone": _bridge_gone,
    "key_changed": _key_changed,
    "leave": _leave,
}
"""How each is drawn."""


__all__ = ["a_tampered_schedule"]
