"""What Alembic runs: the migrations, in the transaction of the connection it is handed."""

from alembic import context

_handed = context.config.attributes
context.configure(
    connection=_handed["connection"],
    version_table=_handed["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
