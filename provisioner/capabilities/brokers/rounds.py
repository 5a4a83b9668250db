"""One round of one broker: list, look, compare, write. A round that was broken off is gone on with by the next."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice

from provisioner.capabilities.brokers.decide import BrokerDifference, BrokerMemory, Wanted, difference
from provisioner.capabilities.brokers.model import (
    BrokerRules,
    BrokerState,
    BrokerStep,
    BrokerUse,
    ConnectionServer,
    HeldConnection,
    StepKind,
)
from provisioner.errors import PublishingError
from provisioner.model.ids import DesktopName, Instant
from provisioner.reasons.reason import NONE, Reason

_LOOKS = 300
"""Connections and people that are looked at in one round: some seconds. The rest comes with the next rounds, at once."""
_WRITES = 300
"""Desktops that are written for in one round, likewise."""
_FAILURES = 3
"""Requests in a row that fail and end a round: the broker is away, or refuses all."""
_BELIEVED_S = 3_600.0
"""So long what was looked at is believed: a change by hand, of which the list says nothing, is noticed within this time. 3,000
desktops are then two requests a second."""


class BrokerRounds:
    """One broker, from round to round. One thread uses it."""

    def __init__(self, server: ConnectionServer, rules: BrokerRules) -> None:
        self._server, self._rules = server, rules
        self._connections: dict[str, tuple[Instant, HeldConnection]] = {}
        """By identifier, with when it was looked at."""
        self._usable: dict[str, tuple[Instant, Set[str] | None]] = {}
        """The accounts that can be used, by login."""
        self._gone_since: Mapping[DesktopName, Instant] = {}
        """In this life of the daemon."""
        self.state = BrokerState(broker=server.broker, dry_run=rules.dry_run)
        self.has_more = False
        """Whether the next round has to go on at once."""

    def round(self, wanted: Wanted, *, may_write: bool, may_remove: bool, now: Instant) -> BrokerState:
        """Bring the broker up to what is wanted. A failure is in the state, and the next round begins anew."""
        self.has_more = False
        try:
            listed = self._server.listed()
            self._look(wanted, listed, may_write=may_write, now=now)
            found = self._compare(wanted, listed, may_remove=may_remove, now=now)
            undone, refused = self._write(found.steps, now) if may_write else (frozenset(found.steps), NONE)
        except PublishingError as error:
            self.state = replace(self.state, wanted=len(wanted), failing=error.reason)
            return self.state
        self.state = self._state(wanted, found, undone, refused, now)
        return self.state

    def ask_uses(self, now: Instant) -> BrokerState:
        """Who is connected to which desktop; what is not known is left as it was, with its age."""
        try:
            active = self._server.active()
        except PublishingError as error:
            self.state = replace(self.state, failing=self.state.failing or error.reason)
            return self.state
        content = {identifier: held.content for identifier, (_, held) in self._connections.items()}
        uses = (
            BrokerUse(desktop=used.desktop, login=each.login, began_at=min(now, each.began_at))
            for each in active
            if (used := content.get(each.connection)) is not None
        )
        self.state = replace(self.state, uses=tuple(sorted(uses, key=lambda use: (use.desktop, use.began_at))), uses_at=now)
        return self.state

    # -- looking -------------------------------------------------------------------------------------------------------

    def _look(self, wanted: Wanted, listed: Mapping[str, str], *, may_write: bool, now: Instant) -> None:
        self._connections = {key: known for key, known in self._connections.items() if key in listed}
        for identifier, name in listed.items():
            if (known := self._connections.get(identifier)) is not None and known[1].name != name:
                self._connections[identifier] = (known[0], replace(known[1], name=name))
        for identifier in self._due(listed, self._connections, now):
            if (held := self._server.details(identifier)) is not None:
                self._connections[identifier] = (now, held)
        logins = dict.fromkeys(connection.login for connection in wanted.values())
        self._usable = {login: known for login, known in self._usable.items() if login in logins}
        for login in self._due(logins, self._usable, now):
            usable = self._server.usable(login)
            if usable is None and self._rules.create_people and may_write:
                self._server.add_person(login)
                usable = frozenset()
            self._usable[login] = (now, usable)

    def _due(self, keys: Iterable[str], known: Mapping[str, tuple[Instant, object]], now: Instant) -> Sequence[str]:
        """Those that were never looked at, and those that were long ago; as many as one round may look at."""
        never = [key for key in keys if key not in known]
        old = sorted((known[key][0], key) for key in keys if key in known and not 0 <= now - known[key][0] < _BELIEVED_S)
        due = [*never, *(key for _, key in old)]
        self.has_more |= len(due) > _LOOKS
        return due[:_LOOKS]

    # -- comparing and writing -------------------------------------------------------------------------------------------

    def _compare(self, wanted: Wanted, listed: Mapping[str, str], *, may_remove: bool, now: Instant) -> BrokerDifference:
        due = now - self._rules.remove_after_s
        hosts = {connection.host for connection in wanted.values()}
        held = BrokerMemory(
            listed=listed,
            connections={key: held for key, (_, held) in self._connections.items()},
            usable={login: usable for login, (_, usable) in self._usable.items()},
        )
        leads_to = {held.content.desktop: held.content.host for held in held.connections.values() if held.content is not None}

        def may_go(name: DesktopName) -> bool:
            """At once, if another desktop has its address now: the connection would lead to somebody else's desktop."""
            return may_remove and (leads_to[name] in hosts or self._gone_since.get(name, now) <= due)

        found = difference(wanted, held, may_go=may_go)
        self._gone_since = {name: min(now, self._gone_since.get(name, now)) for name in found.gone}
        return found

    def _write(
        self, steps: Mapping[DesktopName, Sequence[BrokerStep]], now: Instant
    ) -> tuple[Set[DesktopName], Reason]:  # fmt: skip
        """Returns the desktops that wait, and why a request failed. Raises PublishingError if several fail in a row."""
        undone, refused, in_a_row = set(steps), NONE, 0
        for desktop in islice(steps, _WRITES):
            try:
                self._take(steps[desktop], now)
            except PublishingError as error:
                refused, in_a_row = error.reason, in_a_row + 1
                if in_a_row >= _FAILURES:
                    raise
            else:
                undone.discard(desktop)
                in_a_row = 0
        self.has_more |= len(steps) > _WRITES
        return undone, refused

    def _take(self, steps: Sequence[BrokerStep], now: Instant) -> None:
        made = ""
        for step in steps:
            identifier = step.identifier or made
            match step.kind:
                case StepKind.ADD | StepKind.CHANGE:
                    assert step.connection is not None, "these say what is to stand there"
                    if step.kind is StepKind.ADD:
                        identifier = made = self._server.add(step.connection)
                    else:
                        self._server.change(identifier, step.connection)
                    held = HeldConnection(identifier=identifier, name=step.connection.desktop, content=step.connection)
                    self._connections[identifier] = (now, held)
                case StepKind.REMOVE:
                    self._server.remove(identifier)
                    self._connections.pop(identifier, None)
                case StepKind.ALLOW:
                    self._server.allow(identifier, step.login)
                    self._permit(step.login, {identifier}, frozenset())
                case StepKind.DISALLOW:
                    self._server.disallow(identifier, step.login)
                    self._permit(step.login, frozenset(), {identifier})

    def _permit(self, login: str, more: Set[str], less: Set[str]) -> None:
        if (known := self._usable.get(login)) is not None and known[1] is not None:
            self._usable[login] = (known[0], (known[1] | more) - less)

    def _state(
        self, wanted: Wanted, found: BrokerDifference, undone: Set[DesktopName], refused: Reason, now: Instant
    ) -> BrokerState:  # fmt: skip
        written = (found.steps.keys() & wanted.keys()) - undone
        served = sum(wanted[name].login not in found.unknown for name in written)
        return replace(
            self.state,
            wanted=len(wanted),
            published=len(found.settled) + served,
            waiting=len(undone) + found.unlooked,
            foreign=found.foreign,
            unknown_people=len(found.unknown),
            unknown_person=min(found.unknown, default=""),
            refused=refused,
            read_at=now,
            failing=NONE,
        )
