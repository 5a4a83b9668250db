"""How many people ask for desktops of pools, and when: what a pool follows."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """A table."""
    op.create_table(
        "arrivals",
        sa.Column("pool", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("waited", sa.Integer, nullable=False),
    )
