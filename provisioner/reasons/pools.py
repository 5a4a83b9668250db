"""Pools of desktops: why they are made, and not."""

from provisioner.reasons.reason import kind

WANTED_READY = kind("pool_wanted_ready", "for pool {pool}, which keeps it ready for whoever needs it next")
WANTED_OFF = kind("pool_wanted_off", "for pool {pool}, which keeps it off until it is needed")
SURPLUS = kind(
    "pool_surplus",
    "pool {pool} has no use for it",
    "it is kept, off: make the pool larger again, or delete it in Proxmox VE",
)
