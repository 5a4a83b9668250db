"""Every scenario file of commit ae5754e asks for what it asked for then.

`demand.json` was written by the code of that commit, for 700 people of whom some are in groups, at twenty moments: how many are
wanted, wanted ahead and not yet, the next change, and a digest of who, in which wave, and in which order.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest

from provisioner.model.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenarios import Scenario
from provisioner.model.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.settings.scenario import load_scenario
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster, an_agent

FOLDER = Path(__file__).parent / "scenarios_of_ae5754e"
THEN = json.loads((FOLDER / "demand.json").read_text(encoding="utf-8"))
FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)
GROUPS = ("can-wait", "cellule-crise", "emergency", "first", "services-essentiels", "")


def people():
    for number in range(1, 701):
        group = GROUPS[number * number % 6] if number % 4 == 0 else ""
        yield an_agent(number, groups=frozenset({group} - {""}))


ROSTER = a_roster(people())


def lines(demand):
    for kind, wants in (("wanted", demand.wants), ("ahead", demand.ahead)):
        for want in wants.values():
            level = want.level and want.level.value
            yield f"{kind} {want.login} {want.wave} {want.profile} {want.rank[0]} {want.rank[1] - NOW} {level}"
    for agent in demand.not_wanted:
        then = agent.then
        yield f"later {agent.login} {agent.opens_at - NOW} {then.wave} {then.rank[0]} {then.rank[1] - NOW}"


def as_recorded(demand):
    digest = hashlib.sha256("\n".join(sorted(lines(demand))).encode()).hexdigest()[:16]
    counts = [len(demand.wants), len(demand.ahead), len(demand.not_wanted)]
    return [*counts, demand.next_change and demand.next_change - NOW, digest]


@cache
def asked_for(waves, starts_at, now):
    rules = Rules(entitlements=FOR_ALL, scenario=Scenario(name="any", waves=waves, starts_at=starts_at))
    return as_recorded(demand_of(ROSTER, rules, run=SurgeRun.begun("any", NOW), now=now))


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(THEN))
def test_an_earlier_scenario_asks_for_what_it_asked_for(name):
    scenario = load_scenario(FOLDER / f"{name}.yaml")

    assert {moment: asked_for(scenario.waves, scenario.starts_at, NOW + int(moment)) for moment in THEN[name]} == THEN[name]


def test_every_file_was_recorded():
    assert {file.stem for file in FOLDER.glob("*.yaml")} == THEN.keys()
