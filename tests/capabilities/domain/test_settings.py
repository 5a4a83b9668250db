"""The section `domain`, and profiles whose desktops join it."""

import pytest

from provisioner.capabilities.domain.model import DomainRules
from provisioner.capabilities.domain.settings import DOMAIN as SECTION
from tests.builders.settings import SECRET, a_site

RECEIVER = "receiver: {address: 127.0.0.1, certificate: r.pem, socket: r.sock}\n"
DOMAIN = """\
domain:
  realm: dep.example
  urls: [ldaps://dc1.dep.example, ldaps://dc2.dep.example:636]
  bind_dn: CN=join,DC=dep,DC=example
  password: {file: join-password}
  ou: OU=Desktops,DC=dep,DC=example
"""
JOINS = "first_boot: {computer_ou: 'ou=Standard, ou=desktops, dc=dep, dc=example'}\n"


def a_site_with(folder, text: str = RECEIVER + DOMAIN, joins: str = JOINS):
    return a_site(folder).write("join-password", f"{SECRET}\n").append(text).append(joins, name="standard.yaml")


def test_the_section_and_its_profile_are_read(tmp_path):
    settings = a_site_with(tmp_path).load()
    domain = settings.sections[SECTION]

    assert domain is not None
    assert (domain.realm, domain.urls[1], domain.rules) == ("DEP.EXAMPLE", "ldaps://dc2.dep.example:636", DomainRules())
    assert SECRET not in repr(settings)
    assert [profile.first_boot.computer_ou for profile in settings.profiles.values()] == [
        "ou=Standard, ou=desktops, dc=dep, dc=example"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("ldaps://dc1", "ldap://dc1", "passwords of accounts need TLS", id="in clear"),
        pytest.param("realm: dep.example", "realm: dep", "must be the name of a domain", id="a single label"),
        pytest.param("ou: OU=Desktops,", "ou: ", "must be the DN of a container", id="the whole domain"),
        pytest.param("OU=Desktops", "OU=Servers", "is not in domain.ou", id="a profile elsewhere"),
        pytest.param(RECEIVER, "", "needs the section `receiver`", id="nothing to fetch from"),
        pytest.param("join-password}", "join-password}\n  remove_after: 10s", "remove_after", id="in haste"),
    ],
)
def test_each_problem_is_named(tmp_path, old, new, said):
    (problem,) = a_site_with(tmp_path, (RECEIVER + DOMAIN).replace(old, new)).problems()

    assert said in problem
    assert SECRET not in problem


def test_without_the_section_no_profile_joins(tmp_path):
    (problem,) = a_site_with(tmp_path, RECEIVER).problems()

    assert "first_boot.computer_ou: needs the section `domain`" in problem
