"""Orders to the daemon. Without one nothing is ordered: an order that waits would be carried out when nobody expects it.

Whether something could come of an order is the daemon's to say.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from provisioner.cli.daemon_client import DaemonSilent, ask_daemon, daemon_socket, order_daemon
from provisioner.cli.documents import (
    CONFIG_RELOADS,
    DAEMON,
    INTENTS,
    INTENTS_WITHDRAWALS,
    SURGE,
    Document,
    LendDocument,
    OrdersDocument,
    ReloadDocument,
    Resource,
    SurgeDocument,
)
from provisioner.cli.output import at_work, print_json, say
from provisioner.cli.times import instant
from provisioner.errors import BasculeError, OrderRefused
from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.reasons.api import NO_CYCLE_YET
from provisioner.reasons.commands import DAEMON_DEAF, NO_ORDER_WITHOUT_DAEMON, TAKEN_UNSEEN, UNCONFIRMED
from provisioner.reasons.orders import NOT_STANDING
from provisioner.reasons.reason import LINES, Reason, join_reasons
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import _, use_catalogue
from provisioner.views.times import stamp_or_none

_SEEN_WITHIN_S = 15.0
"""Real seconds. A cycle is due at once after an order, and most end within two seconds; a paused cluster may give none."""
_ASKED_EVERY_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where orders are given, and what is said of them."""

    at: Path | None
    """The daemon's socket; None: no daemon is known."""
    reason: str = ""
    by: str = ""
    """Who orders, in the operator's own words. The daemon knows the account by itself."""
    json: bool = False
    patience: int = 1
    """How often a question is asked that a busy daemon has not answered in time."""

    def ask(self, resource: Resource[Document], **query: str) -> Document:
        """What an order would be about. Raises BasculeError also if no daemon answers."""
        try:
            return self._asked(resource, query)
        except DaemonSilent as silent:
            raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=silent.reason)) from silent

    def ask_after(self, resource: Resource[Document]) -> Document:
        """What came of an order that was taken. Raises BasculeError: whoever reads it must not order it again."""
        with _taken():
            return self._asked(resource, {})

    def now(self) -> Instant:
        """The daemon's time: the end of an order is counted from it."""
        return instant(self.ask(DAEMON)["now"])

    def give(self, kind: IntentKind, target: str = "", *, until: Instant | None = None, **more: object) -> OrdersDocument:
        """Give an order; returns the document of the orders in force. Raises OrderRefused and BasculeError."""
        self.ask(DAEMON)  # if nobody answers, nothing was ordered, and that can be said for certain
        with _unconfirmed():
            terms = more | ({"until": stamp_or_none(until)} if until is not None else {})
            return order_daemon(self.at, INTENTS, {**self._order(kind, target), **terms})

    def surge_after(self, orders: OrdersDocument) -> tuple[SurgeDocument, bool]:
        """The surge as it is after this order, and whether that is so: else no cycle has ended since, and it is as before.

        An order is taken at once, and what it changes is decided in the next cycle. Raises BasculeError.
        """
        pause, asked_until = Event(), monotonic() + _SEEN_WITHIN_S
        with at_work(_("the order is taken; waiting for the daemon's next cycle")):
            while True:
                is_last = monotonic() > asked_until
                if (document := self._surge(is_last=is_last)) is not None:
                    is_after = (document["planned_at"] or "") > (orders["planned_at"] or "")
                    if is_after or is_last:
                        return document, is_after
                pause.wait(_ASKED_EVERY_S)

    def give_each(self, kind: IntentKind, targets: Sequence[str], text: Callable[[int], str]) -> None:
        """Give an order about each, and tell what came of it: what is refused keeps back no other.

        `text`: for people, of so many orders. Raises OrderRefused in the end, with every reason.
        """
        refusals = list(filter(None, (self._refusal(kind, target) for target in targets)))
        if given := len(targets) - len(refusals):
            self.tell(text(given))
        if refusals:
            reasons = join_reasons((refusal.reason for refusal in refusals), LINES)
            raise OrderRefused(reasons, frozenset().union(*(refusal.codes for refusal in refusals)))

    def lend(self, resource: Resource[LendDocument], who: str, **more: object) -> LendDocument:
        """An order about a desktop of a pool; returns what came of it. Raises OrderRefused and BasculeError."""
        self.ask(DAEMON)
        with _unconfirmed():
            return order_daemon(self.at, resource, {"who": who, "reason": self.reason, "said_by": self.by, **more})

    def end(self, kind: IntentKind, target: str = "") -> None:
        """End an order. Raises OrderRefused also if it does not stand, and BasculeError."""
        self.ask(DAEMON)
        with _unconfirmed():
            order_daemon(self.at, INTENTS_WITHDRAWALS, self._order(kind, target))

    def reload(self) -> ReloadDocument:
        """Have the configuration read again; returns what was taken up. Raises OrderRefused: nothing has changed."""
        self.ask(DAEMON)
        with _unconfirmed():
            return order_daemon(self.at, CONFIG_RELOADS, {"said_by": self.by})

    def withdraw(self, kind: IntentKind, target: str = "") -> bool:
        """End an order; whether it stood. Raises OrderRefused and BasculeError."""
        try:
            self.end(kind, target)
        except OrderRefused as refused:
            if NOT_STANDING.code in refused.codes:
                return False
            raise
        return True

    def tell(self, text: str) -> None:
        """What came of it: for people this text, for programs the orders in force."""
        if self.json:
            print_json(self.ask_after(INTENTS))
        else:
            say(text)

    def _surge(self, *, is_last: bool) -> SurgeDocument | None:
        """None: the daemon has just started, takes orders, and has nothing to show yet. Raises BasculeError."""
        with _taken():
            try:
                return self._asked(SURGE, {})
            except BasculeError as error:
                said = error.reason.arguments.values()
                if is_last or not any(isinstance(each, Reason) and each.code == NO_CYCLE_YET.code for each in said):
                    raise
                return None

    def _asked(self, resource: Resource[Document], query: dict[str, str]) -> Document:
        for _again in range(self.patience - 1):
            try:
                return ask_daemon(self.at, resource, **query)
            except DaemonSilent as silent:
                if silent.reason.code != DAEMON_DEAF.code:
                    raise
        return ask_daemon(self.at, resource, **query)

    def _refusal(self, kind: IntentKind, target: str) -> OrderRefused | None:
        try:
            self.give(kind, target)
        except OrderRefused as refused:
            return refused
        return None

    def _order(self, kind: IntentKind, target: str) -> dict[str, object]:
        order: dict[str, object] = {"kind": kind.value, "reason": self.reason, "said_by": self.by}
        return order | ({"target": target} if target else {})


def desk(socket: Path | None, config: Path, *, reason: str = "", by: str = "", json: bool = False) -> Desk:
    """The desk of the daemon that is meant."""
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    return Desk(at=daemon_socket(socket, config), reason=reason, by=by, json=json)


@contextmanager
def _unconfirmed() -> Iterator[None]:
    try:
        yield
    except DaemonSilent as error:
        raise BasculeError(UNCONFIRMED(why=error.reason)) from error


@contextmanager
def _taken() -> Iterator[None]:
    try:
        yield
    except (DaemonSilent, BasculeError) as error:
        raise BasculeError(TAKEN_UNSEEN(why=error.reason)) from error
