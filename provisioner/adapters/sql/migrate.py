"""Run schema migrations with Alembic. No other module imports it."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def run_steps(connection: Connection, to: str, *, version_table: str, folder: str = "") -> None:
    """Run all steps up to revision `to`, also those in `folder`, within the connection's transaction."""
    config = _config(folder)
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, to)


def revisions() -> tuple[str, ...]:
    """All revisions, from the oldest to the newest."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config("")).walk_revisions())[::-1]


def _config(folder: str) -> Config:
    config, place = Config(), str(files("provisioner.adapters.sql") / "migrations")
    _set(config, "script_location", place)
    if folder:
        _set(config, "path_separator", "newline")
        _set(config, "version_locations", f"{place}/versions\n{folder}")
    return config


def _set(config: Config, name: str, value: str) -> None:
    # ConfigParser reads % as the start of a reference.
    config.set_main_option(name, value.replace("%", "%%"))
