"""Brokers: how far the connections of each are kept up, and why not further."""

from collections.abc import Iterator

from typing_extensions import TypedDict

from provisioner.capabilities.brokers.model import STATES, BrokerState
from provisioner.capabilities.brokers.reasons import BROKER_FAILS, BROKER_FOREIGN, BROKER_REFUSED, BROKER_UNKNOWN
from provisioner.model.status import Status
from provisioner.reasons.reason import Reason
from provisioner.views.parts import StatusView
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none
from provisioner.wrong.entry import Wrong


class BrokerDocument(TypedDict):
    """One broker, after its last round."""

    broker: str
    wanted: int
    """Connections that are to stand there: a person's own desktop each."""
    published: int
    """Of them, those that do, and that their person may use."""
    waiting: int
    """Desktops whose connection is not yet as it is to be; in a dry run and under a freeze all of these."""
    foreign: int
    """Desktops whose name in our group is somebody else's connection."""
    unknown_people: int
    """People whom the broker does not know."""
    connected: int | None
    """People who are connected to these desktops; None: not known."""
    read_at: str | None
    """When a whole round last succeeded; None: never since the daemon started."""
    failing: ReasonDocument | None
    """Why the last round failed; None: it did not."""
    dry_run: bool
    """Whether nothing is ever written there."""


def broker_documents(status: Status) -> tuple[BrokerDocument, ...]:
    """Every broker, as configured."""
    return tuple(
        BrokerDocument(
            broker=state.broker,
            wanted=state.wanted,
            published=state.published,
            waiting=state.waiting,
            foreign=len(state.foreign),
            unknown_people=state.unknown_people,
            connected=None if state.uses_at is None else len(state.uses),
            read_at=stamp_or_none(state.read_at),
            failing=reason_or_none(state.failing),
            dry_run=state.dry_run,
        )
        for state in status.parts[STATES]
    )


def wrong_at_brokers(status: Status) -> Iterator[Wrong]:
    """What waits for a person."""
    for state in status.parts[STATES]:
        for says in _reasons(state):
            yield Wrong(says=says, about=state.broker, seen_at=state.read_at)


def _reasons(state: BrokerState) -> Iterator[Reason]:
    if state.failing:
        yield BROKER_FAILS(broker=state.broker, why=state.failing)
    elif state.refused:
        yield BROKER_REFUSED(broker=state.broker, count=state.waiting, why=state.refused)
    if state.foreign:
        yield BROKER_FOREIGN(broker=state.broker, count=len(state.foreign), name=state.foreign[0])
    if state.unknown_people:
        yield BROKER_UNKNOWN(broker=state.broker, count=state.unknown_people, login=state.unknown_person)


VIEW = StatusView(
    key="brokers",
    kind=tuple[BrokerDocument, ...],
    about="Brokers that connections are kept up at; empty: none is configured.",
    of=broker_documents,
    wrong=wrong_at_brokers,
    of_the_site=True,
    after="pools",
)
