"""Seeds of their own for what chance meets too seldom."""

from random import Random

from tests.chaos.schedule import Happening

_FIRST_CLONE_S = 40.0
"""Before, an empty store waits for what may be on its way (safety.rebuild_settle)."""
_AT_FIRST = 4
"""Clones at once, of an empty store: a node each, and there are four at most."""


def a_pointed_schedule(draw: Random, *, nodes: int) -> tuple[Happening, ...]:
    """What chance meets too seldom: killed while clones take long, and what the next life sees is slow to come."""
    slow = [Happening(at=30.0, what="storage_slow", about=f"pve{number}", for_s=150.0) for number in range(1, nodes + 1)]
    deaths = [
        Happening(at=round(at, 3), what="killed_while_cloning", for_s=round(draw.uniform(0.05, 1.5), 2))
        for at in sorted(draw.uniform(40, 160) for _ in range(6))
    ]
    delays = (("/cluster/resources", "slow", 100), ("/config", "delayed", 60))
    return (*slow, *(Happening(at=31.0, what="lost", about=one) for one in delays), *deaths)


def an_outdated_schedule(draw: Random, *, first_vmid: int) -> tuple[Happening, ...]:
    """The store is put back as it was at the first clones, whose VMIDs others got since; just their notes are hard to read."""
    at, restored_after_s = round(draw.uniform(2, _FIRST_CLONE_S), 3), round(draw.uniform(60, 120), 2)
    forgets = Happening(
        at=at, what="forgets_at_clone", about=("before", restored_after_s), for_s=round(draw.uniform(0.1, 3), 2)
    )
    how, count = draw.choice(("before", "hung")), draw.randint(1, 3)
    hard = [(f"GET /{first_vmid + index}/config", how, count) for index in range(_AT_FIRST)]
    return (forgets, *(Happening(at=_FIRST_CLONE_S + restored_after_s, what="lost", about=one) for one in hard))


def a_mistimed_schedule(draw: Random, *, agents: int) -> tuple[Happening, ...]:
    """The clock is an hour ahead while the store is lost, and while desktops are deleted at work; then it is put right."""
    jump = Happening(at=2.0, what="clock_jumps", about=3600, for_s=round(draw.uniform(20, 120), 2))
    lost = Happening(at=4.0, what="store_lost", for_s=round(draw.uniform(0.5, 3), 2))
    deleted = (Happening(at=round(draw.uniform(45, 130), 3), what="deleted", about=draw.randrange(agents)) for _ in range(5))
    return (jump, lost, *sorted(deleted, key=lambda one: one.at))


__all__ = ["a_mistimed_schedule", "a_pointed_schedule", "an_outdated_schedule"]
