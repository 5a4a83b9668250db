"""Generated hours of lies: the gate and the books alone (`tests.chaos.books`), seed after seed, each a site of its own."""

from tests.chaos.book_figures import differences
from tests.chaos.books import Pair
from tests.chaos.hostile import Verdict

HOURS_EACH = 100.0
"""Of a seed: days begin and end in it, and the rates are used up and whole again many times."""
DESKTOPS = 200
_LOOKED_EACH_H = 1.03
"""Not on the hour: that is when it has just been read."""


def play_lies(seed: int, *, hours: float = HOURS_EACH, desktops: int = DESKTOPS) -> Verdict:
    """One site; ends when anything differs."""
    pair, wrong, played_h = Pair(seed=seed, desktops=desktops), list[str](), 0.0
    try:
        while played_h < hours and not wrong:
            pair.play(_LOOKED_EACH_H)
            played_h += _LOOKED_EACH_H
            wrong = list(differences(pair, played_h))
    except Exception as crash:
        wrong = [f"nothing that is said ends the daemon: {type(crash).__name__}: {crash}"]
    cut = ", ".join(f"{count} {flow.value}" for flow, count in sorted(pair.with_lies.figures.cut.items()))
    cost = f"{played_h:g} h of the books of {desktops}: {pair.liar.sent} pushes of one; cut: {cut}"
    return Verdict(seed, tuple(f"after {played_h:g} h: {each}" for each in wrong), cost)


__all__ = ["DESKTOPS", "HOURS_EACH", "play_lies"]
