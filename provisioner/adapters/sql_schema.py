"""Which schema a database holds, and how it comes to the newest. Alembic stops here."""

import enum
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from provisioner.adapters.sql_tables import metadata
from provisioner.errors import StoreError

VERSION_TABLE = "bascule_version"
"""Not Alembic's usual name: a PostgreSQL database may hold another program's tables too."""


class Schema(enum.Enum):
    """How a database stands to this version of Bascule."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def schema_of(connection: Connection, place: str) -> Schema:
    """Raises StoreError, naming the place, when it is a newer Bascule's or another program's."""
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        _refuse_foreign(connection, place, tables)
        return Schema.EMPTY
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    revision = context.get_current_revision()
    if revision is None:
        return Schema.EMPTY
    steps = ScriptDirectory.from_config(_config(connection))
    if revision == steps.get_current_head():
        return Schema.CURRENT
    if revision not in {step.revision for step in steps.walk_revisions()}:
        raise StoreError(f"store {place}: made by a newer Bascule (schema {revision}); run that one, or restore an older copy")
    return Schema.OLDER


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema to a step, else to the newest, within the connection's transaction: all steps or none."""
    command.upgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    # ConfigParser reads % as the start of a reference.
    place = str(files("provisioner.adapters") / "migrations").replace("%", "%%")
    config.set_main_option("script_location", place)
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    return config


def _refuse_foreign(connection: Connection, place: str, tables: set[str]) -> None:
    if connection.dialect.name == "postgresql":
        tables &= set(metadata.tables)
    if tables:
        some = ", ".join(sorted(tables)[:3])
        raise StoreError(f"store {place}: holds another program's tables ({some}); give Bascule a store of its own")


__all__ = ["VERSION_TABLE", "Schema", "schema_of", "upgrade"]
