"""Whether this version could open a store, asked of the store as it is."""

from sqlalchemy import Connection

from provisioner.adapters.sql.rows import read_meta
from provisioner.adapters.sql.schema import Schema, Steps, found_revision, schema_of
from provisioner.errors import StoreError
from provisioner.model.store_fit import Fit, StoreFit
from provisioner.reasons.store import OF_STORE, OTHER_INSTALLATION

_FITS = {Schema.EMPTY: Fit.NO_STORE, Schema.OLDER: Fit.UPGRADED_AT_START, Schema.CURRENT: Fit.AS_IT_IS}


def fit_of(connection: Connection, place: str, installation: str, steps: Steps) -> StoreFit:
    """Reads only."""
    revision, newest = found_revision(connection), steps.revisions[-1]
    try:
        schema = schema_of(connection, place, steps)
        if schema is not Schema.EMPTY:
            refuse_other_installation(read_meta(connection, "installation"), place, installation)
    except StoreError as refused:
        return StoreFit(store=place, fit=Fit.REFUSED, schema=revision, newest=newest, why=refused.reason)
    return StoreFit(store=place, fit=_FITS[schema], schema=revision, newest=newest)


def refuse_other_installation(kept: str | None, place: str, installation: str) -> None:
    """Raises StoreError if the store was made for another one. Empty: any."""
    if kept is not None and installation not in ("", kept):
        raise StoreError(OF_STORE(place=place, why=OTHER_INSTALLATION(kept=kept, installation=installation)))


__all__ = ["fit_of", "refuse_other_installation"]
