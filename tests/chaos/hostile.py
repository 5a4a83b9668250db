"""Two lives of one site, of one seed: in one of them root in one desktop says whatever it likes. Nobody else's may differ.

`python -m tests.chaos --hostile` plays some hours of a small site; for a night `--hostile --hours 200 --desktops 200`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from provisioner.model.machines.guest_bounds import Flow
from tests.chaos.book_figures import most_of as _most
from tests.chaos.hostile_life import Facts, Life
from tests.chaos.hostile_series import READINGS_AN_HOUR
from tests.chaos.hostile_series import differences as series_differences
from tests.chaos.hostile_site import MOST

_LOUDER, _LARGE = 1.1, 200
"""So much more a cycle may cost at a site of so many desktops. At a smaller one: what one desktop may add."""
_OF_CYCLE = frozenset({"documents", "requests", "rows", "statuses", "transactions"})
_OWN = 20
"""Lines of a desktop's own that differ: it becomes ready again, or fails by its own word."""
_OTHERS_READ = 4
"""Readings of others that differ, because something else takes its turn at another moment."""
_HORIZON_H = 0.5


def differences(honest: Life, hostile: Life, *, hours: float, desktops: int) -> Iterator[str]:
    """What differs, and may not. The first of each kind."""
    mine, theirs = honest.facts, hostile.facts
    yield from (mine.wrong + theirs.wrong)[:1]
    if cut := honest.reconciler.sessions.figures(honest.events.now).cut:
        yield f"of a site where all are honest is cut: {cut}"
    if _lives(mine) != _lives(theirs):
        yield f"the lives of the others: {_first(_lives(mine), _lives(theirs))}"
    if mine.outcomes != theirs.outcomes:
        yield f"what was done to others: {(mine.outcomes - theirs.outcomes) or (theirs.outcomes - mine.outcomes)}"
    for name, ours, other in (("states", mine.samples, theirs.samples), ("totals", mine.totals, theirs.totals)):
        if ours != other:
            yield f"the {name} of the others: {_first(ours, other)}"
    if honest.borrowers.answers != hostile.borrowers.answers:
        yield f"who got a desktop of the pool: {_first(honest.borrowers.answers, hostile.borrowers.answers)}"
    yield from series_differences(honest.series.samples, hostile.series.samples, hours=hours)
    over = [(a, b) for a, b in zip(mine.peaks, theirs.peaks, strict=True) if abs(b - a) > MOST]
    if over:
        yield f"the day's peak {over[0][1]} instead of {over[0][0]}"
    if theirs.own["outcomes"] > mine.own["outcomes"] + _most(Flow.BOOT, hours) + _OWN:
        yield f"what was noted of the one: {theirs.own['outcomes']} instead of {mine.own['outcomes']}"
    for what, allowed in _allowed(hours).items():
        is_of_cycle = what in _OF_CYCLE and desktops >= _LARGE
        most = _LOUDER * mine.costs[what] if is_of_cycle else mine.costs[what] + allowed
        if theirs.costs[what] > most:
            yield f"cost: {what} {theirs.costs[what]} instead of {mine.costs[what]}, at most {most:.0f}"


def _lives(facts: Facts) -> list[tuple[int, str]]:
    """Of each of the others, what has happened there."""
    return [(vmid, word) for vmid, _, word in sorted((vmid, at, word) for at, vmid, word in facts.truth)]


def _allowed(hours: float) -> dict[str, float]:
    """What one desktop may add, by the rates; and by readings, of which each minute has one."""
    documents, lines, readings = (
        _most(Flow.DOCUMENT, hours),
        _most(Flow.LINE, hours) + _most(Flow.BOOT, hours),
        READINGS_AN_HOUR * hours,
    )
    return {
        "documents": documents,
        "answers": _most(Flow.QUESTION, hours),
        "rows": documents + readings,
        "statuses": documents,
        "transactions": documents + lines,
        "requests": 2 * readings,
        "readings of others": _OTHERS_READ,
        "journal": lines + _OWN,
        "log": 2 * lines + readings,
        "most log-ons and log-offs kept": _most(Flow.CHANGE, _HORIZON_H) + READINGS_AN_HOUR * _HORIZON_H,
    }


def _first(mine: list[Any], theirs: list[Any]) -> str:
    for number, (a, b) in enumerate(zip(mine, theirs, strict=False)):
        if a != b:
            if isinstance(a, dict):
                key = next(key for key in (*a, *b) if a.get(key) != b.get(key))
                a, b = (key, a.get(key)), (key, b.get(key))
            return f"{number}: {b} instead of {a}"
    return f"{len(theirs)} instead of {len(mine)}"


@dataclass(frozen=True)
class Verdict:
    """Of one seed."""

    seed: int
    wrong: tuple[str, ...]
    cost: str
    """What it cost, in one line."""


def play(seed: int, *, hours: float, desktops: int) -> Verdict:
    """Both lives."""
    honest, hostile = (Life(seed=seed, desktops=desktops, hostile=lies) for lies in (False, True))
    try:
        wrong = tuple(differences(honest.play(hours), hostile.play(hours), hours=hours, desktops=desktops))
    except Exception as crash:
        wrong = (f"the daemon never crashes: {type(crash).__name__}: {crash}",)
    counted = hostile.reconciler.sessions.figures(hostile.events.now)
    mine, theirs = honest.facts.costs, hostile.facts.costs
    costs = ", ".join(f"{what} {theirs[what] / mine[what]:.2f}" for what in sorted(mine) if mine[what])
    words = ", ".join(f"{count} {word.value}" for word, count in sorted(counted.pushes.items()))
    cut = ", ".join(f"{count} {flow.value}" for flow, count in sorted(counted.cut.items()))
    sent = 0 if hostile.liar is None else hostile.liar.sent
    return Verdict(seed, wrong, f"{hours:g} h of {desktops}: {sent} pushes of one ({words}); cut: {cut}; costs by: {costs}")


__all__ = ["Verdict", "play"]
