"""`bascule check --trial` on a served twin: the daemon makes a desktop, measures it, and deletes it."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.sql.store import SqlStore
from tests.builders.store import StillClock
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real


def _alone(document: dict[str, Any]) -> None:
    """Nobody is wanted yet, and nothing else may be deleted."""
    scenario = Path(document["scenario"])
    scenario.write_text("starts_at: 2099-12-31 18:00 Europe/Paris\n" + scenario.read_text(encoding="utf-8"), encoding="utf-8")


def test_a_trial_is_measured_and_leaves_nothing_behind(tmp_path: Path):
    with Switch(tmp_path, agents=2, scale=30) as switch:
        switch.change_config(_alone)
        switch.start()
        assert switch.said("agents read"), switch.log()

        ended = switch.bascule("check", "--trial", "--json")

        findings = [finding for finding in json.loads(ended.stdout) if finding["text_code"].startswith("trial_")]
        assert [(finding["grade"], finding["text_code"]) for finding in findings] == [("good", "trial_ready")], ended.stderr
        truth = switch.truth()
        assert (truth["desktops"], truth["clones"], truth["cut"]) == (0, 1, 0)
        # F17: right after the trial, and not a minute later; the daemon goes on.
        assert json.loads(switch.bascule("forecast", "--json").stdout)["measured"] == 1
        assert switch.stop() == 0
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=StillClock())) as store:
        assert {measured.kind.value for measured in store.measured()} >= {"clone", "first_boot"}
