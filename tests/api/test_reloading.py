"""A reload by the API: ordered by an operator, done once, and answered with what was taken up or why nothing was."""

import json
from concurrent.futures import Future

import pytest

from provisioner.api.callers import Role
from provisioner.reasons.files import PROBLEM
from tests.builders.api import RELOADED, an_api_site, ask, serving

pytestmark = pytest.mark.long


class Daemon:
    """Reads its files at each order; `answer` comes of it."""

    def __init__(self, answer=RELOADED):
        self.answer, self.ordered = answer, []

    def __call__(self, by):
        self.ordered.append(by)
        answer = Future()
        answer.set_result(self.answer)
        return answer


def post(tmp_path, daemon, *, role=Role.OPERATOR, keys=("k1",), body=None):
    with serving(tmp_path, an_api_site(reload=daemon), role=role) as socket:
        sent = json.dumps({"said_by": "the night shift"} if body is None else body).encode()
        return [
            ask(socket, "/v1/config/reloads", method="POST", body=sent, Idempotency_Key=key, Content_Type="application/json")
            for key in keys
        ]


def test_it_is_done_once_for_who_asks_and_answered_with_what_was_taken_up(tmp_path):
    daemon = Daemon()

    first, again = post(tmp_path, daemon, keys=("k1", "k1"))

    assert (first.status, first.document, again.document) == (
        200,
        {"file": "bascule.yaml", "read_at": RELOADED.read_at, "differences": [], "waits_for_restart": []},
        first.document,
    )
    assert [by.endswith("(the night shift)") for by in daemon.ordered] == [True]


def test_faulty_files_are_a_refusal_with_every_problem(tmp_path):
    problem = PROBLEM(place="bascule.yaml:3:1", path="budgt", message="unknown key")

    (answer,) = post(tmp_path, Daemon(problem))

    assert (answer.status, answer.codes) == (409, [PROBLEM.code])


@pytest.mark.parametrize(("role", "body", "status"), [(Role.HELPDESK, None, 403), (Role.OPERATOR, {"file": "other"}, 422)])
def test_only_an_operator_has_it_read_and_nobody_says_which_file(tmp_path, role, body, status):
    daemon = Daemon()

    (answer,) = post(tmp_path, daemon, role=role, body=body)

    assert (answer.status, daemon.ordered) == (status, [])
