"""Lines of `status` about what Bascule publishes elsewhere: connections at the broker, computer accounts."""

from provisioner.cli.documents import BrokerDocument
from provisioner.texts.translate import _, listed, plural


def broker_line(broker: BrokerDocument) -> str:
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
