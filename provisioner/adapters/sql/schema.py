"""The schema of a database, and its upgrade.

Alembic is loaded only for an upgrade: with its template engine it would take a fifth of every start.
"""

import enum

import sqlalchemy as sa
from sqlalchemy import Connection, inspect

from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreError
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.store import OF_STORE, SCHEMA_NEWER, TABLES_FOREIGN

VERSION_TABLE = "bascule_version"
"""Not Alembic's default name: a PostgreSQL database may also contain another program's tables."""
STEPS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
)
"""The revisions in `migrations/versions`, from the oldest to the newest."""
_REVISION = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(VERSION_TABLE))


class Schema(enum.Enum):
    """The schema of a database, compared with this version of Bascule."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def schema_of(connection: Connection, place: str) -> Schema:
    """Raises StoreError, naming the place, for the schema of a newer Bascule or the tables of another program."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        _refuse_foreign(connection, place, tables)
        return Schema.EMPTY
    revision = connection.execute(_REVISION).scalar()
    if revision is None:
        return Schema.EMPTY
    if revision == STEPS[-1]:
        return Schema.CURRENT
    if revision not in STEPS:
        raise StoreError(OF_STORE(place=place, why=SCHEMA_NEWER(revision=revision)))
    return Schema.OLDER


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
    connection.execute(sa.insert(version).values(version_num=STEPS[-1]))


def upgrade(connection: Connection, to: str = "head") -> None:
    """Upgrade the schema to a revision, within the connection's transaction: all steps or none."""
    from provisioner.adapters.sql.migrate import run_steps

    run_steps(connection, to, version_table=VERSION_TABLE)


def _refuse_foreign(connection: Connection, place: str, tables: set[str]) -> None:
    if connection.dialect.name == "postgresql":
        tables &= set(metadata.tables)
    if tables:
        raise StoreError(OF_STORE(place=place, why=TABLES_FOREIGN(tables=join_reasons(sorted(tables)[:3], ALSO))))


__all__ = ["STEPS", "VERSION_TABLE", "Schema", "create", "revision_of", "schema_of", "upgrade"]
