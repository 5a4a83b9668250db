"""SSH probes and their requests, for tests."""

import dataclasses
from typing import Any

from provisioner.adapters.ssh import SshGuestProbe
from provisioner.model.actions import CheckGuest
from provisioner.settings.values import SshSettings
from tests.builders.directory import FixedClock
from tests.builders.patience import FUSE_S
from tests.builders.pve import a_check, a_reservation


def a_probe(**settings: Any) -> SshGuestProbe:
    """A probe that waits for a busy machine."""
    waits = {f"{what}_timeout_s": FUSE_S for what in ("connect", "banner", "auth", "channel")}
    return SshGuestProbe(SshSettings(**{**waits, **settings}), clock=FixedClock())


def a_check_at(address: str) -> CheckGuest:
    """A readiness check of a desktop with this address."""
    return dataclasses.replace(a_check(), reservation=a_reservation(address=address))
