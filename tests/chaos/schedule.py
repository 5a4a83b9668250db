"""The schedule of faults: drawn from one seeded generator before the run."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from random import Random
from typing import Any

STORM_S = 420.0
"""Within this time after the start everything begins to go wrong: a switch of forty desktops takes about as long."""
_FIRST_READY_S = 120.0
"""Before, nothing is there to be shut down."""
RESTORE_S = 45.0
"""The fastest restore of a store from a copy: an order sent before takes up to 30 s to have its effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that goes wrong."""

    at: float
    """Seconds from the start."""
    what: str
    """The method of Scene, without `_do_`, or of Hands."""
    about: Any = None
    for_s: float = 0.0
    """Until it has passed; of a death, until the next start."""

    @property
    def passes_at(self) -> float:
        """Seconds from the start until nothing of it is left."""
        restored_s = self.about[1] + 2 * RESTORE_S if self.what == "forgets_at_clone" and self.about[1] else 0.0
        return self.at + self.for_s + restored_s

    def __str__(self) -> str:
        about = "" if self.about is None else f" {self.about}"
        return f"{self.what}{about}" + (f" for {self.for_s:.1f} s" if self.for_s else "")


def a_schedule(
    draw: Random, *, nodes: int, agents: int, storm_s: float = STORM_S, without: Set[str] = frozenset()
) -> tuple[Happening, ...]:
    """Three to eleven kinds of trouble, earlier rather than later."""
    offered = {kind: weight for kind, (weight, _) in _KINDS.items() if kind not in without}
    kinds = draw.choices(list(offered), weights=list(offered.values()), k=draw.randint(3, 11))
    made = [_KINDS[kind][1](_Draw(draw, nodes=nodes, agents=agents), draw.betavariate(1.2, 2.0) * storm_s) for kind in kinds]
    if any(happening.what == "forgets_at_clone" and happening.about[1] for happening in made):
        # A store put back that is older than its loss knows VMIDs under other people's names. The notes say whose they are,
        # unless their node is dead just then: that far nobody gets.
        made = [happening for happening in made if happening.what != "node_dies"]
    return tuple(
        sorted((_mortal(happening, kinds) for happening in made), key=lambda happening: (happening.at, happening.what))
    )


def _mortal(happening: Happening, kinds: list[str]) -> Happening:
    """Where a store is lost, every node comes back: what lies on a node that never does cannot be rebuilt by anybody."""
    if (
        happening.what == "node_dies"
        and happening.for_s == 0.0
        and {"store_lost", "store_restored", "forgets_at_clone"} & set(kinds)
    ):
        return Happening(at=happening.at, what=happening.what, about=happening.about, for_s=400.0)
    return happening


class _Draw:
    def __init__(self, random: Random, *, nodes: int, agents: int) -> None:
        self.random, self.nodes, self.agents = random, nodes, agents

    def node(self) -> str:
        return f"pve{self.random.randint(1, self.nodes)}"

    def seconds(self, least: float, most: float) -> float:
        return round(self.random.uniform(least, most), 2)

    def one_of(self, *things: Any) -> Any:
        return self.random.choice(things)

    def rank(self) -> int:
        return self.random.randrange(self.agents)


Make = Callable[[_Draw, float], Happening]


def _kind(what: str, about: Callable[[_Draw], Any] = lambda _: None, *, lasts: tuple[float, float] | None = None) -> Make:
    def make(draw: _Draw, at: float) -> Happening:
        for_s = draw.seconds(*lasts) if lasts else 0.0
        return Happening(at=round(at, 3), what=what, about=about(draw), for_s=for_s)

    return make


def _node_dies(draw: _Draw, at: float) -> Happening:
    back = draw.one_of(0.0, draw.seconds(2, 9), draw.seconds(20, 200), draw.seconds(200, 700))
    return Happening(at=round(at, 3), what="node_dies", about=draw.node(), for_s=back)


def _drained(draw: _Draw, at: float) -> Happening:
    return Happening(at=round(_FIRST_READY_S + 0.7 * at, 3), what="drained", about=draw.node(), for_s=draw.seconds(60, 300))


def _forgets_at_clone(draw: _Draw, at: float) -> Happening:
    how, restored_after_s = draw.one_of(("late", 0.0), ("late", 0.0), ("before", draw.seconds(60, 120)))
    return Happening(at=round(at, 3), what="forgets_at_clone", about=(how, restored_after_s), for_s=draw.seconds(0.1, 3))


def _snatched(draw: _Draw) -> tuple[str, str]:
    return (draw.one_of("before", "slow", "hung"), draw.one_of("", draw.node()))


_CALLS = (
    "/clone",
    "/clone",
    "/status/start",
    "/status/shutdown",
    "/config",
    "/cluster/resources",
    "/agent/file-read",
    "/tasks",
)
_KINDS: dict[str, tuple[int, Make]] = {
    "killed": (4, _kind("killed", lasts=(0.1, 60))),
    "killed_at_write": (4, _kind("killed_at_write", lambda draw: draw.random.randint(1, 6), lasts=(0.1, 30))),
    "killed_at_commit": (
        4,
        _kind("killed_at_commit", lambda draw: (draw.random.randint(1, 6), draw.one_of("before", "after")), lasts=(0.1, 30)),
    ),
    "store_lost": (3, _kind("store_lost", lasts=(0.1, 60))),
    "store_restored": (3, _kind("store_restored", lambda draw: draw.random.random(), lasts=(RESTORE_S, 120))),
    "lost": (
        8,
        _kind(
            "lost",
            lambda draw: (
                draw.one_of(*_CALLS),
                draw.one_of("before", "after", "late", "late", "hung", "slow"),
                draw.random.randint(1, 4),
            ),
        ),
    ),
    "forgets_at_clone": (3, _forgets_at_clone),
    "slow": (3, _kind("lost", lambda draw: (draw.one_of("/cluster/resources", "/config"), "slow", draw.random.randint(5, 40)))),
    "rival": (3, _kind("rival", lambda draw: (draw.node(), draw.seconds(2, 12), draw.seconds(0.3, 3)), lasts=(30, 150))),
    "node_dies": (4, _node_dies),
    "quorum_lost": (3, _kind("quorum_lost", lasts=(10, 120))),
    "storage_full": (2, _kind("storage_full", lambda draw: draw.node(), lasts=(20, 200))),
    "storage_slow": (2, _kind("storage_slow", lambda draw: draw.node(), lasts=(60, 400))),
    "template_deleted": (1, _kind("template_deleted", lambda draw: draw.node())),
    "foreign_vm": (4, _kind("foreign_vm", lambda draw: (draw.random.randint(0, 6), draw.node(), draw.rank()))),
    "snatched": (3, _kind("snatched", _snatched)),
    "foreign_vm_removed": (3, _kind("foreign_vm_removed", _Draw.rank)),
    "number_taken_over": (2, _kind("number_taken_over", _Draw.rank)),
    "guest_agents_dead": (2, _kind("guest_agents_dead", lambda draw: draw.one_of(0.1, 0.3), lasts=(60, 300))),
    "clock_jumps": (2, _kind("clock_jumps", lambda draw: draw.one_of(-3600, -300, -20, 20, 300, 3600), lasts=(5, 200))),
    "frozen": (3, _kind("frozen", lambda draw: draw.one_of("order", "file"), lasts=(10, 120))),
    "held": (2, _kind("held", lasts=(20, 200))),
    "drained": (4, _drained),
    "baseline_accepted": (2, _kind("baseline_accepted")),
    "joins": (2, _kind("joins", lambda draw: draw.random.randint(1, 4))),
    "leaves": (2, _kind("leaves", _Draw.rank)),
    "powered_off": (4, _kind("powered_off", _Draw.rank)),
    "restarted": (3, _kind("restarted", _Draw.rank)),
    "deleted": (3, _kind("deleted", _Draw.rank)),
    "backed_up": (2, _kind("backed_up", lambda draw: (draw.node(), draw.seconds(5, 40)))),
    "directory": (2, _kind("directory", lambda draw: draw.one_of("unreachable", "empty"), lasts=(30, 300))),
}
"""How often each is drawn, and how."""


__all__ = ["RESTORE_S", "STORM_S", "Happening", "a_schedule"]
