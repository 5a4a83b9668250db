"""Nested groups, resolved from the group entries."""

import pytest

from provisioner.adapters.ldap.entries import GroupTree, login_key

STAFF, DRH, ALL = "cn=staff,ou=groups,dc=x", "cn=DRH\\, paie,ou=groups,dc=x", "cn=all,ou=groups,dc=x"
ZOE = "uid=zoe,ou=people,dc=x"


@pytest.mark.parametrize(
    ("parents", "direct", "nested", "names"),
    [
        pytest.param({}, [DRH], True, {"DRH, paie"}, id="a group in no other"),
        pytest.param({DRH.lower(): [STAFF], STAFF: [ALL]}, [DRH], True, {"DRH, paie", "staff", "all"}, id="two deep"),
        pytest.param({DRH.lower(): [STAFF], STAFF: [ALL]}, [DRH], False, {"DRH, paie"}, id="direct members alone"),
        pytest.param({STAFF: [ALL], ALL: [STAFF]}, [STAFF], True, {"staff", "all"}, id="a circle"),
        pytest.param({STAFF: [STAFF]}, [STAFF], True, {"staff"}, id="in itself"),
        pytest.param({STAFF: [ALL, DRH], DRH.lower(): [ALL]}, [STAFF], True, {"staff", "all", "DRH, paie"}, id="two ways up"),
        pytest.param({ZOE: [STAFF], STAFF: [ALL]}, [], True, {"staff", "all"}, id="listed by the group, not by the person"),
        pytest.param({login_key("zoe"): [STAFF]}, [], True, {"staff"}, id="listed by login"),
        pytest.param({}, ["plain"], True, {"plain"}, id="a name that is no DN"),
        pytest.param({STAFF: [ALL]}, ["CN=Staff, OU=groups,DC=x"], True, {"Staff", "all"}, id="written another way"),
        pytest.param({}, [], True, set(), id="in none"),
    ],
)
def test_names_of(parents, direct, nested, names):
    tree = GroupTree(parents=parents, nested=nested)

    assert tree.names_of("uid=Zoe,OU=people,dc=x", "Zoe", direct) == names
