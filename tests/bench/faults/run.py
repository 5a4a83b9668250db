"""Every fault as a row: VMs made, VMs touched, and how soon the reason was shown."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

from tests.bench.faults import cases_a, cases_e
from tests.bench.faults.case import Case
from tests.bench.faults.ears import PLACES
from tests.bench.faults.scene import NODES, Scene
from tests.bench.parallel import spread

PEOPLE = 200


def all_cases() -> tuple[Case, ...]:
    """In the order of the rows."""
    return (*cases_a.cases(), *cases_e.cases())


def run(*, agents: int = PEOPLE, rows: Iterable[str] = (), jobs: int = 1) -> dict[str, Any]:
    """Every fault with this number of people, or only the faults of some rows."""
    some = [number for number, case in enumerate(all_cases()) if not rows or case.row in rows]
    return {"people": agents, "nodes": NODES, "rows": spread(partial(play, people=agents), some, jobs=jobs)}


def play(number: int, *, people: int, nodes: int = NODES) -> dict[str, Any]:
    """The row of the case of that number."""
    case = all_cases()[number]
    row = row_of(case, Scene(case, people=people, nodes=nodes).play(case.lasts_s))
    print(json.dumps(row), flush=True)
    return row


def row_of(case: Case, scene: Scene) -> dict[str, Any]:
    """What came of it."""
    ears = scene.ears
    return {
        "row": case.row,
        "what": case.what,
        "wanted": scene.wanted,
        "made": scene.twin.truth().clones,
        "most": scene.most,
        "ready": scene.ready,
        "foreign": len(scene.foreign),
        "touched": scene.disturbed(),
        "to_tell": case.reason is not None,
        "heard": ears.heard_at is not None,
        "cycles": {place: ears.found[place][0] if place in ears.found else None for place in PLACES},
        "seconds": {place: round(ears.found[place][1], 1) if place in ears.found else None for place in PLACES},
        "words": ears.words,
        "amiss": case.held(scene),
    }
