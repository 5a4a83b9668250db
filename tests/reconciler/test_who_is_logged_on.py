"""Sessions that a desktop reports: a plausible number, of its agent or of strangers, with valid logins."""

import json

import pytest

from provisioner.model.machines.twin_spec import LogOns
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken
from tests.builders.twin import a_spec
from tests.builders.views import desktop_rows

SESSIONS, STRANGERS = "bascule_sessions", "bascule_sessions_of_strangers"
UNKNOWN = "bascule_desktops_guest_unknown"


def with_sessions(*logins: str) -> Says:
    """The guest's status document with these sessions."""

    def say(answer: ApiResponse, now: float) -> ApiResponse:
        if not answer.ok:
            return answer
        document = json.loads(answer.data["content"])
        sessions = [{"user": login, "state": "connected", "since": now - 60} for login in logins]
        content = json.dumps({**document, "sessions": sessions})
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return say


def because(site: Spoken) -> str:
    (row,) = desktop_rows(site.status).values()
    return str(row[-1])


def test_one_desktop_does_not_report_hundreds_of_sessions():
    """A10: a report with more sessions than the desktop can hold is rejected, with a reason."""
    site = Spoken(agents=1).all_ready()
    site.says = with_sessions(*(f"ghost{number}" for number in range(256)))
    site.play(180)

    assert site.metric(SESSIONS) == {}
    assert site.metric(UNKNOWN) == {("standard", "crowded"): 1}
    assert "256 sessions are more than 4 (max_sessions of its profile)" in because(site)


@pytest.mark.long
@pytest.mark.parametrize(
    ("login", "strangers"),
    [
        pytest.param("login0001", 0, id="its agent"),
        pytest.param("LOGIN0001", 0, id="its agent, in capitals"),
        pytest.param("DEP\\login0001", 0, id="its agent, with the domain"),
        pytest.param("login0001@dep.example", 0, id="its agent, as user principal name"),
        pytest.param("login0002", 1, id="another agent"),
        pytest.param("root", 1, id="somebody of the desktop's own"),
    ],
)
def test_strangers_are_counted_apart_and_shown(login: str, strangers: int):
    """A10: on a dedicated desktop every other user is a stranger, in status, metric and `bascule desktop list`."""
    site = Spoken(agents=1).all_ready()
    site.says = with_sessions(login)
    site.play(180)

    assert sum(site.metric(SESSIONS).values()) == 1
    assert sum(site.metric(STRANGERS).values()) == strangers
    assert (f"strangers are logged on: {login}" in because(site)) is bool(strangers), because(site)


@pytest.mark.long
@pytest.mark.parametrize(
    "login",
    [
        pytest.param("=HYPERLINK(1)", id="a formula"),
        pytest.param("+1", id="a sum"),
        pytest.param("-1", id="a difference"),
        pytest.param("@SUM(A1)", id="a function"),
        pytest.param("jean\u202egpj", id="turned round"),
        pytest.param("jean\ndupont", id="on two lines"),
        pytest.param("jean\x9bm", id="a control character"),
    ],
)
def test_a_login_that_is_none_gets_into_no_output(login: str):
    """A10: a spreadsheet formula or a terminal sequence is not a login: the document is rejected."""
    site = Spoken(agents=1).all_ready()
    site.says = with_sessions(login)
    site.play(180)

    (state,) = site.states
    assert not state.sessions
    assert site.metric(UNKNOWN) == {("standard", "unreadable"): 1}


def test_who_logs_on_at_a_twin_is_the_desktops_agent():
    """A10: a twin's people log on to their own desktops."""
    site = Spoken(a_spec(log_ons=LogOns(concurrent=2, spread_s=10.0)), agents=2).play(400)

    agents = {f"agent-{number:04}" for number in (1, 2)}
    assert {login for _, login in site.twin.truth().session_logins} == agents
    assert (sum(site.metric(SESSIONS).values()), site.metric(STRANGERS)) == (2, {})
