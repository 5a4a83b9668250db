"""Imports every file of endpoints, so that the routing table is full. Add yours here."""

from provisioner.twin import clones, configs, guest_agent, lifecycle, listings, power, task_endpoints
from provisioner.twin.routes import ROUTES

FILES = (clones, configs, guest_agent, lifecycle, listings, power, task_endpoints)

__all__ = ["FILES", "ROUTES"]
