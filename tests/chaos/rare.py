"""Separate seeds for five coincidences that few drawn schedules have: each is what one rule is for."""

from random import Random

from tests.chaos.schedule import Happening

KEY_CHANGED, UNSTARTED, UNWATCHED, SET_FORWARD, SET_BACK = 1_949_000, 1_949_500, 1_947_000, 1_946_000, 1_932_000
"""Seeds beyond are of a daemon that begins with another key in mid-clone, or while nothing starts, of VMIDs that others take
while the cluster says nothing, of orders that arrive late while the clock is set forward, of restarts while it is set back."""
_FIRST_CLONE_S, _AT_WORK_S = 40.0, 150.0


def key_changed(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """Desktops are deleted by hand and made again; in the middle of that the daemon begins with another key, for a while."""
    made = []
    for turn in range(4):
        at = _AT_WORK_S + 150.0 * turn
        made += [
            Happening(at=round(at + draw.uniform(0, 8), 3), what="deleted", about=draw.randrange(agents)) for _ in range(3)
        ]
        for_s = round(draw.uniform(20, 60), 2)
        made.append(Happening(at=round(at + draw.uniform(4, 18), 3), what="key_changed", about=False, for_s=for_s))
    return tuple(sorted(made, key=lambda happening: happening.at))


def unstarted(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """Desktops are made that cannot start, as their bridge is gone; meanwhile the daemon has another key for a while."""

    def lasting(what: str, about: object, begins: tuple[float, float], lasts: tuple[float, float]) -> Happening:
        return Happening(at=round(draw.uniform(*begins), 3), what=what, about=about, for_s=round(draw.uniform(*lasts), 2))

    made = [
        lasting("bridge_gone", None, (10, 30), (250, 400)),
        lasting("key_changed", False, (110, 180), (60, 140)),
        Happening(at=round(draw.uniform(40, 55), 3), what="joins", about=2),
        Happening(at=round(draw.uniform(85, 100), 3), what="leaves", about=draw.randrange(agents)),
        Happening(at=round(draw.uniform(215, 230), 3), what="restarted", about=draw.randrange(agents)),
    ]
    return tuple(sorted(made, key=lambda happening: happening.at))


def unwatched(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """Clones end while no look succeeds; some are deleted by hand meanwhile, and somebody else gets their VMIDs."""
    made = []
    for turn in range(3):
        at = _FIRST_CLONE_S + 60.0 * turn + draw.uniform(0, 10)
        made.append(Happening(at=round(at, 3), what="lost", about=("/cluster/resources", "before", draw.randint(3, 6))))
        made += [
            Happening(at=round(at + draw.uniform(4, 20), 3), what="number_taken_over", about=draw.randrange(agents))
            for _ in range(3)
        ]
    return tuple(sorted(made, key=lambda happening: happening.at))


def set_back(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """The clock is ahead, and is put right while desktops are started again: what they said before is older than it looks."""
    made = []
    for turn in range(4):
        at = _AT_WORK_S + 120.0 * turn
        right_s = round(draw.uniform(20, 60), 2)
        made.append(Happening(at=at, what="clock_jumps", about=draw.randint(15, 60), for_s=right_s))
        made += [
            Happening(at=round(at + right_s + draw.uniform(-25, 5), 3), what="restarted", about=draw.randrange(agents))
            for _ in range(4)
        ]
    return tuple(sorted(made, key=lambda happening: happening.at))


def set_forward(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """An order's answer is lost, and the order arrives late; meanwhile the clock is set forward by an hour, for a while."""
    made = [Happening(at=1.0, what="deleted", about=draw.randrange(agents))]
    for turn in range(6):
        at = _FIRST_CLONE_S + 80.0 * turn + draw.uniform(0, 20)
        path = draw.choice(("/clone", "/clone", "/status/start", "/config"))
        made.append(Happening(at=round(at - 5, 3), what="lost", about=(path, "late", draw.randint(1, 3))))
        made += [Happening(at=round(at, 3), what="deleted", about=draw.randrange(agents)) for _ in range(2)]
        ahead = Happening(
            at=round(at + draw.uniform(0, 10), 3), what="clock_jumps", about=3600, for_s=round(draw.uniform(20, 60), 2)
        )
        made.append(ahead)
    return tuple(sorted(made, key=lambda happening: happening.at))


__all__ = [
    "KEY_CHANGED",
    "SET_BACK",
    "SET_FORWARD",
    "UNSTARTED",
    "UNWATCHED",
    "key_changed",
    "set_back",
    "set_forward",
    "unstarted",
    "unwatched",
]
