"""Brokers: how far the connections of each are kept up, and why not further."""

from dataclasses import dataclass

from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerDocument:
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
        for state in status.brokers
    )
