"""A real daemon on a served twin tells each person once, over a restart, and what came of the surge is in its store."""

from contextlib import closing
from typing import Any

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.output import plain
from provisioner.daemon.report_facts import report_facts
from provisioner.extensions import Part
from provisioner.model.machines.desktops import Phase
from provisioner.views.surge_report.document import surge_report_document
from tests.builders.daemon import a_variant, live
from tests.e2e.switch import Switch
from tests.servers.smtp import Manner, smtp_server

pytestmark = pytest.mark.real

AGENTS = 4
TOLD: Part[Any] = Part("notices", ())
"""The capability's part of the status; it counts by its name."""

A_MINUTE_S = 60.0


def all_ready(reconciler) -> bool:
    status = reconciler.status
    return status is not None and status.phases.get(Phase.READY, 0) == AGENTS


def all_told(reconciler) -> bool:
    return any(state.stages.get("sent", 0) == AGENTS for state in reconciler.status.parts[TOLD])


def test_each_person_is_told_once_over_a_restart_and_the_store_knows_what_came(tmp_path):
    folder = tmp_path / "told"
    folder.mkdir()
    with Switch(tmp_path / "site", agents=AGENTS, scale=10) as switch, smtp_server(lambda *_: Manner.TAKE) as (port, boxes):

        def with_notices(document):
            mail = {"server": "127.0.0.1", "port": port, "tls": "none", "sender": "bascule@dep.example"}
            document["notices"] = {"link": "https://bureaux.dep.example/", "mail": mail, "tell": ["ready"]}

        config = a_variant(switch.config, folder, with_notices)
        live(config, switch.twin.state, until=lambda _, reconciler: all_ready(reconciler) and all_told(reconciler))
        once = dict(boxes.tries)
        again = switch.twin.state.clock.now() + A_MINUTE_S
        live(config, switch.twin.state, until=lambda _, it: all_ready(it) and switch.twin.state.clock.now() > again)
        with closing(SqlStore(f"sqlite:///{folder}/bascule.db", clock=switch.twin.state.clock)) as store:
            facts = report_facts(store, None, now=switch.twin.state.clock.now())

    assert len(once) == AGENTS
    assert boxes.tries == once, "a restart tells nobody again"
    assert facts is not None
    report = surge_report_document(facts)
    assert sum(batch.ready for batch in report.batches) == AGENTS
    assert not [login for login in (address.partition("@")[0] for address in once) if login in str(plain(report))]
