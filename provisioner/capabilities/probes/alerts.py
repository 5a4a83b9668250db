"""When somebody is called: people do not reach their desktops."""

from provisioner.capabilities.probes.reasons import NOT_REACHED
from provisioner.wrong.alerts import Alert
from provisioner.wrong.entry import Severity

_NOT_REACHED = Alert(
    name="BasculeDesktopsNotReached",
    page="sessions",
    severity=Severity.CRITICAL,
    held_s=120.0,
    summary="People do not reach their desktops ({{ $labels.common }})",
    description="The desktops are ready, and probes that go the way of a person fail. What failed desktops have in common is "
    "named.",
    command="bascule desktop probe --sample 20",
    labels=("common",),
)
ALERTS = {_NOT_REACHED: (NOT_REACHED,)}
