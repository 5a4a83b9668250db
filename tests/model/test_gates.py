"""What gates ask for: a condition is a file, and nothing else lists it."""

import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.gate_condition import BatchBefore
from provisioner.model.scenario.gates import CONDITIONS, Gate
from provisioner.model.scenario.scenarios import Scenario, Wave

ROOT = Path(__file__).parents[2]
MENTIONS = ("failed_at_most", "GATE_FAILED")
ALLOWED = {"provisioner/model/scenario/conditions/failed_at_most.py", "provisioner/reasons/surges.py"}
STARTING = """
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.gate_condition import SHARE, GateCondition, percent, share
from provisioner.reasons.reason import NONE, kind

SHUT = kind("gate_starting", "{count} of the batch before are starting")
STATED = kind("gate_starting_stated", "A batch waits if more than {share} of the batch before are starting.")

def shut_by(value, before):
    count = before.phases.get(Phase.STARTING, 0)
    return SHUT(count=count) if count > value * before.people else NONE

CONDITION = GateCondition(
    key="starting_at_most", help="The largest part of them that are starting.", place=9, schema=SHARE, parse=share,
    shut_by=shut_by, stated=lambda value: STATED(share=percent(value)), strictness=lambda value: 2.0 - value,
)
"""
USES_IT = """
import json, sys
from pathlib import Path
from provisioner.model.scenario import conditions
conditions.__path__.append(sys.argv[1])
from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.cli.scenario.lines import _gate
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.gate_condition import BatchBefore
from provisioner.model.scenario.gates import Gate
from provisioner.model.rules import Rules
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_documents import GateKeys

scenario = load_scenario(Path(sys.argv[1]) / "scenario.yaml")
rules = Rules(entitlements=(), scenario=scenario)
gate = scenario.waves[1].gate
print(rules_of(json.loads(json.dumps(plain_rules(rules)))) == rules)
print(gate.shut_by(BatchBefore(wave="b", index=0, people=10, phases={Phase.STARTING: 2})))
print(gate.shut_by(BatchBefore(wave="b", index=0, people=10, phases={Phase.STARTING: 1})) == "")
print(*_gate(scenario.waves[1]))
print(gate.strictness > Gate.of(starting_at_most=0.5).strictness > Gate().strictness)
print(GateKeys.model_json_schema()["properties"]["starting_at_most"]["description"])
"""
SCENARIO = """
name: s
waves:
  - {name: a, who: {groups: [g]}, ready_by: start + 1h}
  - {name: b, who: everyone, ready_by: start + 2h, gate: {starting_at_most: 10%}}
"""


@pytest.mark.long
def test_a_condition_is_a_file_and_every_part_of_the_product_takes_it(tmp_path):
    (tmp_path / "starting_at_most.py").write_text(STARTING)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)

    done = subprocess.run([sys.executable, "-c", USES_IT, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "True",
        "2 of the batch before are starting",
        "True",
        "A batch waits if more than 10\N{NO-BREAK SPACE}% of the batch before are starting.",
        "True",
        "The largest part of them that are starting.",
    ]


def test_a_shipped_condition_is_in_its_file_and_among_the_reasons_only():
    files = [path for path in (ROOT / "provisioner").rglob("*.py") if any(word in path.read_text() for word in MENTIONS)]

    assert {str(path.relative_to(ROOT)) for path in files} == ALLOWED


def test_of_several_that_do_not_hold_the_first_is_named():
    gate = Gate.of(failed_at_most=0.0, ready=1.0, go=1.0)
    before = BatchBefore(wave=WaveName("w"), index=0, people=2, phases={Phase.FAILED: 1})

    asked = [key for key, _ in gate.asks]
    assert asked == [condition.key for condition in CONDITIONS if condition.key in asked] == ["go", "ready", "failed_at_most"]
    assert gate.shut_by(before).code == "gate_go"
    assert gate.rehearsed.shut_by(before).code == "gate_ready"
    assert gate.needs_ready(3) == 3


def test_a_gate_is_kept_by_the_keys_of_its_conditions():
    wave = Wave(name=WaveName("w"), who=Selection(), gate=Gate.of(ready=0.95))
    rules = Rules(entitlements=(), scenario=Scenario(name="s", waves=(wave,)))
    plain = plain_rules(rules)
    assert plain["scenario"]["waves"][0]["gate"] == {"ready": 0.95}
    assert rules_of(plain) == rules
