"""The schema of a database, and its upgrade; and what a store says of itself: who owns it, and whether this version could open
it.

Alembic is loaded only for an upgrade: with its template engine it would take a fifth of every start.
"""

import enum
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, inspect

from provisioner.adapters.sql.kept_rows import RowWrong, is_instant
from provisioner.adapters.sql.rows import read_meta
from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.model.kept.store_fit import SchemaFit, StoreFit
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.store import OF_STORE, OTHER_INSTALLATION, SCHEMA_NEWER, SCHEMA_UNRELEASED, TABLES_FOREIGN

VERSION_TABLE = "bascule_version"
"""Not Alembic's default name: a PostgreSQL database may also contain another program's tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The revisions of the schema."""

    revisions: tuple[str, ...]
    """From the oldest to the newest; each begins with its number."""
    folder: str = ""
    """Where scripts lie that are not in `migrations/versions`; empty: nowhere."""


STEPS = Steps(revisions=("0024", "0025", "0026"))
"""The scripts in `migrations/versions`. The first makes the schema of the first release."""
_REVISION = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))


class Schema(enum.Enum):
    """The schema of a database, compared with this version of Bascule."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def schema_of(connection: Connection, place: str, steps: Steps = STEPS) -> Schema:
    """Raises StoreError, naming the place, for a schema that is not one of the steps, or the tables of another program."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        _refuse_foreign(connection, place, tables)
        return Schema.EMPTY
    revision = connection.execute(_REVISION).scalar()
    if revision is None:
        return Schema.EMPTY
    if revision not in steps.revisions:
        older, newest = revision < steps.revisions[0], steps.revisions[-1]
        why = SCHEMA_UNRELEASED(revision=revision) if older else SCHEMA_NEWER(revision=revision, newest=newest)
        raise StoreError(OF_STORE(place=place, why=why))
    return Schema.CURRENT if revision == steps.revisions[-1] else Schema.OLDER


def _found_revision(connection: Connection) -> str | None:
    """As `revision_of`; None if there is no store."""
    return connection.execute(_REVISION).scalar() if inspect(connection).has_table(VERSION_TABLE) else None


def revision_of(connection: Connection) -> str:
    """The revision of a database that contains a store."""
    return str(connection.execute(_REVISION).scalar_one())


def create(connection: Connection) -> None:
    """Create all tables in an empty database, as the newest revision has them, within the connection's transaction.

    Not by all revisions one after another: a new store would wait for each of them, and for Alembic.
    """
    metadata.create_all(connection, checkfirst=False)
    version = sa.Table(VERSION_TABLE, sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
    version.create(connection)
    connection.execute(sa.insert(version).values(version_num=STEPS.revisions[-1]))


def upgrade(connection: Connection, to: str = "head", steps: Steps = STEPS) -> None:
    """Upgrade the schema to a revision, within the connection's transaction: all steps or none."""
    from provisioner.adapters.sql.migrate import run_steps

    run_steps(connection, to, version_table=VERSION_TABLE, folder=steps.folder)


def _refuse_foreign(connection: Connection, place: str, tables: set[str]) -> None:
    if connection.dialect.name == "postgresql":
        tables &= set(metadata.tables)
    if tables:
        raise StoreError(OF_STORE(place=place, why=TABLES_FOREIGN(tables=join_reasons(sorted(tables)[:3], ALSO))))


_FITS = {Schema.EMPTY: SchemaFit.NO_STORE, Schema.OLDER: SchemaFit.UPGRADED_AT_START, Schema.CURRENT: SchemaFit.AS_IT_IS}


def fit_of(connection: Connection, place: str, installation: str, steps: Steps) -> StoreFit:
    """Reads only."""
    revision, newest = _found_revision(connection), steps.revisions[-1]
    try:
        schema = schema_of(connection, place, steps)
        if schema is not Schema.EMPTY:
            refuse_other_installation(read_meta(connection, "installation"), place, installation)
    except StoreError as refused:
        return StoreFit(store=place, fit=SchemaFit.REFUSED, schema=revision, newest=newest, why=refused.reason)
    return StoreFit(store=place, fit=_FITS[schema], schema=revision, newest=newest)


def refuse_other_installation(kept: str | None, place: str, installation: str) -> None:
    """Raises StoreError if the store was made for another one. Empty: any."""
    if kept is not None and installation not in ("", kept):
        raise StoreError(OF_STORE(place=place, why=OTHER_INSTALLATION(kept=kept, installation=installation)))


def owner_of(connection: Connection) -> dict[str, Any]:
    """Who owns the store, as it says; nobody, if that cannot be read."""
    try:
        owner = json.loads(read_meta(connection, "owner") or "{}")
    except (RowWrong, ValueError):
        return {}
    return owner if isinstance(owner, dict) else {}


def process_of(owner: dict[str, Any]) -> Reason:
    """The holder's process, in words."""
    if not {"pid", "machine", "since"} <= owner.keys() or not is_instant(owner["since"]):
        return reasons.OTHER_PROCESS()
    since = f"{datetime.fromtimestamp(float(owner['since']), UTC):%Y-%m-%dT%H:%M:%SZ}"  # commands show it by the site's clock
    return reasons.PROCESS(pid=str(owner["pid"]), machine=str(owner["machine"]), since=since)
