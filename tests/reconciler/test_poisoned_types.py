"""H1: values of another type, and text that is no text, in the rows of orders and runs. Each ended the daemon at each start."""

import pytest

from provisioner.model.intents import IntentKind, Withdrawal
from provisioner.model.scenario.surges import SurgeState
from tests.reconciler.test_set_aside import Site, insert, poison, said, site

__all__ = ["site"]

_INSERT = "INSERT INTO intents VALUES ({kind}, {target}, {by}, 1.0, {reason}, NULL, NULL, NULL, NULL)"
_SOUND = {"kind": "'hold'", "target": "''", "by": "'claire'", "reason": "'why'"}
_NO_TEXT = "CAST(x'ff41' AS TEXT)"


@pytest.mark.parametrize(
    "json",
    [
        pytest.param({"terms": '{"agent": null, "logins": [{}]}'}, id="a login that is none"),
        pytest.param({"terms": '{"agent": [1]}'}, id="an agent that is none"),
        pytest.param({"terms": '{"agent": null, "even_with_session": "no"}'}, id="a word for a yes"),
        pytest.param({"terms": '{"agent": null, "surge": {}}'}, id="terms of a surge that are none"),
        pytest.param({"rekeys": "[[[1], [2]]]"}, id="ids that are none"),
        pytest.param({"allows": '{"leavers": [1], "joiners": []}'}, id="leavers that are none"),
    ],
)
def test_an_order_with_values_of_another_type_costs_itself_and_still_protects(site: Site, json: dict[str, str]):
    """H1: in the cycle it was a TypeError, outside every fence."""
    insert(site, "hold", **json)
    site.settle(cycles=2)

    assert [(intent.kind, intent.target) for intent in site.status.intents] == [(IntentKind.HOLD, "")]
    assert [code for code, _ in said(site)] == ["order_stands"]


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"reason": _NO_TEXT}, id="the reason is no UTF-8"),
        pytest.param({"by": _NO_TEXT}, id="the giver is no UTF-8"),
        pytest.param({"kind": _NO_TEXT}, id="the kind is no UTF-8"),
        pytest.param({"kind": "'quarantine'", "target": _NO_TEXT}, id="the target is no UTF-8"),
        pytest.param({"kind": "'quarantine'", "target": "x'ff41'"}, id="the target is bytes"),
        pytest.param({"reason": "x'ff'"}, id="the reason is bytes"),
        pytest.param({"by": "x'ff'"}, id="the giver is bytes"),
    ],
)
def test_an_order_whose_text_is_none_stands_until_somebody_ends_it(site: Site, columns: dict[str, str]):
    """H1: SQLite's driver refused to fetch it, and the store with it."""
    poison(site, _INSERT.format(**(_SOUND | columns)))
    site.settle(cycles=2)
    standing, codes = [(intent.kind, intent.target) for intent in site.status.intents], [code for code, _ in said(site)]
    ended = site.reconciler.obey(Withdrawal(kind=IntentKind.HOLD, by="claire", at=site.clock.at))
    site.restart()
    site.settle(cycles=1)

    assert (standing, codes) == ([(IntentKind.HOLD, "")], ["order_stands"])
    assert (ended, site.status.intents, said(site)) == ("", (), [])


@pytest.mark.parametrize("kind", [IntentKind.FREEZE, IntentKind.HOLD])
def test_what_stops_everything_is_ended_by_its_command_whatever_it_is_about(site: Site, kind: IntentKind):
    """H1: a row with a target was in force for everything, and neither `thaw` nor `hold end` removed it."""
    insert(site, kind.value, "vd-5001")
    site.settle(cycles=2)
    standing = [(intent.kind, intent.target) for intent in site.status.intents]
    ended = site.reconciler.obey(Withdrawal(kind=kind, by="claire", at=site.clock.at))
    site.settle(cycles=1)

    assert (standing, ended, site.status.intents) == ([(kind, "")], "", ())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(f"reason = {_NO_TEXT}", id="the reason is no UTF-8"),
        pytest.param(f"scenario = {_NO_TEXT}", id="the scenario is no UTF-8"),
        pytest.param("scenario = 'of tomorrow', terms = '{'", id="half a row of a scenario that is not configured"),
        pytest.param("given_by = x'ff'", id="the giver is bytes"),
        pytest.param("terms = json_set(terms, '$.takes_back', json('[\"x\"]'))", id="runs that are none"),
        pytest.param("terms = json_set(terms, '$.opened', json('{\"first\": \"x\"}'))", id="a number that is none"),
    ],
)
def test_a_run_with_values_of_another_type_waits_for_an_operator(site: Site, change: str):
    """H1. One of another scenario was said to wait, and ended in the same moment."""
    poison(site, f"UPDATE surges SET {change}")
    site.settle(cycles=2)

    run = site.reconciler.records.surge
    assert run is not None
    assert (run.state, run.rebuilt, [code for code, _ in said(site)]) == (SurgeState.PAUSED, True, ["order_set_aside"])
