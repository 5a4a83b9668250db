"""What `python -m tests.chaos --hostile` plays: generated hours of the books alone, then whole lives of a small site."""

import multiprocessing
from collections.abc import Iterable, Iterator
from functools import partial
from math import ceil

from tests.chaos.hostile import Verdict, play
from tests.chaos.lies import HOURS_EACH, play_lies

SEEDS, HOURS, DESKTOPS = "1-4", 2.0, 12
LIES_HOURS = 300.0
"""Of the ten thousand that `--lies 10000` plays."""
Part = tuple[bool, str]
"""Whether it was good, and its last line."""


def play_whole(seeds: Iterable[int], *, hours: float, desktops: int, jobs: int, stop: bool) -> Part:
    """Both lives of each seed; what differs is printed as it comes."""
    with multiprocessing.Pool(jobs) as pool:
        verdicts = pool.imap(partial(play, hours=hours, desktops=desktops), seeds)
        count, bad = _told(verdicts, stop=stop, replay="--hostile --seeds")
    return not bad, f"hostile: {count} seeds of {hours:g} h, {len(bad)} in which others differ {bad or ''}".rstrip()


def play_all_lies(hours: float, *, jobs: int, stop: bool) -> Part:
    """So many hours, of seeds from 1 on."""
    each = min(hours, HOURS_EACH)
    with multiprocessing.Pool(jobs) as pool:
        verdicts = pool.imap(partial(play_lies, hours=each), range(1, ceil(hours / each) + 1))
        count, bad = _told(verdicts, stop=stop, replay=f"--lies {hours:g}, seed")
    return not bad, f"lies: {count} seeds of {each:g} h, {len(bad)} in which a figure differs {bad or ''}".rstrip()


def _told(verdicts: Iterator[Verdict], *, stop: bool, replay: str) -> tuple[int, list[int]]:
    count, bad = 0, list[int]()
    for verdict in verdicts:
        count += 1
        print(f"hostile {verdict.seed}: {verdict.cost}", flush=True)
        if verdict.wrong:
            print(f"seed {verdict.seed}: {'; '.join(verdict.wrong[:3])}", flush=True)
            print(f"  replay: python -m tests.chaos {replay} {verdict.seed}", flush=True)
            bad.append(verdict.seed)
            if stop:
                break
    return count, bad


__all__ = ["DESKTOPS", "HOURS", "LIES_HOURS", "SEEDS", "play_all_lies", "play_whole"]
