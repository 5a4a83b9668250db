"""Something broken that Proxmox VE does not see, in a surge in virtual time: how often the daemon's probes name it.

What is broken: the network of one node, one image, one storage, the gateway of half of the profiles, or DNS; beside it, one
desktop of fifty is broken by itself. And surges in which nothing else is broken: there nothing is to be named.
"""

from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.bench.parallel import spread
from tests.capabilities.probes.probed_surge import AGENTS, BROKEN, PER_MINUTE, Probed, ProbedSurge

SURGES = 30
NOTHING = "nothing"
FLAKY = 0.02


def run(*, surges: int = SURGES, jobs: int = 1) -> dict[str, Any]:
    """So many surges, each with every kind."""
    found = spread(_asked, range(surges), jobs=jobs)
    rows = [_row([answers[number] for answers in found]) for number in range(len(found[0]))]
    return {"desktops": AGENTS, "per_minute": PER_MINUTE, "flaky": FLAKY, "rows": rows}


def _asked(seed: int) -> list[dict[str, Any]]:
    """What the probes of one surge have named, by what is broken."""
    return [_answer(probed) for probed in ProbedSurge(seed, *BROKEN, NOTHING, flaky=FLAKY).play()]


def _answer(probed: Probed) -> dict[str, Any]:
    named = probed.is_named
    wrong = probed.state.is_sure and not named
    after_s = probed.named_at - probed.breaks_at if named and probed.named_at is not None else None
    found = {"broken": probed.broken, "named": named, "wrong": wrong, "after_s": after_s}
    print(found, flush=True)
    return found


def _row(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of one kind."""
    after_s = [answer["after_s"] for answer in answers if answer["after_s"] is not None]
    return {
        "broken": answers[0]["broken"],
        "surges": len(answers),
        "named": sum(answer["named"] for answer in answers),
        "wrong": sum(answer["wrong"] for answer in answers),
        "after_s": round(median(after_s)) if after_s else None,
    }
