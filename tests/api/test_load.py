"""What the API says of its own load."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.api.limits import LIMITS
from provisioner.api.server import ApiServer
from provisioner.settings.values import ApiSettings
from tests.api.test_abuse import a_publication
from tests.builders.api import an_api_site, as_role, ask, connected

pytestmark = pytest.mark.long


def test_answers_connections_and_those_that_had_to_go_are_counted(tmp_path: Path):
    limits = replace(LIMITS, connections=3)
    server = ApiServer(an_api_site(a_publication()), ApiSettings(socket=tmp_path / "api.sock"), as_role(None), limits=limits)
    before = server.load
    server.open()
    try:
        with contextlib.ExitStack() as stack:
            for _ in range(5):
                stack.enter_context(connected(server.socket))
            statuses = [ask(server.socket, path).status for path in ("/v1/daemon", "/nothing")]
            load = server.load
    finally:
        server.close()

    assert (before.answers, before.connections, before.shed) == ({}, 0, 0)
    assert sum(load.answers.values()) == len(statuses)
    assert set(load.answers) == {f"{status // 100}xx" for status in statuses}
    assert load.shed >= 3
    assert 2 <= load.connections <= 3  # the last that was asked over may be closed by now
