"""Intents, commands, and the format of a twin's secrets."""

import pytest

from provisioner.model.commands import Observe
from provisioner.model.intents import Intent, IntentKind, intents_in_force
from provisioner.model.twin_spec import TokenSpec
from tests.builders.cluster import NOW, PVE

FREEZE, HOLD = (Intent(kind=kind, by="zoe", at=NOW - 60) for kind in (IntentKind.FREEZE, IntentKind.HOLD))
BY_FILE = Intent(kind=IntentKind.FREEZE, by="the freeze file", at=NOW)


@pytest.mark.parametrize(
    ("given", "by_file", "in_force"),
    [
        pytest.param((), False, (), id="none"),
        pytest.param((HOLD,), False, (HOLD,), id="an operator's"),
        pytest.param((HOLD,), True, (HOLD, BY_FILE), id="an operator's, and the freeze file's"),
        pytest.param((FREEZE,), True, (FREEZE,), id="frozen by both: the operator's word is shown"),
    ],
)
def test_orders_in_force(given, by_file, in_force):
    assert intents_in_force(given, frozen_by_file=by_file, now=NOW) == in_force


def test_a_plain_look_reads_no_task_list_and_asks_for_no_quorum():
    look = Observe(cluster=PVE)

    assert (look.tasks_of, look.quorum) == (frozenset(), False)


def test_a_token_of_a_twin_never_shows_its_secret():
    assert "s3cret" not in repr(TokenSpec(user="bascule@pve", name="token", secret="s3cret"))
