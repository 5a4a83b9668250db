"""Create the store from settings. A file of its own, so that commands without a cluster load no other adapter."""

from provisioner.adapters.sql.store import SqlStore
from provisioner.ports import Clock
from provisioner.settings.store_access import StoreAccess
from provisioner.settings.values import Settings


def store_of(settings: Settings | StoreAccess, *, clock: Clock) -> SqlStore:
    """The store, not claimed yet."""
    return SqlStore(settings.store.connection_url().reveal(), clock=clock, installation=settings.installation)
