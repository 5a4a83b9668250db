"""Orders from the API's thread, for the control thread: the only thing that crosses in this direction."""

import logging
import queue
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import NoReturn, TypeVar

from provisioner.daemon.freeze_file import FreezeFiles, remove, write_mark
from provisioner.errors import StoreAway, StoreError
from provisioner.model.freeze import FreezeMark
from provisioner.model.intents import Intent, IntentKind, Withdrawal
from provisioner.model.kept.set_aside import words_of
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.reasons.orders import FREEZE_FILE_STAYS, ORDER_FAILS, ORDERS_WAIT
from provisioner.reasons.pools import LEND_BUSY
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler import Order
from provisioner.views.daemon import ReloadDocument

_LOG = logging.getLogger(__name__)
_Order = TypeVar("_Order")
_Answer = TypeVar("_Answer")
MOST_ORDERS = 64
"""Other orders that may wait: one with everybody in it takes three megabytes, and whoever gave it may have gone."""
MOST_LENDS = 256
"""Orders about pools that may wait: as many as there are connections, so that more come only from software that floods."""


class OrderDesk:
    """Takes orders from any thread; the control thread carries them out in its turn."""

    def __init__(self, freeze_files: FreezeFiles, *, nudge: Callable[[], None]) -> None:
        """`nudge` wakes the control thread."""
        self._files, self._nudge = freeze_files, nudge
        self._waits = NONE
        """Why nothing can be taken now; empty: everything can."""
        self.shed = 0
        """Orders about pools that were refused because too many waited."""
        self._waiting: queue.SimpleQueue[tuple[Order, Future[Reason]]] = queue.SimpleQueue()
        self._lends: queue.SimpleQueue[tuple[LendingOrder, Future[LendingAnswer]]] = queue.SimpleQueue()

    def hand_in(self, order: Order) -> "Future[Reason]":
        """The answer comes when it was taken: empty, or why it was not; or a StoreError. At once, if too many wait already. Any
        thread may call.

        A freeze counts from now on, even if the control thread is in the middle of a cycle, or waits: every write looks for its
        file.
        """
        if _is_of_file(order):
            with suppress(OSError):  # then the store has it, from the next turn of the control thread on
                write_mark(self._files.configured, FreezeMark(by=order.by, reason=order.reason, at=order.at))
        answer: Future[Reason] = Future()
        if waits := self._waits:
            return _answered(answer, lambda: self._kept_by_file(order, waits))
        if self._waiting.qsize() >= MOST_ORDERS and order.kind is not IntentKind.FREEZE:
            answer.set_result(ORDERS_WAIT())
            return answer
        self._waiting.put((order, answer))
        self._nudge()
        return answer

    def hand_in_lending(self, order: LendingOrder) -> "Future[LendingAnswer]":
        """The answer comes when it was carried out; or a StoreError. At once, if too many wait already. Any thread may call."""
        answer: Future[LendingAnswer] = Future()
        if waits := self._waits:
            return _answered(answer, lambda: _refuse(waits))
        if self._lends.qsize() >= MOST_LENDS:
            self.shed += 1
            answer.set_result(LendingAnswer(login=order.who, refused=LEND_BUSY(), expected_s=1.0, for_now=True))
            return answer
        self._lends.put((order, answer))
        self._nudge()
        return answer

    def wait(self, why: Reason) -> None:
        """Answer all that wait, and all that come until `go_on`, with a StoreAway. Only the control thread calls."""
        self._waits = why
        _carry_out(self._lends, lambda _: _refuse(why), _lend_failed)
        _carry_out(self._waiting, lambda order: self._kept_by_file(order, why), _failed)

    def go_on(self) -> None:
        """Orders are taken again."""
        self._waits = NONE

    def take_up_lending(self, lend: Callable[[LendingOrder], LendingAnswer]) -> bool:
        """Carry out every order about pools that waits; whether there was any. Only the control thread calls."""
        return _carry_out(self._lends, lend, _lend_failed)

    def take_up(self, obey: Callable[[Order], Reason]) -> None:
        """Carry out every order that waits, by `obey`. Only the control thread calls."""
        _carry_out(self._waiting, lambda order: self._taken(order, obey), _failed)

    def _kept_by_file(self, order: Order, why: Reason) -> Reason:
        """A freeze is in force by its file. Raises StoreAway for any other order."""
        return NONE if _is_of_file(order) and self._files.standing() else _refuse(why)

    def _taken(self, order: Order, obey: Callable[[Order], Reason]) -> Reason:
        try:
            removed = self._end_freeze(order)
            refused = obey(order)
        except OSError as error:
            return FREEZE_FILE_STAYS(path=str(error.filename), said=error.strerror or "")
        return NONE if removed else refused

    def _end_freeze(self, order: Order) -> bool:
        """Whether a freeze file was removed. Raises OSError."""
        ends = isinstance(order, Withdrawal) and order.kind is IntentKind.FREEZE
        return ends and bool(remove((self._files.configured, self._files.always)))


class ReloadDesk:
    """The same for orders to read the configuration again."""

    def __init__(self, *, nudge: Callable[[], None]) -> None:
        """`nudge` wakes the control thread."""
        self._nudge = nudge
        self._waits = NONE
        self._waiting: queue.SimpleQueue[tuple[str, Future[ReloadDocument | Reason]]] = queue.SimpleQueue()

    def hand_in(self, by: str) -> "Future[ReloadDocument | Reason]":
        """The answer comes when the files were read: what was taken up, or why nothing has changed; or a StoreAway at once.

        Any thread may call.
        """
        answer: Future[ReloadDocument | Reason] = Future()
        if waits := self._waits:
            return _answered(answer, lambda: _refuse(waits))
        self._waiting.put((by, answer))
        self._nudge()
        return answer

    def wait(self, why: Reason) -> None:
        """As `OrderDesk.wait`: what waits silently would be taken up when nobody expects it any more."""
        self._waits = why
        self.take_up(lambda _: _refuse(why))

    def go_on(self) -> None:
        """Orders are taken again."""
        self._waits = NONE

    def take_up(self, reload: Callable[[str], ReloadDocument | Reason]) -> None:
        """Carry out every order that waits. Only the control thread calls."""
        _carry_out(self._waiting, reload, lambda _, error: ORDER_FAILS(order="reload", why=words_of(error)))


def _is_of_file(order: Order) -> bool:
    """Whether the freeze file says all of it."""
    return isinstance(order, Intent) and order.kind is IntentKind.FREEZE and not order.target and order.until is None


def _refuse(why: Reason) -> NoReturn:
    raise StoreAway(why)


def _answered(answer: "Future[_Answer]", do: Callable[[], _Answer]) -> "Future[_Answer]":
    try:
        answer.set_result(do())
    except StoreError as error:
        answer.set_exception(error)
    return answer


def _failed(order: Order, error: Exception) -> Reason:
    return ORDER_FAILS(order=f"{order.kind.value} {order.target}".strip(), why=words_of(error))


def _lend_failed(order: LendingOrder, error: Exception) -> LendingAnswer:
    return LendingAnswer(login=order.who, refused=ORDER_FAILS(order=type(order).__name__, why=words_of(error)))


def _carry_out(
    waiting: "queue.SimpleQueue[tuple[_Order, Future[_Answer]]]",
    do: Callable[[_Order], _Answer],
    failed: Callable[[_Order, Exception], _Answer],
) -> bool:
    """Every order that waits; whether there was any. That the store has failed is an answer, too.

    Whatever exception arises from an order is its answer, and costs this order alone; the log has all of it.
    """
    taken = False
    while True:
        try:
            order, answer = waiting.get_nowait()
        except queue.Empty:
            return taken
        if answer.set_running_or_notify_cancel():
            taken = True
            try:
                _answered(answer, partial(do, order))
            except Exception as error:
                _LOG.exception("an order was set aside: %s", type(error).__name__)
                answer.set_result(failed(order, error))


__all__ = ["OrderDesk", "ReloadDesk"]
