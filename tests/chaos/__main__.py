"""`python -m tests.chaos --seeds 1-200 [--seed N] [--trace] [--mutants]`; exit code 1 when an invariant was violated."""

import argparse
import sys
import time

from tests.chaos.mutants import survivors
from tests.chaos.trial import Trial
from tests.chaos.world import a_world


def main() -> int:
    """Play the seeds asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seeds", default="1-200", help="a range, 1-200")
    parser.add_argument("--seed", type=int, help="one seed, with its trace")
    parser.add_argument("--trace", action="store_true", help="print the trace of good seeds, too")
    parser.add_argument("--stop", action="store_true", help="stop at the first seed that fails")
    parser.add_argument("--mutants", action="store_true", help="remove each safety rule in turn: some seed has to fail")
    args = parser.parse_args()
    if args.mutants:
        return 1 if survivors(args.seeds) else 0
    first, _, last = args.seeds.partition("-")
    seeds = [args.seed] if args.seed is not None else range(int(first), int(last or first) + 1)
    began, bad = time.process_time(), []
    for seed in seeds:
        trial = Trial(a_world(seed)).run()
        if trial.wrong:
            bad.append(seed)
        if trial.wrong or args.trace:
            _tell(trial, whole=args.trace or args.seed is not None)
        if bad and args.stop:
            break
    print(f"{len(seeds)} seeds, {len(bad)} with a violated invariant {bad or ''}, {time.process_time() - began:.1f} s CPU")
    return 1 if bad else 0


def _tell(trial: Trial, *, whole: bool) -> None:
    print(f"seed {trial.world.seed}: {'; '.join(trial.wrong) or 'all is well'}")
    if whole:
        print("\n".join(f"  {line}" for line in trial.trace))
    else:
        print(f"  replay: python -m tests.chaos --seed {trial.world.seed}")


if __name__ == "__main__":
    sys.exit(main())
