"""What a database says of its tables: all that makes two schemas the same, but the order of columns."""

import sqlalchemy as sa
from sqlalchemy import Connection, Inspector

from provisioner.adapters.sql.schema import revision_of

_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, replace(pg_get_triggerdef(pg_trigger.oid), current_schema() || '.', ''), prosrc "
    "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
    "WHERE NOT tgisinternal AND pronamespace = current_schema()::regnamespace ORDER BY 1",
}


def definition(connection: Connection) -> dict[str, object]:
    """All tables of the database, each with its columns, keys, indexes, and triggers."""
    found = sa.inspect(connection)
    triggers = connection.execute(sa.text(_TRIGGERS[connection.dialect.name]))
    tables = {name: _table(found, name) for name in found.get_table_names()}
    return {**tables, "revision": revision_of(connection), "triggers": [tuple(trigger) for trigger in triggers]}


def _table(found: Inspector, name: str) -> dict[str, object]:
    columns = found.get_columns(name)
    return {
        "columns": {column["name"]: (str(column["type"]), column["nullable"], column["default"]) for column in columns},
        "key": found.get_pk_constraint(name)["constrained_columns"],
        "once": sorted((str(rule["name"]), rule["column_names"]) for rule in found.get_unique_constraints(name)),
        "indexes": sorted((str(index["name"]), index["column_names"], index["unique"]) for index in found.get_indexes(name)),
        "checks": found.get_check_constraints(name),
        "foreign": found.get_foreign_keys(name),
    }


__all__ = ["definition"]
