"""Run schema migrations with Alembic. No other module imports it."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def run_steps(connection: Connection, to: str, *, version_table: str) -> None:
    """Run all steps up to revision `to`, within the connection's transaction."""
    config = _config()
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, to)


def revisions() -> tuple[str, ...]:
    """All revisions, from the oldest to the newest."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def _config() -> Config:
    config = Config()
    # ConfigParser reads % as the start of a reference.
    place = str(files("provisioner.adapters.sql") / "migrations").replace("%", "%%")
    config.set_main_option("script_location", place)
    return config
