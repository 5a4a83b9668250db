"""A criterion is read, stored, left out by and explained wherever there are criteria: none is forgotten in one place."""

import pytest

from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.cli.scenario.people import criteria
from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.settings.scenario_people import ExceptKeys, each_criterion
from provisioner.settings.who import SelectionKeys, selection_of

VALUES = frozenset({"cn=a,dc=x", "cn=b,dc=x"})
CRITERIA = [*({name: VALUES} for name in Selection.sets()), {"attributes": (("title", VALUES),)}]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: next(iter(criterion)))
def test_a_criterion_goes_all_the_way(criterion):
    (name, values), wanted = next(iter(criterion.items())), Selection(**criterion)
    written = {name: {"title": sorted(VALUES)} if name == "attributes" else sorted(values)}
    rules = Rules(entitlements=(), scenario=Scenario(name="s", waves=(Wave(name=WaveName("w"), who=wanted),)))

    assert selection_of(SelectionKeys.model_validate(written)) == wanted
    assert (*each_criterion(selection_of(ExceptKeys.model_validate(written))),) == (wanted,)
    assert rules_of(plain_rules(rules)) == rules
    assert criteria(wanted) != criteria(Selection())
