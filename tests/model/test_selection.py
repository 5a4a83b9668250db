"""Which agents a selection takes."""

import pytest

from provisioner.model.people.profiles import Selection
from tests.builders.core import an_agent

ZOE = an_agent(
    login="zoe",
    department="DRH",
    site="Melun",
    groups=frozenset({"telework", "staff"}),
    attributes={"grade": ("A", "B")},
    unit="ou=Eau\\, air,OU=Services, dc=example",
)


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        pytest.param(Selection(), True, id="no criterion takes everyone"),
        pytest.param(Selection(groups=frozenset({"telework"})), True, id="member of the group"),
        pytest.param(Selection(groups=frozenset({"it", "staff"})), True, id="one of the groups is enough"),
        pytest.param(Selection(groups=frozenset({"it"})), False, id="not a member"),
        pytest.param(Selection(departments=frozenset({"DRH"})), True, id="in the department"),
        pytest.param(Selection(departments=frozenset({"DSI"})), False, id="in another department"),
        pytest.param(Selection(sites=frozenset({"Melun", "Meaux"})), True, id="at one of the sites"),
        pytest.param(Selection(sites=frozenset({"Meaux"})), False, id="at another site"),
        pytest.param(Selection(logins=frozenset({"zoe"})), True, id="named by login"),
        pytest.param(Selection(logins=frozenset({"ali"})), False, id="somebody else is named"),
        pytest.param(Selection(attributes=(("grade", frozenset({"B"})),)), True, id="one value of an attribute is enough"),
        pytest.param(Selection(attributes=(("grade", frozenset({"C"})),)), False, id="none of the attribute's values"),
        pytest.param(Selection(attributes=(("floor", frozenset({"2"})),)), False, id="an attribute the agent lacks"),
        pytest.param(Selection(units=frozenset({"ou=services,DC=example"})), True, id="below a unit, however it is written"),
        pytest.param(Selection(units=frozenset({"ou=eau\\, air,ou=services,dc=example"})), True, id="in the unit itself"),
        pytest.param(
            Selection(units=frozenset({"ou=eau\\2C air,ou=services,dc=example"})), True, id="a comma escaped by number"
        ),
        pytest.param(Selection(units=frozenset({"ou=air,ou=services,dc=example"})), False, id="no comma of a name parts it"),
        pytest.param(Selection(units=frozenset({"ou=eau,ou=elsewhere,dc=example"})), False, id="in another unit"),
        pytest.param(
            Selection(sites=frozenset({"Melun"}), logins=frozenset({"ali"})), False, id="every criterion given must match"
        ),
    ],
)
def test_selection(selection, taken):
    assert selection.matches(ZOE) is taken
