"""F9: an order about a surge is answered with the state after it, or with the word that no cycle has ended since."""

from concurrent.futures import Future
from dataclasses import replace

import pytest

from provisioner.api.site import Noticeboard
from provisioner.cli import ordering
from provisioner.model.scenario.scenarios import EVERYONE, Scenario
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import Status
from provisioner.reasons.reason import NONE
from provisioner.reasons.surges import SURGE_NO_SCENARIO
from provisioner.views.published import Published
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.cluster import NOW

pytestmark = pytest.mark.long

BEFORE = Status(
    at=NOW,
    planned_at=NOW,
    surge=SurgeRun(number=1, scenario="surge", state=SurgeState.RUNNING, since=NOW, by="zoe", started_at=NOW),
)
AFTER = replace(BEFORE, planned_at=NOW + 1, surge=replace(BEFORE.surge, state=SurgeState.PAUSED))


class Board(Noticeboard):
    """The next cycle ends after so many answers that followed an order; None: never. `before`: what there was until then."""

    def __init__(self, answers: int | None, before: Status | None = BEFORE):
        self.answers, self.ordered, self._before = answers, False, before
        super().__init__()

    def order(self, _order):
        self.ordered, future = True, Future()
        future.set_result(NONE)
        return future

    @property
    def last(self):
        if not self.ordered or self.answers is None or self.answers > 0:
            self.answers = self.answers - 1 if self.ordered and self.answers is not None else self.answers
            return None if self._before is None else Published(status=self._before)
        return Published(status=AFTER)

    @last.setter
    def last(self, _):
        pass


def paused(tmp_path, answers: int | None, *words: str, before: Status | None = BEFORE):
    board = Board(answers, before)
    with serving(tmp_path, an_api_site(board=board, order=board.order)) as at:
        return bascule("surge", "pause", *words, "--socket", str(at))


@pytest.mark.parametrize("answers", [1, 4])
def test_what_is_shown_is_from_the_first_cycle_after_the_order(tmp_path, answers):
    ended = paused(tmp_path, answers)

    assert (ended.code, ended.err) == (0, "")
    assert "paused" in ended.out.splitlines()[0]


def test_programs_get_the_same(tmp_path):
    assert paused(tmp_path, 4, "--json").document["run"]["state"] == "paused"


def test_where_no_cycle_ends_it_is_said_that_this_is_from_before(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "_SEEN_WITHIN_S", 0.0)

    assert paused(tmp_path, None).out.startswith("The order is taken. No cycle has ended since: this is how it was before")


def test_a_daemon_that_has_just_started_takes_an_order_and_its_first_cycle_is_waited_for(tmp_path):
    """It had been said that no cycle had ended yet, and the order stood: given again, it was refused."""
    ended = paused(tmp_path, 4, before=None)

    assert (ended.code, ended.err) == (0, "")
    assert "paused" in ended.out.splitlines()[0]


def test_where_its_first_cycle_is_long_it_is_said_that_the_order_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(ordering, "_SEEN_WITHIN_S", 0.0)

    ended = paused(tmp_path, None, before=None)

    assert ended.code == 3
    assert ended.err.startswith("the order is taken; what came of it could not be asked (no cycle has ended yet")


@pytest.mark.parametrize(
    ("name", "said"), [("snow-day", "the configured scenario is 'everyone', not 'snow-day'"), ("", "end it first")]
)
def test_a_start_names_first_what_has_to_be_done_first(tmp_path, name, said):
    """Found by a walk: whoever ended the run that was in the way was refused again, for the scenario's name."""
    board = Noticeboard()
    board.publish(Published(status=BEFORE, configured=EVERYONE))
    with serving(tmp_path, an_api_site(board=board)) as at:
        ended = bascule("surge", "start", *filter(None, (name,)), "--socket", str(at))

    assert (ended.code, said in ended.err) == (2, True), ended.err


def test_a_start_by_name_without_a_scenario_is_refused_as_the_daemon_refuses_it(tmp_path):
    """It said that the configured scenario is 'none', which nobody has written."""
    board = Noticeboard()
    board.publish(Published(status=BEFORE, configured=Scenario(name="none", waves=())))
    with serving(tmp_path, an_api_site(board=board)) as at:
        ended = bascule("surge", "start", "snow-day", "--socket", str(at))

    assert (ended.code, str(SURGE_NO_SCENARIO()) in " ".join(ended.err.split())) == (2, True), ended.err
