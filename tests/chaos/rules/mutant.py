"""A safety rule of the product, with the words of the source that carry it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule less: each `text`, which must be there once in all of the product, becomes its `instead`.

    Where two places keep one rule, each for itself, both are removed: the second is there in case the first is wrong.
    """

    rule: str
    changes: tuple[tuple[str, str], ...]
    seed: int
    """One that is known to fail without the rule; it is played first, and when it fails no more, all that the suite plays: ten
    minutes."""
    hostile: bool = False
    """Whether it is the suite of the hostile desktop (`tests.chaos.hostile`) that has to fail."""


def without(rule: str, text: str, instead: str, *also: tuple[str, str], seed: int) -> Mutant:
    """The mutant that lacks this rule."""
    return Mutant(rule=rule, changes=((text, instead), *also), seed=seed)


def without_in_hostile(rule: str, text: str, instead: str, *also: tuple[str, str], seed: int = 0) -> Mutant:
    """The mutant that lacks this rule about what desktops say. `seed`: of a whole life that fails; 0: the books alone do."""
    return Mutant(rule=rule, changes=((text, instead), *also), seed=seed, hostile=True)


__all__ = ["Mutant", "without", "without_in_hostile"]
