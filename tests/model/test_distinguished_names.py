"""DNs as servers and operators write them: one entry, one key."""

import pytest

from provisioner.model.people.distinguished_names import dn_key, group_key, is_below, is_dn, parent_of


@pytest.mark.parametrize(
    ("first", "other"),
    [
        pytest.param("ou=Agents,dc=x", "OU=agents,DC=X", id="case"),
        pytest.param("ou=Agents,dc=x", " ou = Agents , dc=x ", id="blanks"),
        pytest.param(r"ou=Écoles\, collèges,dc=x", r"ou=Écoles\2C collèges,dc=x", id="OpenLDAP's comma"),
        pytest.param(r"ou=Écoles,dc=x", r"ou=\C3\89coles,dc=x", id="a letter byte by byte"),
        pytest.param(r"cn=a \"b\" \<c\>\; \= \#,dc=x", 'cn=a "b" <c>; = #,dc=x', id="what need not be escaped everywhere"),
        pytest.param(r"cn=a\\,dc=x", r"cn=a\5C,dc=x", id="a backslash at the end"),
        pytest.param(r"cn=a\+b,dc=x", r"cn=a\2Bb,dc=x", id="a plus"),
    ],
)
def test_one_entry_written_in_two_ways(first, other):
    assert dn_key(first) == dn_key(other)


@pytest.mark.parametrize(
    ("first", "other"),
    [
        pytest.param(r"cn=a\,b,dc=x", "cn=a,b,dc=x", id="an escaped comma separates nothing"),
        pytest.param(r"cn=a\+b=c,dc=x", "cn=a+b=c,dc=x", id="an escaped plus separates nothing"),
        pytest.param(r"cn=a\\2C,dc=x", r"cn=a\2C,dc=x", id="an escaped backslash escapes nothing"),
    ],
)
def test_two_entries_stay_two(first, other):
    assert dn_key(first) != dn_key(other)


def test_a_unit_holds_what_is_below_however_the_server_escapes_it():
    assert is_below(r"ou=6e,ou=Écoles\2C collèges,dc=x", r"ou=Écoles\, collèges,dc=x")
    assert not is_below(r"ou=Écoles\2C collèges,dc=x", "collèges,dc=x")
    assert is_below(r"cn=a\\,dc=x", "dc=x")


def test_the_parent_of_a_name_that_ends_in_a_backslash():
    assert parent_of(r"cn=a\\,ou=b,dc=x") == "ou=b,dc=x"
    assert parent_of(r"cn=a\, b,ou=c") == "ou=c"
    assert parent_of("dc=x") == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        pytest.param("cn=astreinte,ou=dsi,dc=x", True, id="a DN"),
        pytest.param(" CN = Astreinte , OU = dsi", True, id="with blanks"),
        pytest.param(r"cn=DRH\, paie,dc=x", True, id="an escaped comma"),
        pytest.param("astreinte", False, id="a name"),
        pytest.param("astreinte, nuit", False, id="a name with a comma"),
        pytest.param("a=b", False, id="a name with an equals sign"),
        pytest.param('Astreinte (nuit) * "été" + 1; <a> = #2, x', False, id="every sign"),
    ],
)
def test_a_dn_is_told_from_a_name(text, is_one):
    """C9: both stand under `groups:`."""
    assert is_dn(text) is is_one
    assert (group_key(text) == text) is not is_one or text == text.casefold()
