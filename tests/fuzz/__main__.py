"""`python -m tests.fuzz`: 100,000 orders and 10,000 files; with `--orders`, `--files`, `--processes` or `--mutants` that alone.

Exit code 1 when the daemon ended, an answer was 500, a fence had to keep an order from that which a check should have
refused, or a removed rule was not noticed. A life that fails is printed with its replay. Nothing is read or written but folders
of its own.
"""

import argparse
import logging
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.fuzz import files, orders, processes
from tests.fuzz.mutants import survivors
from tests.fuzz.orders import Outcome

ORDERS, FILES, PROCESSES = 100_000, 10_000, 5
_A_LIFE = {"orders": 1000, "files": 250, "processes": 1}
_PLAY: dict[str, Callable[[Path, int, int], Outcome]] = {
    "orders": orders.play,
    "files": files.play,
    "processes": processes.play,
}
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is to be played."""

    kind: str
    seed: int
    size: int


def main() -> int:
    """Play the requested parts; a verdict a line comes last."""
    args = _arguments()
    if args.mutants is not None:
        tried, unnoticed = survivors(words=args.mutants)
        print(f"{'BAD ' if unnoticed else 'good'}  mutants: {tried - len(unnoticed)} of {tried} removed rules caught")
        return 1 if unnoticed else 0
    sizes = {kind: getattr(args, kind) for kind in _PLAY}
    if not any(sizes.values()):
        sizes = {"orders": ORDERS, "files": FILES, "processes": PROCESSES}
    verdicts = [_play(kind, size, args) for kind, size in sizes.items() if size]
    for good, line in verdicts:
        print(f"{'good' if good else 'BAD '}  {line}")
    return 0 if all(good for good, _ in verdicts) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--orders", type=int, default=0, help="so many, in lives of a thousand")
    parser.add_argument("--files", type=int, default=0, help="so many, in lives of 250")
    parser.add_argument("--processes", type=int, default=0, help="so many real daemons, each killed again and again")
    parser.add_argument("--seed", type=int, default=1, help="of the first life; the others follow")
    parser.add_argument("--mutants", nargs="?", const="", metavar="WORDS", help="remove each rule, or those named so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    return parser.parse_args()


def _lives(kind: str, size: int, seed: int) -> Iterator[Life]:
    for first in range(0, size, _A_LIFE[kind]):
        yield Life(kind=kind, seed=seed + first // _A_LIFE[kind], size=min(_A_LIFE[kind], size - first))


def _play(kind: str, size: int, args: argparse.Namespace) -> tuple[bool, str]:
    whole = Outcome()
    with multiprocessing.Pool(args.jobs, initializer=partial(logging.disable, logging.CRITICAL)) as pool:
        for life, outcome in pool.imap(_outcome, _lives(kind, size, args.seed)):
            whole.add(outcome)
            for text in outcome.wrong[:_SHOWN]:
                print(f"{text}\n  replay: python -m tests.fuzz --{kind} {life.size} --seed {life.seed}", flush=True)
            for text in sorted(set(outcome.fenced))[:_SHOWN]:
                print(f"kept by a fence: {text}", flush=True)
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(whole.answers.items()))
    text = f"{kind}: {whole.orders} over {whole.kills} kills; {len(whole.wrong)} ends or answers of 500"
    text += f"; {len(whole.fenced)} kept by a fence"
    return not (whole.wrong or whole.fenced), f"{text} ({answers})"


def _outcome(life: Life) -> tuple[Life, Outcome]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return life, _PLAY[life.kind](Path(folder), life.seed, life.size)


if __name__ == "__main__":
    sys.exit(main())
