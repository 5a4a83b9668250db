"""When somebody is called because connections are not kept up."""

from provisioner.capabilities.brokers.reasons import BROKER_FAILS, BROKER_FOREIGN, BROKER_REFUSED, BROKER_UNKNOWN
from provisioner.wrong.alerts import Alert
from provisioner.wrong.entry import Severity

BROKER_FAILING = Alert(
    name="BasculeBrokerFailing",
    page="brokers",
    severity=Severity.WARNING,
    held_s=900.0,
    summary="Connections are not kept up at {{ $labels.broker }}",
    description="The broker takes no round, refuses some changes, or has names that are somebody else's or people whom it does "
    "not know. These people do not find their desktop there.",
    command="bascule check",
    labels=("broker",),
)
ALERTS = {BROKER_FAILING: (BROKER_FAILS, BROKER_REFUSED, BROKER_FOREIGN, BROKER_UNKNOWN)}
