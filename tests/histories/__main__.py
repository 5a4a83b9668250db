"""`python -m tests.histories COUNT`: plays so many and prints what is wrong in each; with `--mutants` without each rule.

Exit code 1 if anything is wrong, or if a rule that was taken away is not noticed.
"""

import argparse
import multiprocessing
import os
import sys

from tests.histories.history import wrong_in
from tests.histories.mutants import MUTANTS, without_rule

NOTICED_WITHIN = 40
"""Histories in which a rule that was taken away has to be noticed."""


def main() -> int:
    """The last line is the verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=120, help="how many histories")
    parser.add_argument("--first", type=int, default=1, help="the first one's seed")
    parser.add_argument("--mutants", action="store_true", help="take away each rule")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    args = parser.parse_args()
    with multiprocessing.Pool(args.jobs) as pool:
        if args.mutants:
            noticed = dict(zip(MUTANTS, pool.map(_notices, MUTANTS), strict=True))
            print(
                f"{sum(noticed.values())} of {len(noticed)} removed rules caught",
                *(name for name in noticed if not noticed[name]),
            )
            return 0 if all(noticed.values()) else 1
        found = [
            f"{seed}: {line}"
            for seed, lines in enumerate(pool.imap(wrong_in, range(args.first, args.first + args.count)), args.first)
            for line in lines
        ]
    print(*found, f"{args.count} histories, {len(found)} wrong", sep="\n")
    return 1 if found else 0


def _notices(name: str) -> bool:
    with without_rule(name):
        return any(map(wrong_in, range(1, NOTICED_WITHIN + 1)))


if __name__ == "__main__":
    sys.exit(main())
