"""Clones of a template that was not generalised: nobody is given one, and nobody loses one."""

import json

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken

MACHINE = {"machine": "5d" * 16}
KEY = "SHA256:" + "a" * 43
DIFFERENCES = "bascule_differences"


def shows(identity: dict[str, object]) -> Says:
    """Every desktop says this of itself."""

    def say(answer: ApiResponse, _now: float) -> ApiResponse:
        if not answer.ok:
            return answer
        content = json.dumps(json.loads(answer.data["content"]) | identity)
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return say


@pytest.mark.long
def test_the_second_clone_of_such_a_template_is_given_to_nobody_and_says_why():
    site = Spoken(agents=2, says=shows(MACHINE)).play(600)

    first, second = site.states
    assert (first.phase, second.phase) == (Phase.READY, Phase.STARTING)
    assert second.because == "running, and given to nobody: it has the same machine-id as vd-20001"
    assert [record.assigned_to for record in site.store.load().desktops.values()] == [first.reservation.agent_id, None]
    assert site.metric(DIFFERENCES) == {("shared_identity",): 2}
    assert len(site.states) == 2, "another clone of the same template would be no better"


@pytest.mark.long
def test_it_is_given_away_once_it_has_an_identity_of_its_own():
    site = Spoken(agents=2, says=shows(MACHINE)).play(600)
    site.says = None

    site.all_ready().play(300)

    assert site.metric(DIFFERENCES) == {}


@pytest.mark.long
def test_nobody_loses_a_desktop_because_another_one_copies_its_identity():
    site = Spoken(agents=2).all_ready().play(60)
    site.says = shows({"host_keys": [KEY]})

    site.play(3600)

    assert site.phases == {"vd-20001": Phase.READY, "vd-20002": Phase.READY}
    assert site.metric(DIFFERENCES) == {("shared_identity",): 2}


@pytest.mark.long
def test_it_is_still_known_after_a_restart_of_the_daemon():
    site = Spoken(agents=2, says=shows({"hostname": "golden"})).play(600).restart().play(60)

    assert site.states[1].because == "running, and given to nobody: it has the same host name as vd-20001"
    assert site.glance()[1].because == site.states[1].because


@pytest.mark.long
def test_host_keys_that_have_changed_since_the_last_boot_are_noticed():
    site = Spoken(agents=1, says=shows({"host_keys": [KEY]})).all_ready()
    site.restart_guest("vd-20001")
    site.says = shows({"host_keys": [KEY.replace("a", "b")]})

    site.play(600)

    assert site.metric("bascule_host_key_changes_total") == {(): 1}
    assert any("shows other SSH host keys than before" in str(line) for line in site.lines)
