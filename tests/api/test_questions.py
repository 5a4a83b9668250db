"""Questions answer by status code: 200 yes, 409 no, with reasons."""

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Wave
from tests.builders.api import an_api_site, ask, serving
from tests.builders.core import a_desktop, a_want
from tests.builders.views import a_publication

WAVES = [Wave(name=WaveName(name), who=Selection()) for name in ("first", "second", "later")]


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The first wave has its desktops, the second does not, the third is closed."""
    wants = [a_want(1, wave=WaveName("first")), a_want(2, wave=WaveName("second"))]
    published = a_publication(a_desktop(1), a_desktop(2, Phase.STARTING), wanted=wants, agents=2, waves=WAVES)
    with serving(tmp_path_factory.mktemp("api"), an_api_site(published)) as socket:
        yield socket


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("?wave=first", 200, id="all its desktops are ready"),
        pytest.param("?wave=later", 200, id="closed: nothing is wanted"),
        pytest.param("?wave=second", 409, id="not yet"),
        pytest.param("", 409, id="all waves"),
        pytest.param("?wave=none", 404, id="no such wave"),
    ],
)
def test_whether_a_wave_is_ready(api, query, status):
    assert ask(api, f"/v1/ready{query}").status == status


def test_no_says_how_far_it_is(api):
    (reason,) = ask(api, "/v1/ready").document["reasons"]

    assert (reason["code"], reason["text"]) == ("wave_lacks", "wave second: 0 of 1 desktops are ready, 0 have failed")


def test_there_is_room_for_as_many_as_fit(api):
    (room,) = ask(api, "/v1/capacity?profile=office").document["capacity"]

    fits, more = (
        ask(api, f"/v1/capacity?profile=office&n={room['free']}"),
        ask(api, f"/v1/capacity?profile=office&n={room['free'] + 1}"),
    )
    assert (fits.status, more.status, more.codes) == (200, 409, ["room_lacks"])
    assert more.document["reasons"][0]["arguments"]["free"] == room["free"]


@pytest.mark.parametrize(("query", "status"), [("profile=none", 404), ("n=1000000", 409), ("profile=office&n=-1", 422)])
def test_a_wrong_question_is_refused(api, query, status):
    assert ask(api, f"/v1/capacity?{query}").status == status
