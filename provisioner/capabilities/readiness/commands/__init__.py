"""The commands: `readiness` and its `history`; `drill`, on twins or with real desktops (`canary`); `keeping`, for the store."""

from provisioner.capabilities.readiness.commands.drill import drill
from provisioner.capabilities.readiness.commands.readiness import readiness
from provisioner.cli.added import AddedCommand

COMMANDS = (
    AddedCommand(noun="surge", verb="readiness", run=readiness, first=True),
    AddedCommand(noun="scenario", verb="drill", run=drill),
)
