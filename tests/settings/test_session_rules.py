"""`session_rules` of a profile and `handover` of a rotation: off by default, what they come to, and what is refused."""

import pytest

from provisioner.model.ids import ProfileName
from provisioner.model.session_rules import HandoverRules, SessionRules
from tests.builders.settings import STANDARD, a_site
from tests.settings.test_rotation import PEOPLE, a_rotating_site

RECEIVER = "receiver: {address: 192.0.2.1, certificate: r.pem, key: r.key}\n"
STANDARD_NAME = ProfileName("standard")


def with_rules(tmp_path, rules, *, receiver=RECEIVER):
    (tmp_path / "r.pem").write_text("certificate")
    (tmp_path / "r.key").touch(mode=0o600)
    (tmp_path / "r.key").write_text("key")
    return a_site(tmp_path).write("standard.yaml", f"{STANDARD}session_rules: {rules}\n").append(receiver)


def test_without_the_key_nobody_is_logged_off(tmp_path):
    settings = a_site(tmp_path).load()

    assert settings.profiles[STANDARD_NAME].session_rules == SessionRules()
    assert not SessionRules().apply


def test_every_key_reaches_the_profile(tmp_path):
    settings = with_rules(tmp_path, "{disconnected: 2h, maximum: 12h, warn: [5, 30]}").load()

    rules = settings.profiles[STANDARD_NAME].session_rules
    assert rules == SessionRules(disconnected_s=7200.0, maximum_s=43_200.0, warn_minutes=(30, 5))
    assert rules.apply


SHORT = "session_rules: must be longer than 15 min, the first message before it"
MINUTES = "session_rules.warn: must be different minutes from 1 to 120, such as [15, 5]"
NO_RECEIVER = "session_rules: needs the section `receiver`: desktops ask there what to do with their sessions"
MISSPELT = "session_rules.disconected: unknown key; did you mean 'disconnected'?"


@pytest.mark.parametrize(
    ("rules", "receiver", "expected"),
    [
        pytest.param("{disconected: 2h}", RECEIVER, MISSPELT, id="a typing error"),
        pytest.param("{disconnected: 2h}", "", NO_RECEIVER, id="no receiver"),
        pytest.param("{warn: [5]}", "", None, id="messages alone need none"),
        pytest.param("{disconnected: 10s}", RECEIVER, "session_rules.disconnected: ", id="too short"),
        pytest.param("{maximum: 15min}", RECEIVER, SHORT, id="too short for its messages"),
        pytest.param("{warn: [5, 5]}", RECEIVER, MINUTES, id="twice"),
        pytest.param("{warn: [0]}", RECEIVER, MINUTES, id="none left"),
        pytest.param("{idle: 10min}", RECEIVER, "session_rules.idle: unknown key", id="idle time is no rule"),
    ],
)
def test_what_is_refused_is_said_at_its_place(tmp_path, rules, receiver, expected):
    problems = with_rules(tmp_path, rules, receiver=receiver).problems()

    assert [expected in line for line in problems] == ([True] if expected else []), problems


def test_a_handover_needs_the_receiver_and_reaches_the_rotation(tmp_path):
    rotation = f"pool: desk, {PEOPLE}, handover: {{warn: [5, 15], disconnected: 10min}}"
    site = a_rotating_site(tmp_path, rotation)
    (problem,) = site.problems()
    assert "rotation.handover: needs the section `receiver`" in problem

    (tmp_path / "r.pem").write_text("certificate")
    (tmp_path / "r.key").touch(mode=0o600)
    (tmp_path / "r.key").write_text("key")
    settings = site.append(RECEIVER).load()

    assert settings.scenario.rotation.handover == HandoverRules(warn_minutes=(15, 5), disconnected_s=600.0)
