"""The steps from one schema to the next. Alembic stops here."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def run_steps(connection: Connection, to: str, *, version_table: str) -> None:
    """Every step up to `to`, within the connection's transaction."""
    config = _config()
    config.attributes.update(connection=connection, version_table=version_table)
    command.upgrade(config, to)


def revisions() -> tuple[str, ...]:
    """Of the steps there are, from the oldest to the newest."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def _config() -> Config:
    config = Config()
    # ConfigParser reads % as the start of a reference.
    place = str(files("provisioner.adapters.sql") / "migrations").replace("%", "%%")
    config.set_main_option("script_location", place)
    return config
