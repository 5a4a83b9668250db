"""`python -m tests.bench [PART …]`: measures, keeps what it measured in tests/bench/results, and makes docs/en/performance.md.

Without a part: all of them. At the end it says of each promise whether it was met. `page` measures nothing, and makes the page
of what is kept.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from tests.bench import (
    autoscale,
    best,
    borrowing,
    capacity,
    code,
    daemon,
    deadlines,
    directory,
    fits,
    full,
    growth,
    late,
    late_alone,
    lends,
    mechanisms,
    oracle,
    page,
    peers,
    pool,
    probes,
    results,
    rotation,
    scrape,
    shapes,
    stage,
    unusual,
    virtual,
)
from tests.bench.drawn import run as drawn
from tests.bench.faults import run as faults
from tests.bench.questions import run as questions
from tests.bench.receiver import run as receiver
from tests.bench.verdicts import verdicts_of

_PAGE = "page"


def main(arguments: list[str] | None = None) -> int:
    """Run the named sub-benchmarks, or all."""
    options = _parser().parse_args(arguments)
    # On SIGTERM it ends its child processes: SystemExit goes through every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = [name for name in options.names or results.NAMES if name != _PAGE]
    kept, keeps = results.read(), not (options.print or options.shape)
    for name in names:
        command = " ".join(["python -m tests.bench", name, *_changed(options)])
        kept[name] = results.headed(name, _runs(options)[name](), command=command)
        if keeps:
            results.keep(name, kept[name])
    if keeps:
        found = results.read()
        page.PAGE.write_text(page.text_of(found, old=code.old_parts(found)), encoding="utf-8")
    for verdict in verdicts_of(results.with_best(kept), old=code.old_parts(kept)):
        if verdict.part in (names or results.NAMES):
            print(verdict.line)
    return 0


def _runs(options: argparse.Namespace) -> dict[str, Callable[[], dict[str, Any]]]:
    sized = {} if options.desktops is None else {"agents": options.desktops}
    scaled = {} if options.scale is None else {"scale": options.scale}
    counted = {} if options.count is None else {"count": options.count}
    few: dict[str, Any] = {"jobs": options.jobs} | ({} if options.seeds == stage.SEEDS else {"seeds": options.seeds})
    shaped = few | ({"shapes": options.shape} if options.shape else {})
    return {
        "virtual": lambda: virtual.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "full": lambda: full.run(**shaped, **sized),
        "oracle": lambda: oracle.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "best": lambda: best.run(**shaped, **sized),
        "shapes": lambda: shapes.run(**shaped, **sized),
        "mechanisms": lambda: mechanisms.run(**shaped, **sized),
        "drawn": lambda: drawn.run(seed=options.seed, jobs=options.jobs, **counted, **sized),
        "pool": lambda: pool.run(seeds=options.seeds, jobs=options.jobs, **sized),
        "faults": lambda: faults.run(jobs=options.jobs, **sized),
        "daemon": lambda: daemon.run(**scaled, **sized),
        "growth": growth.run,
        "scrape": scrape.run,
        "capacity": capacity.run,
        "directory": directory.run,
        "questions": lambda: questions.run(seed=options.seed, jobs=options.jobs, **counted, **sized),
        "fits": lambda: fits.run(jobs=options.jobs, **({} if options.desktops is None else {"people": options.desktops})),
        "probes": lambda: probes.run(surges=options.surges, jobs=options.jobs),
        "deadlines": lambda: deadlines.run(options.shape or deadlines.TITLES, jobs=options.jobs),
        "alone": lambda: late_alone.run(jobs=options.jobs),
        "late": lambda: late.run(options.waves, seed=options.seed, jobs=options.jobs),
        "autoscale": lambda: autoscale.run(weeks=options.weeks, jobs=options.jobs),
        "unusual": lambda: unusual.run(jobs=options.jobs, **({} if options.seeds == stage.SEEDS else {"seeds": options.seeds})),
        "borrowing": lambda: borrowing.run(
            jobs=options.jobs,
            ratios=tuple(options.ratio or autoscale.RATIOS),
            **({} if options.seeds == stage.SEEDS else {"seeds": options.seeds}),
        ),
        "lends": lambda: lends.run(**sized),
        "rotation": lambda: rotation.run(jobs=options.jobs),
        "receiver": lambda: receiver.run(**({} if options.desktops is None else {"desktops": options.desktops})),
        "peers": lambda: peers.run(ansible=options.ansible_desktops, **scaled, **sized),
    }


def _changed(options: argparse.Namespace) -> list[str]:
    """The options of a result that differ from the default, so that it can be repeated."""
    changed = [] if options.desktops is None else ["--desktops", str(options.desktops)]
    changed += [] if options.scale is None else ["--scale", f"{options.scale:g}"]
    changed += [] if options.waves == late.WAVES else ["--waves", str(options.waves)]
    changed += [] if options.surges == probes.SURGES else ["--surges", str(options.surges)]
    changed += [] if options.weeks == autoscale.WEEKS else ["--weeks", str(options.weeks)]
    changed += [] if options.count is None else ["--count", str(options.count)]
    changed += [] if options.seed is None else ["--seed", str(options.seed)]
    changed += [f"--ratio {ratio:g}" for ratio in options.ratio]
    few = options.ansible_desktops
    changed += [] if few == peers.ANSIBLE_DESKTOPS else ["--ansible-desktops", str(few)]
    return changed + ([] if options.seeds == stage.SEEDS else ["--seeds", ",".join(map(str, options.seeds))])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="PART", help=f"{', '.join(results.NAMES)}, {_PAGE}; none: all of them")
    few = f"oracle, best, shapes and mechanisms {shapes.AGENTS:,}; drawn and questions {drawn.AGENTS}; faults {faults.PEOPLE:,}"
    sizes = f"{stage.AGENTS:,}; {few}; full, growth, scrape, capacity and directory have their own"
    parser.add_argument("--desktops", "--agents", type=int, help=f"instead of {sizes}")
    scales = f"daemon {daemon.SCALE:g}, peers {peers.SCALE:g}; Ansible always {peers.ANSIBLE_SCALE:g}"
    parser.add_argument("--scale", type=float, help=f"virtual seconds a real second, over HTTPS, instead of {scales}")
    parser.add_argument("--ansible-desktops", type=int, default=peers.ANSIBLE_DESKTOPS, help="Ansible's share; 0: without it")
    parser.add_argument(
        "--seeds",
        type=_seeds,
        default=stage.SEEDS,
        help="of runs in virtual time, such as 1,2,3; full, best, shapes, mechanisms: 1",
    )
    parser.add_argument(
        "--shape", action="append", default=[], help="of full, best, shapes, mechanisms: only this (repeatable), as --print"
    )
    counts = f"shapes, instead of {drawn.COUNT} of drawn and {questions.COUNT} of questions"
    parser.add_argument("--count", type=int, help=counts)
    parser.add_argument("--seed", type=int, help="of the first shape that is drawn, instead of the seconds of the clock")
    parser.add_argument("--weeks", type=int, default=autoscale.WEEKS, help=f"of autoscale, instead of {autoscale.WEEKS}")
    parser.add_argument("--ratio", type=float, action="append", default=[], help="of borrowing: only this (repeatable)")
    waves = f"of late, instead of {late.WAVES}; a third of them disturbed"
    parser.add_argument("--waves", type=int, default=late.WAVES, help=waves)
    parser.add_argument("--surges", type=int, default=probes.SURGES, help=f"of probes, instead of {probes.SURGES}")
    parser.add_argument("--print", action="store_true", help="print what was measured, and change no file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs in virtual time at once")
    return parser


def _seeds(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
