"""The section `guacamole`: off by default, and each problem at its place."""

import pytest

from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.capabilities.brokers.settings import GUACAMOLE
from provisioner.model.lending import GrantRules
from tests.builders.settings import SECRET, a_site

KEY = "4C0B569E4C96DF157EEE1B65DD0E4D41"
GOOD = (
    "guacamole:\n"
    "  url: https://bureau.dep.example/guacamole/\n"
    "  parameters: {security: nla, password: '${GUAC_PASSWORD}'}\n"
    "  grants:\n"
    "    key: {file: guacamole-key}\n"
    "    lifetime: 45s\n"
)


CONNECTIONS = "  connections:\n    user: bascule\n    password: {file: guacamole-key}\n"


def a_site_with(folder, text: str, key: str = KEY):
    return a_site(folder).write("guacamole-key", f"{key}\n").append(text)


def test_without_the_section_there_is_no_broker(tmp_path):
    assert a_site(tmp_path).load().sections[GUACAMOLE] is None


def test_what_is_left_out_has_defaults(tmp_path):
    settings = a_site_with(tmp_path, GOOD).load().sections[GUACAMOLE]

    assert settings is not None
    assert settings.grants is not None
    assert (settings.url, settings.timeout_s) == ("https://bureau.dep.example/guacamole", 10.0)
    assert settings.grants.rules == GrantRules(lifetime_s=45.0, clocks_apart_s=300.0)
    assert settings.grants.key.reveal() == KEY
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("https://", "http://", "must be an address such as", id="in clear over the network"),
        pytest.param("lifetime: 45s", "lifetime: 2min", "must be at most 60", id="good for long"),
        pytest.param("lifetime: 45s", "lifetme: 45s", "did you mean 'lifetime'", id="a mistyped key"),
        pytest.param("security: nla", "hostname: x", "hostname is set by Bascule", id="a host of one's own"),
        pytest.param("security: nla", "bascule-owner: x", "bascule-owner is set by Bascule", id="the mark of ownership"),
        pytest.param("security: nla", "Security: nla", "Security is not a name of a parameter", id="no name"),
        pytest.param("'${GUAC_PASSWORD}'", "geheim", "password must be a token", id="a password in the file"),
        pytest.param("password:", "gateway-password: x, password:", "gateway-password must be a token", id="of the gateway"),
    ],
)
def test_each_problem_is_named(tmp_path, old, new, said):
    problems = a_site_with(tmp_path, GOOD.replace(old, new)).problems()

    assert said in problems[0]


def test_a_mistyped_section_is_named(tmp_path):
    assert any("did you mean 'guacamole'" in problem for problem in a_site_with(tmp_path, "guacamol: {}\n").problems())


def test_a_key_of_another_form_is_refused_and_not_shown(tmp_path):
    (problem,) = a_site_with(tmp_path, GOOD, key=SECRET).problems()

    assert "is not 32 hexadecimal digits" in problem
    assert SECRET not in problem


def test_connections_have_defaults_too(tmp_path):
    settings = a_site_with(tmp_path, GOOD + CONNECTIONS).load().sections[GUACAMOLE]

    assert settings is not None
    assert settings.connections is not None
    assert (settings.connections.user, settings.connections.data_source) == ("bascule", "mysql")
    assert settings.connections.rules == BrokerRules()
    assert settings.connections.password.reveal() == KEY


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    data_source: oracle\n", "must be 'mysql', 'postgresql' or 'sqlserver'"),
        ("    create_peple: true\n", "did you mean 'create_people'"),
        ("    interval: 0s\n", "must be more than 0"),
    ],
)
def test_each_problem_of_connections_is_named(tmp_path, more, said):
    (problem,) = a_site_with(tmp_path, GOOD + CONNECTIONS + more).problems()

    assert said in problem
