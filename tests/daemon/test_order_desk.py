"""H1: whatever exception arises from an order is its answer, and the next order is taken."""

from pathlib import Path

import pytest

from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.order_desk import MOST_ORDERS, OrderDesk, ReloadDesk
from provisioner.errors import StoreAway, StoreError
from provisioner.model.intents import Intent, IntentKind, Withdrawal
from provisioner.model.lending import LendingAnswer, LendingOrder, LendOrder
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.orders import Order
from tests.builders.cluster import NOW


@pytest.fixture
def desk(tmp_path: Path) -> OrderDesk:
    files = FreezeFiles(configured=tmp_path / "freeze", always=tmp_path / "always")
    return OrderDesk(files, nudge=lambda: None)


def an_order(target: str) -> Intent:
    return Intent(kind=IntentKind.STOP, by="claire", at=NOW, target=target)


def test_an_order_that_fails_costs_itself(desk: OrderDesk):
    """H1."""
    taken: list[str] = []

    def obey(order: Order) -> Reason:
        if order.target == "bad":
            raise OverflowError("date value out of range, for somebody")
        taken.append(order.target)
        return NONE

    answers = [desk.hand_in(an_order(target)) for target in ("vd-1", "bad", "vd-2")]
    desk.take_up(obey)

    first, bad, last = (answer.result(timeout=0) for answer in answers)
    assert (taken, first, last, bad.code) == (["vd-1", "vd-2"], "", "", "order_fails")
    assert "stop bad: it cannot be carried out" in bad
    assert "OverflowError;" in bad, "its type, and not its words, which may quote the order"


def test_only_so_many_orders_wait_and_a_freeze_always_may(desk: OrderDesk):
    """H1: whoever had gone made room for the next: 300 orders of 420 KiB that nobody waited for took a gigabyte."""
    answers = [desk.hand_in(an_order(f"vd-{number}")) for number in range(MOST_ORDERS + 1)]
    freeze = desk.hand_in(Intent(kind=IntentKind.FREEZE, by="claire", at=NOW))
    taken: list[IntentKind] = []

    def obey(order: Order) -> Reason:
        taken.append(order.kind)
        return NONE

    assert answers[-1].result(timeout=0).code == "orders_wait"
    desk.take_up(obey)
    assert taken == [*[IntentKind.STOP] * MOST_ORDERS, IntentKind.FREEZE]
    assert freeze.result(timeout=0) == NONE


def test_a_lend_that_fails_costs_itself(desk: OrderDesk):
    """H1."""

    def lend(order: LendingOrder) -> LendingAnswer:
        raise ArithmeticError

    answer = desk.hand_in_lending(LendOrder(who="zoe", by="claire", at=NOW))
    desk.take_up_lending(lend)

    assert answer.result(timeout=0).refused.code == "order_fails"


def test_a_reload_that_fails_costs_itself():
    """H7."""
    desk = ReloadDesk(nudge=lambda: None)

    def reload(_: str) -> Reason:
        raise RecursionError

    answer = desk.hand_in("claire")
    desk.take_up(reload)
    refused = answer.result(timeout=0)

    assert isinstance(refused, Reason)
    assert refused.code == "order_fails"


def test_that_the_store_has_failed_is_said_as_it_is(desk: OrderDesk):
    def obey(order: Order) -> Reason:
        raise StoreError("the disk is full")

    answer = desk.hand_in(an_order("vd-1"))
    desk.take_up(obey)

    assert isinstance(answer.exception(timeout=0), StoreError)


AWAY = Reason("the daemon waits")


def refused(answer):
    with pytest.raises(StoreAway, match="the daemon waits"):
        answer.result(timeout=0)
    return True


def test_while_the_store_is_away_everybody_is_answered_at_once(desk: OrderDesk):
    """N8: an order waited for the next try of the store, a reload for ever."""
    reloads = ReloadDesk(nudge=lambda: None)
    before = [desk.hand_in(an_order("vd-1")), desk.hand_in_lending(LendOrder(who="ada", by="claire", at=NOW))]
    before.append(reloads.hand_in("claire"))
    desk.wait(AWAY)
    reloads.wait(AWAY)
    meanwhile = [desk.hand_in(an_order("vd-1")), desk.hand_in_lending(LendOrder(who="ada", by="claire", at=NOW))]

    assert all(map(refused, [*before, *meanwhile, reloads.hand_in("claire")]))

    desk.go_on()
    reloads.go_on()
    taken = desk.hand_in(an_order("vd-1")), reloads.hand_in("claire")
    desk.take_up(lambda order: NONE)
    reloads.take_up(lambda by: AWAY)
    assert [answer.result(timeout=0) for answer in taken] == [NONE, AWAY]


def test_a_freeze_is_in_force_by_its_file_while_the_store_is_away(desk: OrderDesk, tmp_path: Path):
    """N8: whoever ordered it was answered that it had failed."""
    freeze = Intent(kind=IntentKind.FREEZE, by="claire", at=NOW)
    before = desk.hand_in(freeze)
    desk.wait(AWAY)

    assert (before.result(timeout=0), desk.hand_in(freeze).result(timeout=0)) == (NONE, NONE)
    assert (tmp_path / "freeze").exists()
    assert refused(desk.hand_in(Withdrawal(kind=IntentKind.FREEZE, by="claire", at=NOW)))
    assert (tmp_path / "freeze").exists(), "refused is not half done"
