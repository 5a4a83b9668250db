"""`python -m tests.histories COUNT`: plays so many and prints what is wrong in each; with `--mutants` without each rule.

Exit code 1 if anything is wrong, or if a rule that was taken away is not noticed.
"""

import argparse
import multiprocessing
import os
import sys

from tests.histories.history import wrong_in
from tests.histories.mutants import MUTANTS, is_noticed

NOTICED_WITHIN = 40
"""Histories in which a rule that was taken away has to be noticed."""


def main() -> int:
    """The last line is the verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=120, help="how many histories")
    parser.add_argument("--first", type=int, default=1, help="the first one's seed")
    parser.add_argument("--mutants", action="store_true", help="take away each rule")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--seeds", type=int, nargs="+", help="these histories, and no others")
    args = parser.parse_args()
    seeds = args.seeds or range(args.first, args.first + args.count)
    with multiprocessing.Pool(args.jobs) as pool:
        if args.mutants:
            noticed = dict(zip(MUTANTS, pool.map(_notices, MUTANTS), strict=True))
            print(
                f"{sum(noticed.values())} of {len(noticed)} removed rules caught",
                *(name for name in noticed if not noticed[name]),
            )
            return 0 if all(noticed.values()) else 1
        found = [f"{seed}: {line}" for seed, lines in zip(seeds, pool.imap(wrong_in, seeds), strict=True) for line in lines]
    print(*found, f"{len(seeds)} histories, {len(found)} wrong", sep="\n")
    return 1 if found else 0


def _notices(name: str) -> bool:
    return is_noticed(name, [MUTANTS[name].seed]) or is_noticed(name, range(1, NOTICED_WITHIN + 1))


if __name__ == "__main__":
    sys.exit(main())
