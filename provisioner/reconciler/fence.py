"""The fence around each order: whatever exception arises from it costs this order, and nothing else.

It hides no error of the program: who reads the log finds the order, the exception by its type, and where it arose. The store's
own errors go through it, except a conflict that the order has brought about.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.errors import ReservationConflict, StoreError
from provisioner.ledger import set_aside_entry
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, Withdrawal
from provisioner.model.kept.set_aside import MOST_SHOWN, PROTECTING, SHOWN_S, SetAside, Unreadable, shown, words_of
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.orders import ORDER_FAILED
from provisioner.reconciler.durable_state import RecordCache


class Fence:
    """Sets orders aside, and remembers which."""

    def __init__(self, cache: RecordCache, *, store: Store, clock: Clock, events: Events) -> None:
        self._cache, self._store, self._clock, self._events = cache, store, clock, events
        self._aside: dict[tuple[str, str], SetAside] = {}
        self._standing: dict[tuple[str, str], SetAside] = {}
        """What cannot be read, and is in force by what stands for it: as long as the store has it."""

    def shown(self, now: Instant) -> tuple[SetAside, ...]:
        """What people are shown, oldest first."""
        self._aside = {key: order for key, order in self._aside.items() if order.at > now - SHOWN_S}
        everything = sorted(
            (*self._standing.values(), *self._aside.values()), key=lambda order: (order.at, order.kind, order.target)
        )
        return tuple(everything[-MOST_SHOWN:])

    @contextmanager
    def around(self, intent: Intent) -> Iterator[None]:
        """Whatever is done with this order. Raises StoreError."""
        try:
            yield
        except ReservationConflict as conflict:
            self._set_aside(intent, conflict)
        except StoreError:
            raise
        except Exception as error:
            self._set_aside(intent, error)

    def take_unreadable(self) -> None:
        """Say which rows are not orders any more; what can have protected nothing is removed. Raises StoreError."""
        found, now = self._store.unreadable(), self._clock.now()
        keys = {(order.kind, order.target) for order in found}
        self._standing = {key: order for key, order in self._standing.items() if key in keys}
        for order in found:
            if (order.kind, order.target) not in self._standing:
                self.take(order, now)

    def take(self, order: Unreadable, now: Instant) -> None:
        """Say of this order that it cannot be read, once in this life. Raises StoreError."""
        key = (order.kind, order.target)
        if order.stands_for is not None:
            self._standing[key] = shown(order, now)
            self._cache.commit(Changes(entries=(set_aside_entry(order, now),)))
        else:
            self._aside[key] = shown(order, now)
            self._store.discard(order, now)
        if order.table:
            self._events.notice("store", f"set aside, it cannot be read: row {order.target} of {order.table}: {order.why}")
        else:
            whose = f"{order.kind} {order.target}, by {order.by}"
            self._events.notice("orders", f"set aside, it cannot be read: {whose}: {order.why}")

    def forget(self, order: Intent | Withdrawal) -> None:
        """The same is ordered again, or withdrawn."""
        self._aside.pop((order.kind.value, order.target), None)

    def _set_aside(self, intent: Intent, error: Exception) -> None:
        """What protects stays in force. Raises StoreError."""
        now, why, kind = self._clock.now(), words_of(error), intent.kind.value
        stands_for = intent if intent.kind in PROTECTING else None
        is_news = (kind, intent.target) not in self._aside
        order = Unreadable(kind=kind, target=intent.target, by=intent.by, why=why, row=None, stands_for=stands_for)
        self._aside[kind, intent.target] = shown(order, now)
        if stands_for is None:
            self._store.withdraw(intent.kind, by="daemon", at=now, target=intent.target, reason=ORDER_FAILED(why=why))
        if is_news:
            order_of = f"{kind} {intent.target}, by {intent.by}"
            self._events.notice("orders", f"set aside, it cannot be carried out: {order_of}: {why}{_place_of(error)}")


def _place_of(error: Exception) -> str:
    """Module and line where it arose. Not its words: they may quote the order."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f" (module {trace.tb_frame.f_globals.get('__name__', '')}, line {trace.tb_lineno})"


__all__ = ["Fence"]
