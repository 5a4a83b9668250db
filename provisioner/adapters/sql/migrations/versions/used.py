"""Desktops of pools that were only restarted after somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """A column."""
    op.add_column("desktops", sa.Column("used", sa.Boolean))
