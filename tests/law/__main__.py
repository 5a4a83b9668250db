"""`python -m tests.law`: lives, with the truth beside what is said. Exit code 1 when something that was said was not so.

With `--seeds` other lives, `--seed` one with its trace, `--mutants` what removed makers come to.
"""

import argparse
import multiprocessing
import os
import sys

from tests.builders.seeds import numbers_in
from tests.chaos.world import a_world
from tests.law.life import Life
from tests.law.mutants import survivors

_LIVES = "1-1500,1500001-1500100,1800001-1800200,3000001-3000200"
_SHOWN = 3


def play(seed: int) -> tuple[int, list[str], list[str]]:
    """The seed; what was said and was not so, or violated meanwhile; and the trace."""
    life = Life(a_world(seed))
    life.run()
    return seed, [*life.untrue, *life.wrong], life.trace


def main() -> int:
    """Play."""
    args = _arguments()
    if args.mutants is not None:
        return 1 if survivors(args.mutants) else 0
    if args.seed is not None:
        _, untrue, trace = play(args.seed)
        print("\n".join([*trace, *untrue]))
        return 1 if untrue else 0
    numbers = numbers_in(args.seeds)
    bad = []
    with multiprocessing.Pool(args.jobs) as pool:
        for seed, untrue, _ in pool.imap(play, numbers):
            if untrue:
                bad.append(seed)
                print(f"seed {seed}: {'; '.join(untrue[:_SHOWN])}", flush=True)
                if args.stop:
                    break
    print(f"{'BAD ' if bad else 'good'}  {len(numbers)} lives, {len(bad)} in which something was said that was not so")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.law", description=__doc__)
    parser.add_argument("--seeds", default=_LIVES, help="ranges, 7,1-200")
    parser.add_argument("--seed", type=int, help="one life, with its trace")
    parser.add_argument("--stop", action="store_true", help="stop at the first life with something untrue")
    parser.add_argument("--mutants", nargs="?", const="", metavar="WORDS", help="remove each maker, or those named so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
