"""The store made from settings, apart: an order is given without any cluster, so it loads no other adapter."""

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Clock
from provisioner.settings.store_access import StoreAccess
from provisioner.settings.values import Settings


def store_of(settings: Settings | StoreAccess, *, clock: Clock) -> SqlStore:
    """The store, not owned yet."""
    return SqlStore(settings.store.connection_url().reveal(), clock=clock, installation=settings.installation)
