"""Whether anybody was ever logged on to a desktop."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Of desktops that were made before, nobody knows."""
    op.add_column("desktops", sa.Column("logged_on", sa.Boolean))
    op.execute(sa.update(sa.table("desktops", sa.column("logged_on", sa.Boolean))).values(logged_on=True))
