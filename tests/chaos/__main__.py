"""`python -m tests.chaos`: everything, as `make chaos`; with `--seeds`, `--draw`, `--http`, `--hostile`, `--lies` or
`--mutants` that part alone.

Exit code 1 when an invariant was violated or a removed rule was not noticed. A failing seed is printed with its replay.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random, SystemRandom

from tests.builders.seeds import numbers_in
from tests.chaos import hostile_parts
from tests.chaos.http_trial import HttpTrial
from tests.chaos.mutants import survivors
from tests.chaos.other_trials import play_others
from tests.chaos.scene import Scene
from tests.chaos.trial import Trial
from tests.chaos.world import OBEYED, PUSHED, TAMPERED, a_small_world, a_world

_POINTED = (
    "1000001-1000020,1500001-1500020,1600001-1600020,1700001-1700020,1800001-1800020,1900001-1900010,1920001-1920020,1930001-1930020,1932001-1932020,1940001-1940060,1945001-1945010,1946001-1946020,1947001-1947020,1948001-1948020,1949001-1949020,1949501-1949510,1950001-1950020,"
    "1960001-1960020,1970001-1970020,1980001-1980020,1985001-1985020,1987001-1987020,1988001-1988020,1990001-1990020,1995001-1995020,1996001-1996030"
)
_VIRTUAL, _HTTP = f"1-2000,{_POINTED},2000001-2000300", "1-50"
_KIND, _OF_A_KIND, _TAMPERED = 1000, 999, TAMPERED // 1000
"""Kinds of trouble begin at thousands; the one of what people change by hand is as wide as several."""
_HTTP_JOBS = 2
"""Seeds over HTTP at once a processor: they wait more than they work."""
_SHOWN = 3
"""Violations of one seed on its line; all of them, and its trace, come by its replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a seed came to."""

    seed: int
    replay: str
    wrong: tuple[str, ...]
    trace: tuple[str, ...]


def main() -> int:
    """Play the requested parts; the verdicts come last, a line each."""
    args = _arguments()
    verdicts = []
    if args.seed is not None:
        return 0 if _tell((over_http if args.http else virtual)(args.seed), whole=True) else 1
    if args.draw:
        args.seeds = drawn(args.draw, by=args.by)
        print(f"drawn by {args.by}: {args.seeds}", flush=True)
    everything = not (args.seeds or args.http or args.hostile or args.lies or args.mutants is not None)
    if everything or (args.seeds and not args.http and not args.hostile):
        verdicts.append(_play("virtual", virtual, args.seeds or _VIRTUAL, args, jobs=args.jobs))
    if everything or args.http:
        verdicts.append(_play("http", over_http, args.seeds or _HTTP, args, jobs=_HTTP_JOBS * args.jobs))
    if everything or args.hostile or args.lies:
        verdicts += _play_hostile(args, everything=everything)
    if everything or args.mutants is not None:
        verdicts.append(_mutants(args))
    if everything:
        verdicts += play_others(jobs=args.jobs)
    for good, line in verdicts:
        print(f"{'good' if good else 'BAD '}  {line}")
    return 0 if all(good for good, _ in verdicts) else 1


def drawn(count: int, *, by: int) -> str:
    """That many seeds, half of them of all kinds of trouble, half of one kind each, none of which `make chaos` plays."""
    draw, played = Random(by), frozenset(numbers_in(_VIRTUAL))
    kinds = sorted({(seed - 1) // _KIND for seed in numbers_in(_POINTED)}) + [_TAMPERED] * 4
    seeds: dict[int, None] = {}
    while len(seeds) < count:
        one_kind = draw.choice(kinds) * _KIND + draw.randint(1, _OF_A_KIND)
        seed = draw.choice((draw.randint(1, 999_999), one_kind)) + draw.choice((*[0] * 6, PUSHED, OBEYED))
        if seed not in played:
            seeds[seed] = None
    return ",".join(map(str, seeds))


def virtual(seed: int) -> Played:
    """One seed in virtual time."""
    return _played(Trial(a_world(seed)).run(), replay="--seed")


def over_http(seed: int) -> Played:
    """One seed over real sockets, in scaled time: the same troubles, at nearly the same instants."""
    return _played(HttpTrial(a_small_world(seed)).run(), replay="--http --seed")


def _played(trial: Scene, *, replay: str) -> Played:
    seed = trial.world.seed
    return Played(seed=seed, replay=f"{replay} {seed}", wrong=tuple(trial.wrong), trace=tuple(trial.trace))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", help="ranges, 7,1-200")
    parser.add_argument("--draw", type=int, metavar="COUNT", help="further seeds, drawn; they are printed")
    parser.add_argument("--by", type=int, default=SystemRandom().randrange(10**6), help="draw those of this number again")
    parser.add_argument("--http", action="store_true", help="over real sockets, with a process that is really killed")
    parser.add_argument(
        "--hostile", action="store_true", help="root in one desktop: its seeds are those of --seeds, or its own"
    )
    parser.add_argument("--hours", type=float, default=hostile_parts.HOURS, help="of each hostile seed, in virtual time")
    parser.add_argument("--desktops", type=int, default=hostile_parts.DESKTOPS, help="of each hostile seed")
    parser.add_argument("--lies", type=float, metavar="HOURS", help="of lies to the books alone, generated: 10000 takes long")
    parser.add_argument("--seed", type=int, help="one seed, with its trace")
    parser.add_argument("--stop", action="store_true", help="stop at the first seed that fails")
    parser.add_argument("--mutants", nargs="?", const="", metavar="WORDS", help="remove each safety rule, or those named so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


def _play(kind: str, play: Callable[[int], Played], seeds: str, args: argparse.Namespace, *, jobs: int) -> tuple[bool, str]:
    numbers = numbers_in(seeds)
    with multiprocessing.Pool(jobs) as pool:
        bad = _bad(pool.imap(play, numbers), stop=args.stop)
    return not bad, f"{kind}: {len(numbers)} seeds, {len(bad)} with a violated invariant {bad or ''}".rstrip()


def _play_hostile(args: argparse.Namespace, *, everything: bool) -> list[tuple[bool, str]]:
    """Lies to the books, which take seconds, first: with `--stop` they may be enough."""
    parts, how = list[tuple[bool, str]](), {"jobs": args.jobs, "stop": args.stop}
    if everything or args.lies or not args.seeds:
        parts.append(hostile_parts.play_all_lies(args.lies or hostile_parts.LIES_HOURS, **how))
    if (everything or args.hostile) and not (args.stop and parts and not parts[0][0]):
        seeds = numbers_in(args.seeds or hostile_parts.SEEDS)
        parts.append(hostile_parts.play_whole(seeds, hours=args.hours, desktops=args.desktops, **how))
    return parts


def _bad(played: Iterable[Played], *, stop: bool) -> list[int]:
    bad = []
    for trial in played:
        if not _tell(trial, whole=False):
            bad.append(trial.seed)
            if stop:
                break
    return bad


def _mutants(args: argparse.Namespace) -> tuple[bool, str]:
    tried, unnoticed = survivors(_VIRTUAL, words=args.mutants or "", jobs=args.jobs)
    return not unnoticed, f"mutants: {tried - len(unnoticed)} of {tried} removed rules caught"


def _tell(played: Played, *, whole: bool) -> bool:
    """Whether all was well."""
    if played.wrong:
        more = f"; and {len(played.wrong) - _SHOWN} more" if len(played.wrong) > _SHOWN else ""
        print(f"seed {played.seed}: {'; '.join(played.wrong[:_SHOWN])}{more}", flush=True)
    if whole:
        print("\n".join(f"  {line}" for line in played.trace))
    elif played.wrong:
        print(f"  replay: python -m tests.chaos {played.replay}", flush=True)
    return not played.wrong


if __name__ == "__main__":
    sys.exit(main())
