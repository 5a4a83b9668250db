"""`python -m tests.law.doctor`: the doctor and the daemon on drawn, broken sites. Exit code 1 when they contradict each other.

With `--seeds` other sites, `--seed` one with everything that was found, `--mutants` what removed checks come to.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator

from tests.builders.seeds import numbers_in
from tests.law.doctor.mutants import survivors
from tests.law.doctor.trying import Tried, try_seed

_SITES = "1-400"


def main() -> int:
    """Play."""
    args = _arguments()
    if args.mutants is not None:
        return 1 if survivors(args.mutants) else 0
    if args.seed is not None:
        tried = try_seed(args.seed)
        print(tried)
        return 1 if tried.untrue else 0
    with multiprocessing.Pool(args.jobs) as pool:
        return _judged(pool.imap(try_seed, numbers_in(args.seeds)), stop=args.stop)


def _judged(sites: Iterator[Tried], *, stop: bool) -> int:
    count = ruled = nobody = 0
    bad: list[int] = []
    for tried in sites:
        count += 1
        ruled += tried.under_law
        nobody += tried.under_law and not tried.ready
        if tried.untrue:
            bad.append(tried.seed)
            print(f"seed {tried.seed}: {'; '.join(tried.broken)}: {tried.untrue}", flush=True)
            if stop:
                break
    mark = "BAD " if bad else "good"
    print(f"{mark}  {count} sites, {ruled} where somebody was wanted, {nobody} where nobody came; {len(bad)} contradictions")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.law.doctor", description=__doc__)
    parser.add_argument("--seeds", default=_SITES, help="ranges, 7,1-200")
    parser.add_argument("--seed", type=int, help="one site")
    parser.add_argument("--stop", action="store_true", help="stop at the first contradiction")
    parser.add_argument("--mutants", nargs="?", const="", metavar="WORDS", help="remove each check, or those named so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
