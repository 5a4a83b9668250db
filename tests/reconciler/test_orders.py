"""Orders that come while the daemon runs: refused if nothing could come of them, in force before the next cycle."""

import pytest

from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import AgentId
from provisioner.model.intents import Allowance, Intent, IntentKind, Rekey, Terms, Withdrawal
from tests.builders.cluster import NOW
from tests.builders.reconciler import Site, ready

STAYS, MOVES = Rekey(AgentId("a"), AgentId("a")), Rekey(AgentId("a"), AgentId("b"))
SHOWN = Terms(shown="1f.2e")
PEOPLE = Allowance(leavers=frozenset({AgentId("a")}))


def an_order(kind, target="", **changed):
    return Intent(**{"kind": kind, "by": "claire", "at": NOW, "target": target, **changed})


def given(site):
    return [(intent.kind, intent.target) for intent in site.store.intents() if intent.kind is not IntentKind.SURGE]


@pytest.mark.long
@pytest.mark.parametrize(
    ("order", "code"),
    [
        pytest.param(an_order(IntentKind.STOP, "vd-9999"), "no_such_desktop", id="no such desktop"),
        pytest.param(an_order(IntentKind.STOP), "order_target_wanted", id="which desktop?"),
        pytest.param(an_order(IntentKind.RETRY, "vd-5001"), "nothing_to_retry", id="nothing is wrong with it"),
        pytest.param(an_order(IntentKind.DRAIN, "pve/n9"), "node_not_in_cluster", id="no such node"),
        pytest.param(an_order(IntentKind.CORDON, "elsewhere/n1"), "no_such_cluster", id="no such cluster"),
        pytest.param(an_order(IntentKind.CORDON, "n9"), "node_not_in_cluster", id="no such node in the only cluster"),
        pytest.param(an_order(IntentKind.CORDON, "pve/"), "order_node_wanted", id="which node?"),
        pytest.param(an_order(IntentKind.RETIRE, "pve/100"), "vmid_outside_range", id="not ours to retire"),
        pytest.param(an_order(IntentKind.CORDON, "n" * 256), "order_node_wanted", id="H1: no room for its cluster"),
        pytest.param(an_order(IntentKind.RETIRE, "5001"), "say_which_vm", id="which VM?"),
        pytest.param(an_order(IntentKind.RETIRE, "pve/05009"), "say_which_vm", id="H1: no VMID begins with 0"),
        pytest.param(an_order(IntentKind.RETIRE, "pve/\u0665\u0660\u0660\u0669"), "say_which_vm", id="H1: other digits"),
        pytest.param(an_order(IntentKind.FREEZE, "pve/n1"), "order_without_target", id="a freeze has no target"),
        pytest.param(an_order(IntentKind.FREEZE, until=NOW + 9), "order_has_no_end", id="a freeze has no end"),
        pytest.param(an_order(IntentKind.HOLD, until=NOW - 9), "order_ends_before", id="over already"),
        pytest.param(an_order(IntentKind.ACCEPT_DIRECTORY), "order_names_people", id="whom?"),
        pytest.param(an_order(IntentKind.ACCEPT_DIRECTORY, allows=PEOPLE), "order_ends_within", id="until when?"),
        pytest.param(
            an_order(IntentKind.ACCEPT_DIRECTORY, allows=PEOPLE, until=NOW + 8 * 86_400), "order_ends_within", id="for too long"
        ),
        pytest.param(an_order(IntentKind.REKEY), "order_names_people", id="who is who?"),
        pytest.param(an_order(IntentKind.DISTINCT), "order_target_wanted", id="who is new?"),
        pytest.param(an_order(IntentKind.DISTINCT, "a"), "order_names_shown", id="who was shown to be new?"),
        pytest.param(an_order(IntentKind.REKEY, "a", rekeys=(STAYS,)), "order_names_shown", id="who was shown to be the same?"),
        pytest.param(an_order(IntentKind.REKEY, rekeys=(STAYS,), terms=SHOWN), "order_names_shown", id="which id stays?"),
        pytest.param(an_order(IntentKind.REKEY, "a", rekeys=(MOVES,), terms=SHOWN), "order_names_shown", id="it does not stay"),
        pytest.param(an_order(IntentKind.DISTINCT, "a", rekeys=(STAYS,), terms=SHOWN), "order_names_shown", id="both at once"),
        pytest.param(an_order(IntentKind.HOLD, terms=SHOWN), "order_other_terms", id="a hold is about nobody shown"),
        pytest.param(an_order(IntentKind.HOLD, allows=PEOPLE), "order_names_nobody", id="a hold names nobody"),
        pytest.param(an_order(IntentKind.RETRY), "nothing_given_up", id="no desktop was given up"),
        pytest.param(Withdrawal(kind=IntentKind.HOLD, by="claire", at=NOW), "order_not_standing", id="nothing to withdraw"),
    ],
)
def test_an_order_that_could_do_nothing_is_refused_with_its_reason(order, code):
    site = ready(2)

    assert site.reconciler.obey(order).code == code
    assert given(site) == []


@pytest.mark.parametrize(
    "order",
    [
        an_order(IntentKind.HOLD, until=NOW + 1e6),
        an_order(IntentKind.STOP, "vd-5001"),
        an_order(IntentKind.DRAIN, "pve/n1"),
        an_order(IntentKind.RETIRE, "pve/5009"),
        an_order(IntentKind.RECONFIGURE),
        an_order(IntentKind.ACCEPT_DIRECTORY, allows=PEOPLE, until=NOW + 6 * 86_400),
        an_order(IntentKind.REKEY, rekeys=(MOVES,)),
        an_order(IntentKind.REKEY, "a", rekeys=(STAYS,), terms=SHOWN),
        an_order(IntentKind.DISTINCT, "a", terms=SHOWN),
    ],
    ids=lambda order: order.kind,
)
def test_an_order_is_stored_and_shown_before_the_next_cycle(order):
    site = ready(2)

    assert site.reconciler.obey(order) == ""
    assert given(site) == [(order.kind, order.target)]
    assert order in site.status.intents
    assert site.reconciler.wake_at <= site.clock.at


def test_a_node_that_can_be_in_one_cluster_only_needs_no_cluster():
    site = ready(2)

    assert site.reconciler.obey(an_order(IntentKind.CORDON, "n1")) == ""
    assert given(site) == [(IntentKind.CORDON, "pve/n1")]
    assert site.reconciler.obey(Withdrawal(kind=IntentKind.CORDON, by="claire", at=NOW, target="n1")) == ""
    assert given(site) == []


def test_a_drained_node_is_closed_in_the_status_at_once():
    site = ready(2)
    site.reconciler.obey(an_order(IntentKind.DRAIN, "pve/n1"))

    assert {key.node for key, cordon in site.status.cordons.items() if cordon.drained} == {"n1"}


def test_the_same_order_again_is_journalled_once():
    site = ready(1)
    for at in (NOW, NOW + 1, NOW + 2):
        assert site.reconciler.obey(an_order(IntentKind.HOLD, at=at)) == ""

    assert [line.what for line in site.store.journal() if line.what == "hold"] == ["hold"]


def test_a_withdrawal_is_journalled_with_who_and_why():
    site = ready(1)
    site.reconciler.obey(an_order(IntentKind.HOLD))

    assert site.reconciler.obey(Withdrawal(kind=IntentKind.HOLD, by="denis", at=NOW, reason="the audit is over")) == ""
    (line, *_) = site.store.journal()
    assert (line.what, line.result, line.reason) == ("hold", "withdrawn", "by denis: the audit is over")
    assert site.status.intents == tuple(intent for intent in site.store.intents())


def test_a_freeze_by_its_file_stands_once_and_ends_in_both_places():
    site = ready(1)
    site.frozen = FreezeMark(by="claire", reason="smoke", at=NOW)
    site.reconciler.obey(an_order(IntentKind.FREEZE, reason="smoke"))
    assert [intent.by for intent in site.status.intents if intent.kind is IntentKind.FREEZE] == ["claire"]

    site.frozen = None
    assert site.reconciler.obey(Withdrawal(kind=IntentKind.FREEZE, by="denis", at=NOW)) == ""
    assert given(site) == []


def test_an_order_before_the_first_cycle_counts():
    site = Site(agents=1)

    assert site.reconciler.obey(an_order(IntentKind.FREEZE)) == ""
    assert site.look() == []
