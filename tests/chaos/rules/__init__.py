"""The safety rules of the product, by what they are of: what `mutants` removes, one at a time.

`ownership`, `work`, `desktops`, `sessions`, `orders`, `pools` and `hostile` have a mutant for each rule; `mutant` says what
one is.
"""

from tests.chaos.rules import desktops, hostile, orders, ownership, pools, sessions, work
from tests.chaos.rules.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *ownership.MUTANTS,
    *work.MUTANTS,
    *desktops.MUTANTS,
    *sessions.MUTANTS,
    *orders.MUTANTS,
    *pools.MUTANTS,
    *hostile.MUTANTS,
)

__all__ = ["MUTANTS", "Mutant"]
