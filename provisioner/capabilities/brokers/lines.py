"""Brokers in `bascule status`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.texts.lines import StatusLines
from provisioner.texts.translate import _, listed, plural

if TYPE_CHECKING:
    from provisioner.capabilities.brokers.views import BrokerDocument


def broker_line(broker: "BrokerDocument") -> str:
    """`guacamole: 1540 of 1700 connections kept up; 812 people are connected`."""
    line = plural(
        "{broker}: {published} of {count} connection kept up",
        "{broker}: {published} of {count} connections kept up",
        broker["wanted"],
        broker=broker["broker"],
        published=broker["published"],
    )
    if broker["read_at"] is None and broker["failing"] is None:
        return _("{broker}: not read yet", broker=broker["broker"])
    if broker["dry_run"]:
        return _("{line}; dry run, {waiting} desktops not written for", line=line, waiting=broker["waiting"])
    if broker["connected"] is None:
        return line
    connected = plural("{count} person is connected", "{count} people are connected", broker["connected"])
    return listed(line, connected)


def _lines(status: Mapping[str, Any]) -> Iterator[str]:
    return map(broker_line, status["brokers"])


LINES = StatusLines(_lines)
